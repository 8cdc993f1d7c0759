package dev.uring.bench;

import dev.uring.bench.Table.Beside;
import dev.uring.bench.Table.Column;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What does an echo over TCP cost a server: runs {@link EchoServer} in turn for each of the servers and prints a table
 * for docs/PERFORMANCE.md. The bare selector is the baseline. Servers have one processor, their load another.
 *
 * <pre>
 *   Echo [ROUNDS [SECONDS [SUBJECT...]]]
 * </pre>
 *
 * <p>Subjects are {@code netty-nio} and {@code netty-epoll}; all of them when none is named.
 */
public final class Echo {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String SERVER_CPU = "0";
    private static final String HEAP = "256m";
    private static final List<String> BYTES = List.of("64", "4096");
    private static final List<String> CONNECTIONS = List.of("50", "500");
    private static final String BASELINE = "selector";
    private static final List<String> SUBJECTS = List.of("netty-nio", "netty-epoll");
    private static final Table TABLE = new Table(List.of("bytes", "connections", "server"), List.of(
            new Column("CPU ns per request", "cpu_ns_per_request", 0, Beside.RATIO),
            new Column("requests per second", "requests_per_second", 0, Beside.NOTHING),
            new Column("busy %", "busy_percent", 0, Beside.NOTHING),
            new Column("median us", "p50_us", 0, Beside.NOTHING),
            new Column("p99 us", "p99_us", 0, Beside.NOTHING),
            new Column("calls per request", "calls_per_request", 2, Beside.NOTHING),
            new Column("B per request", "bytes_per_request", 1, Beside.NOTHING)));

    private final int rounds;
    private final String seconds;

    private Echo(int rounds, String seconds) {
        this.rounds = rounds;
        this.seconds = seconds;
    }

    /**
     * Runs the comparison.
     *
     * @param arguments see above
     * @throws IOException          if a server or its load fails
     * @throws InterruptedException never in practice: nobody interrupts this thread
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> names = Arrays.asList(arguments).subList(Math.min(arguments.length, 2), arguments.length);
        if (!SUBJECTS.containsAll(names)) {
            System.err.println("usage: Echo [ROUNDS [SECONDS [SUBJECT...]]], subjects: " + SUBJECTS);
            System.exit(2);
        }
        var echo = new Echo(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5,
                arguments.length > 1 ? arguments[1] : "2");
        RawRing.buildPeers();
        echo.run(names.isEmpty() ? SUBJECTS : names);
    }

    private void run(List<String> subjects) throws IOException, InterruptedException {
        StringBuilder rows = new StringBuilder();
        long start = System.nanoTime();
        for (String bytes : BYTES) {
            for (String connections : CONNECTIONS) {
                List<Interleave.Command> commands = Stream.concat(Stream.of(BASELINE), subjects.stream())
                        .map(server -> server(server, bytes, connections))
                        .toList();
                Comparison comparison = new Interleave(commands, rounds, LIMIT, System.out::println).run();
                rows.append(TABLE.rows(List.of(bytes, connections), comparison));
            }
        }
        System.out.print(Machine.header());
        System.out.println("# echo: rounds=" + rounds + " seconds=" + seconds + " all seconds="
                + (System.nanoTime() - start) / 1_000_000_000);
        System.out.println();
        System.out.print(TABLE.head(BASELINE));
        System.out.println(rows);
    }

    private Interleave.Command server(String name, String bytes, String connections) {
        return JavaProgram.of(name, List.of("taskset", "-c", SERVER_CPU), HEAP, List.of(), EchoServer.class, name,
                bytes, connections, seconds);
    }
}
