package dev.uring.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Measures what a {@link Load} costs the process, and tells it as {@link Interleave} reads it. CPU time is user and
 * kernel time of all threads, the kernel's own workers included, in steps of 10 ms.
 */
final class LoadMeter {
    /** CPU time of the process before anything counts: on a busy machine the clock says little of warmth. */
    private static final long WARM_UP_CPU_NANOS = 2_000_000_000L;
    /** What waits for a disk most of the time uses little of a processor. */
    private static final long WARM_UP_LIMIT_NANOS = 3_000_000_000L;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** What is counted, at one moment. */
    private record Sample(long wallNanos, long cpuNanos, long bytes, long done, long calls) {
        static Sample of(Load load) {
            return new Sample(System.nanoTime(), PROCESS.getProcessCpuTime(), THREADS.getTotalThreadAllocatedBytes(),
                    load.done(), load.calls());
        }
    }

    private LoadMeter() {
    }

    /** Ends the program when one of its threads fails: what goes on without it would be measured as if nothing was. */
    static void exitOnFailure() {
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            System.err.println("thread failed: name=" + thread.getName());
            failure.printStackTrace();
            Runtime.getRuntime().halt(1);
        });
    }

    /**
     * Lets the load warm up, measures it for a while, and stops it.
     *
     * @param item what it does, such as "read"
     * @return {@code reads_per_second=... cpu_ns_per_read=... bytes_per_read=...}, and {@code enters_per_read=...} if known
     */
    static String measure(Load load, String item, double seconds) throws Exception {
        long limit = System.nanoTime() + WARM_UP_LIMIT_NANOS;
        while (PROCESS.getProcessCpuTime() < WARM_UP_CPU_NANOS && System.nanoTime() < limit) {
            TimeUnit.MILLISECONDS.sleep(10);
            Sample.of(load); // so that what it loads and allocates the first time is not counted
        }
        Sample first = Sample.of(load);
        TimeUnit.NANOSECONDS.sleep((long) (seconds * 1e9));
        Sample last = Sample.of(load);
        load.stop();
        double done = last.done - first.done;
        if (done == 0) {
            throw new IllegalStateException("nothing was done: seconds=" + seconds);
        }
        String figures = String.format(Locale.ROOT, "%1$ss_per_second=%2$.1f cpu_ns_per_%1$s=%3$.1f bytes_per_%1$s=%4$.3f",
                item, done * 1e9 / (last.wallNanos - first.wallNanos), (last.cpuNanos - first.cpuNanos) / done,
                (last.bytes - first.bytes) / done);
        return first.calls == Load.UNCOUNTED ? figures
                : figures + String.format(Locale.ROOT, " enters_per_%s=%.4f", item, (last.calls - first.calls) / done);
    }
}
