package dev.uring.ffi;

/**
 * What CLOCK takes.
 *
 * <pre>
 * struct io_uring_clock_register, 16 bytes
 *  offset size name              C type
 *       0    4 clockid           __u32
 *       4   12 __resv            __u32[3]
 * </pre>
 */
final class ClockRegistration {
    static final int SIZE = 16;
    static final int CLOCK = 0;

    private ClockRegistration() {
    }
}
