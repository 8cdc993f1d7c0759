package dev.uring.runtime;

import dev.uring.ffi.Errno;
import dev.uring.ffi.RingOptions;
import dev.uring.ffi.SetupFlag;
import dev.uring.ffi.SystemCallException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Workers, tasks, a blocking pool and a choice of driver, with a beginning and an end. Several may live in one process
 * and share nothing.
 *
 * <p>Closing aborts all tasks, cancels all operations, waits until nothing is in flight, closes what is still open, and
 * then ends the workers.
 */
public final class UringRuntime implements AutoCloseable {
    private static final AtomicInteger RUNTIMES = new AtomicInteger();

    /** Pools that can be registered over the life of a runtime. */
    static final int REGISTERED_BUFFERS_MAX = 64;

    /** How often a thread that waits for another one to run its task looks whether that one still lives. */
    private static final long OWNER_WATCH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final String CLOSED_INSIDE =
            "Cannot drop a runtime in a context where blocking is not allowed: ";

    private static final String IO_DISABLED =
            "A uring context was found, but IO is disabled. Call enableIo on the runtime builder to enable IO: ";

    private static final int OPEN = 0;
    private static final int CLOSING = 1;
    private static final int CLOSED = 2;

    private final String name = "uring-" + RUNTIMES.incrementAndGet();
    private final Handle handle = new Handle(this);
    private final DriverInfo driver;
    private final List<Worker> workers = new ArrayList<>();
    private final Scheduler scheduler = new Scheduler(workers);
    private final ThreadPoolExecutor blockingPool;
    /** Threads for jobs of users, apart from those for operations, which must not wait for a job. */
    private final ThreadPoolExecutor jobPool;
    /** Whether the workers carry the tasks. */
    private final boolean carried;
    /** Whether a thread that waits for the runtime lends itself to the one worker. */
    private final boolean currentThread;
    private final boolean ioEnabled;
    private final boolean timeEnabled;
    private final Thread.UncaughtExceptionHandler uncaughtHandler;
    private final boolean shutdownOnUncaught;
    /** Null but in tests. */
    private final TestClock clock;
    /** What management tools see; null for nothing. Written once, after the start. */
    private volatile RuntimeBean bean;
    /** Null where stalls are not watched. */
    private final StallWatch stallWatch;
    private final Set<Task<?>> tasks = ConcurrentHashMap.newKeySet();
    /** Tasks without a handle, begun and ended: while they differ the runtime is not idle. */
    private final LongAdder detachedBegun = new LongAdder();
    private final LongAdder detachedEnded = new LongAdder();
    /** Operations whose result is something open that nobody has taken so far; what is left at the end is closed. */
    private final Set<Op<?>> unclaimed = ConcurrentHashMap.newKeySet();
    private final Set<Descriptor> descriptors = ConcurrentHashMap.newKeySet();
    /** See {@link #degraded()}. */
    private final Set<String> degraded = ConcurrentHashMap.newKeySet();
    private final AtomicInteger registeredBuffers = new AtomicInteger();
    /** Rings that threads lease for a batch; null where the driver has no rings. */
    private final RingLeases leases;
    private final AtomicInteger nextWorker = new AtomicInteger();
    /** Threads that are posting to a worker; closed once workers are about to end, so that no post comes too late. */
    private final UseCount posting = new UseCount();
    /** OPEN, CLOSING, CLOSED; moved by the one thread that closes. */
    private final AtomicInteger state = new AtomicInteger(OPEN);
    /** Threads that wait for tasks or descriptors to end, see {@link #awaitTrue}. */
    private final Set<Thread> watchers = new CopyOnWriteArraySet<>();
    private final CountDownLatch closed = new CountDownLatch(1);

    private UringRuntime(Builder options) throws IOException {
        DriverChoice choice = options.chooseDriver();
        driver = choice.info();
        Recorder.choice(name, driver);
        carried = carries(options.carriers);
        currentThread = options.currentThread;
        ioEnabled = options.ioEnabled;
        timeEnabled = options.timeEnabled;
        uncaughtHandler = options.uncaughtHandler != null ? options.uncaughtHandler : UringRuntime::log;
        shutdownOnUncaught = options.shutdownOnUncaught;
        if (options.startPaused && !(currentThread && carried)) {
            throw new IllegalStateException("a test clock needs a current-thread runtime that carries its tasks: "
                    + (currentThread ? CarrierAccess.reason() : "call currentThread"));
        }
        clock = options.startPaused ? new TestClock(this) : null;
        stallWatch = currentThread || options.stallNanos == 0 ? null
                : new StallWatch(name, workers, tasks, options.stallNanos);
        touchPoller();
        blockingPool = new BlockingPool(options.threadPrefix(name) + "-blocking-", options.blockingThreadsMax,
                options.blockingKeepAliveNanos);
        jobPool = new BlockingPool(options.threadPrefix(name) + "-job-", options.blockingThreadsMax,
                options.blockingKeepAliveNanos);
        try {
            WorkerOptions told = options.workerOptions(name);
            for (int i = 0; i < options.workers(); i++) {
                workers.add(worker(i, choice.provider().create(choice.available(), options.ring), told));
            }
        } catch (SystemCallException e) {
            workers.forEach(Worker::discard);
            boolean scarce = e.errno() == Errno.EMFILE || e.errno() == Errno.ENFILE || e.errno() == Errno.ENOMEM;
            throw !scarce ? e : new IOException("worker " + (workers.size() + 1) + " of " + options.workers()
                    + " has no driver: " + e.getMessage() + "; fewer workers need less (-During.workers)", e);
        } catch (IOException | RuntimeException | Error e) {
            workers.forEach(Worker::discard);
            throw e;
        }
        leases = workers.getFirst().ringLeases(REGISTERED_BUFFERS_MAX);
        startThreads();
    }

