package dev.uring.fallback;

import dev.uring.ffi.CqeFlag;
import dev.uring.ffi.Errno;
import dev.uring.ffi.RingOptions;
import dev.uring.runtime.Driver;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.RuntimeMetrics;
import dev.uring.runtime.Sys;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Turns readiness into completion: an operation is attempted, waits for its descriptor if it must, and is attempted
 * again. Operations on one side of a descriptor keep their order. What may block goes to the runtime's pool.
 */
final class ReadinessDriver extends Driver implements Poller.Listener {
    /** Results that one multishot operation may give before others have their turn. */
    private static final int SHOTS_MAX = 64;
    private static final int FIRST_DESCRIPTORS = 64;

    private final Poller poller;
    private final Sys sys;
    private final int operationsMax;
    /** By number; null for those that no operation has waited for. */
    private Watched[] watched = new Watched[FIRST_DESCRIPTORS];
    /** Descriptors that may be ready still, whose operations were interrupted in favour of others. */
    private final ArrayDeque<Watched> again = new ArrayDeque<>();
    /** Waiters for later, linked; as many as ever waited at once. */
    private Watched.Waiter idle;
    /** Counts, written by the worker; {@link #metrics} reads them from any thread. */
    private long polls;
    private long started;
    private long completed;

    ReadinessDriver(Poller poller, Sys sys, RingOptions options) {
        this.poller = poller;
        this.sys = sys;
        operationsMax = operationsMax(options);
    }

    @Override
    protected void open() {
        // the poller belongs to whoever polls
    }

    @Override
    protected int operationsMax() {
        return operationsMax;
    }

    @Override
    protected Sys sys() {
        return sys;
    }

    // ---- starting ----

    @Override
    protected void start(Op<?> op, long id) {
        started++;
        switch (readiness(op)) {
            case BLOCKING -> runBlocking(op);
            case IMMEDIATE -> complete(id, attempt(op, sys, null), 0);
            case READABLE, WRITABLE -> startOrWait(op, id);
        }
    }

    private void startOrWait(Op<?> op, long id) {
        int group = bufferGroup(op);
        if (group >= 0) {
            requireBuffers(group);
        }
        int queue = Watched.queueOf(pollEvents(op));
        Watched descriptor = find(fd(op));
        if (descriptor == null) {
            descriptor = new Watched(fd(op));
            int result = poller.watch(descriptor);
            while (result == Poller.TOO_EARLY) { // ends: what has to wait has begun something that can be watched
                if (advance(descriptor, queue, op, id)) {
                    return;
                }
                result = poller.watch(descriptor);
            }
            if (result < 0) {
                complete(id, result, 0);
                return;
            }
            descriptor.isPollable = result == Poller.WATCHED;
            keep(op, descriptor);
        }
        if (!descriptor.isPollable) {
            if (isMultishot(op) || group >= 0) {
                complete(id, -Errno.EBADFD, 0); // as in the kernel: there is nothing to wait for between two results
            } else {
                runBlocking(op);
            }
            return;
        }
        boolean inVain = queue != Watched.OTHERS && (descriptor.isWaiting(queue) || !descriptor.isReady(queue));
        if (inVain || !advance(descriptor, queue, op, id)) {
            descriptor.add(queue, idleWaiter().of(op, id, pollEvents(op)));
            poller.expect(descriptor);
        }
    }

    private Watched.Waiter idleWaiter() {
        Watched.Waiter waiter = idle;
        if (waiter == null) {
            return new Watched.Waiter();
        }
        idle = waiter.next;
        return waiter;
    }

    /** Answers whether the operation waited there. */
    private boolean waitNoMore(Watched descriptor, int queue, long id) {
        Watched.Waiter waiter = descriptor.remove(queue, id);
        if (waiter == null) {
            return false;
        }
        waiter.op = null;
        waiter.next = idle;
        idle = waiter;
        return true;
    }

    private Watched find(int fd) {
        return fd >= 0 && fd < watched.length ? watched[fd] : null;
    }

    private void keep(Op<?> op, Watched descriptor) {
        if (descriptor.fd >= watched.length) {
            watched = Arrays.copyOf(watched, Math.max(descriptor.fd + 1, 2 * watched.length));
        }
        watched[descriptor.fd] = descriptor;
        watches(op);
    }

