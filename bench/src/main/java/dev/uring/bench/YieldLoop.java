package dev.uring.bench;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;

/**
 * What does it cost to let others go first: some tasks that do nothing but yield. The baseline is Thread.yield on
 * virtual threads of the JDK.
 *
 * <pre>
 *   YieldLoop HOST TASKS SECONDS WARM-UP-SECONDS
 * </pre>
 *
 * <p>Estimate: freeze and thaw, 150 ns, as for the JDK. But a task that yields gives way to results too, so that the
 * driver is polled once for each round of tasks: alone, a task pays 140 ns and more for an enter each time; of a hundred
 * each pays a hundredth. Expected with 100 tasks at most 1.0x of the JDK on as many threads, with one at most 2x.
 */
public final class YieldLoop {
    private static final int WINDOWS = 5;
    /** Yields between two looks at the clock. */
    private static final int INTERVAL = 64;

    private YieldLoop() {
    }

    /**
     * Runs the tasks and prints what a yield costs.
     *
     * @param arguments see above; HOST as of {@link TaskHost}
     * @throws Exception if the runtime cannot be built
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 4) {
            System.err.println("usage: YieldLoop HOST TASKS SECONDS WARM-UP-SECONDS");
            System.exit(2);
        }
        int tasks = Integer.parseInt(arguments[1]);
        long nanos = (long) (Double.parseDouble(arguments[2]) * 1e9 / WINDOWS);
        try (TaskHost host = TaskHost.of(arguments[0])) {
            System.out.println(Windows.measure(Double.parseDouble(arguments[3]), WINDOWS, () -> run(host, tasks, nanos)));
        }
    }

    private static long run(TaskHost host, int tasks, long nanos) throws InterruptedException {
        LongAdder yields = new LongAdder();
        CountDownLatch done = new CountDownLatch(tasks);
        for (int i = 0; i < tasks; i++) {
            host.start(() -> {
                yields.add(yieldFor(host, nanos));
                done.countDown();
                return null;
            });
        }
        done.await();
        return yields.sum();
    }

    private static long yieldFor(TaskHost host, long nanos) {
        long count = 0;
        long start = System.nanoTime();
        do {
            for (int i = 0; i < INTERVAL; i++) {
                host.yieldTask();
            }
            count += INTERVAL;
        } while (System.nanoTime() - start < nanos);
        return count;
    }
}
