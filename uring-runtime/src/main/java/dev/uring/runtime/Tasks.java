package dev.uring.runtime;

import java.util.concurrent.Callable;

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
}
