package dev.uring.bench;

import dev.uring.runtime.Carriers;
import dev.uring.runtime.Tasks;
import dev.uring.runtime.Time;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Who runs the tasks of a benchmark: a runtime, or an executor of the JDK for comparison.
 *
 * @param runtime  null for an executor
 * @param executor null for a runtime
 */
record TaskHost(UringRuntime runtime, ExecutorService executor) implements AutoCloseable {
    private static final String CARRIED = "carried-";

    /**
     * Starts one.
     *
     * @param name  {@code carried-N} (N workers that carry tasks), {@code stock} (one worker, tasks on the JDK's
     *              scheduler), {@code jdk} (virtual threads) or {@code platform} (platform threads)
     * @param spin  how long an idle worker waits awake
     * @throws IOException if there is no runtime to be had
     */
    static TaskHost of(String name, Duration spin) throws IOException {
        return switch (name) {
            case "jdk" -> new TaskHost(null, Executors.newVirtualThreadPerTaskExecutor());
            case "platform" -> new TaskHost(null, Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory()));
            case "stock" -> new TaskHost(runtime(1, Carriers.OFF, spin), null);
            default -> {
                if (!name.startsWith(CARRIED)) {
                    throw new IllegalArgumentException("no such host of tasks: name=" + name);
                }
                yield new TaskHost(runtime(Integer.parseInt(name.substring(CARRIED.length())), Carriers.ON, spin), null);
            }
        };
    }

    static TaskHost of(String name) throws IOException {
        return of(name, Duration.ZERO);
    }

    private static UringRuntime runtime(int workers, Carriers carriers, Duration spin) throws IOException {
        UringRuntime runtime = UringRuntime.builder().enableAll().multiThread(workers).carriers(carriers).spin(spin)
                .build();
        System.out.println(runtime);
        return runtime;
    }

    /** Runs a task and waits for it; not inside a task. */
    <T> T call(Callable<T> body) throws Exception {
        if (runtime != null) {
            return runtime.blockOn(body);
        }
        try {
            return executor.submit(body).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Starts a task and forgets it. */
    void start(Callable<?> body) {
        if (runtime != null) {
            runtime.handle().spawn(body);
        } else {
            executor.submit(body);
        }
    }

    /** Lets other tasks go first; for a task of this host. */
    void yieldTask() {
        if (runtime != null) {
            Tasks.yieldNow();
        } else {
            Thread.yield();
        }
    }

    /** Sleeps; for a task of this host. */
    void sleep(Duration delay) throws IOException, InterruptedException {
        if (runtime != null) {
            Time.sleep(delay).await();
        } else {
            Thread.sleep(delay);
        }
    }

    @Override
    public void close() {
        if (runtime != null) {
            runtime.close();
        } else {
            executor.close();
        }
    }
}
