package dev.uring.runtime;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/**
 * Tasks that stay on one worker, so that they never run at the same time and may share what is not made for several
 * threads. Needs carrier mode, see {@link Carriers}: elsewhere the JDK places tasks, and the constructor refuses.
 *
 * <p>A task of the set still gives way to the others wherever it waits. Threads and tasks that it starts by other means
 * than {@link #spawnLocal} are not of the set.
 */
public final class LocalSet implements AutoCloseable {
    /** The set of the calling task. */
    private static final ScopedValue<LocalSet> CURRENT = ScopedValue.newInstance();

    private final UringRuntime runtime;
    private final Worker worker;
    /** Kept once, so that the runtime is not asked for each task. */
    private final Executor executor;
    private final Set<JoinHandle<?>> tasks = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * Makes an empty set on the worker of the moment, or, outside of a task, on one of the workers.
     *
     * @throws IllegalStateException when there is no runtime here, or its workers do not carry tasks
     */
    public LocalSet() {
        this(Handle.current().runtime(), null);
    }

    private LocalSet(UringRuntime runtime, Worker wanted) {
        if (!runtime.carriesTasks()) {
            throw new IllegalStateException("a LocalSet needs workers that carry tasks: " + CarrierAccess.reason());
        }
        Worker here = Worker.current();
        this.runtime = runtime;
        worker = wanted != null ? wanted : here != null && here.runtime() == runtime ? here : runtime.anyWorker();
        executor = worker::carryHere;
    }

    /**
     * Makes an empty set on one of a runtime's workers.
     *
     * @param worker 0 to less than {@link Handle#workerCount}
     * @throws IllegalStateException when the workers do not carry tasks
     */
    public static LocalSet on(Handle runtime, int worker) {
        UringRuntime its = runtime.runtime();
        return new LocalSet(its, its.workers().get(Objects.checkIndex(worker, its.workers().size())));
    }

    /**
     * Starts a task of the set that the calling task belongs to.
     *
     * @throws IllegalStateException when the caller is no task of a set
     */
    public static <T> JoinHandle<T> spawnLocal(Callable<T> task) {
        if (!CURRENT.isBound()) {
            throw new IllegalStateException("`spawnLocal` called from outside of a `LocalSet`: start the caller with "
                    + "LocalSet.run or LocalSet.spawn");
        }
        return CURRENT.get().spawn(task);
    }

    /**
     * Starts a task of the set; from anywhere. One that races with {@link #close} is refused, or aborted before its
     * first step, or waited for.
     *
     * @throws IllegalStateException when the set is closed
     */
    public <T> JoinHandle<T> spawn(Callable<T> task) {
        if (closed) {
            throw new IllegalStateException("the LocalSet is closed");
        }
        var self = new Task<T>(runtime, () -> ScopedValue.where(CURRENT, this).call(task::call), tasks::remove);
        tasks.add(self.handle());
        if (closed) {
            self.handle().abort(); // it never begins; before this look, close sees it
        }
        return runtime.spawn(self, executor);
    }

    /**
     * Runs {@code body} as a task of the set and waits for it; other tasks of the set go on until {@link #close}.
     *
     * @throws IllegalStateException in a callback
     */
    public <T> T run(Callable<T> body) throws Exception {
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

    /**
     * Aborts all tasks of the set and waits until they have ended, deaf to interrupts.
     *
     * @throws IllegalStateException in a callback, or in a task of the set, which would wait for itself
     */
    @Override
    public void close() {
        Worker.requireNoCallback("close of a LocalSet");
        if (CURRENT.isBound() && CURRENT.get() == this) {
            throw new IllegalStateException("a LocalSet cannot be closed by one of its tasks, which would wait for itself");
        }
        closed = true;
        boolean interrupted = false;
        tasks.forEach(JoinHandle::abort);
        for (JoinHandle<?> task : tasks) {
            while (!task.isFinished()) {
                try {
                    task.await();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException | CancellationException e) {
                    // what it was spawned for is told by its own handle
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
