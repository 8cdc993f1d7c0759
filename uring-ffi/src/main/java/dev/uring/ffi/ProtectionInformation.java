package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What {@link Sqe#attributes} points at for {@link RequestFlag#RW_ATTR_FLAG_PI}.
 *
 * <pre>
 * struct io_uring_attr_pi, 32 bytes
 *  offset size name              C type
 *       0    2 flags             __u16
 *       2    2 app_tag           __u16
 *       4    4 len               __u32
 *       8    8 addr              __u64
 *      16    8 seed              __u64
 *      24    8 rsvd              __u64
 * </pre>
 */
public final class ProtectionInformation {
    public static final int SIZE = 32;
    static final int FLAGS = 0;
    static final int APPLICATION_TAG = 2;
    static final int LENGTH = 4;
    static final int ADDRESS = 8;
    static final int SEED = 16;

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT;
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG;

    private ProtectionInformation() {
    }

    public static void flags(MemorySegment information, int flags) {
        information.set(U16, FLAGS, (short) flags);
    }

    public static void applicationTag(MemorySegment information, int applicationTag) {
        information.set(U16, APPLICATION_TAG, (short) applicationTag);
    }

    public static void length(MemorySegment information, int length) {
        information.set(U32, LENGTH, length);
    }

    public static void address(MemorySegment information, long address) {
        information.set(U64, ADDRESS, address);
    }

    public static void seed(MemorySegment information, long seed) {
        information.set(U64, SEED, seed);
    }
}
