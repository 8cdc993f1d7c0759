package dev.uring.runtime;

import dev.uring.ffi.CqeFlag;
import dev.uring.ffi.Errno;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.locks.LockSupport;

/**
 * The operations of one worker, from their start to their terminal result: admission to the table, the wait for room,
 * chains, cancels, and the way of a result to its operation. Like the worker itself, for its thread alone where nothing
 * else is said.
 */
final class Operations {
    /** Results that a task may get without parking before others have their turn. */
    private static final int RESULTS_AT_ONCE_MAX = 32;
    /** A result with one of these is no part of a whole; others, such as that a socket has more, say nothing of that. */
    private static final int NOT_TO_CONTINUE = CqeFlag.BUFFER | CqeFlag.MORE | CqeFlag.NOTIF;

    private final Worker worker;
    private final Driver driver;
    private final Recorder recorder;
    private final Timers timers;
    private final ProvidedBuffers provided;
    private final OperationTable table;
    /** Operations that wait for room in the table, in order. */
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    /** The chain of each operation in flight that has one. */
    private final Map<Op<?>, Chain> chains = new IdentityHashMap<>();
    /** Multishot operations that have no request in flight: their consumer is slow, or their buffers are all lent. */
    private final Set<MultiOp<?>> resting = Collections.newSetFromMap(new IdentityHashMap<>());
    /** Operations that found no provided buffer, each with what starts it again. */
    private final Map<Op<?>, Runnable> starved = new IdentityHashMap<>();
    /** Whether they are recorded, as of the last poll: asking costs more than the rest of a short operation's start. */
    private boolean recording = Recorder.isOn();
    private boolean closing;
    /** Results that the task of that mount got without parking. */
    private int resultsAtOnce;
    private long mountOfResults;

    /** An operation, or the chain that it heads, without a slot, and the task that waits for it in submit, or null. */
    private record Waiting(Op<?> op, Chain chain, Thread task) {
    }

    Operations(Worker worker, Driver driver, Recorder recorder, Timers timers, ProvidedBuffers provided) {
        this.worker = worker;
        this.driver = driver;
        this.recorder = recorder;
        this.timers = timers;
        this.provided = provided;
        table = new OperationTable(driver.operationsMax());
    }

    void lookAtRecording() {
        recording = Recorder.isOn();
    }

    boolean isEmpty() {
        return table.count() == 0 && waiting.isEmpty();
    }

    /** Answers how many are in flight; any thread, out of date at once. */
    int inFlight() {
        return Math.max(table.count(), 0); // while the table grows, another thread may see more free slots than slots
    }

    /** Answers how many wait for room; any thread, out of date at once. */
    int waiting() {
        return Math.max(waiting.size(), 0);
    }

    /** Lists what is here, a line each. */
    void describe(StringBuilder text) {
        table.forEach(op -> text.append("  ").append(op).append('\n'));
        waiting.forEach(next -> text.append("  ").append(next.op).append(" (waits for room)\n"));
    }

    /** Tells whoever waits that the worker has failed; nothing is given back, see {@link Op#lose}. */
    void lose(Throwable cause) {
        for (Op<?> op : all()) {
            op.lose(cause);
        }
        waiting.forEach(next -> LockSupport.unpark(next.task));
    }

    /** Starts an operation for a task that this worker carries, or for a callback. */
    void start(Op<?> op) {
        if (op instanceof Timeout timeout) {
            op.admitted(worker);
            timeout.begin(worker);
        } else if (waiting.isEmpty() && !table.isFull()) {
            op.admitted(worker);
            int delivered = driver.delivered();
            begin(op);
            if (driver.delivered() != delivered && mayCompleteAtOnce(op)) {
                driver.completeLast(this, table.id(op.slot));
                return;
            }
        } else {
            startWhenRoom(op, null);
            return;
        }
        if (closing) {
            op.cancel();
        }
    }

    /**
     * Answers whether the submitting task may have a result that the driver had at once, and go on without parking. Not
     * again and again, or it would keep others from their turn.
     */
    private boolean mayCompleteAtOnce(Op<?> op) {
        if (worker.isLoop() || closing || op.isMultishot() || !op.isUnobserved()) {
            return false;
        }
        if (mountOfResults != worker.mounts()) {
            mountOfResults = worker.mounts();
            resultsAtOnce = 0;
        }
        return resultsAtOnce++ < RESULTS_AT_ONCE_MAX;
    }

