package dev.uring.runtime;

import java.time.Duration;

/**
 * Time, kept by the workers of the current runtime.
 *
 * <p>Durations of any length are accepted; one that no clock can count to is 146 years. Every method throws
 * {@link IllegalStateException} when there is no runtime here.
 */
public final class Time {
    private Time() {
    }

    /** Answers the runtime's time in nanoseconds, which means something only in differences, as System.nanoTime() does. */
    public static long nanoTime() {
        return Handle.current().runtime().nanoTime();
    }

    /** Starts a delay. Never ends early. */
    public static Op<Void> sleep(Duration delay) {
        return new Timeout(delay).submit();
    }

    /** Starts a delay that ends at a time of {@link #nanoTime()}. Never ends early. */
    public static Op<Void> sleepUntil(long deadlineNanos) {
        return Timeout.until(deadlineNanos).submit();
    }
}
