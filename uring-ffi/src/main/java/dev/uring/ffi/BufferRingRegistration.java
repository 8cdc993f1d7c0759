package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What PBUF_RING and UNREGISTER_PBUF_RING take.
 *
 * <pre>
 * struct io_uring_buf_reg, 40 bytes
 *  offset size name              C type
 *       0    8 ring_addr         __u64
 *       8    4 ring_entries      __u32
 *      12    2 bgid              __u16
 *      14    2 flags             __u16
 *      16    4 min_left          __u32
 *      20   20 resv              __u32[5]
 * </pre>
 */
final class BufferRingRegistration {
    static final int SIZE = 40;
    static final int RING_ADDRESS = 0;
    static final int ENTRIES = 8;
    static final int GROUP = 12;
    static final int FLAGS = 14;
    static final int MIN_LEFT_BYTES = 16;

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT;
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG;

    private BufferRingRegistration() {
    }

    static void ringAddress(MemorySegment registration, long ringAddress) {
        registration.set(U64, RING_ADDRESS, ringAddress);
    }

    static void entries(MemorySegment registration, int entries) {
        registration.set(U32, ENTRIES, entries);
    }

    static void group(MemorySegment registration, int group) {
        registration.set(U16, GROUP, (short) group);
    }

    static void flags(MemorySegment registration, int flags) {
        registration.set(U16, FLAGS, (short) flags);
    }

    /** Sets what a buffer consumed piece by piece keeps before the kernel goes to the next; since 7.1. */
    static void minLeftBytes(MemorySegment registration, int minLeftBytes) {
        registration.set(U32, MIN_LEFT_BYTES, minLeftBytes);
    }
}