    private void startThreads() throws IOException {
        int started = 0;
        try {
            for (; started < workers.size() && !currentThread; started++) {
                workers.get(started).thread().start();
            }
            if (stallWatch != null) {
                stallWatch.start();
            }
        } catch (OutOfMemoryError e) { // what Thread.start throws where the host has no thread left
            List<Worker> running = List.copyOf(workers.subList(0, started));
            workers.subList(started, workers.size()).forEach(Worker::discard);
            running.forEach(worker -> worker.call(worker::stop));
            if (awaitEnd(running)) {
                Thread.currentThread().interrupt();
            }
            throw new IOException("thread " + (started + 1) + " of " + (workers.size() + 1) + " of the runtime cannot be "
                    + "started: raise the limit of processes (pids.max of the control group, docker run --pids-limit, "
                    + "ulimit -u) or of memory, or ask for fewer workers (-During.workers)", e);
        }
    }

    /** Makes a worker that owns the driver, or closes the driver. */
    @SuppressWarnings("this-escape") // the worker only keeps the reference until its thread starts
    private Worker worker(int index, Driver unowned, WorkerOptions options) {
        try {
            return new Worker(this, index, unowned, scheduler, options);
        } catch (RuntimeException | Error e) {
            unowned.close();
            throw e;
        }
    }

    private static boolean carries(Carriers mode) {
        if (mode == Carriers.OFF) {
            return false;
        }
        if (CarrierAccess.REFUSAL == null) {
            return true;
        }
        if (mode == Carriers.ON) {
            throw new IllegalStateException("workers cannot carry tasks: " + CarrierAccess.REFUSAL);
        }
        System.getLogger("dev.uring").log(Level.INFO, "tasks run on the JDK's scheduler, which is slower: "
                + CarrierAccess.REFUSAL);
        return false;
    }

    /**
     * The JDK starts the pollers of its own sockets on first use, as virtual threads that inherit their creator's
     * scheduler: started inside a task of ours, they would die with us.
     */
    private static void touchPoller() {
        try {
            Class.forName("sun.nio.ch.Poller");
        } catch (ClassNotFoundException e) {
            System.getLogger("dev.uring").log(Level.DEBUG, "the JDK has no sun.nio.ch.Poller", e);
        }
    }

    /** Answers a builder with the defaults, as the {@code uring.*} properties change them. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * What a runtime is built from. Without {@link #enableIo}, {@link #enableTime} or {@link #enableAll} it runs tasks and
     * nothing else. Every method checks its argument and answers the builder.
     */
    public static final class Builder {
        private static final int WORKERS_MAX = 1024;
        private static final int TASKS_PER_TURN_MAX = 1 << 20;
        private static final int IO_WORKERS_MAX = 1 << 15;

        private int workers = workersProperty();
        private boolean currentThread;
        private boolean ioEnabled;
        private boolean timeEnabled;
        private String driver = System.getProperty("uring.driver");
        private DriverProvider provider;
        private Carriers carriers = carriersProperty();
        private RingOptions ring = RingOptions.of(1024).withCompletionEntries(16384);
        private int ioWorkersBounded = 4;
        private int ioWorkersUnbounded = 16;
        private int blockingThreadsMax = 512;
        private long blockingKeepAliveNanos = TimeUnit.SECONDS.toNanos(10);
        private int tasksPerTurn = 128;
        private long budgetNanos = TimeUnit.MICROSECONDS.toNanos(200);
        private long spinNanos;
        private long stallNanos = TimeUnit.MILLISECONDS.toNanos(200);
        private String threadName;
        private Runnable onThreadStart;
        private Runnable onThreadStop;
        private Runnable onThreadPark;
        private Runnable onThreadUnpark;
        private Thread.UncaughtExceptionHandler uncaughtHandler;
        private boolean shutdownOnUncaught;
        private boolean startPaused;

        private Builder() {
        }

        private static int workersProperty() {
            String given = System.getProperty("uring.workers");
            if (given == null) {
                return Math.min(Runtime.getRuntime().availableProcessors(), WORKERS_MAX);
            }
            try {
                int count = Integer.parseInt(given);
                requireWorkers(count, "uring.workers");
                return count;
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("uring.workers must be a number: uring.workers=" + given, e);
            }
        }

        private static Carriers carriersProperty() {
            String given = System.getProperty("uring.carriers", "auto");
            return switch (given) {
                case "auto" -> Carriers.AUTO;
                case "on" -> Carriers.ON;
                case "off" -> Carriers.OFF;
                default -> throw new IllegalArgumentException(
                        "uring.carriers must be auto, on or off: uring.carriers=" + given);
            };
        }

        private static void requireWorkers(int count, String name) {
            if (count < 1 || count > WORKERS_MAX) {
                throw new IllegalArgumentException(name + " must be 1 to " + WORKERS_MAX + ": " + name + "=" + count);
            }
        }

        /**
         * Asks for workers with threads of their own; the default, with one for each processor, or as many as
         * {@code -During.workers} says.
         *
         * @param count 1 to 1024; each has a ring, whose queues take about 96 bytes per submission entry and 16 per
         *     completion entry: 360 KB with the default ring
         */
        public Builder multiThread(int count) {
            requireWorkers(count, "workers");
            workers = count;
            currentThread = false;
            return this;
        }

        /**
         * Asks for one worker without a thread: the first platform thread that calls {@link #blockOn} lends itself, then
         * and whenever it waits for the runtime, and is its thread for ever. Nothing runs in between. Other threads may
         * call blockOn, and wait for that thread to run their task.
         */
        public Builder currentThread() {
            currentThread = true;
            return this;
        }

        /** Enables operations on descriptors; without it there is no driver. */
        public Builder enableIo() {
            ioEnabled = true;
            return this;
        }

        /** Enables sleeps, timeouts and intervals. */
        public Builder enableTime() {
            timeEnabled = true;
            return this;
        }

