package dev.uring.runtime;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * What is left of a task once it was spawned: a way to wait for it, and to end it.
 *
 * @param <T> what the task answers
 */
public final class JoinHandle<T> {
    private final CompletableFuture<T> outcome = new CompletableFuture<>();
    private final long id;
    private final String name;
    /** The thread that runs the task; null until it starts. */
    private volatile Thread thread;
    private volatile boolean aborted;

    JoinHandle(long id, String name) {
        this.id = id;
        this.name = name;
    }

    /**
     * Waits for the task and answers its result.
     *
     * @throws ExecutionException with what the task threw as its cause
     * @throws CancellationException when the task was aborted and ended for it
     * @throws InterruptedException when the waiting thread is interrupted; the task goes on
     */
    public T await() throws ExecutionException, InterruptedException {
        return outcome.get();
    }

    /** Asks the task to end: interrupts it, which cancels what it waits for. Idempotent; without effect once it ended. */
    public void abort() {
        aborted = true;
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }

    /** Answers whether the task has ended. */
    public boolean isFinished() {
        return outcome.isDone();
    }

    /** Answers a number that no other task of the process has. */
    public long id() {
        return id;
    }

    /** Answers the task's name. */
    public String name() {
        return name;
    }

    void started(Thread running) {
        thread = running;
        if (aborted) {
            running.interrupt();
        }
    }

    void completed(T result) {
        outcome.complete(result);
    }

    /** An aborted task that ends with any exception was cancelled. */
    void failed(Throwable thrown) {
        if (aborted) {
            var cancelled = new CancellationException("task " + id + " was cancelled");
            cancelled.initCause(thrown);
            outcome.completeExceptionally(cancelled);
        } else {
            outcome.completeExceptionally(thrown);
        }
    }

    @Override
    public String toString() {
        return "task " + name + (isFinished() ? " (finished)" : " (running)");
    }
}
