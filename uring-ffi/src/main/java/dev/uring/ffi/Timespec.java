package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * Holds seconds and nanoseconds: {@code struct timespec} and {@code struct __kernel_timespec}.
 *
 * <pre>
 * offset size name    C type
 *      0    8 tv_sec  time_t
 *      8    8 tv_nsec long
 *          16 bytes in all
 * </pre>
 */
public final class Timespec {
    /** {@code sizeof(struct timespec)}. */
    public static final long SIZE = 16;

    /** {@code UTIME_NOW}: in place of the nanoseconds, the time of the call; for utimensat. */
    public static final int NOW = 0x3fffffff;
    /** {@code UTIME_OMIT}: in place of the nanoseconds, leaves this time as it is; for utimensat. */
    public static final int OMIT = 0x3ffffffe;

    private Timespec() {
    }

    /** Reads the seconds. */
    public static long seconds(MemorySegment struct) {
        return struct.get(JAVA_LONG, 0);
    }

    /** Writes the seconds. */
    public static void seconds(MemorySegment struct, long value) {
        struct.set(JAVA_LONG, 0, value);
    }

    /** Reads the nanoseconds, 0 to 999,999,999. */
    public static long nanos(MemorySegment struct) {
        return struct.get(JAVA_LONG, 8);
    }

    /** Writes the nanoseconds, 0 to 999,999,999. */
    public static void nanos(MemorySegment struct, long value) {
        struct.set(JAVA_LONG, 8, value);
    }

    /** Writes a time of {@code nanos >= 0} nanoseconds in all. */
    public static void set(MemorySegment struct, long nanos) {
        assert nanos >= 0 : "nanos=" + nanos;
        seconds(struct, nanos / 1_000_000_000);
        nanos(struct, nanos % 1_000_000_000);
    }
}