        /** Enables whatever there is to enable: {@link #enableIo} and {@link #enableTime}. */
        public Builder enableAll() {
            return enableIo().enableTime();
        }

        /** Forces one driver: io_uring, epoll or nio; null for the best available. Default: {@code -During.driver}. */
        public Builder driver(String name) {
            driver = name;
            return this;
        }

        /** Takes this provider and asks no other; for tests of one driver. */
        Builder provider(DriverProvider only) {
            provider = only;
            return this;
        }

        /** Says who carries tasks. Default: {@code -During.carriers}, else AUTO. */
        public Builder carriers(Carriers mode) {
            carriers = Objects.requireNonNull(mode);
            return this;
        }

        /**
         * Sets the size and flags of each worker's ring. The completion entries, less 66 for the driver's own, bound the
         * operations in flight on a worker. Default: 1024 submission and 16384 completion entries, and the flags of
         * {@link RingOptions#SINGLE_OWNER}.
         *
         * <p>Preferred flags count as far as the kernel has them and takes them together; the driver requires R_DISABLED
         * by itself. IOPOLL is refused: such a ring takes nothing but reads and writes past the page cache, and so not
         * the read that wakes a worker.
         */
        public Builder ring(RingOptions options) {
            int polling = (options.required() | options.preferred()) & (SetupFlag.IOPOLL | SetupFlag.HYBRID_IOPOLL);
            if (polling != 0) {
                throw new IllegalArgumentException("a worker cannot be woken through a ring that polls for completions: "
                        + "flags=" + SetupFlag.describe(polling));
            }
            ring = options;
            return this;
        }

        /**
         * Limits the threads on which the kernel runs operations that would block, of each worker. What finds none free
         * waits in the kernel. Without effect before Linux 5.15.
         *
         * @param bounded for what ends by itself: regular files, and all that has no file yet, such as an open; 1 to
         *     32768, default 4
         * @param unbounded for what may wait for ever, such as sockets and pipes; 1 to 32768, default 16
         */
        public Builder ioWorkers(int bounded, int unbounded) {
            requireIoWorkers(bounded, "bounded");
            requireIoWorkers(unbounded, "unbounded");
            ioWorkersBounded = bounded;
            ioWorkersUnbounded = unbounded;
            return this;
        }

        private static void requireIoWorkers(int count, String name) {
            if (count < 1 || count > IO_WORKERS_MAX) { // to the kernel 0 means: leave it as it is
                throw new IllegalArgumentException(name + " must be 1 to " + IO_WORKERS_MAX + ": " + name + "=" + count);
            }
        }

        /**
         * Limits the threads that may block: so many for the jobs of {@link Handle#spawnBlocking}, and as many for
         * operations. What finds none free waits in a queue without end.
         *
         * @param max 1 or more, default 512; a thread is started only when all others are busy
         * @param keepAlive how long a thread without work stays, positive, default 10 s
         */
        public Builder blockingThreads(int max, Duration keepAlive) {
            if (max < 1) {
                throw new IllegalArgumentException("blockingThreads must be at least 1: max=" + max);
            }
            if (keepAlive.isNegative() || keepAlive.isZero()) {
                throw new IllegalArgumentException("keepAlive must be positive: keepAlive=" + keepAlive);
            }
            blockingThreadsMax = max;
            blockingKeepAliveNanos = Deadline.nanos(keepAlive);
            return this;
        }

        /**
         * Says when the driver has its turn although tasks are ready.
         *
         * @param tasks how many run before, 1 to 1048576, default 128
         * @param time how long they run before, positive, default 200 microseconds; looked at every fourth task
         */
        public Builder budget(int tasks, Duration time) {
            if (tasks < 1 || tasks > TASKS_PER_TURN_MAX) {
                throw new IllegalArgumentException("tasks must be 1 to " + TASKS_PER_TURN_MAX + ": tasks=" + tasks);
            }
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException("time must be positive: time=" + time);
            }
            tasksPerTurn = tasks;
            budgetNanos = Deadline.nanos(time);
            return this;
        }

        /**
         * Has a worker that has nothing to do look for work this long before it sleeps. Saves the wake-up, some 20
         * microseconds, where work comes again soon, and burns a processor meanwhile.
         *
         * @param time 0 to 1 s, default 0
         */
        public Builder spin(Duration time) {
            if (time.isNegative() || time.compareTo(Duration.ofSeconds(1)) > 0) {
                throw new IllegalArgumentException("spin must be 0 to 1 s: time=" + time);
            }
            spinNanos = time.toNanos();
            return this;
        }

        /**
         * Says when a task or callback that keeps its worker has stalled it. A stall is counted
         * ({@link RuntimeMetrics#stalls}) and, in a flight recording, told with the stack of the code in question while it
         * happens. A thread looks every half of the time while a worker is awake, so that what takes one and a half times
         * as long is seen for sure. With {@link #currentThread} there is no such thread, and turns of the loop that took
         * longer are counted after the fact.
         *
         * @param time 1 ms or more, default 200 ms; zero for never
         */
        public Builder stallAfter(Duration time) {
            if (!time.isZero() && time.compareTo(Duration.ofMillis(1)) < 0) {
                throw new IllegalArgumentException("stallAfter must be 0, or at least 1 ms: time=" + time);
            }
            stallNanos = Deadline.nanos(time);
            return this;
        }

        /** Sets what the names of threads begin with; default {@code uring-N}. */
        public Builder threadName(String prefix) {
            threadName = Objects.requireNonNull(prefix);
            return this;
        }

        /** Has {@code action} run on each worker's thread before anything else. What it throws is reported. */
        public Builder onThreadStart(Runnable action) {
            onThreadStart = Objects.requireNonNull(action);
            return this;
        }

