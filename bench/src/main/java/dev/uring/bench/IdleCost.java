package dev.uring.bench;

import dev.uring.runtime.UringRuntime;
import java.time.Duration;
import java.util.Locale;

/**
 * How much CPU time does a process use that has nothing to do: with nothing in it (the baseline), with a runtime, and
 * with tasks that sleep.
 *
 * <pre>
 *   IdleCost empty|runtime|jdk SLEEPERS SECONDS
 * </pre>
 *
 * <p>Estimate: the workers sleep in the kernel without a limit, so they use nothing. Expected at most 5 ms more in 10 s
 * than a process with nothing in it, whose own housekeeping takes some.
 */
public final class IdleCost {
    /** What compiles and collects after the start has ended by then. */
    private static final Duration SETTLE = Duration.ofSeconds(3);

    private IdleCost() {
    }

    /**
     * Does nothing for some time, and prints what that cost.
     *
     * @param arguments see above
     * @throws Exception if the runtime cannot be built, or the host has no /proc
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 3) {
            System.err.println("usage: IdleCost empty|runtime|jdk SLEEPERS SECONDS");
            System.exit(2);
        }
        int sleepers = Integer.parseInt(arguments[1]);
        TaskHost host = switch (arguments[0]) {
            case "empty" -> null;
            case "runtime" -> new TaskHost(UringRuntime.builder().enableAll().build(), null);
            default -> TaskHost.of(arguments[0]);
        };
        for (int i = 0; i < sleepers; i++) {
            host.start(() -> {
                host.sleep(Duration.ofHours(1));
                return null;
            });
        }
        ThreadTimes.now(); // loads what the second call needs
        Thread.sleep(SETTLE);
        ThreadTimes before = ThreadTimes.now();
        Thread.sleep((long) (Double.parseDouble(arguments[2]) * 1000));
        System.out.printf(Locale.ROOT, "cpu_ms=%.3f%n", ThreadTimes.now().nanosSince(before) / 1e6);
        System.out.flush();
        Runtime.getRuntime().halt(0); // nobody waits an hour for the sleepers
    }
}
