package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Errno;
import dev.uring.ffi.Sqe;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;

/**
 * Ends after a time. The worker keeps time itself, alike over every driver and without a place in the completion queue,
 * so that a million may run at once; the operation is its own entry in the worker's timers.
 *
 * <p>Kernel: none, -, the worker's timers. The driver's wait ends at the next one. Result: -ETIME, as of
 * io_uring_prep_timeout(3), decoded to nothing. Errors: none. Memory: none.
 */
@SuppressWarnings("exports") // Timed is how the worker sees it, and is not for callers
public sealed class Timeout extends Op<Void> implements Timed permits TimeLimit {
    /** Null for a time instead of a delay; as that one, not written while the operation is under way. */
    private Duration delay;
    private long deadlineNanos;
    private int index = -1;

    /**
     * Describes a delay, counted from the submission.
     *
     * @param delay never cut short; zero or negative ends in the same turn
     */
    public Timeout(Duration delay) {
        this.delay = Objects.requireNonNull(delay);
    }

    /** Describes a wait for a time of {@link Time#nanoTime()}; one that has passed ends in the same turn. */
    public static Timeout until(long deadlineNanos) {
        Timeout timeout = new Timeout(Duration.ZERO);
        timeout.resetUntil(deadlineNanos);
        return timeout;
    }

    /**
     * Describes another delay, for the next submission.
     *
     * @throws IllegalStateException when the operation is under way; cancel it and await it first
     */
    public final void reset(Duration delay) {
        requireIdle();
        this.delay = Objects.requireNonNull(delay);
    }

    /** As {@link #reset}, for a time of {@link Time#nanoTime()}. */
    public final void resetUntil(long deadlineNanos) {
        requireIdle();
        delay = null;
        this.deadlineNanos = deadlineNanos;
    }

    private void requireIdle() {
        if (isUnderWay()) {
            throw new IllegalStateException(describe() + " cannot be changed: it is under way");
        }
    }

    @Override
    void begin(Worker worker) {
        worker.operations().startTimer(this, delay == null ? deadlineNanos : Deadline.after(worker.runtime().nanoTime(), delay));
    }

    @Override
    protected boolean breaksLink(int res) {
        return res != -Errno.ETIME;
    }

    @Override
    public void expire(Worker worker) {
        worker.operations().completeTimer(this, -Errno.ETIME);
    }

    @Override
    public void timerIndex(int index) {
        this.index = index;
    }

    @Override
    public int timerIndex() {
        return index;
    }

    /** The worker keeps time: no driver ever sees the operation. */
    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        return false;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return -Errno.ENOSYS;
    }

    @Override
    protected Void decode(int res, int flags) throws IOException {
        if (res < 0 && res != -Errno.ETIME) {
            throw failure(-res);
        }
        return null;
    }

    @Override
    protected String operands() {
        return delay == null ? "deadlineNanos=" + deadlineNanos : "delay=" + delay;
    }
}