    /** Attempts, as often as a multishot operation can take; answers false when the operation has to wait. */
    private boolean advance(Watched descriptor, int queue, Op<?> op, long id) {
        boolean selects = bufferGroup(op) >= 0;
        for (int shots = 0; shots < SHOTS_MAX; shots++) {
            int result = selects ? attemptSelected(op, sys) : attempt(op, sys, null);
            if (mustWait(result)) {
                descriptor.blocked(queue);
                return false;
            }
            if (result > 0 && drains(op, result)) {
                descriptor.drained(queue);
            }
            int flags = selects ? selectedFlags() : 0;
            if (!isMultishot(op) || ends(op, result)) {
                complete(id, result, flags);
                return true;
            }
            complete(id, result, flags | CqeFlag.MORE);
            if (!descriptor.isReady(queue)) {
                return false;
            }
        }
        lookAgain(descriptor);
        return false;
    }

    private void lookAgain(Watched descriptor) {
        if (!descriptor.isListed) {
            descriptor.isListed = true;
            again.add(descriptor);
        }
    }

    private void complete(long id, int res, int flags) {
        completed++;
        deliver(id, res, flags);
    }

    /** What a thread of the pool has in hand ends with its result, as in the kernel. */
    @Override
    protected void cancel(Op<?> op, long id) {
        Watched descriptor = find(fd(op));
        if (descriptor != null && readiness(op) != Readiness.BLOCKING
                && waitNoMore(descriptor, Watched.queueOf(pollEvents(op)), id)) {
            complete(id, -Errno.ECANCELED, 0);
        }
    }

    // ---- waiting ----

    @Override
    protected void poll(long timeoutNanos) {
        polls++;
        poller.poll(again.isEmpty() ? timeoutNanos : 0, this);
        for (int i = again.size(); i > 0; i--) {
            Watched descriptor = again.poll();
            descriptor.isListed = false;
            advanceAll(descriptor);
        }
    }

    @Override
    public void ready(int fd, int events) {
        Watched descriptor = watched[fd];
        if (descriptor != null) {
            descriptor.report(events);
            advanceAll(descriptor);
        }
    }

    private void advanceAll(Watched descriptor) {
        advanceInOrder(descriptor, Watched.READERS);
        advanceInOrder(descriptor, Watched.WRITERS);
        advanceEach(descriptor);
    }

    private void advanceInOrder(Watched descriptor, int queue) {
        for (Watched.Waiter next = descriptor.first(queue); next != null && descriptor.isReady(queue)
                && advance(descriptor, queue, next.op, next.id); next = descriptor.first(queue)) {
            waitNoMore(descriptor, queue, next.id);
        }
    }

    /** Each waits for something else, so none keeps the others waiting. */
    private void advanceEach(Watched descriptor) {
        Watched.Waiter next;
        for (Watched.Waiter each = descriptor.first(Watched.OTHERS); each != null; each = next) {
            next = each.next;
            if (advance(descriptor, Watched.OTHERS, each.op, each.id)) {
                waitNoMore(descriptor, Watched.OTHERS, each.id);
            }
        }
    }

    @Override
    protected void wakeUp() {
        poller.wakeUp();
    }

    // ---- ending ----

    @Override
    protected void forget(int fd) {
        Watched descriptor = watched[fd];
        watched[fd] = null;
        again.remove(descriptor);
        if (descriptor.isPollable) {
            poller.forget(descriptor);
        }
    }

    @Override
    protected void close() {
        poller.close();
    }

    @Override
    protected RuntimeMetrics.DriverMetrics metrics() {
        return new RuntimeMetrics.DriverMetrics(polls, started, completed, 0);
    }

    @Override
    protected String describe() {
        StringBuilder text = new StringBuilder(poller + " polls=" + polls + " started=" + started + " completed="
                + completed + " again=" + again.size());
        for (Watched each : watched) {
            if (each != null && (each.isWaiting(Watched.READERS) || each.isWaiting(Watched.WRITERS)
                    || each.isWaiting(Watched.OTHERS))) {
                text.append("\n  ").append(each);
            }
        }
        return text.toString();
    }
}
