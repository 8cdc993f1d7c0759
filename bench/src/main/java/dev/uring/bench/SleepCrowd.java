package dev.uring.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.uring.runtime.Timeout;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;

/**
 * What do very many sleeps at once cost, each of 1 to 2 s at random: time, memory, and how late the sleepers wake. The
 * baseline is Thread.sleep on virtual threads of the JDK.
 *
 * <pre>
 *   SleepCrowd HOST COUNT [timers]
 * </pre>
 *
 * <p>With {@code timers} there is no task for each sleep, only a {@link Timeout} with a callback. Afterwards the same
 * crowd sleeps for an hour, to see what it holds of the heap; that one is never woken.
 *
 * <p>Estimate: a timer goes into a heap of four children a node, ten levels for a million, and out of it, 1 us together;
 * a task costs as much as one that does nothing (see {@link SpawnLoop}) and a freeze. So 2 to 3 us of CPU and 1 KB for
 * each, and less than 1 us and 150 bytes without a task. Expected at most 1.0x of the JDK.
 */
public final class SleepCrowd {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final long SHORTEST_NANOS = 1_000_000_000;
    /** Whoever starts the crowd lets others go first after so many, or one worker would not begin before the last. */
    private static final int START_INTERVAL = 256;
    private static final long SEED = 42;

    private final TaskHost host;
    private final boolean timersOnly;

    private SleepCrowd(TaskHost host, boolean timersOnly) {
        this.host = host;
        this.timersOnly = timersOnly;
    }

    /**
     * Runs the crowds and prints what they cost.
     *
     * @param arguments see above; HOST as of {@link TaskHost}
     * @throws Exception if the runtime cannot be built
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 2) {
            System.err.println("usage: SleepCrowd HOST COUNT [timers]");
            System.exit(2);
        }
        int count = Integer.parseInt(arguments[1]);
        var crowd = new SleepCrowd(TaskHost.of(arguments[0]), arguments.length == 3);
        crowd.sleep(count / 10);
        crowd.sleep(count / 10);
        String result = crowd.measure(count);
        System.out.println(result + ' ' + crowd.measureHeap(count));
        System.out.flush();
        Runtime.getRuntime().halt(0); // nobody waits an hour for the sleepers
    }

    private String measure(int count) throws Exception {
        System.gc();
        long cpu = PROCESS.getProcessCpuTime();
        long start = System.nanoTime();
        long[] lateNanos = sleep(count);
        long wall = System.nanoTime() - start;
        cpu = PROCESS.getProcessCpuTime() - cpu;
        Arrays.sort(lateNanos);
        return String.format(Locale.ROOT, "wall_s=%.3f cpu_s=%.3f late_median_ms=%.3f late_p99_ms=%.3f rss_mb=%.0f",
                wall / 1e9, cpu / 1e9, lateNanos[count / 2] / 1e6, lateNanos[count * 99 / 100] / 1e6, peakRssMegabytes());
    }

    /** Answers how late each sleeper woke. */
    private long[] sleep(int count) throws Exception {
        long[] lateNanos = new long[count];
        var random = new SplittableRandom(SEED);
        CountDownLatch woken = new CountDownLatch(count);
        startEach(count, index -> {
            long nanos = SHORTEST_NANOS + random.nextLong(SHORTEST_NANOS);
            if (timersOnly) {
                long due = System.nanoTime() + nanos;
                new Timeout(Duration.ofNanos(nanos)).submit((_, _) -> {
                    lateNanos[index] = System.nanoTime() - due;
                    woken.countDown();
                });
            } else {
                host.start(() -> {
                    long due = System.nanoTime() + nanos;
                    host.sleep(Duration.ofNanos(nanos));
                    lateNanos[index] = System.nanoTime() - due;
                    woken.countDown();
                    return null;
                });
            }
        });
        woken.await();
        return lateNanos;
    }

    private String measureHeap(int count) throws Exception {
        long before = heapAfterCollection();
        CountDownLatch asleep = new CountDownLatch(count);
        startEach(count, _ -> {
            if (timersOnly) {
                new Timeout(Duration.ofHours(1)).submit((_, _) -> { });
                asleep.countDown();
            } else {
                host.start(() -> {
                    asleep.countDown();
                    host.sleep(Duration.ofHours(1));
                    return null;
                });
            }
        });
        asleep.await();
        Thread.sleep(500); // the last ones have said that they will sleep, and now do
        return String.format(Locale.ROOT, "heap_bytes=%.0f", (double) (heapAfterCollection() - before) / count);
    }

    private static long heapAfterCollection() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** What one task does to start a sleeper. */
    private interface Starter {
        void start(int index);
    }

    private void startEach(int count, Starter starter) throws Exception {
        host.call(() -> {
            for (int i = 0; i < count; i++) {
                starter.start(i);
                if (i % START_INTERVAL == 0) {
                    host.yieldTask();
                }
            }
            return null;
        });
    }

    /** "VmHWM: 123456 kB": the most that was ever resident. */
    private static double peakRssMegabytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(Double.NaN);
    }
}
