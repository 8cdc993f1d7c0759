package dev.uring.bench;

import dev.uring.bench.Subject.Group;
import dev.uring.bench.Table.Beside;
import dev.uring.bench.Table.Column;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What do tasks, timers and wake-ups of the runtime cost beside virtual threads of the JDK: runs the programs of each
 * subject in turn, and prints tables for docs/PERFORMANCE.md. Each program's class says what is expected of it.
 *
 * <pre>
 *   Runtimes [ROUNDS [SCALE [SUBJECT...]]]
 * </pre>
 *
 * <p>SCALE is a factor on counts and seconds, 1 for the figures of the documentation. Subjects are {@code spawn},
 * {@code pingpong}, {@code yield}, {@code sleeps}, {@code wake}, {@code idle} and {@code skew}; all of them when none is
 * named.
 */
public final class Runtimes {
    private static final String HEAP = "1g";
    /** For a million tasks at a time. */
    private static final String HEAP_LARGE = "6g";
    /** One thread for the JDK's tasks, to compare with one worker. */
    private static final List<String> ONE_CARRIER =
            List.of("-Djdk.virtualThreadScheduler.parallelism=1", "-Djdk.virtualThreadScheduler.maxPoolSize=1");
    private static final String JDK = "JDK";
    private static final String JDK_ONE = "JDK, 1 thread";
    private static final String ONE_WORKER = "1 worker";
    private static final String TWO_WORKERS = "2 workers";
    private static final String STOCK = "stock mode";
    private static final List<Column> COSTS = List.of(
            new Column("wall ns", "wall_ns", 0, Beside.RATIO),
            new Column("CPU ns", "cpu_ns", 0, Beside.RATIO),
            new Column("B", "bytes", 0, Beside.NOTHING));

    private final int rounds;
    private final double scale;

    private Runtimes(int rounds, double scale) {
        this.rounds = rounds;
        this.scale = scale;
    }

    /**
     * Runs the subjects.
     *
     * @param arguments see above
     * @throws IOException          if a program fails
     * @throws InterruptedException never in practice: nobody interrupts this thread
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> names = Arrays.asList(arguments).subList(Math.min(arguments.length, 2), arguments.length);
        var runtimes = new Runtimes(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5,
                arguments.length > 1 ? Double.parseDouble(arguments[1]) : 1);
        List<Subject> subjects = runtimes.subjects();
        List<String> known = subjects.stream().map(Subject::name).toList();
        if (!known.containsAll(names)) {
            System.err.println("usage: Runtimes [ROUNDS [SCALE [SUBJECT...]]], subjects: " + known);
            System.exit(2);
        }
        for (Subject subject : subjects) {
            if (names.isEmpty() || names.contains(subject.name())) {
                subject.run(runtimes.rounds, "scale=" + runtimes.scale);
            }
        }
    }

    private List<Subject> subjects() {
        return List.of(spawn(), pingPong(), yields(), sleeps(), wake(), idle(), skew());
    }

    private Subject spawn() {
        String tasks = count(1_000_000);
        return new Subject("spawn", new Table(List.of("at a time", "tasks"), COSTS),
                Stream.of(count(1000), tasks).distinct()
                        .map(batch -> new Group(List.of(batch),
                                inAllWays(HEAP_LARGE, SpawnLoop.class, tasks, batch, seconds(4))))
                        .toList());
    }

    private Subject pingPong() {
        return new Subject("pingpong", new Table(List.of("by", "tasks"), COSTS),
                Stream.of("notify", "queue", "park")
                        .map(way -> new Group(List.of(way),
                                inAllWays(HEAP, PingPong.class, way, seconds(2), seconds(4))))
                        .toList());
    }

    private Subject yields() {
        return new Subject("yield", new Table(List.of("in all", "tasks"), COSTS),
                Stream.of("1", "100")
                        .map(tasks -> new Group(List.of(tasks),
                                inAllWays(HEAP, YieldLoop.class, tasks, seconds(2), seconds(4))))
                        .toList());
    }

    /** The same program for every host; the first operand is that host. */
    private static List<Interleave.Command> inAllWays(String heap, Class<?> main, String... operands) {
        return List.of(
                java(JDK, heap, List.of(), main, "jdk", operands),
                java(JDK_ONE, heap, ONE_CARRIER, main, "jdk", operands),
                java(ONE_WORKER, heap, List.of(), main, "carried-1", operands),
                java(TWO_WORKERS, heap, List.of(), main, "carried-2", operands),
                java(STOCK, heap, List.of(), main, "stock", operands));
    }

