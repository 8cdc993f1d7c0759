package dev.uring.runtime;

import dev.uring.ffi.Errno;
import dev.uring.ffi.RingOptions;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
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

    private static final int OPEN = 0;
    private static final int CLOSING = 1;
    private static final int CLOSED = 2;

    private final String name = "uring-" + RUNTIMES.incrementAndGet();
    private final Handle handle = new Handle(this);
    private final DriverInfo driver;
    private final List<Worker> workers = new ArrayList<>();
    private final ThreadPoolExecutor blockingPool;
    /** Threads for jobs of users, apart from those for operations, which must not wait for a job. */
    private final ThreadPoolExecutor jobPool;
    /** Whether the workers carry the tasks. */
    private final boolean carried;
    /** Continuations of tasks that no worker of ours made ready. */
    private final ConcurrentLinkedQueue<Runnable> injected = new ConcurrentLinkedQueue<>();
    private final Set<Task<?>> tasks = ConcurrentHashMap.newKeySet();
    /** Operations whose result is something open that nobody has taken so far; what is left at the end is closed. */
    private final Set<Op<?>> unclaimed = ConcurrentHashMap.newKeySet();
    private final Set<Descriptor> descriptors = ConcurrentHashMap.newKeySet();
    private final AtomicInteger registeredBuffers = new AtomicInteger();
    private final AtomicInteger nextWorker = new AtomicInteger();
    /** Threads that are posting to a worker; closed once workers are about to end, so that no post comes too late. */
    private final UseCount posting = new UseCount();
    /** OPEN, CLOSING, CLOSED; moved by the one thread that closes. */
    private final AtomicInteger state = new AtomicInteger(OPEN);
    /** The thread that closes, unparked whenever a task or descriptor ends. */
    private volatile Thread closer;
    private final CountDownLatch closed = new CountDownLatch(1);

    private UringRuntime(Builder options) throws IOException {
        DriverChoice choice = options.provider == null ? DriverChoice.choose(options.driver)
                : DriverChoice.of(options.provider);
        driver = choice.info();
        Recorder.choice(name, driver);
        carried = carries(options.carriers);
        touchPoller();
        try {
            for (int i = 0; i < options.workers; i++) {
                workers.add(new Worker(this, i, choice.provider().create(choice.available(), options.ring)));
            }
        } catch (IOException | RuntimeException e) {
            workers.forEach(Worker::stop);
            workers.forEach(worker -> worker.thread().start());
            throw e;
        }
        blockingPool = BlockingPool.create(name + "-blocking-", options.blockingThreadsMax,
                options.blockingKeepAliveNanos);
        jobPool = BlockingPool.create(name + "-job-", options.blockingThreadsMax, options.blockingKeepAliveNanos);
        workers.forEach(worker -> worker.thread().start());
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

    /** What a runtime is built from. */
    public static final class Builder {
        private static final int WORKERS_MAX = 1024;

        private int workers = Integer.getInteger("uring.workers", 1);
        private String driver = System.getProperty("uring.driver");
        private DriverProvider provider;
        private Carriers carriers = carriersProperty();
        private RingOptions ring = RingOptions.of(1024).withCompletionEntries(16384);
        private int blockingThreadsMax = 512;
        private long blockingKeepAliveNanos = TimeUnit.SECONDS.toNanos(10);

        private Builder() {
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

        /** Asks for this many workers, 1 to 1024. */
        public Builder multiThread(int count) {
            workers = count;
            return this;
        }

        /** Enables operations on descriptors and time. */
        public Builder enableAll() {
            return this;
        }

        /** Forces one driver: io_uring, epoll or nio; null for the best available. */
        public Builder driver(String name) {
            driver = name;
            return this;
        }

        /** Takes this provider and asks no other; for tests of one driver. */
        Builder provider(DriverProvider only) {
            provider = only;
            return this;
        }

        /** Says who carries tasks. */
        public Builder carriers(Carriers mode) {
            carriers = mode;
            return this;
        }

        /** Sets the size and flags of each worker's ring. */
        public Builder ring(RingOptions options) {
            ring = options;
            return this;
        }

        /**
         * Limits the threads that may block: so many for the jobs of {@link Handle#spawnBlocking}, and as many for
         * operations. What finds none free waits in a queue without end.
         *
         * @param max at least 1
         * @param keepAlive how long a thread without work stays
         */
        public Builder blockingThreads(int max, Duration keepAlive) {
            if (max < 1 || keepAlive.isNegative()) {
                throw new IllegalArgumentException("blocking threads must be at least 1, kept for at least 0: max=" + max
                        + " keepAlive=" + keepAlive);
            }
            blockingThreadsMax = max;
            blockingKeepAliveNanos = Deadline.after(0, keepAlive);
            return this;
        }

        /**
         * Starts the runtime.
         *
         * @throws IOException when no driver is available, or the host refuses a ring
         */
        public UringRuntime build() throws IOException {
            if (workers < 1 || workers > WORKERS_MAX) {
                throw new IllegalArgumentException("workers must be 1 to " + WORKERS_MAX + ": workers=" + workers);
            }
            return new UringRuntime(this);
        }
    }

    // ---- tasks ----

    /**
     * Runs {@code body} as a task and waits for it, on the calling thread.
     *
     * @return what the body answered; what it threw is thrown as it is
     * @throws IllegalStateException inside a task or callback; inside a job it is allowed
     */
    public <T> T blockOn(Callable<T> body) throws Exception {
        if (Worker.current() != null || Task.isCurrent()) {
            throw new IllegalStateException("Cannot start a runtime from within a runtime: blockOn would block the "
                    + "thread that carries tasks; use spawn and await");
        }
        try {
            return spawn(body).await();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw e;
            }
        }
    }

    <T> JoinHandle<T> spawn(Callable<T> body) {
        return spawn(new Task<>(this, body, null));
    }

    <T> JoinHandle<T> spawn(Task<T> task) {
        if (!start(task)) {
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
            job.refuse("spawnBlocking"); // close aborted it since the look at the state, and has ended the pool
        }
        return job.handle();
    }

    void execute(Runnable body) {
        var task = new Task<Void>(this, () -> {
            try {
                body.run();
            } catch (RuntimeException | Error e) {
                uncaught(Thread.currentThread(), e);
            }
            return null;
        }, null);
        if (!start(task)) {
            throw new RejectedExecutionException("execute failed: the runtime is being shutdown");
        }
    }

    private boolean start(Task<?> task) {
        tasks.add(task);
        if (isClosing()) {
            ended(task);
            return false;
        }
        Thread.Builder.OfVirtual builder = carried ? CarrierAccess.builder(this::carry) : Thread.ofVirtual();
        builder.name(task.handle().name()).unstarted(task).start();
        return true;
    }

    void ended(Task<?> task) {
        tasks.remove(task);
        LockSupport.unpark(closer);
    }

    /**
     * The scheduler of our tasks: makes a continuation ready, on the worker of the moment or for whichever comes first.
     * The JDK calls it from threads of its own, which do not survive an exception: it neither throws nor blocks.
     */
    private void carry(Runnable continuation) {
        Worker here = Worker.current();
        if (here != null && here.runtime() == this && state.get() != CLOSED) {
            here.ready(continuation);
        } else {
            inject(continuation);
        }
    }

    /** Makes a continuation ready for whichever worker comes first; any thread. */
    void inject(Runnable continuation) {
        injected.add(continuation);
        if (state.get() == CLOSED) {
            forwardInjected();
        } else {
            wakeOne();
        }
    }

    /** After the end, threads that were started inside tasks live on: the common pool carries them. */
    private void forwardInjected() {
        Runnable continuation = injected.poll();
        while (continuation != null) {
            ForkJoinPool.commonPool().execute(continuation);
            continuation = injected.poll();
        }
    }

    /**
     * Lends what is ready on a worker that a pinned task occupies to the others. A wake-up that found this worker before
     * it was pinned is passed on, too.
     */
    void lend(ArrayDeque<Runnable> ready) {
        if (workers.size() > 1) {
            Runnable continuation = ready.poll();
            while (continuation != null) {
                injected.add(continuation);
                continuation = ready.poll();
            }
            if (!injected.isEmpty()) {
                wakeOne();
            }
        }
    }

    private void wakeOne() {
        for (Worker worker : workers) {
            if (worker.wake()) {
                return;
            }
        }
    }

    ConcurrentLinkedQueue<Runnable> injected() {
        return injected;
    }

    List<Worker> workers() {
        return workers;
    }

    ExecutorService blockingPool() {
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
            here.start(op);
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
        } else if (posting.acquire()) {
            worker.call(action);
            posted();
        } else {
            ForkJoinPool.commonPool().execute(() -> worker.runGuarded(action));
        }
    }

    private void posted() {
        if (posting.release()) {
            LockSupport.unpark(closer);
        }
    }

    /** Takes a fresh chain to the worker of the moment, or to another one's inbox. */
    void dispatch(Chain chain) {
        Worker here = Worker.current();
        if (here != null && here.runtime() == this) {
            here.start(chain);
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
        descriptors.add(descriptor);
    }

    void closed(Descriptor descriptor) {
        descriptors.remove(descriptor);
        LockSupport.unpark(closer);
    }

    void cancelAll(Descriptor descriptor) {
        Worker here = Worker.current();
        for (Worker worker : workers) {
            if (worker == here) {
                worker.cancelAll(descriptor);
            } else {
                worker.call(() -> worker.cancelAll(descriptor));
            }
        }
    }

    /** Starts the close of a descriptor that nothing uses any more. */
    void closeNow(Descriptor descriptor, Close close) {
        Worker here = Worker.current();
        if (here != null && here.runtime() == this && state.get() != CLOSED) {
            here.startQueued(close);
        } else if (posting.acquire()) {
            anyWorker().post(close);
            posted();
        } else {
            // The workers are gone, and with them everything in flight.
            close.complete(anyWorker().sys().close(descriptor.fd()), 0);
        }
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

    /** Answers what the workers have counted so far; for any thread, also after the close. */
    public RuntimeMetrics metrics() {
        return new RuntimeMetrics(workers.stream().map(Worker::metrics).toList());
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
        text.append("blocking pool: ").append(describe(blockingPool)).append('\n');
        text.append("job pool: ").append(describe(jobPool)).append('\n');
        descriptors.forEach(open -> text.append("open: ").append(open).append(" uses=").append(open.useCount())
                .append('\n'));
        tasks.forEach(task -> text.append(task.handle()).append('\n'));
        return text.toString();
    }

    private static String describe(ThreadPoolExecutor pool) {
        return "active=" + pool.getActiveCount() + " queued=" + pool.getQueue().size();
    }

    private static String dump(Worker worker) {
        if (Worker.current() == worker) {
            return worker.describe();
        }
        if (!worker.thread().isAlive()) {
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
        return System.nanoTime();
    }

    /** Answers the name that its threads begin with. */
    public String name() {
        return name;
    }

    /** Answers whether the workers carry the tasks. */
    public boolean carriesTasks() {
        return carried;
    }

    void uncaught(Thread thread, Throwable thrown) {
        System.getLogger("dev.uring").log(Level.ERROR, "uncaught exception in " + thread.getName(), thrown);
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
        if (Worker.current() != null || Task.isCurrent() || Job.isCurrent(this)) {
            throw new IllegalStateException("Cannot drop a runtime in a context where blocking is not allowed: "
                    + "close it outside of its tasks");
        }
        boolean interrupted = state.compareAndSet(OPEN, CLOSING) ? closeOnce() : awaitClosed();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes, deaf to interrupts; answers whether there was one. */
    private boolean closeOnce() {
        closer = Thread.currentThread();
        tasks.forEach(task -> task.handle().abort());
        workers.forEach(worker -> worker.call(worker::beginClosing));
        boolean interrupted = awaitTrue(tasks::isEmpty);
        descriptors.forEach(Descriptor::closeAsync);
        interrupted |= awaitTrue(descriptors::isEmpty);
        posting.close();
        interrupted |= awaitTrue(() -> posting.count() == 0);
        workers.forEach(worker -> worker.call(worker::stop));
        interrupted |= joinWorkers();
        unclaimed.forEach(Op::abandon);
        blockingPool.shutdown();
        jobPool.shutdown();
        state.set(CLOSED);
        forwardInjected();
        closer = null;
        closed.countDown();
        return interrupted;
    }

    private boolean awaitClosed() {
        boolean interrupted = false;
        while (true) {
            try {
                closed.await();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }

    /** Waits until whoever changes the condition has unparked this thread. */
    private boolean awaitTrue(BooleanSupplier condition) {
        boolean interrupted = false;
        while (!condition.getAsBoolean()) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        return interrupted;
    }

    /** A worker's loop has failed: nothing can be promised any more, so everything new is refused. */
    void failed(Worker worker, Throwable cause) {
        uncaught(worker.thread(), cause);
        state.set(CLOSED);
        posting.close();
        forwardInjected();
        closed.countDown();
    }

    private boolean joinWorkers() {
        boolean interrupted = false;
        for (Worker worker : workers) {
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
