package dev.uring.bench;

import com.sun.management.ThreadMXBean;
import dev.uring.runtime.LocalSet;
import dev.uring.runtime.RuntimeMetrics.WorkerMetrics;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/**
 * How well is work shared that all comes from one place: one task starts many, each of which computes for a while. The
 * baseline is the JDK's scheduler, which steals too.
 *
 * <pre>
 *   Skew HOST TASK-MICROS TASKS WARM-UP-SECONDS [local]
 * </pre>
 *
 * <p>With {@code local} the tasks belong to a {@link LocalSet} and stay on one worker, whatever the others do. How much a
 * task computes is set by CPU time, so that other programs do not change it. "other" is the part of the tasks that ran
 * elsewhere than on the busiest worker.
 *
 * <p>Estimate: a steal takes half of the queue, so two workers need few of them, and half of the time that one does.
 * Expected at most 0.6x of one worker, from 20 us a task on; at most 1.05x of the JDK.
 */
public final class Skew {
    private static final int WINDOWS = 5;
    private static final long CALIBRATION_STEPS = 50_000_000;
    private static final int CALIBRATIONS = 5;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final TaskHost host;
    private final long steps;
    private final int tasks;
    private final boolean local;
    /** Where results go, so that the compiler must compute them. */
    private volatile long sink;

    private Skew(TaskHost host, long steps, int tasks, boolean local) {
        this.host = host;
        this.steps = steps;
        this.tasks = tasks;
        this.local = local;
    }

    /**
     * Runs the tasks and prints what one costs, and where they ran.
     *
     * @param arguments see above; HOST as of {@link TaskHost}
     * @throws Exception if the runtime cannot be built
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 4) {
            System.err.println("usage: Skew HOST TASK-MICROS TASKS WARM-UP-SECONDS [local]");
            System.exit(2);
        }
        long steps = stepsPerMicro() * Long.parseLong(arguments[1]);
        try (TaskHost host = TaskHost.of(arguments[0])) {
            var skew = new Skew(host, steps, Integer.parseInt(arguments[2]), arguments.length == 5);
            String costs = Windows.measure(Double.parseDouble(arguments[3]), WINDOWS, skew::run);
            System.out.println(host.runtime() == null ? costs : costs + skew.placement());
        }
    }

    /** The fastest of some tries, by CPU time. */
    private static long stepsPerMicro() {
        long best = Long.MAX_VALUE;
        long kept = 0;
        for (int i = 0; i < CALIBRATIONS; i++) {
            long start = THREADS.getCurrentThreadCpuTime();
            kept += compute(i, CALIBRATION_STEPS);
            best = Math.min(best, THREADS.getCurrentThreadCpuTime() - start);
        }
        System.out.println("calibrated: nanosPerStep=" + (double) best / CALIBRATION_STEPS + " (" + kept + ')');
        return CALIBRATION_STEPS * 1000 / best;
    }

    /** A chain of multiplications, each of which needs the one before. */
    private static long compute(long seed, long steps) {
        long value = seed;
        for (long i = 0; i < steps; i++) {
            value = value * 6364136223846793005L + 1442695040888963407L;
        }
        return value;
    }

    private long run() throws Exception {
        CountDownLatch done = new CountDownLatch(tasks);
        Callable<Void> body = () -> {
            sink = compute(sink, steps);
            done.countDown();
            return null;
        };
        host.call(() -> {
            if (local) {
                try (LocalSet set = new LocalSet()) {
                    for (int i = 0; i < tasks; i++) {
                        set.spawn(body);
                    }
                    done.await();
                }
            } else {
                for (int i = 0; i < tasks; i++) {
                    host.start(body);
                }
                done.await();
            }
            return null;
        });
        return tasks;
    }

    /** Runs the tasks once more, to see where. */
    private String placement() throws Exception {
        long[] before = polls();
        run();
        long[] ran = polls();
        Arrays.setAll(ran, i -> ran[i] - before[i]);
        double all = Arrays.stream(ran).sum();
        return String.format(Locale.ROOT, " other=%.3f", 1 - Arrays.stream(ran).max().orElseThrow() / all);
    }

    private long[] polls() {
        return host.runtime().metrics().workers().stream().mapToLong(WorkerMetrics::polls).toArray();
    }
}
