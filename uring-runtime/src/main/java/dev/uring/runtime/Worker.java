package dev.uring.runtime;

import dev.uring.ffi.CqeFlag;
import dev.uring.ffi.Errno;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * One platform thread with its own driver, operations in flight, timers, run queue and inbox. Whatever is not said to be
 * for any thread is for that thread alone: for its loop, or for a task that it carries at the moment.
 *
 * <p>One turn: take the inbox; run ready tasks within a budget; poll the driver once, which submits what all of them
 * started and waits only when there is nothing else to do; complete the operations whose results came; expire timers.
 */
final class Worker {
    /** How many tasks are run between two looks at the clock, which costs as much as a short one. */
    private static final int TASKS_PER_LOOK = 4;
    /** Every so many tasks one comes from the injection queue, however many are ready here. */
    private static final int INJECTED_INTERVAL = 16;
    /** How long a pinned task waits in the driver before it looks at its interrupt status again. */
    private static final long PINNED_WAIT_NANOS = 10_000_000;

    private static final BooleanSupplier NOTHING = () -> false;

    private static final VarHandle OWNER;

    static {
        try {
            OWNER = MethodHandles.lookup().findVarHandle(Worker.class, "thread", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Workers without a thread of their own that some thread drives at this moment; replaced under the class's lock. */
    private static volatile Worker[] driving = {};

    /** Workers whose loop failed, with memory that the kernel may still write. */
    private static final Queue<Worker> LOST = new ConcurrentLinkedQueue<>();

    private final UringRuntime runtime;
    private final int index;
    private final Driver driver;
    private final OperationTable table;
    private final Timers timers = new Timers();
    private final Inbox inbox = new Inbox();
    private final WorkerOptions options;
    /** The thread of the loop: its own, or the first that drove; never changes once it is set. */
    private volatile Thread thread;
    private final ProvidedBuffers provided;
    private final Recorder recorder;
    private final Scheduler scheduler;
    /** Continuations of tasks, ready to run; other workers steal them. */
    private final RunQueue ready = new RunQueue();
    /** Continuations of tasks that run here and nowhere else. */
    private final ArrayDeque<Runnable> local = new ArrayDeque<>();
    /** Continuations of tasks that let others go first, until the driver has been polled. */
    private final ArrayDeque<Runnable> yielded = new ArrayDeque<>();
    /** The same of tasks that stay here. */
    private final ArrayDeque<Runnable> yieldedLocal = new ArrayDeque<>();
    /** The next continuation to come is that of a task that yields. */
    private boolean yielding;
    /** Counted by the scheduler as one that looks for work. */
    private boolean searching;
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
    private volatile boolean pinned;
    private boolean closing;
    private boolean stopped;
    private boolean attached;
    /** What a thread that drives waits for; looked at once more after the worker has said that it sleeps. */
    private BooleanSupplier awaited = NOTHING;
    /** The loop is over, and the driver closed; written by the worker. */
    private volatile boolean ended;
    /** Counts for {@link #metrics}, which any thread reads. */
    private long turns;
    private long parks;
    private long steals;

    /** An operation, or the chain that it heads, without a slot, and the task that waits for it in submit, or null. */
    private record Waiting(Op<?> op, Chain chain, Thread task) {
    }

    /** Makes a worker with a thread of its own, which is not started, or without one: see {@link #drive}. */
    Worker(UringRuntime runtime, int index, Driver driver, Scheduler scheduler, WorkerOptions options) {
        this.runtime = runtime;
        this.index = index;
        this.driver = driver;
        this.scheduler = scheduler;
        this.options = options;
        table = new OperationTable(driver.operationsMax());
        provided = new ProvidedBuffers(this, driver);
        recorder = new Recorder(index);
        thread = options.ownThreads() ? new WorkerThread(this, options.threadName() + index) : null;
    }

    /** Answers the worker that carries the current thread, or whose thread it is; null for none. Any thread. */
    static Worker current() {
        Thread carrier = CarrierAccess.currentCarrier();
        if (carrier instanceof WorkerThread own) {
            return own.worker;
        }
        for (Worker worker : driving) {
            if (worker.thread == carrier) {
                return worker;
            }
        }
        return null;
    }

    /** Answers the worker whose loop the calling thread is in, so that it runs a callback and no task; null for none. */
    static Worker ofCallback() {
        return Thread.currentThread().isVirtual() ? null : current();
    }

    UringRuntime runtime() {
        return runtime;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    /** Answers the thread; null for a worker that no thread has driven yet. Any thread. */
    Thread thread() {
        return thread;
    }

    RunQueue readyTasks() {
        return ready;
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
        if (ofCallback() != null) {
            throw new IllegalStateException(wait + " in a callback would stop the worker; spawn a task");
        }
    }

    // ---- the loop ----

    /** The life of a worker that has a thread of its own. */
    void run() {
        try {
            runHook(options.onStart());
            driver.attach(this);
            runToEnd();
        } catch (Throwable t) {
            fail(t); // the edge of the loop
        } finally {
            runHook(options.onStop());
        }
    }

    private void runToEnd() {
        while (!stopped || !isIdle()) {
            turn(Timers.NONE);
        }
        handOver();
        driver.close();
        ended = true;
    }

    /**
     * Lends the calling thread to a worker that has none, until a condition holds, the worker has ended, a time has come,
     * or the thread is interrupted. The first thread to do so is the worker's for ever: its ring takes requests from no
     * other, and the kernel cancels the requests of a thread that ends.
     *
     * @param until looked at before each turn; whoever makes it true on another thread then calls {@link #interruptWait}
     * @param deadlineNanos as of {@link System#nanoTime}, or {@link Deadline#NEVER}
     * @return false when the caller is virtual, or another thread owns the worker, or one drives it already
     */
    boolean drive(BooleanSupplier until, long deadlineNanos) {
        Thread caller = Thread.currentThread();
        if (caller.isVirtual() || isDriven() || !OWNER.compareAndSet(this, null, caller) && thread != caller) {
            return false;
        }
        var interrupts = new InterruptWatch(this::interruptWait);
        awaited = () -> interrupts.isInterrupted() || until.getAsBoolean();
        beginDriving();
        interrupts.start();
        try {
            turnWhileAwaited(deadlineNanos);
        } catch (Throwable t) {
            fail(t); // the edge of the loop
        } finally {
            interrupts.stop();
            endDriving();
            awaited = NOTHING; // what it waited for is not kept alive
        }
        if (interrupts.isInterrupted()) {
            caller.interrupt(); // what it carried may have cleared it
        }
        return true;
    }

    private void turnWhileAwaited(long deadlineNanos) {
        if (!attached) {
            attached = true;
            runHook(options.onStart());
            driver.attach(this);
        }
        while (!awaited.getAsBoolean() && !ended) {
            long left = Deadline.nanosTo(deadlineNanos);
            if (left <= 0) {
                return;
            }
            if (stopped && isIdle()) {
                runToEnd();
                runHook(options.onStop());
            } else {
                turn(left);
            }
        }
    }

    /** Answers whether the calling thread may {@link #drive}, as far as ownership goes. */
    boolean isMine() {
        return thread == null || thread == Thread.currentThread();
    }

    /** Answers whether the loop is over, and nothing of the worker is left. Any thread. */
    boolean isEnded() {
        return ended;
    }

    /** Gives up a worker whose thread has ended without closing; only then, and on any thread. */
    void lost(Throwable cause) {
        fail(cause);
    }

    /** Answers whether a thread is in {@link #drive} now; any thread. */
    boolean isDriven() {
        for (Worker worker : driving) {
            if (worker == this) {
                return true;
            }
        }
        return false;
    }

    private void beginDriving() {
        synchronized (Worker.class) {
            Worker[] more = Arrays.copyOf(driving, driving.length + 1);
            more[driving.length] = this;
            driving = more;
        }
    }

    private void endDriving() {
        synchronized (Worker.class) {
            driving = Arrays.stream(driving).filter(worker -> worker != this).toArray(Worker[]::new);
        }
    }

    /** Makes the worker look at what it waits for. Any thread. */
    void interruptWait() {
        if (inbox.claimWake()) {
            driver.wakeUp();
        }
    }

    private void runHook(Runnable hook) {
        if (hook != null) {
            runGuarded(hook);
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
        ended = true;
    }

    /** Whoever is ready is carried by others: another worker, or after the end the common pool. */
    private void handOver() {
        endSearch();
        resumeYielded();
        local.forEach(scheduler::inject);
        local.clear();
        Runnable continuation = ready.poll();
        while (continuation != null) {
            scheduler.inject(continuation);
            continuation = ready.poll();
        }
    }

    private boolean isIdle() {
        return table.count() == 0 && waiting.isEmpty() && inbox.isEmpty();
    }

    private void turn(long waitMaxNanos) {
        turns++;
        takeInbox();
        runDeferred();
        runTasks();
        pollDriver(Math.min(nanosToWait(), waitMaxNanos));
        resumeYielded();
    }

    void pollDriver(long nanos) {
        if (nanos == 0) {
            driver.poll(0);
        } else {
            runHook(options.onPark());
            parks++;
            driver.poll(options.onPark() != null && hasWork() ? 0 : nanos); // the hook may have made a task ready
            runHook(options.onUnpark());
        }
        if (inbox.wakeUp()) {
            searching = true;
        }
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

    /** Runs what is ready, for as many tasks and as long as the options say, so that the driver has its turn. */
    void runTasks() {
        long start = 0;
        for (int i = 0; i < options.tasksPerTurn(); i++) {
            Runnable continuation = nextTask();
            if (continuation == null) {
                return;
            }
            runTask(continuation);
            if (i % TASKS_PER_LOOK == TASKS_PER_LOOK - 1) {
                long now = System.nanoTime();
                if (start == 0) {
                    start = now;
                } else if (now - start > options.budgetNanos()) {
                    return;
                }
            }
        }
    }

    /** Goes by a count that no turn begins anew, since a turn may be as short as one task. */
    private Runnable nextTask() {
        if (mounts % INJECTED_INTERVAL == 0) {
            Runnable injected = scheduler.pollInjected();
            if (injected != null) {
                return injected;
            }
        }
        if ((mounts & 1) == 0 && !local.isEmpty()) {
            return local.poll();
        }
        Runnable continuation = ready.poll();
        if (continuation == null) {
            continuation = local.poll();
        }
        return continuation != null ? continuation : scheduler.pollInjected();
    }

    /**
     * Mounts a task until it parks or ends. The thread gives itself a park permit first: a task that is pinned parks
     * this very thread, and would wait for ever for a result that only this thread can fetch.
     */
    private void runTask(Runnable continuation) {
        endSearch();
        mounts++;
        LockSupport.unpark(thread);
        continuation.run();
    }

    /** Has found something to do: while it were counted, nobody would be woken for work that others could take. */
    private void endSearch() {
        if (searching) {
            searching = false;
            scheduler.found();
        }
    }

    private void resumeYielded() {
        while (!yielded.isEmpty()) {
            addReady(yielded.poll());
        }
        while (!yieldedLocal.isEmpty()) {
            local.add(yieldedLocal.poll());
        }
    }

    /** Answers how long the driver may wait: not at all while there is something to do, here or on another worker. */
    long nanosToWait() {
        if (driver.delivered() > 0 || hasWork()) {
            endSearch();
            return 0;
        }
        long nanos = timers.isEmpty() ? Timers.NONE : timers.nanosToNext(runtime.nanoTime());
        if (nanos == 0) {
            endSearch();
            return 0;
        }
        if (stealOrSpin()) {
            return 0;
        }
        inbox.fallAsleep();
        // Whoever adds work before the fence is seen here; whoever adds it after sees the sleep and wakes.
        if (searching) {
            searching = false;
            if (scheduler.foundNothing()) {
                return 0;
            }
        } else if (!pinned && scheduler.isShared() && scheduler.isNeglected()) {
            return 0; // it was added while this worker was neither asleep nor let search
        }
        return hasWork() ? 0 : nanos;
    }

    /** Looks for work elsewhere; answers whether there is some now. A pinned task can run none. */
    private boolean stealOrSpin() {
        if (pinned) {
            return false;
        }
        if (searching || (searching = scheduler.beginSearch())) {
            if (scheduler.steal(this) > 0) {
                steals++;
                endSearch();
                return true;
            }
        }
        return options.spinNanos() > 0 && spin();
    }

    /** Waits awake for a little while, so that nobody need wake this thread. */
    private boolean spin() {
        long deadline = System.nanoTime() + options.spinNanos();
        do {
            driver.poll(0);
            if (driver.delivered() > 0 || hasWork() || scheduler.hasWork()) {
                return true;
            }
            Thread.onSpinWait();
        } while (deadline - System.nanoTime() > 0);
        return false;
    }

    /** A pinned task can only take messages: what else is to do waits for it, or is lent to others. */
    private boolean hasWork() {
        return awaited.getAsBoolean() || !inbox.isEmpty() || !pinned && (!ready.isEmpty() || !local.isEmpty()
                || !yielded.isEmpty() || !yieldedLocal.isEmpty()
                || !deferred.isEmpty() || scheduler.hasInjected() || stopped && table.count() == 0);
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
        if (pinned) {
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

    /** Answers whether the worker sleeps and could run a task. Any thread. */
    boolean isAsleep() {
        return !pinned && inbox.isAsleep();
    }

    /** Wakes the worker, which the caller has counted as a searcher; answers false when it did not sleep. Any thread. */
    boolean wakeToSearch() {
        if (inbox.claimSearch()) {
            driver.wakeUp();
            return true;
        }
        return false;
    }

    /** Queues a task's continuation; called on this worker's thread only. */
    void ready(Runnable continuation) {
        if (yielding) {
            yielding = false;
            yielded.add(continuation);
        } else {
            addReady(continuation);
        }
    }

    /** The first of several runs here, soon; for a second there may be someone else. */
    private void addReady(Runnable continuation) {
        boolean several = !ready.isEmpty();
        ready.add(continuation);
        if (several && scheduler.isShared()) {
            scheduler.workAdded();
        }
    }

    /** The executor of tasks that stay on this worker: see {@link Scheduler#carry} for what it may not do. */
    void carryHere(Runnable continuation) {
        if (current() == this && !ended) {
            (yielding ? yieldedLocal : local).add(continuation);
            yielding = false;
        } else if (!runtime.postGuarded(this, () -> local.add(continuation))) {
            scheduler.inject(continuation); // after the end
        }
    }

    /** Lets other tasks go first, and results in; for the task that this worker carries. */
    void yieldTask() {
        long before = mounts;
        yielding = true;
        Thread.yield();
        if (current() == this && mounts == before) {
            yielding = false; // pinned, the task was not unmounted
            drivePinned(0);
        }
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
            here.drivePinned(PINNED_WAIT_NANOS);
        }
        return true;
    }

    /**
     * Parks once, as {@link #park(Object, boolean)}; but a thread that has lent itself to {@code home} before runs it
     * until the condition holds or the thread is interrupted, since nobody else would.
     */
    static boolean park(Object blocker, boolean stuck, Worker home, BooleanSupplier until) {
        return home != null && home.runs(until, Deadline.NEVER) ? false : park(blocker, stuck);
    }

    /** Runs on the calling thread until one of the three holds, if it has lent itself before; else answers false. */
    boolean runs(BooleanSupplier until, long deadlineNanos) {
        return !options.ownThreads() && thread == Thread.currentThread() && drive(until, deadlineNanos);
    }

    /** One turn of the loop less the tasks, by a task that is pinned to this worker's thread. */
    private void drivePinned(long waitMaxNanos) {
        pinned = true;
        try {
            takeInbox();
            lend();
            pollDriver(Math.min(nanosToWait(), waitMaxNanos));
            lend();
        } finally {
            pinned = false;
            LockSupport.unpark(thread);
        }
    }

    /** What is ready can run elsewhere only. A wake-up to search that found this worker is passed on. */
    private void lend() {
        endSearch();
        if (scheduler.isShared() && !ready.isEmpty()) {
            scheduler.workAdded();
        }
    }

    // ---- sight ----

    /** Answers what was counted. Any thread. */
    RuntimeMetrics.WorkerMetrics metrics() {
        // While the table grows, another thread may see more free slots than slots.
        return new RuntimeMetrics.WorkerMetrics(turns, mounts, parks, steals, Math.max(table.count(), 0),
                ready.size() + local.size(), driver.metrics());
    }

    /** Answers what is in flight here, a line each. Worker only; see {@link UringRuntime#dump}. */
    String describe() {
        StringBuilder text = new StringBuilder("worker " + index + ": turns=" + turns + " inFlight=" + table.count()
                + " waiting=" + waiting.size() + " ready=" + (ready.size() + local.size()) + " timers=" + timers.count()
                + " buffersLent=" + provided.lent() + "\n  " + driver.describe() + "\n");
        table.forEach(op -> text.append("  ").append(op).append('\n'));
        waiting.forEach(next -> text.append("  ").append(next.op).append(" (waits for room)\n"));
        return text.toString();
    }
}
