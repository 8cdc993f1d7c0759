package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What FILES_UPDATE2 and BUFFERS_UPDATE take.
 *
 * <pre>
 * struct io_uring_rsrc_update2, 32 bytes
 *  offset size name              C type
 *       0    4 offset            __u32
 *       4    4 resv              __u32
 *       8    8 data              __u64
 *      16    8 tags              __u64
 *      24    4 nr                __u32
 *      28    4 resv2             __u32
 * </pre>
 */
final class TaggedResourceUpdate {
    static final int SIZE = 32;
    static final int OFFSET = 0;
    static final int DATA = 8;
    static final int TAGS = 16;
    static final int COUNT = 24;

    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG;

    private TaggedResourceUpdate() {
    }

    static void offset(MemorySegment update, int offset) {
        update.set(U32, OFFSET, offset);
    }

    static void data(MemorySegment update, long data) {
        update.set(U64, DATA, data);
    }

    static void tags(MemorySegment update, long tags) {
        update.set(U64, TAGS, tags);
    }

    static void count(MemorySegment update, int count) {
        update.set(U32, COUNT, count);
    }
}
