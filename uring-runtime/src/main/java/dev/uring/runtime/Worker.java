package dev.uring.runtime;

import dev.uring.ffi.CqeFlag;
import dev.uring.ffi.Errno;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * One platform thread with its own driver, operations in flight, timers, run queue and inbox. Whatever is not said to be
 * for any thread is for that thread alone: for its loop, or for a task that it carries at the moment.
 *
 * <p>One turn: take the inbox; run ready tasks within a budget; poll the driver once, which submits what all of them
 * started and waits only when there is nothing else to do; complete the operations whose results came; expire timers.
 */
final class Worker {
    /** Ready tasks to run before the driver is polled. */
    private static final int TASKS_PER_TURN = 128;
    /** How long a pinned task waits in the driver before it looks at its interrupt status again. */
    private static final long PINNED_WAIT_NANOS = 10_000_000;

    /** Workers whose loop failed, with memory that the kernel may still write. */
    private static final Queue<Worker> LOST = new ConcurrentLinkedQueue<>();

    private final UringRuntime runtime;
    private final int index;
    private final Driver driver;
    private final OperationTable table;
    private final Timers timers = new Timers();
    private final Inbox inbox = new Inbox();
    private final WorkerThread thread;
    private final ProvidedBuffers provided;
    private final Recorder recorder;
    /** Continuations of tasks, ready to run. */
    private final ArrayDeque<Runnable> ready = new ArrayDeque<>();
    /** Operations that wait for room in the table, in order. */
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    /** The chain of each operation in flight that has one. */
    private final Map<Op<?>, Chain> chains = new IdentityHashMap<>();
    /** Multishot operations that have no request in flight: their consumer is slow, or their buffers are all lent. */
    private final Set<MultiOp<?>> resting = Collections.newSetFromMap(new IdentityHashMap<>());
    /** Callbacks that came while a pinned task drove the ring; they run in the loop. */
    private final ArrayDeque<Runnable> deferred = new ArrayDeque<>();
    /** Counts continuations run, so that a task can tell whether it was ever unmounted. */
    private long mounts;
    /** A pinned task has this thread and drives the ring; no task can run here. Written by the worker, read by {@link #wake}. */
    private volatile boolean driven;
    private boolean closing;
    private boolean stopped;
    private long turns;

    /** An operation, or the chain that it heads, without a slot, and the task that waits for it in submit, or null. */
    private record Waiting(Op<?> op, Chain chain, Thread task) {
    }

    Worker(UringRuntime runtime, int index, Driver driver) {
        this.runtime = runtime;
        this.index = index;
        this.driver = driver;
        table = new OperationTable(driver.operationsMax());
        provided = new ProvidedBuffers(this, driver);
        recorder = new Recorder(index);
        thread = new WorkerThread(this, runtime.name() + "-worker-" + index);
    }

    /** Answers the worker that carries the current thread, or whose thread it is; null for none. Any thread. */
    static Worker current() {
        return CarrierAccess.currentCarrier() instanceof WorkerThread carrier ? carrier.worker : null;
    }

    UringRuntime runtime() {
        return runtime;
    }

    WorkerThread thread() {
        return thread;
    }

    ProvidedBuffers provided() {
        return provided;
    }

    Timers timers() {
        return timers;
    }

    Sys sys() {
        return driver.sys();
    }

    /** Answers whether the calling thread is the loop itself, so that it runs a callback and no task. */
    boolean isLoop() {
        return Thread.currentThread() == thread;
    }

    /**
     * Refuses to wait in a callback, which would stop its worker. Any thread.
     *
     * @throws IllegalStateException in a callback
     */
    static void requireNoCallback(String wait) {
        if (Thread.currentThread() instanceof WorkerThread) {
            throw new IllegalStateException(wait + " in a callback would stop the worker; spawn a task");
        }
    }

    // ---- the loop ----

    void run() {
        try {
            driver.attach(this);
            while (!stopped || !isIdle()) {
                turn();
            }
            handOver();
            driver.close();
        } catch (Throwable t) {
            fail(t); // the edge of the loop
        }
    }

    /**
     * The loop cannot go on: the kernel or this code broke a promise. Who waits is told the cause. What is in flight stays
     * the kernel's: its buffers are never given back, and driver and operations are kept for ever.
     */
    private void fail(Throwable cause) {
        LOST.add(this);
        runtime.failed(this, cause);
        for (Op<?> op : all()) {
            op.lose(cause);
        }
        handOver();
    }

