package dev.uring.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * Measures what an item of some work costs the process: warms the work up, runs it a number of times, and tells the
 * cost as {@link Interleave} reads it. Wall time is the median of the runs; CPU time, which the JDK counts in steps of
 * 10 ms, and bytes are taken over all of them.
 */
final class Windows {
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
        double[] wallNanos = new double[count];
        long items = 0;
        long bytes = THREADS.getTotalThreadAllocatedBytes();
        long cpu = PROCESS.getProcessCpuTime();
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            long done = work.run();
            wallNanos[i] = (double) (System.nanoTime() - start) / done;
            items += done;
        }
        cpu = PROCESS.getProcessCpuTime() - cpu;
        bytes = THREADS.getTotalThreadAllocatedBytes() - bytes;
        return String.format(Locale.ROOT, "wall_ns=%.1f cpu_ns=%.1f bytes=%.1f", Spread.of(wallNanos).median(),
                (double) cpu / items, (double) bytes / items);
    }
}
