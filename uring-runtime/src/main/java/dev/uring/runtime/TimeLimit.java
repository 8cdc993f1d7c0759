package dev.uring.runtime;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;

/**
 * The limit of one {@link Time#timeout}: a timer that interrupts a thread, unless the body has ended first.
 *
 * <p>A thread has one interrupt status, and several may want it: this limit, those around it, an abort, anyone. The
 * limits of a thread share the monitor of the outermost one, under which an interrupt is sent and taken back. So either
 * the timer comes first, and its interrupt is on the thread when the body's end is noted and can be taken back there; or
 * the end comes first, and the timer does nothing.
 */
final class TimeLimit extends Timeout {
    /** The innermost limit; may be another thread's, in threads that inherit scoped values. */
    private static final ScopedValue<TimeLimit> CURRENT = ScopedValue.newInstance();

    private final Thread thread = Thread.currentThread();
    private final TimeLimit enclosing;
    private final TimeLimit outermost;
    /** The body has ended; guarded by the outermost limit, as all below. */
    private boolean ended;
    /** The thread was interrupted for this limit. */
    private boolean fired;
    /** Outermost only: the interrupt status may be set by a limit. */
    private boolean interrupting;
    /** Outermost only: it was set by someone else before. */
    private boolean interruptedBefore;

    private TimeLimit(Duration limit) {
        super(limit);
        TimeLimit current = CURRENT.isBound() ? CURRENT.get() : null;
        enclosing = current != null && current.thread == thread ? current : null;
        outermost = enclosing == null ? this : enclosing.outermost;
    }

    static <T> T call(UringRuntime runtime, Duration delay, Callable<T> body) throws Exception {
        Worker.requireNoCallback("timeout");
        TimeLimit limit = new TimeLimit(delay);
        limit.submitTo(runtime, null);
        if (limit.refusal() != null) {
            throw limit.refusal();
        }
        boolean interrupted;
        Exception thrown;
        try {
            return ScopedValue.where(CURRENT, limit).call(body::call);
        } catch (Exception e) {
            thrown = e;
        } finally {
            interrupted = limit.end();
        }
        if (interrupted) {
            var passed = new TimeoutException("timed out: limit=" + delay);
            passed.initCause(thrown);
            throw passed;
        }
        throw thrown;
    }

    @Override
    public void expire(Worker worker) {
        interrupt();
        super.expire(worker);
    }

    private void interrupt() {
        synchronized (outermost) {
            if (ended) {
                return;
            }
            fired = true;
            if (!outermost.interrupting) {
                outermost.interrupting = true;
                outermost.interruptedBefore = thread.isInterrupted();
            }
            thread.interrupt();
        }
    }

    /** The body has ended: takes the limit off the thread, and answers whether it had interrupted it. */
    private boolean end() {
        synchronized (outermost) {
            ended = true;
            if (fired) {
                takeBack();
            }
        }
        cancel();
        return fired;
    }

    /** Takes the interrupt back, unless it is someone else's too; who still wants one, and may have lost it, gets it. */
    private void takeBack() {
        if (!outermost.interruptedBefore) {
            Thread.interrupted();
        }
        outermost.interrupting = enclosing != null && enclosing.hasFired();
        if (outermost.interrupting || Task.isCurrentAborted()) {
            thread.interrupt();
        }
    }

    private boolean hasFired() {
        return fired || enclosing != null && enclosing.hasFired();
    }
}
