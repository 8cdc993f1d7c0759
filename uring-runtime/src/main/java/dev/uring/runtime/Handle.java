package dev.uring.runtime;

import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;

/** A reference to a runtime, by which tasks are started on it from anywhere. For any thread. */
public final class Handle implements Executor {
    /** The runtime of the current task, or of the innermost {@link #run}. Not inherited by threads started inside. */
    private static final ScopedValue<Handle> CURRENT = ScopedValue.newInstance();

    private final UringRuntime runtime;

    Handle(UringRuntime runtime) {
        this.runtime = runtime;
    }

    /**
     * Answers the runtime of the calling task, callback, or innermost {@link #run}.
     *
     * @throws IllegalStateException when there is none
     */
    public static Handle current() {
        Worker called = Worker.ofCallback(); // asked first, because it is cheaper to see
        if (called != null) {
            return called.runtime().handle();
        }
        if (CURRENT.isBound()) {
            return CURRENT.get();
        }
        throw new IllegalStateException("there is no reactor running, must be called from the context of a uring "
                + "runtime: from a task, a callback, or inside Handle.run");
    }

    /** Calls {@code body} with this runtime as the current one, on the calling thread. */
    public <T> T run(Callable<T> body) throws Exception {
        return ScopedValue.where(CURRENT, this).call(body::call);
    }

    /** As {@link #run}, with one value more. */
    <T> ScopedValue.Carrier with(ScopedValue<T> key, T value) {
        return ScopedValue.where(CURRENT, this).where(key, value);
    }

    /** Starts a task. */
    public <T> JoinHandle<T> spawn(Callable<T> task) {
        return runtime.spawn(task);
    }

    /**
     * Runs a job that may block on a platform thread, of which there are as many as
     * {@link UringRuntime.Builder#blockingThreads} allows; further jobs wait for one. The runtime is the current one
     * there, and {@code blockOn} is allowed. A job that has begun cannot be aborted, and a runtime that closes waits for
     * it; meant for calls that end, not for loops, and for CPU-bound work not at all.
     */
    public <T> JoinHandle<T> spawnBlocking(Callable<T> job) {
        return runtime.spawnBlocking(new Job<>(runtime, job, null));
    }

    /**
     * Starts a task without a handle. What it throws is reported.
     *
     * @throws RejectedExecutionException when the runtime is being shut down
     */
    @Override
    public void execute(Runnable task) {
        runtime.execute(task);
    }

    /** Answers how many workers the runtime has. */
    public int workerCount() {
        return runtime.workers().size();
    }

    /** Answers whether the workers carry the tasks; see {@link Carriers}. */
    public boolean carriesTasks() {
        return runtime.carriesTasks();
    }

    /** Reports what nobody else is told, as what a task without a handle throws; for what is built on tasks. */
    public void uncaught(Throwable thrown) {
        runtime.uncaught(Thread.currentThread(), thrown);
    }

    /**
     * Waits until a condition holds or the thread is interrupted, whose status stays; see {@link UringRuntime#park}.
     *
     * @throws IllegalStateException in a callback on a worker, which waiting would stop
     */
    public void park(Object blocker, BooleanSupplier until) {
        runtime.park(blocker, until);
    }

    /** Has a thread that waits in {@link #park} look at its condition again; see {@link UringRuntime#unpark}. */
    public void unpark(Thread waiting) {
        runtime.unpark(waiting);
    }

    UringRuntime runtime() {
        return runtime;
    }
}
