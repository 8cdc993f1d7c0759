package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/**
 * Says what to wait for on one descriptor: {@code struct pollfd}, in an array.
 *
 * <pre>
 * offset size name    C type
 *      0    4 fd      int
 *      4    2 events  short
 *      6    2 revents short
 *           8 bytes in all
 * </pre>
 */
public final class PollDescriptor {
    /** {@code sizeof(struct pollfd)}. */
    public static final long SIZE = 8;

    private PollDescriptor() {
    }

    /** Reads the descriptor; a negative one is skipped. */
    public static int fd(MemorySegment array, int index) {
        return array.get(JAVA_INT, index * SIZE);
    }

    /** Writes the descriptor; a negative one is skipped. */
    public static void fd(MemorySegment array, int index, int value) {
        array.set(JAVA_INT, index * SIZE, value);
    }

    /** Reads the wanted events ({@link PollFlag}). */
    public static int events(MemorySegment array, int index) {
        return Short.toUnsignedInt(array.get(JAVA_SHORT, index * SIZE + 4));
    }

    /** Writes the wanted events ({@link PollFlag}). */
    public static void events(MemorySegment array, int index, int value) {
        array.set(JAVA_SHORT, index * SIZE + 4, (short) value);
    }

    /** Reads the events that happened. */
    public static int result(MemorySegment array, int index) {
        return Short.toUnsignedInt(array.get(JAVA_SHORT, index * SIZE + 6));
    }
}
