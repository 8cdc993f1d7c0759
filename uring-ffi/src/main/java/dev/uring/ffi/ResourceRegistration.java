package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What FILES2 and BUFFERS2 take.
 *
 * <pre>
 * struct io_uring_rsrc_register, 32 bytes
 *  offset size name              C type
 *       0    4 nr                __u32
 *       4    4 flags             __u32
 *       8    8 resv2             __u64
 *      16    8 data              __u64
 *      24    8 tags              __u64
 * </pre>
 */
final class ResourceRegistration {
    static final int SIZE = 32;
    static final int COUNT = 0;
    static final int FLAGS = 4;
    static final int DATA = 16;
    static final int TAGS = 24;

    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG;

    private ResourceRegistration() {
    }

    static void count(MemorySegment registration, int count) {
        registration.set(U32, COUNT, count);
    }

    static void flags(MemorySegment registration, int flags) {
        registration.set(U32, FLAGS, flags);
    }

    static void data(MemorySegment registration, long data) {
        registration.set(U64, DATA, data);
    }

    static void tags(MemorySegment registration, long tags) {
        registration.set(U64, TAGS, tags);
    }
}