    private Subject sleeps() {
        String count = count(1_000_000);
        List<Interleave.Command> commands =
                new ArrayList<>(inAllWays(HEAP_LARGE, SleepCrowd.class, count));
        commands.add(java("1 worker, timers only", HEAP_LARGE, List.of(), SleepCrowd.class, "carried-1", count, "timers"));
        return new Subject("sleeps", new Table(List.of("sleepers"), List.of(
                new Column("wall s", "wall_s", 2, Beside.NOTHING),
                new Column("CPU s", "cpu_s", 2, Beside.RATIO),
                new Column("late, median ms", "late_median_ms", 2, Beside.NOTHING),
                new Column("late, p99 ms", "late_p99_ms", 1, Beside.NOTHING),
                new Column("heap B per sleeper", "heap_bytes", 0, Beside.RATIO),
                new Column("peak RSS MB", "rss_mb", 0, Beside.NOTHING))),
                List.of(new Group(List.of(), List.copyOf(commands))));
    }

    private Subject wake() {
        return new Subject("wake", new Table(List.of("pause us", "sleeper"), List.of(
                new Column("median us", "median_us", 1, Beside.RATIO),
                new Column("p99 us", "p99_us", 1, Beside.RATIO),
                new Column("CPU us per wake-up", "cpu_us", 1, Beside.NOTHING))),
                Stream.of("50", "500").map(pause -> new Group(List.of(pause), wakeCommands(pause))).toList());
    }

    private List<Interleave.Command> wakeCommands(String pause) {
        String count = count(20_000);
        return List.of(
                java("JDK, unpark", HEAP, List.of(), WakeUps.class, "jdk", "park", count, pause, "0"),
                java("platform thread, unpark", HEAP, List.of(), WakeUps.class, "platform", "park", count, pause, "0"),
                java("1 worker, unpark", HEAP, List.of(), WakeUps.class, "carried-1", "park", count, pause, "0"),
                java("1 worker, Notify", HEAP, List.of(), WakeUps.class, "carried-1", "notify", count, pause, "0"),
                java("1 worker, Notify, spin 100 us", HEAP, List.of(), WakeUps.class, "carried-1", "notify", count, pause,
                        "100"),
                java("stock mode, Notify", HEAP, List.of(), WakeUps.class, "stock", "notify", count, pause, "0"));
    }

    private Subject idle() {
        String seconds = seconds(10);
        return new Subject("idle", new Table(List.of("process"),
                List.of(new Column("CPU ms", "cpu_ms", 2, Beside.DIFFERENCE))),
                List.of(new Group(List.of(), List.of(
                        java("empty", HEAP, List.of(), IdleCost.class, "empty", "0", seconds),
                        java("runtime", HEAP, List.of(), IdleCost.class, "runtime", "0", seconds),
                        java("runtime, 1000 tasks sleep", HEAP, List.of(), IdleCost.class, "runtime", "1000", seconds),
                        java("JDK, 1000 tasks sleep", HEAP, List.of(), IdleCost.class, "jdk", "1000", seconds)))));
    }

    private Subject skew() {
        List<Column> columns = new ArrayList<>(COSTS.subList(0, 2));
        columns.add(new Column("other", "other", 2, Beside.NOTHING));
        return new Subject("skew", new Table(List.of("us a task", "tasks"), columns),
                Stream.of("20", "200").map(micros -> new Group(List.of(micros), skewCommands(micros))).toList());
    }

    private List<Interleave.Command> skewCommands(String micros) {
        String[] operands = {micros, count(500_000 / Integer.parseInt(micros)), seconds(4)};
        return List.of(
                java(JDK, HEAP, List.of(), Skew.class, "jdk", operands),
                java(TWO_WORKERS, HEAP, List.of(), Skew.class, "carried-2", operands),
                java(TWO_WORKERS + ", LocalSet", HEAP, List.of(), Skew.class, "carried-2", operands[0], operands[1],
                        operands[2], "local"),
                java(ONE_WORKER, HEAP, List.of(), Skew.class, "carried-1", operands));
    }

    private String count(int full) {
        return Integer.toString((int) Math.max(full * scale, 1));
    }

    private String seconds(double full) {
        return Double.toString(full * scale);
    }

    private static Interleave.Command java(String name, String heap, List<String> options, Class<?> main, String host,
            String... operands) {
        return JavaProgram.of(name, List.of(), heap, options, main,
                Stream.concat(Stream.of(host), Arrays.stream(operands)).toArray(String[]::new));
    }
}