    /** Starts a chain, as {@link #start(Op)}. */
    void start(Chain chain) {
        if (!waiting.isEmpty() || table.room() < chain.length()) {
            startWhenRoom(chain.ops()[0], chain);
            return;
        }
        for (Op<?> op : chain.ops()) {
            op.admitted(worker);
        }
        begin(chain);
    }

    /** Gives an admitted operation its slot and starts it. */
    private void begin(Op<?> op) {
        long id = table.add(op);
        if (recording) {
            recorder.begin(op);
        }
        driver.start(op, id);
    }

    private void begin(Chain chain) {
        Op<?>[] ops = chain.ops();
        long[] ids = new long[ops.length];
        for (int i = 0; i < ops.length; i++) {
            ids[i] = table.add(ops[i]);
            chains.put(ops[i], chain);
        }
        chain.begin(worker, driver, ids);
        for (Op<?> op : ops) {
            cancelIfLate(op);
        }
    }

    void beginInDriver(Op<?> op) {
        driver.start(op, table.id(op.slot));
    }

    void startTimer(Timeout op, long deadlineNanos) {
        timers.add(op, deadlineNanos);
    }

    /** A callback cannot wait, a task can. */
    private void startWhenRoom(Op<?> op, Chain chain) {
        int slots = chain == null ? 1 : chain.length();
        if (slots > table.limit()) {
            undo(op, chain);
            throw new IllegalArgumentException("chain is longer than the queues: length=" + slots + " limit="
                    + table.limit());
        }
        if (worker.isLoop()) {
            undo(op, chain);
            throw new BusyException("worker has no room: operation=" + op.describe() + " slots=" + slots + " inFlight="
                    + table.count() + " limit=" + table.limit() + " waiting=" + waiting.size()
                    + "; retry from a later callback, or make the completion queue larger");
        }
        if (chain == null) {
            op.queued(worker);
        } else {
            chain.queued(worker);
        }
        waiting.add(new Waiting(op, chain, Thread.currentThread()));
        boolean interrupted = false;
        boolean stuck = false;
        while (op.isQueued()) {
            stuck = Worker.park(op, stuck);
            if (Thread.interrupted()) {
                interrupted = true;
                if (chain == null) {
                    op.cancelInterrupted();
                } else {
                    chain.cancelInterrupted();
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void undo(Op<?> op, Chain chain) {
        if (chain == null) {
            op.untake();
        } else {
            chain.untake();
        }
    }

    /** Starts an operation that came through the inbox. */
    void startQueued(Op<?> op) {
        if (!(op instanceof Timeout) && !op.isCancelAsked() && (!waiting.isEmpty() || table.isFull())) {
            waiting.add(new Waiting(op, null, null));
        } else {
            startFromQueue(op);
        }
    }

    /** Starts a chain that came through the inbox; one that never fits is cancelled with its length as the reason. */
    void startQueued(Chain chain) {
        if (chain.length() > table.limit()) {
            chain.completeAll(-Errno.E2BIG);
        } else if (chain.isHeadCancelled()) {
            chain.completeAll(-Errno.ECANCELED);
        } else if (!waiting.isEmpty() || table.room() < chain.length()) {
            waiting.add(new Waiting(chain.ops()[0], chain, null));
        } else {
            startFromQueue(chain);
        }
    }

    private void startFromQueue(Op<?> op) {
        if (!op.admittedFromQueue(worker)) {
            op.complete(-Errno.ECANCELED, 0);
            return;
        }
        if (op instanceof Timeout timeout) {
            timeout.begin(worker);
        } else {
            begin(op);
        }
        cancelIfLate(op);
    }

    /** A close that came before the operation began found nothing here to cancel. */
    private void cancelIfLate(Op<?> op) {
        if (closing) {
            op.cancel();
        } else if (op.isDescriptorClosing()) {
            op.cancelByClose();
        }
    }

    /** A member that was cancelled while it waited stays in the chain, and breaks it when its turn comes. */
    private void startFromQueue(Chain chain) {
        for (Op<?> op : chain.ops()) {
            op.admittedCancelledOrNot(worker);
        }
        begin(chain);
    }

    private void admitWaiting() {
        while (!waiting.isEmpty()) {
            Waiting next = waiting.peek();
            if (table.room() < (next.chain == null ? 1 : next.chain.length())) {
                return;
            }
            waiting.poll();
            if (next.chain == null) {
                startFromQueue(next.op);
            } else {
                startFromQueue(next.chain);
            }
            LockSupport.unpark(next.task);
        }
    }

    /** Takes one result to its operation. */
    void complete(long id, int res, int flags) {
        if ((flags & (CqeFlag.BUFFER | CqeFlag.MORE)) != 0 && completeInPart(table.get(id), res, flags)) {
            return;
        }
        if ((flags & NOT_TO_CONTINUE) == 0 && continued(table.get(id), id, res)) {
            return;
        }
        if ((flags & CqeFlag.NOTIF) != 0 && table.get(id).goesOnNow()) {
            startAgain(table.get(id), id);
            return;
        }
        if (res == -Errno.ENOBUFS && starves(table.get(id), id)) {
            return;
        }
        Op<?> op = table.take(id);
        if (recording) {
            recorder.end(op, op.told(res));
        }
        if (chains.isEmpty()) {
            op.complete(res, flags);
        } else {
            completeInChain(op, res, flags);
        }
        if (!waiting.isEmpty()) {
            admitWaiting();
        }
    }

    /** Counts the buffer that a result came in; answers true when more results will come. */
    private boolean completeInPart(Op<?> op, int res, int flags) {
        if ((flags & CqeFlag.BUFFER) != 0) {
            provided.lend(flags >>> CqeFlag.BUFFER_SHIFT);
        }
        if ((flags & CqeFlag.MORE) == 0) {
            return false;
        }
        op.more(res, flags);
        return true;
    }

    /** Starts an operation again that a result has not finished; answers whether it did. */
    private boolean continued(Op<?> op, long id, int res) {
        if (res >= 0 && !op.mayContinue() || isLinked(id) || !(res >= 0 ? op.continues(res) : op.retries(-res))) {
            return false;
        }
        startAgain(op, id);
        return true;
    }

    private void startAgain(Op<?> op, long id) {
        if (op.isCancelAsked()) {
            complete(id, -Errno.ECANCELED, 0);
        } else {
            driver.start(op, id);
        }
    }

    /** Lets an operation that found no provided buffer wait for one; answers false where that is not the reason. */
    private boolean starves(Op<?> op, long id) {
        if (op.bufferGroup() < 0 || op.isMultishot() || isLinked(id)) {
            return false;
        }
        if (op.isCancelAsked()) {
            complete(id, -Errno.ECANCELED, 0);
            return true; // nothing was received, and nothing will be
        }
        Runnable again = new Runnable() {
            @Override
            public void run() {
                if (starved.remove(op, this)) {
                    driver.start(op, id);
                }
            }
        };
        starved.put(op, again);
        provided.whenRefilled(op.bufferGroup(), again);
        return true;
    }

    private void completeInChain(Op<?> op, int res, int flags) {
        Chain chain = chains.remove(op);
        boolean broken = chain != null && op.breaksLink(op.told(res)); // while the operation still has its buffer
        op.complete(res, flags);
        if (chain != null) {
            chain.completed(worker, broken);
        }
    }

    /** Ends a member of a chain that the driver does not have: it never began, or it is a timer. */
    void completeChained(Op<?> op, int res) {
        complete(table.id(op.slot), res, 0);
    }

    /** A timer is due, or was cancelled. */
    void completeTimer(Timeout op, int res) {
        if (table.holds(op)) {
            completeChained(op, res);
        } else {
            op.complete(res, 0);
        }
    }

    /** Takes the result that a thread of the blocking pool left in the operation. */
    void completeBlocking(Op<?> op) {
        complete(table.id(op.slot), op.result, 0);
    }

    /** Answers whether the operation is in flight as a member of a chain that the driver has as a whole. */
    boolean isLinked(long id) {
        Chain chain = chains.isEmpty() ? null : chains.get(table.find(id));
        return chain != null && !chain.isEmulated();
    }

    Op<?> operation(long id) {
        return table.find(id);
    }

    /**
     * Attempts on the blocking pool; the thread leaves the result in the operation and posts it. Answers false when the host
     * has no thread for it: then the operation knows why, and is to fail.
     */
    boolean runBlocking(Op<?> op, Sys sys) {
        try {
            worker.runtime().blockingPool().execute(new Blocking(op, worker, sys));
            return true;
        } catch (RejectedExecutionException e) {
            op.attemptFailed(e);
            return false;
        }
    }

    /** Takes an operation back that no thread of the pool has begun; one that has begun ends with its result. */
    private boolean cancelBlocking(Op<?> op) {
        ThreadPoolExecutor pool = worker.runtime().blockingPool();
        return !pool.getQueue().isEmpty() && pool.remove(new Blocking(op, worker, driver.sys()));
    }

    /** An attempt on the blocking pool; equal to another one of the same operation. */
    private record Blocking(Op<?> op, Worker worker, Sys sys) implements Runnable {
        @Override
        public void run() {
            op.result = op.isCancelAsked() ? -Errno.ECANCELED : Driver.attempt(op, sys, null);
            worker.post(op);
        }
    }

    long idOf(Op<?> op) {
        return table.id(op.slot);
    }

    /** Passes a cancel on. Any thread. */
    void cancel(Op<?> op) {
        if (Worker.current() == worker) {
            cancelNow(op);
        } else {
            worker.post(new CancelRequest(op));
        }
    }

    void cancelNow(Op<?> op) {
        if (!op.isCancelAsked()) {
            return; // the request is late: the operation has ended, and is in flight for another submission
        }
        if (op instanceof Timeout timeout && timers.remove(timeout)) {
            completeTimer(timeout, -Errno.ECANCELED);
        } else if (table.holds(op)) {
            Chain chain = chains.isEmpty() ? null : chains.get(op);
            Runnable again = starved.remove(op);
            if (again != null) {
                provided.forget(op.bufferGroup(), again);
                completeChained(op, -Errno.ECANCELED);
            } else if (op.goesOn()) {
                op.cancelRest();
            } else if (cancelBlocking(op)) {
                completeChained(op, -Errno.ECANCELED);
            } else if (chain == null || chain.hasBegun(op)) {
                driver.cancel(op, table.id(op.slot));
            } // else it breaks the chain when its turn comes
        } else {
            cancelWaiting(op);
        }
    }

    /** Ends an operation that waits for room, or with its head a chain; other members are cancelled at their turn. */
    private void cancelWaiting(Op<?> op) {
        for (Iterator<Waiting> all = waiting.iterator(); all.hasNext();) {
            Waiting next = all.next();
            if (next.op == op) {
                all.remove();
                if (next.chain == null) {
                    op.complete(-Errno.ECANCELED, 0);
                } else {
                    next.chain.completeAll(-Errno.ECANCELED);
                }
                LockSupport.unpark(next.task);
                admitWaiting(); // there may have been room, but not for a chain
                return;
            }
        }
    }

    /** Cancels every operation on a descriptor that is being closed. */
    void cancelAll(Descriptor descriptor) {
        for (Op<?> op : all()) {
            if (op.uses(descriptor)) {
                op.cancelByClose();
            }
        }
    }

    /** Cancels everything, now and from now on: the runtime closes. */
    void beginClosing() {
        closing = true;
        all().forEach(Op::cancel);
        List.copyOf(resting).forEach(stream -> worker.runGuarded(stream::endResting));
    }

    /** Notes whether a multishot operation has no request in flight; one that has none ends with the worker.runtime(). */
    void isResting(MultiOp<?> stream, boolean is) {
        if (!is) {
            resting.remove(stream);
        } else if (closing) {
            stream.endResting();
        } else {
            resting.add(stream);
        }
    }

    /** Answers everything that was started here and has not ended: cancelling changes the collections behind it. */
    private List<Op<?>> all() {
        List<Op<?>> all = new ArrayList<>();
        table.forEach(all::add);
        waiting.forEach(next -> all.addAll(next.chain == null ? List.of(next.op) : List.of(next.chain.ops())));
        timers.forEach(timed -> {
            if (timed instanceof Timeout timeout) {
                all.add(timeout);
            }
        });
        return all;
    }
}
