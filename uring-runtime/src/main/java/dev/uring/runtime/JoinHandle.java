package dev.uring.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/**
 * What is left of a task once it was spawned: a way to wait for it, and to end it. Dropping the handle does neither. For
 * any thread; waiting is not for callbacks on a worker.
 *
 * @param <T> what the task answers
 */
public final class JoinHandle<T> {
    private static final VarHandle WATCHERS;

    static {
        try {
            WATCHERS = MethodHandles.lookup().findVarHandle(JoinHandle.class, "watchers", Queue.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final UringRuntime runtime;
    private final long id;
    private final String name;
    /** What to abort; null once it ended. */
    private volatile Task<T> task;
    /** How it ended, null before; written once. */
    private volatile Outcome<T> outcome;
    /**
     * Threads and futures to be told; null until there is one. Whoever adds itself looks at the outcome afterwards, and
     * whoever stores the outcome looks here afterwards: one of the two sees the other.
     */
    private volatile Queue<Object> watchers;

    /** How a task ended: with an answer, or else with what it threw. */
    private record Outcome<T>(T answer, Throwable thrown, boolean cancelled) {
    }

    JoinHandle(UringRuntime runtime, Task<T> task, long id, String name) {
        this.runtime = runtime;
        this.task = task;
        this.id = id;
        this.name = name;
    }

    /**
     * Waits for the task and answers its result.
     *
     * @throws ExecutionException with what the task threw as its cause
     * @throws CancellationException when the task was aborted and ended for it
     * @throws InterruptedException when the waiting thread is interrupted; the task goes on
     * @throws IllegalStateException in a callback on a worker, which waiting would stop
     */
    public T await() throws ExecutionException, InterruptedException {
        if (outcome == null) {
            Worker.requireNoCallback("await of task " + id);
            Thread waiting = Thread.currentThread();
            watchers().add(waiting);
            try {
                boolean stuck = false;
                while (outcome == null) {
                    throwIfInterrupted();
                    stuck = Worker.park(this, stuck, runtime.workers().getFirst(), this::isFinished);
                }
            } finally {
                watchers().remove(waiting);
            }
        }
        return result();
    }

    /**
     * Waits for the task as {@link #await()} does, but not longer than {@code limit}.
     *
     * @throws TimeoutException at the limit; the task goes on
     */
    public T await(Duration limit) throws ExecutionException, InterruptedException, TimeoutException {
        if (outcome == null) {
            Worker.requireNoCallback("await of task " + id);
            long deadlineNanos = Deadline.after(runtime.nanoTime(), limit);
            Thread waiting = Thread.currentThread();
            Timeout timer = Timeout.until(deadlineNanos);
            timer.submitTo(runtime, waiting); // first, because it throws where timers are disabled
            watchers().add(waiting);
            try {
                awaitUntil(deadlineNanos, limit, timer);
            } finally {
                timer.cancel();
                watchers().remove(waiting);
            }
        }
        return result();
    }

    private void awaitUntil(long deadlineNanos, Duration limit, Timeout timer)
            throws InterruptedException, TimeoutException {
        boolean stuck = false;
        while (outcome == null) {
            throwIfInterrupted();
            long nanos = deadlineNanos - runtime.nanoTime();
            if (nanos <= 0) {
                throw new TimeoutException("task " + id + " has not ended: limit=" + limit);
            }
            if (timer.isDone()) {
                LockSupport.parkNanos(this, nanos); // the runtime closes, and its timers have ended before their time
            } else {
                stuck = Worker.park(this, stuck, runtime.workers().getFirst(), () -> isFinished() || timer.isDone());
            }
        }
    }

    private void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("wait for task " + id + " was interrupted");
        }
    }

    private Queue<Object> watchers() {
        Queue<Object> all = watchers;
        if (all == null) {
            WATCHERS.compareAndSet(this, null, new ConcurrentLinkedQueue<>());
            all = watchers;
        }
        return all;
    }

    /** Answers or throws how it ended; each caller gets an exception of its own. */
    T result() throws ExecutionException {
        Outcome<T> ended = outcome;
        if (ended.thrown == null) {
            return ended.answer;
        }
        if (ended.cancelled) {
            throw cancelled(ended.thrown);
        }
        throw new ExecutionException("task " + id + " failed: " + ended.thrown, ended.thrown);
    }

    private CancellationException cancelled(Throwable cause) {
        var cancelled = new CancellationException("task " + id + " was cancelled"
                + (cause instanceof RuntimeShutdownException ? ": the runtime is being shutdown" : ""));
        cancelled.initCause(cause);
        return cancelled;
    }

    /**
     * Asks the task to end: interrupts it, which cancels what it waits for. A task that has not made its first step never
     * makes it; one that ends with an answer all the same keeps it. A job on a blocking thread ends only if it has not
     * begun. Idempotent; without effect on a task that has ended.
     */
    public void abort() {
        Task<T> running = task;
        if (running != null) {
            running.abort();
        }
    }

    /** Answers whether the task has ended, so that {@link #await()} does not wait. */
    public boolean isFinished() {
        return outcome != null;
    }

    /** Answers a number that no other task of the process has. */
    public long id() {
        return id;
    }

    /** Answers the task's name. */
    public String name() {
        return name;
    }

    /**
     * Answers a future that ends as the task does: with its answer, with what it threw, or cancelled. Completing or
     * cancelling the future does nothing to the task.
     */
    public CompletableFuture<T> toCompletableFuture() {
        CompletableFuture<T> future = new CompletableFuture<>();
        if (outcome == null) {
            watchers().add(future);
        }
        if (outcome != null) {
            complete(future);
        }
        return future;
    }

    /** Makes the outcome known; called once. */
    void end(T answer, Throwable thrown, boolean aborted) {
        outcome = new Outcome<>(answer, thrown, aborted);
        task = null;
        Queue<Object> all = watchers;
        if (all != null) {
            all.forEach(this::tell);
        }
    }

    private void tell(Object watcher) {
        if (watcher instanceof Thread waiting) {
            LockSupport.unpark(waiting);
        } else {
            @SuppressWarnings("unchecked")
            var future = (CompletableFuture<T>) watcher;
            complete(future);
        }
    }

    private void complete(CompletableFuture<T> future) {
        Outcome<T> ended = outcome;
        if (ended.thrown == null) {
            future.complete(ended.answer);
        } else {
            future.completeExceptionally(ended.cancelled ? cancelled(ended.thrown) : ended.thrown);
        }
    }

    @Override
    public String toString() {
        return "task " + name + (isFinished() ? " (finished)" : " (running)");
    }
}
