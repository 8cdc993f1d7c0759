package dev.uring.ffi;

/**
 * What io_uring_enter(2) takes with EXT_ARG_REG, in a registered region.
 *
 * <pre>
 * struct io_uring_reg_wait, 64 bytes
 *  offset size name              C type
 *       0   16 ts                struct __kernel_timespec
 *      16    4 min_wait_usec     __u32
 *      20    4 flags             __u32
 *      24    8 sigmask           __u64
 *      32    4 sigmask_sz        __u32
 *      36   12 pad               __u32[3]
 *      48   16 pad2              __u64[2]
 * </pre>
 */
final class RegisteredWait {
    static final int SIZE = 64;
    static final int TIMESPEC = 0;
    static final int MIN_WAIT_MICROS = 16;
    static final int FLAGS = 20;
    static final int SIGNAL_MASK = 24;
    static final int SIGNAL_MASK_BYTES = 32;

    private RegisteredWait() {
    }
}
