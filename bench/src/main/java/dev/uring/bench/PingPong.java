package dev.uring.bench;

/**
 * What does it cost when one task wakes another and then waits itself: two tasks hand a {@link Baton} back and forth.
 * The baseline is the same on virtual threads of the JDK.
 *
 * <pre>
 *   PingPong HOST notify|queue|park SECONDS WARM-UP-SECONDS
 * </pre>
 *
 * <p>Estimate: one unpark, one freeze and one thaw of a small stack for each hand-over, 200 to 300 ns on one worker. On
 * two the task that was woken should stay where it is. Expected at most 1.0x of the JDK on as many threads.
 */
public final class PingPong {
    private static final int WINDOWS = 5;
    /** Hand-overs between two looks at the clock. */
    private static final int INTERVAL = 64;

    private final TaskHost host;
    private final String way;
    /** Written by side 0 before its last pass. */
    private volatile boolean ended;

    private PingPong(TaskHost host, String way) {
        this.host = host;
        this.way = way;
    }

    /**
     * Runs the two tasks and prints what a hand-over costs.
     *
     * @param arguments see above; HOST as of {@link TaskHost}
     * @throws Exception if the runtime cannot be built
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 4) {
            System.err.println("usage: PingPong HOST notify|queue|park SECONDS WARM-UP-SECONDS");
            System.exit(2);
        }
        try (TaskHost host = TaskHost.of(arguments[0])) {
            var game = new PingPong(host, arguments[1]);
            long nanos = (long) (Double.parseDouble(arguments[2]) * 1e9 / WINDOWS);
            System.out.println(Windows.measure(Double.parseDouble(arguments[3]), WINDOWS,
                    () -> host.call(() -> game.play(nanos))));
        }
    }

    private long play(long nanos) throws Exception {
        Baton baton = Baton.of(way);
        ended = false;
        host.start(() -> {
            baton.take(1);
            while (!ended) {
                baton.pass(0);
                baton.take(1);
            }
            baton.pass(0);
            return null;
        });
        long rounds = 0;
        long start = System.nanoTime();
        while (!ended) {
            ended = ++rounds % INTERVAL == 0 && System.nanoTime() - start >= nanos;
            baton.pass(1);
            baton.take(0);
        }
        return rounds * 2;
    }
}