        /** Has {@code action} run on each worker's thread after everything else. */
        public Builder onThreadStop(Runnable action) {
            onThreadStop = Objects.requireNonNull(action);
            return this;
        }

        /** Has {@code action} run on a worker's thread each time before it sleeps; tasks that it starts are run first. */
        public Builder onThreadPark(Runnable action) {
            onThreadPark = Objects.requireNonNull(action);
            return this;
        }

        /** Has {@code action} run on a worker's thread each time after it has slept. */
        public Builder onThreadUnpark(Runnable action) {
            onThreadUnpark = Objects.requireNonNull(action);
            return this;
        }

        /**
         * Sets who is told what nobody else is: exceptions of tasks without a handle, of callbacks and of hooks. Called on
         * the thread that failed; the default logs.
         */
        public Builder onUncaught(Thread.UncaughtExceptionHandler handler) {
            uncaughtHandler = Objects.requireNonNull(handler);
            return this;
        }

        /** Ends the runtime, as {@link #shutdownBackground} does, after such an exception. */
        public Builder shutdownOnUncaught() {
            shutdownOnUncaught = true;
            return this;
        }

        /** Gives the runtime a {@link TestClock}, which stands still at first; for tests. */
        public Builder startPaused() {
            startPaused = true;
            return this;
        }

        private DriverChoice chooseDriver() throws IOException {
            if (!ioEnabled) {
                return DriverChoice.of(new ParkingDriver.Provider());
            }
            return provider == null ? DriverChoice.choose(driver) : DriverChoice.of(provider);
        }

        private int workers() {
            return currentThread ? 1 : workers;
        }

        private String threadPrefix(String runtime) {
            return threadName != null ? threadName : runtime;
        }

        private WorkerOptions workerOptions(String runtime) {
            return new WorkerOptions(!currentThread, threadPrefix(runtime) + "-worker-", tasksPerTurn, budgetNanos, spinNanos,
                    currentThread ? stallNanos : 0, ioWorkersBounded, ioWorkersUnbounded, onThreadStart, onThreadStop,
                    onThreadPark, onThreadUnpark);
        }

