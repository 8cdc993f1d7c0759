package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Where the fields of the submission ring lie in its mapping; a part of {@link Params}, whose segment the accessors
 * take.
 *
 * <pre>
 * struct io_sqring_offsets, 40 bytes
 *  offset size name              C type
 *       0    4 head              __u32
 *       4    4 tail              __u32
 *       8    4 ring_mask         __u32
 *      12    4 ring_entries      __u32
 *      16    4 flags             __u32
 *      20    4 dropped           __u32
 *      24    4 array             __u32
 *      28    4 resv1             __u32
 *      32    8 user_addr         __u64
 * </pre>
 */
final class SubmissionRingOffsets {
    static final int SIZE = 40;
    static final int HEAD = 0;
    static final int TAIL = 4;
    static final int MASK = 8;
    static final int ENTRIES = 12;
    static final int FLAGS = 16;
    static final int DROPPED = 20;
    static final int ARRAY = 24;
    static final int USER_ADDRESS = 32;

    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG;

    private SubmissionRingOffsets() {
    }

    static long head(MemorySegment params) {
        return Integer.toUnsignedLong(params.get(U32, Params.SQ_OFFSETS + HEAD));
    }

    static long tail(MemorySegment params) {
        return Integer.toUnsignedLong(params.get(U32, Params.SQ_OFFSETS + TAIL));
    }

    static long mask(MemorySegment params) {
        return Integer.toUnsignedLong(params.get(U32, Params.SQ_OFFSETS + MASK));
    }

    static long entries(MemorySegment params) {
        return Integer.toUnsignedLong(params.get(U32, Params.SQ_OFFSETS + ENTRIES));
    }

    static long flags(MemorySegment params) {
        return Integer.toUnsignedLong(params.get(U32, Params.SQ_OFFSETS + FLAGS));
    }

    static long dropped(MemorySegment params) {
        return Integer.toUnsignedLong(params.get(U32, Params.SQ_OFFSETS + DROPPED));
    }

    static long array(MemorySegment params) {
        return Integer.toUnsignedLong(params.get(U32, Params.SQ_OFFSETS + ARRAY));
    }

    /** Sets where the ring lies in memory that the caller provides, for NO_MMAP. */
    static void userAddress(MemorySegment params, long userAddress) {
        params.set(U64, Params.SQ_OFFSETS + USER_ADDRESS, userAddress);
    }
}
