package dev.uring.runtime;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;

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

    /**
     * Calls {@code body} on the calling thread, and interrupts it at the limit, which cancels what it waits for. The call
     * returns when the body has ended, and nothing of the limit is left on the thread then.
     *
     * <p>A body that answers keeps its answer, however late. An interrupt by someone else stays one; only if it comes
     * between the limit's and the end of the body are the two the same. A body that neither waits nor yields keeps its
     * worker from noticing the limit.
     *
     * @return what the body answered
     * @throws TimeoutException when the body ended with an exception, its cause, after it was interrupted at the limit
     * @throws RuntimeShutdownException when the runtime is being shut down, without a call of the body
     * @throws IllegalStateException in a callback on a worker
     * @throws Exception what the body threw in time; an {@link Error} is thrown as it is at any time
     */
    public static <T> T timeout(Duration limit, Callable<T> body) throws Exception {
        return TimeLimit.call(Handle.current().runtime(), limit, body);
    }

    /**
     * Makes a clock that ticks at equal distances, the first time at once.
     *
     * @param period more than zero
     */
    public static Interval interval(Duration period, MissedTick behavior) {
        UringRuntime runtime = Handle.current().runtime();
        runtime.requireTime();
        return new Interval(runtime, period, behavior);
    }
}
