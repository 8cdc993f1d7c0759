package dev.uring.runtime;

import java.util.concurrent.Callable;

/**
 * The body of a virtual thread that the runtime started.
 *
 * @param <T> what the task answers
 */
final class Task<T> implements Runnable {
    /** Bound in every task, whoever carries it; not inherited by threads started inside. */
    private static final ScopedValue<Task<?>> CURRENT = ScopedValue.newInstance();

    private final UringRuntime runtime;
    private final Callable<T> body;
    private final JoinHandle<T> handle;

    Task(UringRuntime runtime, Callable<T> body, JoinHandle<T> handle) {
        this.runtime = runtime;
        this.body = body;
        this.handle = handle;
    }

    /** Answers whether the calling thread runs a task. */
    static boolean isCurrent() {
        return CURRENT.isBound();
    }

    JoinHandle<T> handle() {
        return handle;
    }

    @Override
    public void run() {
        handle.started(Thread.currentThread());
        try {
            handle.completed(ScopedValue.where(CURRENT, this).call(() -> runtime.handle().run(body)));
        } catch (Throwable t) {
            handle.failed(t); // the edge of the task: whatever it threw is its outcome
        } finally {
            runtime.ended(this);
        }
    }
}
