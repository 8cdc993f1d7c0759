package dev.uring.runtime;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** The current runtime's tasks: short for {@code Handle.current()}. */
public final class Tasks {
    private Tasks() {
    }

    /** Starts a task; see {@link Handle#spawn}. */
    public static <T> JoinHandle<T> spawn(Callable<T> task) {
        return Handle.current().spawn(task);
    }

    /** Runs a job that may block on a platform thread; see {@link Handle#spawnBlocking}. */
    public static <T> JoinHandle<T> spawnBlocking(Callable<T> job) {
        return Handle.current().spawnBlocking(job);
    }

    /**
     * Refuses to go on in a callback on a worker, before something is begun that must be waited for.
     *
     * @param wait what is about to wait, for the message
     * @throws IllegalStateException in a callback, whose wait would stop its worker
     */
    public static void requireMayWait(String wait) {
        Worker.requireNoCallback(wait);
    }

    /** Answers whether the caller may wait, that is, whether this is no callback on a worker, whose wait would stop it. */
    public static boolean mayWait() {
        return Worker.ofCallback() == null;
    }

    /**
     * Lets other ready tasks go first, and results that have come. On a thread that neither is a task nor was started by
     * one, as {@link Thread#yield()}.
     */
    public static void yieldNow() {
        Worker here = Worker.current();
        if (here != null && Thread.currentThread().isVirtual()) {
            here.yieldTask();
        } else if (here != null || !Task.isCurrent()) {
            Thread.yield();
        } else {
            // The JDK's scheduler may run a yielding thread again before all others: the way through a worker is fair.
            UringRuntime runtime = Handle.current().runtime();
            var turn = new CompletableFuture<Void>();
            if (runtime.postGuarded(runtime.anyWorker(), () -> turn.complete(null))) {
                turn.join();
            }
        }
    }
}