    /** Whoever is ready is carried by others: another worker, or after the end the common pool. */
    private void handOver() {
        Runnable continuation = ready.poll();
        while (continuation != null) {
            runtime.inject(continuation);
            continuation = ready.poll();
        }
    }

    private boolean isIdle() {
        return table.count() == 0 && waiting.isEmpty() && inbox.isEmpty();
    }

    private void turn() {
        turns++;
        takeInbox();
        runDeferred();
        runTasks();
        long wait = nanosToWait();
        driver.poll(wait);
        inbox.wakeUp();
        driver.completeAll(this);
        expireTimers();
    }

    private void takeInbox() {
        Message message = inbox.take();
        while (message != null) {
            Message next = message.next;
            message.next = null;
            message.receive(this);
            message = next;
        }
    }

    private void runDeferred() {
        while (!deferred.isEmpty()) {
            runGuarded(deferred.poll());
        }
    }

    private void runTasks() {
        for (int i = 0; i < TASKS_PER_TURN; i++) {
            Runnable continuation = ready.poll();
            if (continuation == null) {
                continuation = runtime.injected().poll();
            }
            if (continuation == null) {
                return;
            }
            runTask(continuation);
        }
    }

    /**
     * Mounts a task until it parks or ends. The thread gives itself a park permit first: a task that is pinned parks
     * this very thread, and would wait for ever for a result that only this thread can fetch.
     */
    private void runTask(Runnable continuation) {
        mounts++;
        LockSupport.unpark(thread);
        continuation.run();
    }

    private long nanosToWait() {
        if (driver.delivered() > 0 || hasWork()) {
            return 0;
        }
        long nanos = timers.isEmpty() ? Timers.NONE : timers.nanosToNext(runtime.nanoTime());
        if (nanos == 0) {
            return 0;
        }
        inbox.fallAsleep();
        // Whoever posted before the fence is seen here; whoever posts after it sees the sleep and wakes.
        if (hasWork()) {
            return 0;
        }
        return nanos;
    }

    /** A pinned task can only take messages: what else is to do waits for it, or is lent to others. */
    private boolean hasWork() {
        return !inbox.isEmpty() || !driven && (!ready.isEmpty() || !deferred.isEmpty() || !runtime.injected().isEmpty()
                || stopped && table.count() == 0);
    }

    private void expireTimers() {
        if (!timers.isEmpty()) {
            timers.expire(runtime.nanoTime(), this);
        }
    }

    /** The edge of the loop: what user code throws is reported and ends nothing else. */
    void runGuarded(Runnable action) {
        try {
            action.run();
        } catch (Throwable t) {
            runtime.uncaught(Thread.currentThread(), t);
        }
    }

    // ---- operations ----

    /** Starts an operation for a task that this worker carries, or for a callback. */
    void start(Op<?> op) {
        if (op instanceof Timeout timeout) {
            op.admitted(this);
            timeout.begin(this);
        } else if (waiting.isEmpty() && !table.isFull()) {
            op.admitted(this);
            begin(op);
        } else {
            startWhenRoom(op, null);
            return;
        }
        if (closing) {
            op.cancel();
        }
    }

    /** Starts a chain, as {@link #start(Op)}. */
    void start(Chain chain) {
        if (!waiting.isEmpty() || table.room() < chain.length()) {
            startWhenRoom(chain.ops()[0], chain);
            return;
        }
        for (Op<?> op : chain.ops()) {
            op.admitted(this);
        }
        begin(chain);
    }

    /** Gives an admitted operation its slot and starts it. */
    private void begin(Op<?> op) {
        long id = table.add(op);
        if (Recorder.isOn()) {
            recorder.begin(op);
        }
        driver.start(op, id);
    }

    /** A close that came between the operation's acceptance and its begin found nothing here to cancel. */
    private static boolean isDescriptorClosing(Op<?> op) {
        Descriptor descriptor = op.descriptor();
        return descriptor != null && !descriptor.isOpen();
    }

