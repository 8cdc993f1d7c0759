package dev.uring.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/**
 * How long does it take until a sleeping task runs, when a platform thread hands it a {@link Baton}: from just before
 * the hand-over until the task has read the clock. Baselines are a virtual thread of the JDK and a platform thread.
 *
 * <pre>
 *   WakeUps HOST notify|park ROUNDS PAUSE-MICROS SPIN-MICROS
 * </pre>
 *
 * <p>The waker waits awake, between two rounds too, so that its own sleep is not in the figure. The longer the pause, the
 * deeper the processor of the worker sleeps; a worker that spins has not gone to sleep yet after a pause that is shorter.
 * CPU time is that of all threads but the waker.
 *
 * <p>Estimate: the waker's write to an eventfd, the kernel's wake-up of the worker, the return from its enter: 20 to 30
 * us; the JDK's futex costs the same. A spinning worker answers in 1 to 2 us. Expected at most 1.2x of the JDK.
 */
public final class WakeUps {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    /** Of the rounds, so many are run before, and not counted. */
    private static final int WARM_UP_PART = 4;

    private final Baton baton;
    private final long pauseNanos;
    /** When the task woke; written before {@link #wakeUps}. */
    private long wokenNanos;
    /** Counts what the task was woken; the waker waits for it. */
    private volatile int wakeUps;
    private volatile boolean ended;

    private WakeUps(Baton baton, long pauseNanos) {
        this.baton = baton;
        this.pauseNanos = pauseNanos;
    }

    /**
     * Wakes a task again and again, and prints how long it took.
     *
     * @param arguments see above; HOST as of {@link TaskHost}
     * @throws Exception if the runtime cannot be built
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 5) {
            System.err.println("usage: WakeUps HOST notify|park ROUNDS PAUSE-MICROS SPIN-MICROS");
            System.exit(2);
        }
        int rounds = Integer.parseInt(arguments[2]);
        var game = new WakeUps(Baton.of(arguments[1]), Long.parseLong(arguments[3]) * 1000);
        try (TaskHost host = TaskHost.of(arguments[0], Duration.ofNanos(Long.parseLong(arguments[4]) * 1000))) {
            host.start(game::sleeper);
            game.wake(rounds / WARM_UP_PART);
            long cpu = othersCpuNanos();
            long[] nanos = game.wake(rounds);
            cpu = othersCpuNanos() - cpu;
            game.end();
            Arrays.sort(nanos);
            System.out.printf(Locale.ROOT, "median_us=%.2f p99_us=%.2f cpu_us=%.2f%n", nanos[rounds / 2] / 1e3,
                    nanos[rounds * 99 / 100] / 1e3, cpu / 1e3 / rounds);
        }
    }

    private static long othersCpuNanos() {
        return PROCESS.getProcessCpuTime() - THREADS.getCurrentThreadCpuTime();
    }

    private Void sleeper() throws Exception {
        baton.take(1);
        while (!ended) {
            wokenNanos = System.nanoTime();
            wakeUps = wakeUps + 1;
            baton.take(1);
        }
        return null;
    }

    private long[] wake(int rounds) throws InterruptedException {
        long[] nanos = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            pause();
            int before = wakeUps;
            long start = System.nanoTime();
            baton.pass(1);
            while (wakeUps == before) {
                Thread.onSpinWait();
            }
            nanos[i] = wokenNanos - start;
        }
        return nanos;
    }

    private void pause() {
        long start = System.nanoTime();
        while (System.nanoTime() - start < pauseNanos) {
            Thread.onSpinWait();
        }
    }

    private void end() throws InterruptedException {
        ended = true;
        baton.pass(1);
    }
}
