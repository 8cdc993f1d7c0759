package dev.uring.bench;

import dev.uring.bench.Table.Beside;
import dev.uring.bench.Table.Column;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What does an echo over TCP cost a server: runs {@link EchoServer} in turn for each of the servers and prints a table
 * for docs/PERFORMANCE.md. The bare selector is the baseline. Servers have one processor, their load another.
 *
 * <pre>
 *   Echo [ROUNDS [SECONDS [SUBJECT...]]]
 * </pre>
 *
 * <p>Subjects are {@code netty-nio}, {@code netty-epoll}, and of the runtime, by its driver, {@code io_uring},
 * {@code epoll} and {@code nio} with a task for each connection and {@code io_uring-callback}, {@code epoll-callback} and
 * {@code nio-callback} without tasks; all of them when none is named. {@code fallback} is {@code io_uring} with and
 * without the fallback's classes on the class path, from the target directories of a whole build.
 *
 * <p>Expected of CPU per request: epoll at most 1.0x of the selector and 0.95x of Netty epoll, nio at most 1.05x of Netty
 * NIO, and no difference, within the spread, by a fallback that is on the path and not used.
 */
public final class Echo {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String SERVER_CPU = "0";
    private static final String HEAP = "256m";
    private static final List<String> BYTES = List.of("64", "4096");
    private static final List<String> CONNECTIONS = List.of("50", "500");
    private static final String BASELINE = "selector";
    private static final String NETTY_NIO = "netty-nio";
    private static final String NETTY_EPOLL = "netty-epoll";
    private static final String CALLBACK = "-callback";
    private static final String FALLBACK = "fallback";
    private static final List<String> SUBJECTS = List.of(NETTY_NIO, NETTY_EPOLL, "io_uring", "io_uring" + CALLBACK,
            "epoll", "epoll" + CALLBACK, "nio", "nio" + CALLBACK, FALLBACK);
    /** Whom the drivers of the fallback have to stand beside, each first in its list. */
    private static final List<List<String>> RIVALS = List.of(
            List.of(NETTY_EPOLL, "epoll", "epoll" + CALLBACK), List.of(NETTY_NIO, "nio", "nio" + CALLBACK));
    private static final List<String> HEAD = List.of("bytes", "connections", "server");
    private static final Column CPU = new Column("CPU ns per request", "cpu_ns_per_request", 0, Beside.RATIO);
    private static final Table CPU_TABLE = new Table(HEAD, List.of(CPU));
    private static final Table TABLE = new Table(HEAD, List.of(
            CPU,
            new Column("requests per second", "requests_per_second", 0, Beside.NOTHING),
            new Column("busy %", "busy_percent", 0, Beside.NOTHING),
            new Column("median us", "p50_us", 0, Beside.NOTHING),
            new Column("p99 us", "p99_us", 0, Beside.NOTHING),
            new Column("calls per request", "calls_per_request", 2, Beside.NOTHING),
            new Column("B per request", "bytes_per_request", 1, Beside.NOTHING)));

    private final int rounds;
    private final String seconds;
    private final StringBuilder tables = new StringBuilder();

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
        long start = System.nanoTime();
        List<String> servers = subjects.stream().filter(subject -> !subject.equals(FALLBACK)).toList();
        if (!servers.isEmpty()) {
            runServers(Stream.concat(Stream.of(BASELINE), servers.stream()).toList());
        }
        if (subjects.contains(FALLBACK)) {
            runFallback();
        }
        System.out.print(Machine.header());
        System.out.println("# echo: rounds=" + rounds + " seconds=" + seconds + " all seconds="
                + (System.nanoTime() - start) / 1_000_000_000);
        System.out.print(tables);
    }

    private void runServers(List<String> servers) throws IOException, InterruptedException {
        StringBuilder rows = new StringBuilder();
        StringBuilder rivals = new StringBuilder();
        for (String bytes : BYTES) {
            for (String connections : CONNECTIONS) {
                List<String> load = List.of(bytes, connections);
                Comparison comparison = compare(servers.stream().map(server -> server(server, load)).toList());
                rows.append(TABLE.rows(load, comparison));
                RIVALS.forEach(names -> rivals.append(CPU_TABLE.rows(load, comparison.only(names))));
            }
        }
        tables.append('\n').append(TABLE.head(BASELINE)).append(rows);
        if (!rivals.isEmpty()) {
            tables.append('\n').append(CPU_TABLE.head("Netty")).append(rivals);
        }
    }

    private void runFallback() throws IOException, InterruptedException {
        String without = classPath("uring-ffi", "uring-runtime", "uring-net", "bench");
        String with = without + File.pathSeparator + classPath("fallback-epoll");
        StringBuilder rows = new StringBuilder();
        for (String connections : CONNECTIONS) {
            List<String> load = List.of(BYTES.getFirst(), connections);
            rows.append(CPU_TABLE.rows(load, compare(List.of(
                    serverOn(without, "without the fallback", "io_uring", load),
                    serverOn(with, "with the fallback", "io_uring", load)))));
        }
        tables.append('\n').append(CPU_TABLE.head("without")).append(rows);
    }

    private static String classPath(String... modules) {
        Path root = RawRing.target().resolveSibling("..").normalize();
        return Arrays.stream(modules)
                .map(module -> root.resolve(module).resolve("target/classes"))
                .map(Path::toString)
                .collect(Collectors.joining(File.pathSeparator));
    }

    private Comparison compare(List<Interleave.Command> commands) throws IOException, InterruptedException {
        return new Interleave(commands, rounds, LIMIT, System.out::println).run();
    }

    private Interleave.Command server(String name, List<String> load) {
        return serverOn(System.getProperty("java.class.path"), name, name, load);
    }

    private Interleave.Command serverOn(String classPath, String name, String subject, List<String> load) {
        List<String> options = List.of();
        String server = subject;
        if (!subject.equals(BASELINE) && !subject.startsWith("netty")) {
            boolean callback = subject.endsWith(CALLBACK);
            String driver = callback ? subject.substring(0, subject.length() - CALLBACK.length()) : subject;
            options = List.of("-During.driver=" + driver);
            server = callback ? "uring" + CALLBACK : "uring";
        }
        return JavaProgram.on(classPath, name, List.of("taskset", "-c", SERVER_CPU), HEAP, options, EchoServer.class,
                server, load.get(0), load.get(1), seconds);
    }
}
