package dev.uring.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntPredicate;

/**
 * Measures what an item of some work costs the process: warms the work up, runs it a number of times, and tells the
 * cost as {@link Interleave} reads it. Wall time is the median of the runs; CPU time, which the JDK counts in steps of
 * 10 ms, and bytes are taken over all of them.
 */
final class Windows {
    /** Room that is made before bytes are counted. */
    private static final int RUNS_EXPECTED = 1 << 16;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** Some work to be measured. */
    interface Work {
        /** Does it once; answers how many items that were. */
        long run() throws Exception;
    }

    private Windows() {
    }

    /**
     * Measures.
     *
     * @param warmUpSeconds CPU time of the process before the first counted run: on a busy machine the clock says little
     *                      of warmth
     * @param count         how often the work is run after that, at least 1
     * @param work          what to measure
     * @return {@code wall_ns=... cpu_ns=... bytes=...}, each per item
     */
    static String measure(double warmUpSeconds, int count, Work work) throws Exception {
        do {
            work.run();
        } while (PROCESS.getProcessCpuTime() < warmUpSeconds * 1e9);
        return measureWarm(work, runs -> runs < count);
    }

    /**
     * Measures work that may wait for a disk most of the time.
     *
     * @param seconds for how long the work is run, and once more, after it has used as much CPU time or was run for
     *                twice as long
     * @param work    what to measure
     * @return as {@link #measure}
     */
    static String measureFor(double seconds, Work work) throws Exception {
        long nanos = (long) (seconds * 1e9);
        long start = System.nanoTime();
        do {
            work.run();
        } while (PROCESS.getProcessCpuTime() < nanos && System.nanoTime() - start < 2 * nanos);
        long warm = System.nanoTime();
        return measureWarm(work, runs -> runs == 0 || System.nanoTime() - warm < nanos);
    }

    private static String measureWarm(Work work, IntPredicate goOn) throws Exception {
        double[] wallNanos = new double[RUNS_EXPECTED];
        int runs = 0;
        long items = 0;
        long bytes = THREADS.getTotalThreadAllocatedBytes();
        long cpu = PROCESS.getProcessCpuTime();
        while (goOn.test(runs)) {
            if (runs == wallNanos.length) {
                wallNanos = Arrays.copyOf(wallNanos, 2 * runs);
            }
            long start = System.nanoTime();
            long done = work.run();
            wallNanos[runs++] = (double) (System.nanoTime() - start) / done;
            items += done;
        }
        cpu = PROCESS.getProcessCpuTime() - cpu;
        bytes = THREADS.getTotalThreadAllocatedBytes() - bytes;
        return String.format(Locale.ROOT, "wall_ns=%.1f cpu_ns=%.1f bytes=%.1f",
                Spread.of(Arrays.copyOf(wallNanos, runs)).median(), (double) cpu / items, (double) bytes / items);
    }
}
