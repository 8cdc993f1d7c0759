package dev.uring.runtime.sim;

import dev.uring.ffi.CqeFlag;
import dev.uring.ffi.Errno;
import dev.uring.runtime.Driver;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.RuntimeMetrics;
import dev.uring.runtime.Sys;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A driver that lets dice decide when an operation is attempted, how far it gets, and when and in which order its results
 * come; it never makes up a result that the host did not give.
 *
 * <p>What it plays: calls that are interrupted or short ({@link FaultySys}), readiness that was none, results that wait
 * because the completion queue holds {@link #COMPLETIONS_MAX}, operations that overtake one another (but not on the same
 * side of one descriptor), multishot requests that end for no reason, receives that find no buffer, zero-copy sends
 * that let go of their buffer late, cancels that come late or too late, chains that it takes as a whole or leaves to the worker, waits that end for nothing.
 *
 * <p>One {@link #tick} is the unit of delay. Everything but the wake-up belongs to the worker's thread.
 */
final class SimulatedDriver extends Driver {
    /** Results that one tick lets through. */
    private static final int COMPLETIONS_MAX = 4;
    private static final int DELAY_TICKS_MAX = 4;
    private static final int NOTIFY_TICKS_MAX = 16;
    private static final int SHOTS_PER_TICK = 8;
    /** Now and then so many that a bounded queue overflows before anyone can stop them. */
    private static final int SHOTS_PER_BURST = 1000;
    private static final int RARELY_ONE_IN = 24;
    private static final int OFTEN_ONE_IN = 4;
    private static final long PROBE_NANOS_MIN = 10_000;
    private static final long PROBE_NANOS_MAX = 500_000;
    private static final int NEVER = -1;

    private final Dice dice;
    private final int operationsMax;
    private final Sys faulty;
    /** Whether this driver keeps provided buffers itself, as a kernel with buffer rings does. */
    private final boolean keepsBuffers;
    /** Completion flags of the last attempt. */
    private int flagsOfLast;
    private final Map<Integer, MemorySegment> buffers = new HashMap<>();
    private final Map<Integer, ArrayDeque<Integer>> freeBuffers = new HashMap<>();

    /** Not attempted with success yet, in the order of their start. */
    private final List<Request> requests = new ArrayList<>();
    /** Not let through yet, in the order they came about. */
    private final List<Result> results = new ArrayList<>();
    /** Zero-copy sends whose buffer is still the driver's. */
    private final List<Notification> notifications = new ArrayList<>();
    private final Semaphore wakeUps = new Semaphore(0);
    private long polls;
    private long started;
    private long completed;
    private long overflows;

    private static final class Request {
        private final Op<?> op;
        private final long id;
        private final Readiness readiness;
        /** Operations after this one in a chain that the driver has taken, or null. */
        private final Request next;
        /** Which results must stay in order: the id, or that of the chain's head. */
        private final long order;
        private int delayTicks;
        private int cancelTicks = NEVER;

        Request(Op<?> op, long id, Readiness readiness, Request next, long order, int delayTicks) {
            this.op = op;
            this.id = id;
            this.readiness = readiness;
            this.next = next;
            this.order = order;
            this.delayTicks = delayTicks;
        }
    }

    private record Result(long id, long order, int res, int flags) {
    }

    private static final class Notification {
        private final Result result;
        private int delayTicks;

        Notification(Result result, int delayTicks) {
            this.result = result;
            this.delayTicks = delayTicks;
        }
    }

    /** One side of a descriptor, on which operations keep their order. */
    private record Side(int fd, Readiness readiness) {
    }

    SimulatedDriver(Dice dice, Sys host, int operationsMax) {
        this.dice = dice;
        this.operationsMax = operationsMax;
        faulty = new FaultySys(host, dice);
        keepsBuffers = dice.oneIn(2);
    }

    @Override
    protected void open() {
        assert requests.isEmpty() : "opened twice";
    }

    @Override
    protected int operationsMax() {
        return operationsMax;
    }

    @Override
    protected Sys sys() {
        return faulty;
    }

    // ---- starting ----

    @Override
    protected void start(Op<?> op, long id) {
        started++;
        if (bufferGroup(op) >= 0) {
            requireBuffers(bufferGroup(op));
        }
        requests.add(new Request(op, id, readiness(op), null, id, dice.below(DELAY_TICKS_MAX)));
        assert requests.size() <= operationsMax : "more in flight than there is room for: " + describe();
    }

    /** Half of the chains; their members are attempted here, the blocking ones too. */
    @Override
    protected boolean startChain(Op<?>[] ops, long[] ids) {
        if (dice.oneIn(2)) {
            return false;
        }
        Request next = null;
        for (int i = ops.length - 1; i >= 0; i--) {
            next = new Request(ops[i], ids[i], readiness(ops[i]), next, ids[0], dice.below(DELAY_TICKS_MAX));
        }
        requests.add(next);
        started += ops.length;
        return true;
    }

    @Override
    protected void cancel(Op<?> op, long id) {
        for (Request request : requests) {
            if (request.id == id) {
                request.cancelTicks = dice.below(DELAY_TICKS_MAX);
                return;
            }
        }
        // Its result waits to be let through, or a thread of the pool has it: too late.
    }

    // ---- waiting ----

    @Override
    protected void poll(long timeoutNanos) {
        polls++;
        long start = System.nanoTime();
        long pauseNanos = PROBE_NANOS_MIN;
        long before = completed;
        while (true) {
            tick();
            long leftNanos = timeoutNanos - (System.nanoTime() - start);
            if (completed > before || leftNanos <= 0 || dice.oneIn(RARELY_ONE_IN)) {
                break;
            }
            boolean isIdle = requests.isEmpty() && notifications.isEmpty();
            if (!isTicking() && pollWait(isIdle ? leftNanos : Math.min(leftNanos, pauseNanos))) {
                break;
            }
            pauseNanos = Math.min(pauseNanos * 2, PROBE_NANOS_MAX);
        }
    }

    /** Whether the next tick may change something that this one has not; notifications are slow, and may wait for it. */
    private boolean isTicking() {
        if (!results.isEmpty()) {
            return true;
        }
        for (Request request : requests) {
            if (request.delayTicks > 0 || request.cancelTicks != NEVER) {
                return true;
            }
        }
        return false;
    }

    private boolean pollWait(long nanos) {
        try {
            boolean woken = wakeUps.tryAcquire(nanos, TimeUnit.NANOSECONDS);
            return wakeUps.drainPermits() > 0 || woken;
        } catch (InterruptedException e) {
            // A task that is pinned waits here itself: it must see the interrupt after the poll.
            Thread.currentThread().interrupt();
            return true;
        }
    }

    @Override
    protected void wakeUp() {
        wakeUps.release();
    }

    // ---- one tick ----

    private void tick() {
        Set<Side> taken = new HashSet<>();
        for (Request request : List.copyOf(requests)) {
            Side side = request.readiness == Readiness.BLOCKING ? null : new Side(fd(request.op), request.readiness);
            if (request.cancelTicks != NEVER && request.cancelTicks-- == 0) {
                request.cancelTicks = NEVER;
                finish(request, -Errno.ECANCELED, 0);
            } else if (side != null && taken.contains(side)) {
                continue; // the one before it has not had its try
            } else if (request.delayTicks > 0) {
                request.delayTicks--;
                taken.add(side);
            } else if (side != null && dice.oneIn(OFTEN_ONE_IN)) {
                taken.add(side); // readiness that was none
                request.delayTicks = 1;
            } else {
                tickAttempt(request);
            }
        }
        tickNotifications();
        letThrough();
    }

    private void tickNotifications() {
        for (Notification notification : List.copyOf(notifications)) {
            if (notification.delayTicks-- == 0) {
                notifications.remove(notification);
                results.add(notification.result);
            }
        }
    }

    private void tickAttempt(Request request) {
        boolean inChain = request.order != request.id || request.next != null;
        if (isMultishot(request.op)) {
            tickMultishot(request);
        } else if (bufferGroup(request.op) >= 0) {
            tickSelecting(request);
        } else if (request.readiness != Readiness.BLOCKING) {
            finishUnlessAgain(request, attempt(request.op, faulty, null), 0);
        } else if (inChain) {
            finish(request, attempt(request.op, faulty, null), 0);
        } else {
            requests.remove(request);
            runBlocking(request.op);
        }
    }

    private void tickMultishot(Request request) {
        if (bufferGroup(request.op) >= 0 && dice.oneIn(RARELY_ONE_IN)) {
            finish(request, -Errno.ENOBUFS, 0);
            return;
        }
        boolean burst = dice.oneIn(OFTEN_ONE_IN);
        for (int i = 1 + dice.below(burst ? SHOTS_PER_BURST : SHOTS_PER_TICK); i > 0; i--) {
            int result = attemptOnce(request.op);
            int flags = flagsOfLast;
            if (ends(request.op, result) || result >= 0 && !burst && dice.oneIn(RARELY_ONE_IN)) {
                finishUnlessAgain(request, result, flags);
                return;
            }
            results.add(new Result(request.id, request.order, result, flags | CqeFlag.MORE));
        }
    }

    /** Attempts, in a provided buffer if the operation takes one; its flags are in {@link #flagsOfLast} afterwards. */
    private int attemptOnce(Op<?> op) {
        flagsOfLast = 0;
        int group = bufferGroup(op);
        if (group < 0) {
            return attempt(op, faulty, null);
        }
        requireBuffers(group);
        int result;
        if (keepsBuffers) {
            ArrayDeque<Integer> free = freeBuffers.get(group);
            Integer piece = free.peek();
            result = piece == null ? -Errno.ENOBUFS : attempt(op, faulty, buffers.get(piece));
            if (result > 0) {
                flagsOfLast = CqeFlag.BUFFER | free.poll() << CqeFlag.BUFFER_SHIFT;
            }
        } else {
            result = attemptSelected(op, faulty);
            flagsOfLast = selectedFlags();
        }
        return result;
    }

    private void tickSelecting(Request request) {
        if (dice.oneIn(RARELY_ONE_IN)) {
            finish(request, -Errno.ENOBUFS, 0);
        } else {
            int result = attemptOnce(request.op);
            finishUnlessAgain(request, result, flagsOfLast);
        }
    }

    private void finishUnlessAgain(Request request, int res, int flags) {
        switch (-res) {
            case Errno.EAGAIN, Errno.EINPROGRESS, Errno.EALREADY -> {
                // Not ready: it stays where it is.
            }
            default -> finish(request, res, flags);
        }
    }

    private void finish(Request request, int res, int flags) {
        requests.remove(request);
        // A send that failed has a notification too, unless it failed before it took hold of the buffer.
        if (isZeroCopy(request.op) && (res >= 0 || dice.oneIn(2))) {
            results.add(new Result(request.id, request.order, res, flags | CqeFlag.MORE));
            notifications.add(new Notification(new Result(request.id, request.order, 0, CqeFlag.NOTIF),
                    1 + dice.below(NOTIFY_TICKS_MAX)));
        } else {
            results.add(new Result(request.id, request.order, res, flags));
        }
        if (request.next == null) {
            return;
        }
        if (!breaksLink(request.op, res)) {
            requests.add(request.next);
            return;
        }
        for (Request rest = request.next; rest != null; rest = rest.next) {
            results.add(new Result(rest.id, rest.order, -Errno.ECANCELED, 0));
        }
    }

    /** Lets some results through, in any order but that of each request and chain. */
    private void letThrough() {
        if (results.size() > COMPLETIONS_MAX) {
            overflows++;
        }
        for (int room = dice.below(COMPLETIONS_MAX + 1); room > 0 && !results.isEmpty(); room--) {
            Result chosen = results.get(dice.below(results.size()));
            for (Result first : results) {
                if (first.order == chosen.order) {
                    chosen = first;
                    break;
                }
            }
            results.remove(chosen);
            completed++;
            deliver(chosen.id, chosen.res, chosen.flags);
        }
    }

    // ---- provided buffers ----

    @Override
    protected boolean provideBuffers(int group, int entries) {
        if (keepsBuffers) {
            freeBuffers.put(group, new ArrayDeque<>());
        }
        return keepsBuffers;
    }

    @Override
    protected void provideBuffer(int group, int id, MemorySegment piece) {
        buffers.put(id, piece);
        freeBuffers.get(group).add(id);
    }

    // ---- ending ----

    @Override
    protected void close() {
        assert requests.isEmpty() && results.isEmpty() && notifications.isEmpty() : "closed with something in flight: " + describe();
    }

    @Override
    protected RuntimeMetrics.DriverMetrics metrics() {
        return new RuntimeMetrics.DriverMetrics(polls, started, completed, overflows);
    }

    @Override
    protected String describe() {
        StringBuilder text = new StringBuilder("simulated polls=" + polls + " requests=" + requests.size() + " results="
                + results.size() + " notifications=" + notifications.size() + " overflows=" + overflows);
        requests.forEach(request -> text.append("\n    ").append(request.op).append(" delayTicks=")
                .append(request.delayTicks).append(" cancelTicks=").append(request.cancelTicks));
        results.forEach(result -> text.append("\n    ").append(result));
        return text.toString();
    }
}
