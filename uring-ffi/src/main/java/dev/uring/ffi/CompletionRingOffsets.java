package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Where the fields of the completion ring lie in its mapping; a part of {@link Params}, whose segment the accessors
 * take.
 *
 * <pre>
 * struct io_cqring_offsets, 40 bytes
 *  offset size name              C type
 *       0    4 head              __u32
 *       4    4 tail              __u32
 *       8    4 ring_mask         __u32
 *      12    4 ring_entries      __u32
 *      16    4 overflow          __u32
 *      20    4 cqes              __u32
 *      24    4 flags             __u32
 *      28    4 resv1             __u32
 *      32    8 user_addr         __u64
 * </pre>
 */
final class CompletionRingOffsets {
    static final int SIZE = 40;
    static final int HEAD = 0;
    static final int TAIL = 4;
    static final int MASK = 8;
    static final int ENTRIES = 12;
    static final int OVERFLOW = 16;
    static final int COMPLETIONS = 20;
    static final int FLAGS = 24;
    static final int USER_ADDRESS = 32;

    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG;

    private CompletionRingOffsets() {
    }

    static long head(MemorySegment params) {
        return Integer.toUnsignedLong(params.get(U32, Params.CQ_OFFSETS + HEAD));
    }

    static long tail(MemorySegment params) {
        return Integer.toUnsignedLong(params.get(U32, Params.CQ_OFFSETS + TAIL));
    }

    static long mask(MemorySegment params) {
        return Integer.toUnsignedLong(params.get(U32, Params.CQ_OFFSETS + MASK));
    }

    static long entries(MemorySegment params) {
        return Integer.toUnsignedLong(params.get(U32, Params.CQ_OFFSETS + ENTRIES));
    }

    static long overflow(MemorySegment params) {
        return Integer.toUnsignedLong(params.get(U32, Params.CQ_OFFSETS + OVERFLOW));
    }

    static long completions(MemorySegment params) {
        return Integer.toUnsignedLong(params.get(U32, Params.CQ_OFFSETS + COMPLETIONS));
    }

    static long flags(MemorySegment params) {
        return Integer.toUnsignedLong(params.get(U32, Params.CQ_OFFSETS + FLAGS));
    }

    /** Sets where the ring lies in memory that the caller provides, for NO_MMAP. */
    static void userAddress(MemorySegment params, long userAddress) {
        params.set(U64, Params.CQ_OFFSETS + USER_ADDRESS, userAddress);
    }
}
