package dev.uring.bench;

import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.Tasks;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * What does it cost to start a task that does nothing, and to wait for its end: one task starts a batch of them and
 * waits for each, and goes on until there were so many as asked for. The baseline is the JDK's executor with a virtual
 * thread for each task.
 *
 * <pre>
 *   SpawnLoop HOST TASKS BATCH WARM-UP-SECONDS
 * </pre>
 *
 * <p>Estimate: a virtual thread with its continuation and stack chunk is 500 bytes or so and its first mount 300 ns; the
 * JDK's executor adds a future and a shared set to that, the runtime a handle, a name, two scoped values and a shared
 * set. So the two should cost the same; expected at most 1.0x of the JDK on as many threads.
 */
public final class SpawnLoop {
    private static final int WINDOWS = 3;

    private SpawnLoop() {
    }

    /**
     * Runs the loop and prints what it measured.
     *
     * @param arguments see above; HOST as of {@link TaskHost}
     * @throws Exception if the runtime cannot be built
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 4) {
            System.err.println("usage: SpawnLoop HOST TASKS BATCH WARM-UP-SECONDS");
            System.exit(2);
        }
        int tasks = Integer.parseInt(arguments[1]);
        int batch = Integer.parseInt(arguments[2]);
        try (TaskHost host = TaskHost.of(arguments[0])) {
            System.out.println(Windows.measure(Double.parseDouble(arguments[3]), WINDOWS,
                    () -> host.call(() -> host.runtime() != null ? spawn(tasks, batch)
                            : submit(host.executor(), tasks, batch))));
        }
    }

    private static long spawn(int tasks, int batch) throws Exception {
        List<JoinHandle<Void>> started = new ArrayList<>(batch);
        long count = 0;
        while (count < tasks) {
            for (int i = 0; i < batch; i++) {
                started.add(Tasks.spawn(() -> null));
            }
            for (JoinHandle<Void> task : started) {
                task.await();
            }
            started.clear();
            count += batch;
        }
        return count;
    }

    private static long submit(ExecutorService executor, int tasks, int batch) throws Exception {
        List<Future<Void>> started = new ArrayList<>(batch);
        long count = 0;
        while (count < tasks) {
            for (int i = 0; i < batch; i++) {
                started.add(executor.submit(() -> null));
            }
            for (Future<Void> task : started) {
                task.get();
            }
            started.clear();
            count += batch;
        }
        return count;
    }
}
