package dev.uring.runtime;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Objects;

/**
 * Ticks at equal distances, the first at once. A tick never comes early. Made by {@link Time#interval}; works on any
 * thread except in callbacks on a worker, one thread at a time. Nothing needs to be closed.
 */
public final class Interval {
    /** As in Tokio, a tick taken this little too late was not missed. */
    private static final long LATE_NANOS = 5_000_000;

    private final UringRuntime runtime;
    private final Duration period;
    private final long periodNanos;
    private final MissedTick behavior;
    private final Timeout sleep = new Timeout(Duration.ZERO);
    /** When the next tick is due. */
    private long nextNanos;

    Interval(UringRuntime runtime, Duration period, MissedTick behavior) {
        if (period.isNegative() || period.isZero()) {
            throw new IllegalArgumentException("period must be positive: period=" + period);
        }
        this.runtime = runtime;
        this.period = period;
        this.behavior = Objects.requireNonNull(behavior);
        periodNanos = Deadline.after(0, period);
        nextNanos = runtime.nanoTime();
    }

    /**
     * Waits for the next tick. A wait that is interrupted loses no tick.
     *
     * @return the time the tick was scheduled for, in the nanoseconds of {@link Time#nanoTime}
     * @throws InterruptedIOException when the thread is interrupted
     * @throws RuntimeShutdownException when the runtime is being shut down
     */
    public long tick() throws IOException {
        // Waits even for a tick that is due: a task that makes up for many must leave room for others.
        sleep.resetUntil(nextNanos);
        sleep.submitTo(runtime, null);
        sleep.await();
        long scheduledNanos = nextNanos;
        nextNanos = following(scheduledNanos, runtime.nanoTime());
        return scheduledNanos;
    }

    /** Answers when the tick after the one at {@code scheduledNanos} is due, which was taken at {@code nowNanos}. */
    long following(long scheduledNanos, long nowNanos) {
        long lateNanos = nowNanos - scheduledNanos;
        if (lateNanos <= LATE_NANOS) {
            return scheduledNanos + periodNanos;
        }
        return switch (behavior) {
            case BURST -> scheduledNanos + periodNanos;
            case DELAY -> nowNanos + periodNanos;
            case SKIP -> nowNanos + periodNanos - lateNanos % periodNanos;
        };
    }

    /** Begins anew: the next tick comes one period from now. */
    public void reset() {
        nextNanos = runtime.nanoTime() + periodNanos;
    }

    /** Answers the distance of the ticks. */
    public Duration period() {
        return period;
    }

    @Override
    public String toString() {
        return "interval period=" + period + " behavior=" + behavior;
    }
}
