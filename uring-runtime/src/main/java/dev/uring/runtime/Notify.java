package dev.uring.runtime;

import java.io.InterruptedIOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells tasks that something has happened: {@link #notifyOne()} wakes the one that waits longest, or, if none waits, the
 * next that will; {@link #notifyAllWaiting()} wakes those that wait now. A permit is never lost: one that reaches a task
 * which was interrupted in the same moment goes on to the next.
 *
 * <p>For any thread; notifying neither blocks nor takes a lock, so callbacks may.
 */
public final class Notify {
    private static final int WAITING = 0;
    private static final int NOTIFIED = 1;
    private static final int GONE = 2;

    /** One permit for whoever comes next. */
    private final AtomicBoolean permit = new AtomicBoolean();
    private final ConcurrentLinkedQueue<Waiter> waiters = new ConcurrentLinkedQueue<>();

    /** One wait; its value is WAITING until exactly one party ends it. */
    private static final class Waiter extends AtomicInteger {
        private static final long serialVersionUID = 1L;

        private final transient Thread thread = Thread.currentThread();
    }

    /** Makes one without a permit. */
    public Notify() {
    }

    /**
     * Waits for a notification, or takes the permit that an earlier one left.
     *
     * @throws InterruptedIOException when the thread is interrupted
     */
    public void await() throws InterruptedIOException {
        if (permit.compareAndSet(true, false)) {
            return;
        }
        Waiter waiter = new Waiter();
        waiters.add(waiter);
        // A notification between the look at the permit and the add left its permit behind.
        if (permit.compareAndSet(true, false) && !waiter.compareAndSet(WAITING, GONE)) {
            notifyOne(); // notified as well: this wait takes one, the other goes on
        }
        boolean stuck = false;
        while (waiter.get() == WAITING) {
            stuck = Worker.park(this, stuck);
            if (Thread.interrupted() && waiter.compareAndSet(WAITING, GONE)) {
                waiters.remove(waiter);
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("wait for a notification was interrupted");
            }
        }
        waiters.remove(waiter);
    }

    /** Wakes one waiting task, or leaves a permit for the next; permits do not add up. */
    public void notifyOne() {
        do {
            if (wakeOne()) {
                return;
            }
            permit.set(true);
            // A task that began to wait since the look above may not have seen the permit: take it back and look again.
        } while (!waiters.isEmpty() && permit.compareAndSet(true, false));
    }

    /** Wakes every task that waits now; leaves no permit. */
    public void notifyAllWaiting() {
        Waiter last = null;
        for (Waiter waiter : waiters) {
            last = waiter;
        }
        while (last != null) {
            Waiter waiter = waiters.poll();
            if (waiter == null) {
                return;
            }
            wake(waiter);
            if (waiter == last) {
                return;
            }
        }
    }

    private boolean wakeOne() {
        Waiter waiter = waiters.poll();
        while (waiter != null) {
            if (wake(waiter)) {
                return true;
            }
            waiter = waiters.poll();
        }
        return false;
    }

    private static boolean wake(Waiter waiter) {
        if (waiter.compareAndSet(WAITING, NOTIFIED)) {
            LockSupport.unpark(waiter.thread);
            return true;
        }
        return false;
    }
}
