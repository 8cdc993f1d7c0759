package dev.uring.runtime;

import java.time.Duration;

/** The limit of one timed wait of a task: asks for the cancel of the operation when its time has come. */
final class Deadline extends Message implements Timed {
    /** A deadline that does not come. */
    static final long NEVER = Long.MAX_VALUE;

    private final Op<?> op;
    private final Worker worker;
    private int index = -1;
    /** Set by the task before it goes on, since its word to the worker may come after the time. */
    private volatile boolean stopped;

    Deadline(Op<?> op, Worker worker) {
        this.op = op;
        this.worker = worker;
    }

    /** Answers the time {@code limit} from now, capped so that it can still be compared by subtraction. */
    static long after(long nowNanos, Duration limit) {
        return nowNanos + nanos(limit);
    }

    /** Answers a duration in nanoseconds, 0 for a negative one, and at most 146 years, which is as good as for ever. */
    static long nanos(Duration duration) {
        long nanos;
        try {
            nanos = duration.toNanos();
        } catch (ArithmeticException e) {
            nanos = duration.isNegative() ? 0 : Long.MAX_VALUE / 2;
        }
        return Math.clamp(nanos, 0, Long.MAX_VALUE / 2);
    }

    /** Answers how long it is until a deadline, negative if it has passed. */
    static long nanosTo(long deadlineNanos) {
        return deadlineNanos == NEVER ? NEVER : deadlineNanos - System.nanoTime();
    }

    /** Takes the timer out of its worker's heap; called by the task, which another worker may carry by now. */
    void stop() {
        stopped = true;
        if (Worker.current() == worker) {
            worker.timers().remove(this);
        } else {
            worker.post(this);
        }
    }

    @Override
    void receive(Worker worker) {
        worker.timers().remove(this);
    }

    @Override
    public void expire(Worker worker) {
        if (!stopped) {
            op.cancel();
        }
    }

    @Override
    public void timerIndex(int index) {
        this.index = index;
    }

    @Override
    public int timerIndex() {
        return index;
    }
}
