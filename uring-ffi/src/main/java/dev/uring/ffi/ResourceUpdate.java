package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What FILES_UPDATE and RING_FDS take.
 *
 * <pre>
 * struct io_uring_rsrc_update, 16 bytes
 *  offset size name              C type
 *       0    4 offset            __u32
 *       4    4 resv              __u32
 *       8    8 data              __u64
 * </pre>
 */
final class ResourceUpdate {
    static final int SIZE = 16;
    static final int OFFSET = 0;
    static final int DATA = 8;

    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG;

    private ResourceUpdate() {
    }

    /** Answers the slot, for RING_FDS the one that the kernel chose. */
    static int offset(MemorySegment update) {
        return update.get(U32, OFFSET);
    }

    static void offset(MemorySegment update, int offset) {
        update.set(U32, OFFSET, offset);
    }

    static void data(MemorySegment update, long data) {
        update.set(U64, DATA, data);
    }
}
