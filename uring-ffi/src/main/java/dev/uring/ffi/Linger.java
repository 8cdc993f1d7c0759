package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/**
 * Says how long close waits for unsent data: {@code struct linger}.
 *
 * <pre>
 * offset size name     C type
 *      0    4 l_onoff  int
 *      4    4 l_linger int
 *           8 bytes in all
 * </pre>
 */
public final class Linger {
    /** {@code sizeof(struct linger)}. */
    public static final long SIZE = 8;

    private Linger() {
    }

    /** Reads whether it waits: not 0. */
    public static int enabled(MemorySegment struct) {
        return struct.get(JAVA_INT, 0);
    }

    /** Writes whether it waits: not 0. */
    public static void enabled(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 0, value);
    }

    /** Reads how many seconds; 0 resets the connection. */
    public static int seconds(MemorySegment struct) {
        return struct.get(JAVA_INT, 4);
    }

    /** Writes how many seconds; 0 resets the connection. */
    public static void seconds(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 4, value);
    }
}
