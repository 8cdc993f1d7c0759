package dev.uring.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
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
    private final Operations operations;
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
    /** Callbacks that came while a pinned task drove the ring; they run in the loop. */
    private final ArrayDeque<Runnable> deferred = new ArrayDeque<>();
    /** Counts continuations run, so that a task can tell whether it was ever unmounted. */
    private long mounts;
    /** Hears the interrupt of a thread that {@link #drive}s; null while none does. */
    private InterruptWatch interrupts;
    /** A pinned task has this thread and drives the ring; no task can run here. Written by the worker, read by {@link #isAsleep}. */
    private volatile boolean pinned;
    private boolean stopped;
    private boolean attached;
    /** The count of {@link #mounts} when stopped time was about to pass, and the driver was asked for results first. */
    private long askedBeforeSkip = -1;
    /** What a thread that drives waits for; looked at once more after the worker has said that it sleeps. */
    private BooleanSupplier awaited = NOTHING;
    /** The loop is over, and the driver closed; written by the worker. */
    private volatile boolean ended;
    /** Counts for {@link #metrics}, which any thread reads. */
    private long turns;
    private long parks;
    private long steals;
    private long stolen;
    private long wakeUpsMade;
    private int batchMax;
    /** Written by the watch, or where there is none by the worker. */
    private long stalls;
    /** Null where nobody watches. */
    private final StallWatch watch;
    /** Not in the loop, or asleep in the driver. Written by the worker, read by the watch without order, as is the next. */
    private boolean away = true;
    /** Callbacks and other actions begun, and sleeps ended; counts on only when the loop does. */
    private long steps;
    /** Without a watch, when the loop last came back from the driver. */
    private long busySinceNanos;

    /** Makes a worker with a thread of its own, which is not started, or without one: see {@link #drive}. */
    Worker(UringRuntime runtime, int index, Driver driver, Scheduler scheduler, WorkerOptions options) {
        this.runtime = runtime;
        this.index = index;
        this.driver = driver;
        this.scheduler = scheduler;
        this.options = options;
        provided = new ProvidedBuffers(this, driver);
        recorder = new Recorder(index);
        operations = new Operations(this, driver, recorder, timers, provided);
        watch = runtime.stallWatch();
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

    /** Answers its place among the runtime's workers, from 0. Any thread. */
    int index() {
        return index;
    }

    RunQueue readyTasks() {
        return ready;
    }

    WorkerOptions options() {
        return options;
    }

    Operations operations() {
        return operations;
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

    /** Makes rings of the same kernel for threads to lease; null where the driver has none. */
    RingLeases ringLeases(int slabsMax) {
        return driver instanceof RingDriver ring ? new RingLeases(ring.kernel(), options, slabsMax) : null;
    }

    /** Answers how often a task was mounted here. */
    long mounts() {
        return mounts;
    }

    /** Has the driver give up what it keeps for a number that is about to be closed. */
    void forget(int fd) {
        driver.forget(fd);
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

    /** Gives up a worker whose thread was never started; on the thread that made it. */
    void discard() {
        driver.close();
        ended = true;
    }

    private void runToEnd() {
        comeBack();
        while (!stopped || !isIdle()) {
            turn(Timers.NONE);
        }
        away = true;
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
        interrupts = new InterruptWatch(this::interruptWait);
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
        interrupts = null;
        return true;
    }

    private void turnWhileAwaited(long deadlineNanos) {
        if (!attached) {
            attached = true;
            runHook(options.onStart());
            driver.attach(this);
        }
        beBusy();
        while (!awaited.getAsBoolean() && !ended) {
            long left = Deadline.nanosTo(deadlineNanos);
            if (left <= 0) {
                break;
            }
            if (stopped && isIdle()) {
                runToEnd();
                runHook(options.onStop());
            } else {
                turn(left);
            }
        }
        lookAtStall();
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
            wake();
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
        away = true;
        LOST.add(this);
        runtime.failed(this, cause);
        operations.lose(cause);
        for (Message message = inbox.take(); message != null; message = message.next) {
            if (message instanceof Op<?> op && op.isQueued()) {
                op.lose(cause);
            } else if (message instanceof Chain chain) {
                List.of(chain.ops()).forEach(op -> op.lose(cause));
            }
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
        return operations.isEmpty() && inbox.isEmpty();
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
        operations.lookAtRecording();
        lookAtStall();
        if (nanos == 0) {
            driver.poll(0);
        } else {
            sleep(nanos);
        }
        beBusy();
        if (inbox.wakeUp()) {
            searching = true;
        }
        batchMax = Math.max(batchMax, driver.delivered());
        driver.completeAll(operations);
        expireTimers();
    }

    private void sleep(long nanos) {
        long left = options.onPark() == null ? nanos : nanosAfterHook(nanos);
        parks++;
        recorder.beginPark();
        away = true;
        if (interrupts == null && !pinned) {
            Thread.interrupted(); // of this thread means nothing, but a selector would never wait again
        }
        driver.poll(left);
        if (interrupts != null && !pinned) {
            interrupts.resume();
        }
        comeBack();
        recorder.endPark();
        runHook(options.onUnpark());
    }

    /** Runs the hook before the sleep, and answers how long that may still be: the hook may have started something. */
    private long nanosAfterHook(long nanos) {
        runHook(options.onPark());
        if (driver.delivered() > 0 || hasWork() || nanos == Timers.NONE && !timers.isEmpty()) {
            return 0;
        }
        return timers.isEmpty() ? nanos : Math.min(nanos, timers.nanosToNext(runtime.nanoTime()));
    }

    /** No longer away; a sleep of a pinned task is no progress of the loop. */
    private void comeBack() {
        away = false;
        if (!pinned) {
            steps++;
        }
        if (watch != null && watch.isDormant()) {
            watch.rouse();
        }
    }

    /** Without a watch, whole turns are measured, after the fact; those of a pinned task are part of one. */
    private void beBusy() {
        if (options.measuredStallNanos() > 0 && !pinned) {
            busySinceNanos = System.nanoTime();
        }
    }

    private void lookAtStall() {
        if (options.measuredStallNanos() > 0 && !pinned
                && System.nanoTime() - busySinceNanos > options.measuredStallNanos()) {
            stalls++;
        }
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

    /** Mounts a task until it parks or ends. */
    private void runTask(Runnable continuation) {
        endSearch();
        mounts++;
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
        return hasWork() ? 0 : runtime.isTimeStopped() ? nanosOfStoppedTime(nanos) : nanos;
    }

    /** Where time stands still, the driver is asked once more, and then the time of the next timer has come. */
    private long nanosOfStoppedTime(long nanos) {
        if (nanos == Timers.NONE || runtime.hasJobs()) {
            return Timers.NONE;
        }
        if (askedBeforeSkip == mounts) {
            runtime.clock().skip(nanos);
        }
        askedBeforeSkip = mounts;
        return 0;
    }

    /** Looks for work elsewhere; answers whether there is some now. A pinned task can run none. */
    private boolean stealOrSpin() {
        if (pinned) {
            return false;
        }
        if (searching || (searching = scheduler.beginSearch())) {
            if (scheduler.steal(this)) {
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
                || !deferred.isEmpty() || scheduler.hasInjected() || stopped && operations.inFlight() == 0);
    }

    private void expireTimers() {
        if (!timers.isEmpty()) {
            timers.expire(runtime.nanoTime(), this);
        }
    }

    /** The edge of the loop: what user code throws is reported and ends nothing else. */
    void runGuarded(Runnable action) {
        steps++;
        try {
            action.run();
        } catch (Throwable t) {
            runtime.uncaught(Thread.currentThread(), t);
        }
    }

    boolean registerBuffer(int index, MemorySegment memory, Worker first) {
        return driver.registerBuffer(index, memory, first == null ? null : first.driver);
    }

    void unregisterBuffer(int index) {
        driver.unregisterBuffer(index);
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
        steps++;
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
            wake();
        }
    }

    /** Ends the sleep that the caller has claimed. Any thread; a worker counts what it does here to others. */
    private void wake() {
        driver.wakeUp();
        Worker waker = current();
        if (waker != null) {
            waker.wakeUpsMade++;
        }
    }

    /** Answers whether the worker sleeps and could run a task. Any thread. */
    boolean isAsleep() {
        return !pinned && inbox.isAsleep();
    }

    /** Wakes the worker, which the caller has counted as a searcher; answers false when it did not sleep. Any thread. */
    boolean wakeToSearch() {
        if (inbox.claimSearch()) {
            wake();
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
     * frame, a static initialiser) cannot be unmounted, so its park is the worker's own, the only thread that could fetch
     * what it waits for: it returns at once, thanks to a permit, and the task must then drive the ring itself.
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
        LockSupport.unpark(here.thread);
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
        if (home != null && home.isLentHere() && home.drive(until, Deadline.NEVER)) {
            return false;
        }
        return park(blocker, stuck);
    }

    /** Answers whether the calling thread is that of a worker without one of its own, and must run it itself. */
    boolean isLentHere() {
        return !options.ownThreads() && thread == Thread.currentThread();
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

    /** Answers a number that changes whenever the worker begins something else. Any thread, without order. */
    long progress() {
        return turns + mounts + steps;
    }

    /** Answers whether the worker waits for something to do. Any thread, without order. */
    boolean isIdling() {
        return away && !pinned;
    }

    /** Counts a stall; for the watch. */
    void stalled() {
        stalls++;
    }

    /** Tasks were taken from another worker. */
    void stole(Worker victim, int count) {
        steals++;
        stolen += count;
        recorder.steal(victim.index, count);
    }

    /** Answers what was counted. Any thread. */
    RuntimeMetrics.WorkerMetrics metrics() {
        // While a table or a queue grows, another thread may see more free slots than slots.
        return new RuntimeMetrics.WorkerMetrics(turns, mounts, parks, inbox.wakeUps(), wakeUpsMade, steals, stolen, stalls,
                batchMax, operations.inFlight(), operations.waiting(),
                Math.max(ready.size() + local.size(), 0), Math.max(provided.lent(), 0), driver.metrics());
    }

    /** Answers what is in flight here, a line each. Worker only; see {@link UringRuntime#dump}. */
    String describe() {
        StringBuilder text = new StringBuilder("worker " + index + ": turns=" + turns + " inFlight=" + operations.inFlight()
                + " waiting=" + operations.waiting() + " ready=" + (ready.size() + local.size()) + " timers=" + timers.count()
                + " buffersLent=" + provided.lent() + " stalls=" + stalls + "\n  " + driver.describe() + "\n");
        operations.describe(text);
        return text.toString();
    }
}
