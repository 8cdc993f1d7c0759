package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * Tells which events a descriptor is asked for or had: {@code struct epoll_event}, in an array. It is packed on x86-64
 * only, which is why {@link Architecture} knows its layout.
 *
 * <pre>
 *  x86-64         aarch64
 * offset size   offset size   name    C type
 *      0    4        0    4   events  uint32_t
 *      4    8        8    8   data    epoll_data_t
 *          12            16   bytes in all
 * </pre>
 */
public final class EpollEvent {
    /** {@code sizeof(struct epoll_event)}. */
    public static final long SIZE = Architecture.HOST.epollEventBytes;

    private static final long DATA = Architecture.HOST.epollEventDataOffset;

    private EpollEvent() {
    }

    /** Reads the events ({@link EpollFlag}). */
    public static int events(MemorySegment array, int index) {
        return array.get(JAVA_INT, index * SIZE);
    }

    /** Reads what the caller gave to find the descriptor again. */
    public static long data(MemorySegment array, int index) {
        return array.get(JAVA_LONG_UNALIGNED, index * SIZE + DATA);
    }

    /** Writes one element. */
    public static void set(MemorySegment array, int index, int events, long data) {
        array.set(JAVA_INT, index * SIZE, events);
        array.set(JAVA_LONG_UNALIGNED, index * SIZE + DATA, data);
    }
}