    private void begin(Chain chain) {
        Op<?>[] ops = chain.ops();
        long[] ids = new long[ops.length];
        for (int i = 0; i < ops.length; i++) {
            ids[i] = table.add(ops[i]);
            chains.put(ops[i], chain);
        }
        chain.begin(this, driver, ids);
        for (Op<?> op : ops) {
            if (closing || isDescriptorClosing(op)) {
                op.cancel();
            }
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
        if (isLoop()) {
            undo(op, chain);
            throw new BusyException("worker has no room: operation=" + op.describe() + " slots=" + slots + " inFlight="
                    + table.count() + " limit=" + table.limit() + " waiting=" + waiting.size()
                    + "; retry from a later callback, or make the completion queue larger");
        }
        if (chain == null) {
            op.queued(this);
        } else {
            chain.queued(this);
        }
        waiting.add(new Waiting(op, chain, Thread.currentThread()));
        boolean interrupted = false;
        boolean stuck = false;
        while (op.isQueued()) {
            stuck = park(op, stuck);
            if (Thread.interrupted()) {
                interrupted = true;
                op.cancel();
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
        if (!(op instanceof Timeout) && (!waiting.isEmpty() || table.isFull())) {
            waiting.add(new Waiting(op, null, null));
        } else {
            startFromQueue(op);
        }
    }

    /** Starts a chain that came through the inbox; one that never fits is cancelled with its length as the reason. */
    void startQueued(Chain chain) {
        if (chain.length() > table.limit()) {
            chain.completeAll(-Errno.E2BIG);
        } else if (!waiting.isEmpty() || table.room() < chain.length()) {
            waiting.add(new Waiting(chain.ops()[0], chain, null));
        } else {
            startFromQueue(chain);
        }
    }

    private void startFromQueue(Op<?> op) {
        if (!op.admittedFromQueue(this)) {
            op.complete(-Errno.ECANCELED, 0);
            return;
        }
        if (op instanceof Timeout timeout) {
            timeout.begin(this);
        } else {
            begin(op);
        }
        if (closing || isDescriptorClosing(op)) {
            op.cancel();
        }
    }

    /** A member that was cancelled while it waited stays in the chain, and breaks it when its turn comes. */
    private void startFromQueue(Chain chain) {
        for (Op<?> op : chain.ops()) {
            op.admittedCancelledOrNot(this);
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
        Op<?> op = table.get(id);
        if ((flags & (CqeFlag.BUFFER | CqeFlag.MORE)) != 0 && completeInPart(op, res, flags)) {
            return;
        }
        table.remove(id);
        if (Recorder.isOn()) {
            recorder.end(op, res);
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
            provided.lend(op.bufferGroup(), flags >>> CqeFlag.BUFFER_SHIFT);
        }
        if ((flags & CqeFlag.MORE) == 0) {
            return false;
        }
        op.more(res, flags);
        return true;
    }

    private void completeInChain(Op<?> op, int res, int flags) {
        Chain chain = chains.remove(op);
        boolean broken = chain != null && op.breaksLink(res); // while the operation still has its buffer
        op.complete(res, flags);
        if (chain != null) {
            chain.completed(this, broken);
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

    /** Attempts on the blocking pool; the thread leaves the result in the operation and posts it. */
    void runBlocking(Op<?> op, Sys sys) {
        runtime.blockingPool().execute(() -> {
            op.result = attemptBlocking(op, sys);
            post(op);
        });
    }

    private int attemptBlocking(Op<?> op, Sys sys) {
        if (op.isCancelAsked()) {
            return -Errno.ECANCELED;
        }
        try {
            return Driver.attempt(op, sys, null);
        } catch (RuntimeException | Error e) {
            runtime.uncaught(Thread.currentThread(), e);
            return -Errno.EIO;
        }
    }

    boolean registerBuffer(int index, MemorySegment memory, Worker first) {
        return driver.registerBuffer(index, memory, first == null ? null : first.driver);
    }

    void unregisterBuffer(int index) {
        driver.unregisterBuffer(index);
    }

    long idOf(Op<?> op) {
        return table.id(op.slot);
    }

    /** Passes a cancel on. Any thread. */
    void cancel(Op<?> op) {
        if (current() == this) {
            cancelNow(op);
        } else {
            post(new CancelRequest(op));
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
            if (chain == null || chain.hasBegun(op)) {
                driver.cancel(op, table.id(op.slot));
            } // else it breaks the chain when its turn comes
        } else {
            cancelWaiting(op);
        }
    }

    private void cancelWaiting(Op<?> op) {
        for (Iterator<Waiting> all = waiting.iterator(); all.hasNext();) {
            Waiting next = all.next();
            if (next.op == op && next.chain == null) {
                all.remove();
                op.complete(-Errno.ECANCELED, 0);
                LockSupport.unpark(next.task);
                return;
            }
        }
    }

    /** Cancels every operation on a descriptor that is being closed. */
    void cancelAll(Descriptor descriptor) {
        for (Op<?> op : all()) {
            if (op.descriptor() == descriptor) {
                op.cancel();
            }
        }
    }

    /** Cancels everything, now and from now on: the runtime closes. */
    void beginClosing() {
        closing = true;
        all().forEach(Op::cancel);
        List.copyOf(resting).forEach(MultiOp::endResting);
    }

    /** Notes whether a multishot operation has no request in flight; one that has none ends with the runtime. */
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

    /** Ends the loop once nothing is in flight. */
    void stop() {
        stopped = true;
    }

    // ---- telling ----

    /** Calls a callback with its result, unless a pinned task is in the middle of something. */
    void callBack(Op<?> op, Object action, Object taken) {
        if (driven) {
            deferred.add(() -> op.callBack(action, taken));
            return;
        }
        try {
            op.callBack(action, taken);
        } catch (Throwable t) {
            runtime.uncaught(thread, t); // the edge of the loop
        }
    }

    /** Runs an action on this worker's thread, later. Any thread. */
    void call(Runnable action) {
        post(new Call(action));
    }

    /** Hands a message over and wakes the worker if it sleeps. Any thread. */
    void post(Message message) {
        if (inbox.post(message)) {
            driver.wakeUp();
        }
    }

    /** Makes a sleeping worker look for tasks; answers whether it slept, and could run one. Any thread. */
    boolean wake() {
        if (!driven && inbox.claimWake()) {
            driver.wakeUp();
            return true;
        }
        return false;
    }

    /** Queues a task's continuation; called on this worker's thread only. */
    void ready(Runnable continuation) {
        ready.add(continuation);
    }

    /** Starts the limit of a timed wait. */
    Deadline startDeadline(Op<?> op, long deadlineNanos) {
        Deadline deadline = new Deadline(op, this);
        timers.add(deadline, deadlineNanos);
        return deadline;
    }

    // ---- pinned tasks ----

    /**
     * Parks the current thread once; the caller loops over its condition. A task that is pinned to its carrier (a native
     * frame, a static initialiser) cannot be unmounted, so its park is the worker's own: it returns at once, thanks to
     * the permit of {@link #runTask}, and the task must then drive the ring itself.
     *
     * @param stuck what the last call of the same wait answered, false for the first
     * @return whether the thread was not unmounted: it is pinned, or a permit was left over. Only a pinned one answers
     *     true twice in a row, and the second time the ring was driven
     */
    static boolean park(Object blocker, boolean stuck) {
        Worker here = current();
        if (here == null || !Thread.currentThread().isVirtual()) {
            LockSupport.park(blocker);
            return false;
        }
        if (stuck) {
            LockSupport.unpark(here.thread);
        }
        long before = here.mounts;
        LockSupport.park(blocker);
        if (current() != here || here.mounts != before) {
            return false;
        }
        if (stuck && !Thread.currentThread().isInterrupted()) {
            here.drive();
        }
        return true;
    }

    /** One turn of the loop less the tasks, by a task that is pinned to this worker's thread. */
    private void drive() {
        driven = true;
        try {
            takeInbox();
            runtime.lend(ready);
            long nanos = Math.min(nanosToWait(), PINNED_WAIT_NANOS);
            driver.poll(nanos);
            inbox.wakeUp();
            driver.completeAll(this);
            expireTimers();
        } finally {
            driven = false;
            LockSupport.unpark(thread);
        }
    }

    // ---- sight ----

    /** Answers what was counted. Any thread. */
    RuntimeMetrics.WorkerMetrics metrics() {
        // While the table grows, another thread may see more free slots than slots.
        return new RuntimeMetrics.WorkerMetrics(turns, Math.max(table.count(), 0), driver.metrics());
    }

    /** Answers what is in flight here, a line each. Worker only; see {@link UringRuntime#dump}. */
    String describe() {
        StringBuilder text = new StringBuilder("worker " + index + ": turns=" + turns + " inFlight=" + table.count()
                + " waiting=" + waiting.size() + " ready=" + ready.size() + " timers=" + timers.count()
                + " buffersLent=" + provided.lent() + "\n  " + driver.describe() + "\n");
        table.forEach(op -> text.append("  ").append(op).append('\n'));
        waiting.forEach(next -> text.append("  ").append(next.op).append(" (waits for room)\n"));
        return text.toString();
    }
}
