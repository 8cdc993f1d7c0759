package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/**
 * Tells who the peer of a Unix socket is: {@code struct ucred}.
 *
 * <pre>
 * offset size name C type
 *      0    4 pid pid_t
 *      4    4 uid uid_t
 *      8    4 gid gid_t
 *          12 bytes in all
 * </pre>
 */
public final class Credentials {
    /** {@code sizeof(struct ucred)}. */
    public static final long SIZE = 12;

    private Credentials() {
    }

    /** Reads the process id. */
    public static int process(MemorySegment struct) {
        return struct.get(JAVA_INT, 0);
    }

    /** Writes the process id. */
    public static void process(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 0, value);
    }

    /** Reads the user id. */
    public static int user(MemorySegment struct) {
        return struct.get(JAVA_INT, 4);
    }

    /** Writes the user id. */
    public static void user(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 4, value);
    }

    /** Reads the group id. */
    public static int group(MemorySegment struct) {
        return struct.get(JAVA_INT, 8);
    }

    /** Writes the group id. */
    public static void group(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 8, value);
    }
}
