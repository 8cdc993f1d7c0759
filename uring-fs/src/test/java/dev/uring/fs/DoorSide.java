package dev.uring.fs;

import dev.uring.runtime.Carriers;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/**
 * Whose door a test goes through, and on what threads: the JDK's own proves that the test asks for what is documented.
 */
enum DoorSide {
    /** java.nio's own channels, on platform threads. */
    JDK(null, false),
    /** Ours, in tasks that workers carry. */
    TASKS_CARRIED(Carriers.ON, true),
    /** Ours, in tasks on the JDK's scheduler. */
    TASKS(Carriers.OFF, true),
    /** Ours, on platform threads. */
    THREADS(Carriers.ON, false);

    private final Carriers carriers;
    private final boolean tasks;

    DoorSide(Carriers carriers, boolean tasks) {
        this.carriers = carriers;
        this.tasks = tasks;
    }

    /** What a test does. */
    @FunctionalInterface
    interface Body {
        void run() throws Exception;
    }

    /** Answers a runtime, or null for the JDK, which needs none. */
    UringRuntime runtime() throws IOException {
        return carriers == null ? null : UringRuntime.builder().enableAll().carriers(carriers).build();
    }

    /** Runs the body where calls are to be made. */
    void run(UringRuntime runtime, Body body) throws Exception {
        if (tasks) {
            runtime.blockOn(() -> {
                body.run();
                return null;
            });
        } else {
            body.run();
        }
    }

    /** Starts a second thread of the same kind. */
    Thread start(UringRuntime runtime, Runnable body) {
        if (!tasks) {
            return Thread.ofPlatform().start(body);
        }
        var started = new CompletableFuture<Thread>();
        runtime.handle().execute(() -> {
            started.complete(Thread.currentThread());
            body.run();
        });
        return started.join();
    }

    FileChannel open(UringRuntime runtime, Path path, OpenOption... options) throws Exception {
        return this == JDK ? FileChannel.open(path, options) : in(runtime, () -> UringFileChannel.open(path, options));
    }

    AsynchronousFileChannel openAsynchronous(UringRuntime runtime, Path path, OpenOption... options) throws Exception {
        return this == JDK ? AsynchronousFileChannel.open(path, options)
                : in(runtime, () -> UringAsynchronousFileChannel.open(path, options));
    }

    static <T> T in(UringRuntime runtime, Callable<T> call) throws Exception {
        return runtime.handle().run(call);
    }
}
