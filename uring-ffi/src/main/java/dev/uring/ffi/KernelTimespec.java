package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A time as io_uring takes it, with 64-bit fields on every machine.
 *
 * <pre>
 * struct __kernel_timespec, 16 bytes
 *  offset size name              C type
 *       0    8 tv_sec            __s64
 *       8    8 tv_nsec           long long
 * </pre>
 */
public final class KernelTimespec {
    public static final int SIZE = 16;
    static final int SECONDS = 0;
    static final int NANOS = 8;

    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG;

    private KernelTimespec() {
    }

    public static long seconds(MemorySegment timespec) {
        return timespec.get(U64, SECONDS);
    }

    public static void seconds(MemorySegment timespec, long seconds) {
        timespec.set(U64, SECONDS, seconds);
    }

    /** Answers the nanoseconds within the second. */
    public static long nanos(MemorySegment timespec) {
        return timespec.get(U64, NANOS);
    }

    public static void nanos(MemorySegment timespec, long nanos) {
        timespec.set(U64, NANOS, nanos);
    }

    /** Writes a duration, or a point in time, of {@code totalNanos >= 0}. */
    public static void set(MemorySegment timespec, long totalNanos) {
        assert totalNanos >= 0 : "negative time: totalNanos=" + totalNanos;
        seconds(timespec, totalNanos / 1_000_000_000L);
        nanos(timespec, totalNanos % 1_000_000_000L);
    }
}