        /**
         * Starts the runtime. With {@code -During.mbean=true} its {@link RuntimeMetrics} and {@link UringRuntime#dump} are the MBean
         * {@code dev.uring:type=Runtime,name=uring-N} of the platform's server until the runtime is closed, provided that
         * the JVM has the module java.management.
         *
         * @throws IOException when no driver is available, or the host refuses a ring
         */
        public UringRuntime build() throws IOException {
            var runtime = new UringRuntime(this);
            runtime.showBean();
            return runtime;
        }
    }

    /** Says that an operation needs what was not enabled. */
    void requireEnabled(Op<?> op) {
        if (op instanceof Timeout) {
            requireTime();
        } else if (!ioEnabled) {
            throw new IllegalStateException(IO_DISABLED + "operation=" + op.describe());
        }
    }

    void requireIo(String what) {
        if (!ioEnabled) {
            throw new IllegalStateException(IO_DISABLED + what);
        }
    }

    void requireTime() {
        if (!timeEnabled) {
            throw new IllegalStateException("A uring context was found, but timers are disabled. Call enableTime on the "
                    + "runtime builder to enable timers");
        }
    }

    boolean isAllEnabled() {
        return ioEnabled && timeEnabled;
    }

    // ---- tasks ----

    /**
     * Runs {@code body} as a task and waits for it, on the calling thread.
     *
     * @return what the body answered; what it threw is thrown as it is
     * @throws IllegalStateException inside a task or callback; inside a job it is allowed
     */
    public <T> T blockOn(Callable<T> body) throws Exception {
        refuseInside("Cannot start a runtime from within a runtime: blockOn would block the thread that carries tasks; "
                + "use spawn and await");
        refuseVirtual();
        JoinHandle<T> task = spawn(body);
        boolean interrupted = false;
        while (awaitTrue(task::isFinished, Deadline.NEVER)) {
            interrupted = true;
            task.abort();
        }
        endDriven();
        try {
            T result = task.await();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return result;
        } catch (CancellationException e) {
            if (interrupted) {
                throw new InterruptedException("the thread was interrupted, and what it waited for was cancelled");
            }
            throw e;
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw e;
            }
        }
    }

    private void refuseVirtual() {
        if (currentThread && Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("a current-thread runtime runs on the platform thread that calls blockOn or "
                    + "close, and this is a virtual thread; use multiThread");
        }
    }

    /**
     * Runs {@code body} as {@link #blockOn} does, and then waits until the runtime is idle: until every task without a
     * handle has ended ({@link Handle#execute}) and every descriptor is closed. Tasks with a handle do not hold it.
     *
     * @throws IllegalStateException inside a task or callback
     */
    public void runUntilIdle(Uring.Body body) throws Exception {
        blockOn(() -> {
            body.run();
            return null;
        });
        boolean interrupted = awaitTrue(this::isIdle, Deadline.NEVER);
        endDriven();
        if (interrupted) {
            throw new InterruptedException("the wait until the runtime is idle was interrupted");
        }
    }

    private boolean isIdle() {
        // In this order: what has ended had begun before, so that equal sums mean that there was a moment without any.
        long ended = detachedEnded.sum();
        return ended == detachedBegun.sum() && descriptors.isEmpty() || state.get() == CLOSED;
    }

    private static void refuseInside(String message) {
        if (Worker.current() != null || Task.isCurrent()) {
            throw new IllegalStateException(message);
        }
    }

    /** The end waits for jobs, so a job cannot wait for the end. */
    private void refuseJob() {
        if (Job.isCurrent(this)) {
            throw new IllegalStateException(CLOSED_INSIDE + "close it outside of its jobs, or call shutdownBackground");
        }
    }

    <T> JoinHandle<T> spawn(Callable<T> body) {
        return spawn(new Task<>(this, body, null));
    }

    <T> JoinHandle<T> spawn(Task<T> task) {
        return spawn(task, scheduler::carry);
    }

    /** Starts a task whose continuations go to {@code executor} if the workers carry tasks. */
    <T> JoinHandle<T> spawn(Task<T> task, Executor executor) {
        if (!start(task, executor)) {
            task.refuse("spawn");
        }
        return task.handle();
    }

    /** Runs a job on the pool for jobs; one that comes too late is told, and one that close finds queued is aborted. */
    <T> JoinHandle<T> spawnBlocking(Job<T> job) {
        tasks.add(job);
        try {
            if (isClosing()) {
                job.refuse("spawnBlocking");
            } else {
                jobPool.execute(job);
            }
        } catch (RejectedExecutionException e) {
            if (isClosing()) {
                job.refuse("spawnBlocking"); // close aborted it since the look at the state, and has ended the pool
            } else {
                job.refuse(e);
            }
        }
        return job.handle();
    }

    void execute(Runnable body) {
        detachedBegun.increment();
        var task = new Task<Void>(this, () -> {
            try {
                body.run();
            } catch (Throwable t) {
                uncaught(Thread.currentThread(), t);
            }
            return null;
        }, _ -> detachedEnded.increment()); // also if an abort comes before its first step
        if (!start(task, scheduler::carry)) {
            detachedEnded.increment();
            throw new RejectedExecutionException("execute failed: the runtime is being shutdown");
        }
    }

    private boolean start(Task<?> task, Executor executor) {
        tasks.add(task);
        if (isClosing()) {
            ended(task);
            return false;
        }
        Thread.Builder.OfVirtual builder = carried ? CarrierAccess.builder(executor) : Thread.ofVirtual();
        builder.name(task.handle().name()).unstarted(task).start();
        return true;
    }

    void ended(Task<?> task) {
        tasks.remove(task);
        tellWatchers();
    }

    private void tellWatchers() {
        watchers.forEach(LockSupport::unpark);
        if (currentThread) {
            workers.getFirst().interruptWait();
        }
    }

    // ---- waiting for other things than operations ----

    /**
     * Waits until a condition holds or the thread is interrupted, whose status stays: for what is built on operations and
     * ends waits of its own. Parks a task and blocks any other thread; one that has lent itself to this runtime drives it.
     *
     * @param blocker what a dump of the thread names
     * @param until without side effects; who makes it true calls {@link #unpark} afterwards
     * @throws IllegalStateException in a callback on a worker, which waiting would stop
     */
    public void park(Object blocker, BooleanSupplier until) {
        Worker.requireNoCallback("wait for " + blocker);
        boolean stuck = false;
        while (!until.getAsBoolean() && !Thread.currentThread().isInterrupted()) {
            stuck = Worker.park(blocker, stuck, workers.getFirst(), until);
        }
    }

    /** Has a thread that waits in {@link #park} look at its condition again. For any thread; does not wait. */
    public void unpark(Thread waiting) {
        LockSupport.unpark(waiting);
        if (currentThread) {
            workers.getFirst().interruptWait();
        }
    }

    Scheduler scheduler() {
        return scheduler;
    }

    /** Answers who watches the workers, or null. */
    StallWatch stallWatch() {
        return stallWatch;
    }

    List<Worker> workers() {
        return workers;
    }

    ThreadPoolExecutor blockingPool() {
        return blockingPool;
    }

    // ---- operations ----

    /** Answers whether a new operation comes too late. */
    boolean refuses(Op<?> op) {
        return isClosing() && op.isCancellable();
    }

    boolean isClosing() {
        return state.get() != OPEN;
    }

    /** Takes a fresh operation to the worker of the moment, or to another one's inbox. */
    void dispatch(Op<?> op) {
        Worker here = Worker.current();
        if (here != null && here.runtime() == this) {
            here.operations().start(op);
        } else if (posting.acquire()) {
            Worker worker = anyWorker();
            op.queued(worker);
            worker.post(op);
            posted();
        } else {
            op.refuseDispatched(this);
        }
    }

    /** Runs a callback on a worker; after the end, which nobody should have to wait for, on the common pool. Any thread. */
    void callLater(Worker worker, Runnable action) {
        if (Worker.current() == worker && state.get() != CLOSED) {
            worker.call(action);
        } else if (!postGuarded(worker, action)) {
            ForkJoinPool.commonPool().execute(() -> worker.runGuarded(action));
        }
    }

    private void posted() {
        if (posting.release()) {
            tellWatchers();
        }
    }

    /** Has an action run on a worker's thread; answers false once the workers are about to end. Any thread. */
    boolean postGuarded(Worker worker, Runnable action) {
        if (!posting.acquire()) {
            return false;
        }
        worker.call(action);
        posted();
        return true;
    }

    /** Takes a fresh chain to the worker of the moment, or to another one's inbox. */
    void dispatch(Chain chain) {
        Worker here = Worker.current();
        if (here != null && here.runtime() == this) {
            here.operations().start(chain);
        } else if (posting.acquire()) {
            Worker worker = anyWorker();
            chain.queued(worker);
            worker.post(chain);
            posted();
        } else {
            chain.refuseDispatched();
        }
    }

    /** Answers the next worker in turn. */
    Worker anyWorker() {
        return workers.size() == 1 ? workers.getFirst()
                : workers.get(Math.floorMod(nextWorker.getAndIncrement(), workers.size()));
    }

    // ---- buffers ----

    /**
     * Registers memory with the ring of every worker, the first one first so that the others may share it.
     *
     * @param done called once all rings have it; never called if one refuses
     * @return the index by which operations name it, or -1 when the tables are full
     */
    int registerBuffer(MemorySegment memory, Runnable done) {
        int index = registeredBuffers.getAndIncrement();
        if (index >= REGISTERED_BUFFERS_MAX) {
            return -1;
        }
        if (leases != null) {
            leases.register(index, memory);
        }
        registerBuffer(memory, index, 0, done);
        return index;
    }

    private void registerBuffer(MemorySegment memory, int index, int position, Runnable done) {
        if (position == workers.size()) {
            done.run();
            return;
        }
        Worker worker = workers.get(position);
        Worker first = position == 0 ? null : workers.getFirst();
        worker.call(() -> {
            if (worker.registerBuffer(index, memory, first)) {
                registerBuffer(memory, index, position + 1, done);
            }
        });
    }

    void unregisterBuffer(int index) {
        if (index >= 0) {
            if (leases != null) {
                leases.unregister(index);
            }
            workers.forEach(worker -> worker.call(() -> worker.unregisterBuffer(index)));
        }
    }

    // ---- results ----

    /** Something open has come that nobody waits for yet. */
    void unclaimed(Op<?> op) {
        unclaimed.add(op);
    }

    /** Somebody has taken it. */
    void claimed(Op<?> op) {
        unclaimed.remove(op);
    }

    // ---- descriptors ----

    void opened(Descriptor descriptor) {
        if (!ioEnabled) {
            throw new IllegalStateException(IO_DISABLED + "descriptor=" + descriptor.fd());
        }
        descriptors.add(descriptor);
    }

    void closed(Descriptor descriptor) {
        descriptors.remove(descriptor);
        tellWatchers();
    }

    /** Answers the rings that threads lease, or null where the driver has none. */
    RingLeases leases() {
        return leases;
    }

    void cancelAll(Descriptor descriptor) {
        if (leases != null) {
            leases.cancel(descriptor.fd());
        }
        Worker here = Worker.current();
        for (Worker worker : workers) {
            if (worker == here) {
                worker.operations().cancelAll(descriptor);
            } else {
                worker.call(() -> worker.operations().cancelAll(descriptor));
            }
        }
    }

    /**
     * Starts the close of a descriptor that nothing uses any more. Not at once: the last operation may be about to say that
     * it is done, and the number must not be another file's before that.
     */
    void closeNow(Descriptor descriptor, Close close) {
        Worker here = Worker.current();
        if (here != null && here.runtime() == this && state.get() != CLOSED) {
            here.post(close);
        } else if (posting.acquire()) {
            anyWorker().post(close);
            posted();
        } else {
            // The workers are gone, and with them everything in flight.
            close.complete(anyWorker().sys().close(descriptor.fd()), 0);
        }
    }

    /** Has drivers forget a number, each on its worker, and then closes it. */
    void forget(Descriptor descriptor, Close close, Descriptor.Watcher last) {
        Worker worker = last.worker();
        Runnable forget = () -> {
            worker.forget(descriptor.fd());
            forgotten(descriptor, close, last);
        };
        if (Worker.current() == worker) {
            forget.run();
        } else if (!postGuarded(worker, forget)) {
            forgotten(descriptor, close, last); // the driver is closed, and has forgotten everything
        }
    }

    /** One worker after the other; then the close. */
    private void forgotten(Descriptor descriptor, Close close, Descriptor.Watcher done) {
        if (done.next() == null) {
            closeNow(descriptor, close);
        } else {
            forget(descriptor, close, done.next());
        }
    }

    /** Answers the system calls of the driver at hand. */
    Sys sys() {
        return anyWorker().sys();
    }

    // ---- sight ----

    /** Answers a reference for spawning and for {@link Handle#run}. */
    public Handle handle() {
        return handle;
    }

    /** Answers which driver runs and why. */
    public DriverInfo driver() {
        return driver;
    }

    /**
     * Answers what has run so far without what io_uring has for it, as this host lacks or refuses it: a sorted line each,
     * such as {@code degraded: Truncate runs on the blocking pool, since this kernel has no opcode FTRUNCATE (Linux 6.9)}.
     * Each was logged once, at DEBUG. What the host lacks, used or not, is in {@link DriverInfo#missing}; on a driver other
     * than io_uring there is nothing to tell, as everything runs so. For any thread, also after the close.
     */
    public List<String> degraded() {
        return degraded.stream().sorted().toList();
    }

    /** Something runs without what the driver has for it elsewhere; told once. Any thread. */
    void noteDegraded(String what) {
        String told = "degraded: " + what;
        if (degraded.add(told)) {
            log(Level.DEBUG, told, null);
        }
    }

    /** Answers what was counted so far, and what there is now; for any thread, also after the close. Stops nobody. */
    public RuntimeMetrics metrics() {
        return new RuntimeMetrics(workers.stream().map(Worker::metrics).toList(), tasks.size(), scheduler.injected(),
                descriptors.size(), metrics(blockingPool), metrics(jobPool));
    }

    private static RuntimeMetrics.PoolMetrics metrics(ThreadPoolExecutor pool) {
        return new RuntimeMetrics.PoolMetrics(pool.getPoolSize(), pool.getActiveCount(), pool.getQueue().size(),
                pool.getLargestPoolSize());
    }

    /**
     * Answers everything in flight: workers, operations with their operands and state, queues, open descriptors, tasks.
     * Each worker is asked on its own thread, and one that does not answer within a second is said to be busy.
     */
    public String dump() {
        StringBuilder text = new StringBuilder(this + "\n");
        for (Worker worker : workers) {
            text.append(dump(worker));
        }
        text.append("ready for any worker: ").append(scheduler.injected()).append('\n');
        text.append("blocking pool: ").append(describe(metrics(blockingPool)));
        text.append("job pool: ").append(describe(metrics(jobPool)));
        descriptors.forEach(open -> text.append("open: ").append(open).append(" uses=").append(open.useCount())
                .append('\n'));
        tasks.forEach(task -> text.append(task.handle()).append('\n'));
        return text.toString();
    }

    private static String describe(RuntimeMetrics.PoolMetrics pool) {
        return "active=" + pool.active() + " queued=" + pool.queued() + " threads=" + pool.threads() + " threadsMax="
                + pool.threadsMax() + '\n';
    }

    private static String dump(Worker worker) {
        if (Worker.current() == worker || worker.thread() == Thread.currentThread() && !worker.isEnded()) {
            return worker.describe();
        }
        if (worker.thread() == null) {
            return "no thread has run the worker yet\n";
        }
        if (worker.isEnded() || !worker.thread().isAlive()) {
            return worker.thread().getName() + " has ended\n";
        }
        var answer = new CompletableFuture<String>();
        worker.call(() -> answer.complete(worker.describe()));
        try {
            return answer.get(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return worker.thread().getName() + ": the wait for it was interrupted\n";
        } catch (ExecutionException | TimeoutException e) {
            return worker.thread().getName() + " is busy\n";
        }
    }

    /** Answers the time that timers go by, in nanoseconds since some moment: only differences mean something. */
    public long nanoTime() {
        return clock == null ? System.nanoTime() : clock.nanoTime();
    }

    /**
     * Answers the clock of a runtime that was built with {@link Builder#startPaused}.
     *
     * @throws IllegalStateException for any other, whose time is the system's
     */
    public TestClock clock() {
        if (clock == null) {
            throw new IllegalStateException("there is no test clock here. Call startPaused on the runtime builder");
        }
        return clock;
    }

    /** Answers whether time stands still and may go on by itself; see {@link TestClock}. */
    boolean isTimeStopped() {
        return clock != null && clock.isPaused();
    }

    /** Answers whether a job is queued or running. */
    boolean hasJobs() {
        return tasks.stream().anyMatch(Job.class::isInstance);
    }

    /** Answers the name that its threads begin with. */
    public String name() {
        return name;
    }

    /** Answers whether the workers carry the tasks. */
    public boolean carriesTasks() {
        return carried;
    }

    /** What nobody else is told: the exceptions of tasks without a handle, of callbacks and of hooks. */
    void uncaught(Thread thread, Throwable thrown) {
        try {
            uncaughtHandler.uncaughtException(thread, thrown);
        } catch (Throwable t) {
            log(thread, t);
        }
        if (shutdownOnUncaught) {
            shutdownBackground();
        }
    }

    private static void log(Thread thread, Throwable thrown) {
        log(Level.ERROR, "uncaught exception in " + thread.getName(), thrown);
    }

    /** A logger may fail too, as in a process without free descriptors, and must not end a worker by that. */
    private static void log(Level level, String text, Throwable thrown) {
        try {
            System.getLogger("dev.uring").log(level, text, thrown);
        } catch (RuntimeException | Error e) {
            System.err.println(text + (thrown == null ? "" : ": " + thrown) + "; not logged: " + e);
        }
    }

    // ---- the end ----

    /**
     * Aborts all tasks, cancels all operations, waits for both, closes what is open and ends the workers. A second call
     * waits for the first.
     *
     * @throws IllegalStateException inside a task or callback of any runtime, or a job of this one
     */
    @Override
    public void close() {
        refuseInside(CLOSED_INSIDE + "close it outside of its tasks, or call shutdownBackground");
        refuseJob();
        end(Deadline.NEVER);
    }

    /**
     * Closes as {@link #close} does, but waits no longer than {@code limit}. What has not ended by then goes on ending by
     * itself, and keeps its memory until it has.
     *
     * @param limit zero or more; inside a task or callback only zero
     * @return what was still in flight at the limit
     */
    public ShutdownReport shutdown(Duration limit) {
        if (limit.isNegative()) {
            throw new IllegalArgumentException("limit must not be negative: limit=" + limit);
        }
        if (limit.isZero()) {
            shutdownBackground();
        } else {
            refuseInside(CLOSED_INSIDE + "give it no time, or call shutdownBackground");
            refuseJob();
            end(Deadline.after(System.nanoTime(), limit));
        }
        return report();
    }

    /**
     * Begins the close and does not wait for it. For any thread, tasks and callbacks included. A current-thread runtime
     * ends when its thread next waits for it: at the end of the {@link #blockOn} of the moment, or else in the next one
     * or in {@link #close}.
     */
    public void shutdownBackground() {
        if (!state.compareAndSet(OPEN, CLOSING)) {
            return;
        }
        if (currentThread) {
            abortAll(); // the thread that drives does the rest
            workers.getFirst().interruptWait();
        } else {
            endInBackground();
        }
    }

    private ShutdownReport report() {
        return new ShutdownReport(state.get() == CLOSED, tasks.size(),
                workers.stream().mapToInt(worker -> worker.metrics().inFlight()).sum(), descriptors.size(),
                jobPool.getActiveCount(), state.get() == CLOSED ? "" : dump());
    }

    private void end(long deadlineNanos) {
        if (currentThread && workers.getFirst().thread() == null) {
            refuseVirtual();
        }
        boolean first = state.compareAndSet(OPEN, CLOSING);
        boolean interrupted;
        if (currentThread && !workers.getFirst().isMine()) {
            interrupted = endElsewhere(first, deadlineNanos);
        } else if (!first && !currentThread) {
            interrupted = awaitClosed(deadlineNanos);
        } else if (currentThread || deadlineNanos == Deadline.NEVER) {
            interrupted = endOnce(deadlineNanos);
        } else {
            endInBackground();
            interrupted = awaitClosed(deadlineNanos);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void endInBackground() {
        Thread.ofPlatform().daemon().name(name + "-closer").start(() -> endOnce(Deadline.NEVER));
    }

    /** A worker without a thread of its own ends on the thread that owns it, which does so if it drives at this moment. */
    private boolean endElsewhere(boolean first, long deadlineNanos) {
        Worker worker = workers.getFirst();
        Thread owner = worker.thread();
        if (state.get() == CLOSED) {
            return false;
        }
        if (worker.isDriven()) {
            abortAll();
            worker.interruptWait();
            return awaitClosed(deadlineNanos);
        }
        if (owner.isAlive()) {
            if (first) {
                state.set(OPEN);
            }
            throw new IllegalStateException("a current-thread runtime is closed by its own thread: thread="
                    + owner.getName());
        }
        worker.lost(new IllegalStateException("the thread of a current-thread runtime has ended: thread="
                + owner.getName()));
        return false;
    }

    /** The thread that has driven ends what was closed meanwhile. */
    private void endDriven() {
        if (currentThread && state.get() == CLOSING && workers.getFirst().isMine() && endOnce(Deadline.NEVER)) {
            Thread.currentThread().interrupt();
        }
    }

    private void abortAll() {
        tasks.forEach(task -> task.handle().abort());
    }

    /**
     * Closes step by step, deaf to interrupts; answers whether there was one. After a deadline the next call goes on.
     */
    private boolean endOnce(long deadlineNanos) {
        abortAll();
        workers.forEach(worker -> worker.call(worker.operations()::beginClosing));
        boolean interrupted = awaitDeaf(tasks::isEmpty, deadlineNanos);
        descriptors.forEach(Descriptor::closeAsync);
        interrupted |= awaitDeaf(descriptors::isEmpty, deadlineNanos);
        // What comes too late to be accepted is among the tasks for a moment: only after the deadline does it matter.
        if (Deadline.nanosTo(deadlineNanos) <= 0 && !(tasks.isEmpty() && descriptors.isEmpty())) {
            return interrupted;
        }
        posting.close();
        interrupted |= awaitDeaf(() -> posting.count() == 0, Deadline.NEVER);
        workers.forEach(worker -> worker.call(worker::stop));
        interrupted |= currentThread ? awaitDeaf(workers.getFirst()::isEnded, deadlineNanos) : joinWorkers();
        if (currentThread && !workers.getFirst().isEnded()) {
            return interrupted;
        }
        unclaimed.forEach(Op::abandon);
        blockingPool.shutdown();
        jobPool.shutdown();
        if (leases != null) {
            leases.close();
        }
        state.set(CLOSED);
        endSight();
        scheduler.end();
        closed.countDown();
        tellWatchers();
        return interrupted;
    }

    /** Waits, deaf to interrupts, until the close is done or the time has come; answers whether there was one. */
    private boolean awaitClosed(long deadlineNanos) {
        boolean interrupted = false;
        while (true) {
            try {
                boolean _ = closed.await(Deadline.nanosTo(deadlineNanos), TimeUnit.NANOSECONDS);
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    private boolean awaitDeaf(BooleanSupplier condition, long deadlineNanos) {
        boolean interrupted = false;
        while (awaitTrue(condition, deadlineNanos)) {
            interrupted = true;
        }
        return interrupted;
    }

    /**
     * Waits until a condition holds, of which {@link #tellWatchers} tells, until the time has come, or until the thread
     * is interrupted. A runtime without threads of its own runs meanwhile, if this is its thread.
     *
     * @return whether the thread was interrupted; the status is cleared
     */
    private boolean awaitTrue(BooleanSupplier condition, long deadlineNanos) {
        if (currentThread && workers.getFirst().drive(condition, deadlineNanos)) {
            return Thread.interrupted();
        }
        watchers.add(Thread.currentThread());
        try {
            while (!condition.getAsBoolean() && Deadline.nanosTo(deadlineNanos) > 0) {
                LockSupport.parkNanos(this, Math.min(Deadline.nanosTo(deadlineNanos), nanosToWatch()));
                if (Thread.interrupted()) {
                    return true;
                }
            }
        } finally {
            watchers.remove(Thread.currentThread());
        }
        return false;
    }

    /** The thread that another one waits for to drive may end, and would not tell. */
    private long nanosToWatch() {
        if (!currentThread) {
            return Long.MAX_VALUE;
        }
        Thread owner = workers.getFirst().thread();
        if (owner != null && !owner.isAlive()) {
            throw new IllegalStateException("the thread of the current-thread runtime has ended, and nobody else can run "
                    + "it: thread=" + owner.getName());
        }
        return OWNER_WATCH_NANOS;
    }

    /** A worker's loop has failed: nothing can be promised any more, so everything is refused, and the others end. */
    void failed(Worker worker, Throwable cause) {
        uncaught(worker.thread(), cause);
        state.set(CLOSED);
        abortAll();
        for (Worker other : workers) {
            if (other != worker) {
                other.call(other.operations()::beginClosing);
                other.call(other::stop);
            }
        }
        endSight();
        posting.close();
        scheduler.end();
        closed.countDown();
        tellWatchers();
    }

    private void showBean() {
        if (Boolean.getBoolean("uring.mbean") && ModuleLayer.boot().findModule("java.management").isPresent()) {
            bean = RuntimeBean.register(this);
            if (state.get() == CLOSED) {
                endSight(); // it has failed meanwhile, and found no bean
            }
        }
    }

    private void endSight() {
        if (bean != null) {
            bean.unregister();
        }
        if (stallWatch != null) {
            stallWatch.stop();
        }
    }

    private boolean joinWorkers() {
        return awaitEnd(workers);
    }

    /** Waits, deaf to interrupts, until the threads of workers have ended; answers whether there was one. */
    private static boolean awaitEnd(List<Worker> ending) {
        boolean interrupted = false;
        for (Worker worker : ending) {
            while (worker.thread().isAlive()) {
                try {
                    worker.thread().join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        return interrupted;
    }

    @Override
    public String toString() {
        return name + "[" + driver.name() + " workers=" + workers.size() + (carried ? " carriers" : "")
                + (state.get() == OPEN ? "" : state.get() == CLOSING ? " closing" : " closed") + "]";
    }
}
