package dev.uring.bench;

import dev.uring.bench.Table.Beside;
import dev.uring.bench.Table.Column;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What does an echo over TCP cost a server: runs {@link EchoServer} in turn for each of the servers and prints tables
 * for docs/PERFORMANCE.md. The bare selector is the baseline of the first. Servers have one processor, their load
 * another.
 *
 * <pre>
 *   Echo [ROUNDS [SECONDS [LOAD...] [SUBJECT...]]]
 * </pre>
 *
 * <p>A load is BYTESxCONNECTIONS, such as {@code 64x50}; without one, 64 and 4096 bytes on 1, 50 and 500 connections.
 *
 * <p>Subjects are Netty's {@code netty-nio}, {@code netty-epoll} and {@code netty-io_uring} (with a ring of provided
 * buffers), {@code jdk} (sockets on virtual threads, one carrier), {@code c} (liburing, multishot accept and receive,
 * provided buffers), and of the runtime, by its driver, {@code io_uring}, {@code epoll} and {@code nio} with a task
 * for each connection and {@code io_uring-callback}, {@code epoll-callback} and {@code nio-callback} without tasks;
 * all of them when none is named. {@code fallback} is {@code io_uring} with and without the fallback's classes on the
 * class path, from the target directories of a whole build. A peer that cannot be run here is skipped, with the
 * reason.
 *
 * <p>Expected of CPU per request at 50 and 500 connections: io_uring by callbacks at most 1.0x of Netty's best and
 * 1.05x of C, by tasks at most 0.70x of the JDK's virtual threads and 1.08x of C, which is where Tokio stands on this
 * work (tokio-uring: 1.12x to 1.3x); at most 0.1 calls per request at 50 connections and no byte allocated by
 * callbacks. One connection is told of, and nothing promised: both sides sleep after every message, so waking is what
 * is measured.
 *
 * <p>Of the fallback: epoll at most 1.0x of the selector and 0.95x of Netty epoll, nio at most 1.05x of Netty NIO,
 * and no difference, within the spread, by a fallback that is on the path and not used.
 */
public final class Echo {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String SERVER_CPU = "0";
    private static final String HEAP = "256m";
    private static final Pattern LOAD = Pattern.compile("\\d+x\\d+");
    private static final List<String> LOADS =
            List.of("64x1", "64x50", "64x500", "4096x1", "4096x50", "4096x500");
    private static final String FALLBACK_BYTES = "64";
    private static final List<String> FALLBACK_CONNECTIONS = List.of("50", "500");
    private static final String BASELINE = "selector";
    private static final String NETTY_NIO = "netty-nio";
    private static final String NETTY_EPOLL = "netty-epoll";
    private static final String NETTY_IO_URING = "netty-io_uring";
    private static final String JDK = "jdk";
    private static final String C = "c";
    private static final String IO_URING = "io_uring";
    private static final String CALLBACK = EchoSubject.CALLBACK;
    private static final String FALLBACK = "fallback";
    private static final List<String> SUBJECTS = List.of(NETTY_NIO, NETTY_EPOLL, NETTY_IO_URING, JDK, C, IO_URING,
            IO_URING + CALLBACK, "epoll", "epoll" + CALLBACK, "nio", "nio" + CALLBACK, FALLBACK);
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
    /** Whom the runtime has to stand beside. */
    private static final List<Rival> RIVALS = List.of(
            new Rival("Netty's best", List.of(NETTY_IO_URING, NETTY_EPOLL, NETTY_NIO),
                    List.of(IO_URING + CALLBACK, IO_URING)),
            new Rival("C", List.of(C), List.of(IO_URING + CALLBACK, IO_URING, NETTY_IO_URING)),
            new Rival("JDK", List.of(JDK), List.of(IO_URING)),
            new Rival("Netty epoll", List.of(NETTY_EPOLL), List.of("epoll", "epoll" + CALLBACK)),
            new Rival("Netty NIO", List.of(NETTY_NIO), List.of("nio", "nio" + CALLBACK)));

    /**
     * A table of some servers beside the cheapest of some others.
     *
     * @param title  what the table calls the cheapest
     * @param peers  from whom the cheapest is taken, by its median
     * @param beside who stands beside it
     */
    private record Rival(String title, List<String> peers, List<String> beside) {
        /** Answers one table line for each server that was run, if the cheapest is not alone. */
        String rows(List<String> load, Comparison comparison) {
            return comparison.cheapest(peers, CPU.key())
                    .map(cheapest -> Stream.concat(Stream.of(cheapest), beside.stream()).toList())
                    .map(names -> CPU_TABLE.rows(load, comparison.only(names)))
                    .orElse("");
        }
    }

    private final int rounds;
    private final String seconds;
    private final List<String> loads;
    private final StringBuilder tables = new StringBuilder();

    private Echo(int rounds, String seconds, List<String> loads) {
        this.rounds = rounds;
        this.seconds = seconds;
        this.loads = loads;
    }

    /**
     * Runs the comparison.
     *
     * @param arguments see above
     * @throws IOException          if a server or its load fails
     * @throws InterruptedException never in practice: nobody interrupts this thread
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> words = Arrays.asList(arguments).subList(Math.min(arguments.length, 2), arguments.length);
        List<String> loads = words.stream().filter(LOAD.asMatchPredicate()).toList();
        List<String> subjects = words.stream().filter(word -> !loads.contains(word)).toList();
        if (!SUBJECTS.containsAll(subjects)) {
            System.err.println("usage: Echo [ROUNDS [SECONDS [LOAD...] [SUBJECT...]]], subjects: " + SUBJECTS);
            System.exit(2);
        }
        var echo = new Echo(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5,
                arguments.length > 1 ? arguments[1] : "2", loads.isEmpty() ? LOADS : loads);
        RawRing.buildPeers();
        echo.run((subjects.isEmpty() ? SUBJECTS : subjects).stream().filter(EchoSubject::isHere).toList());
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
        List<Comparison> comparisons = new ArrayList<>();
        StringBuilder rows = new StringBuilder();
        for (String words : loads) {
            List<String> load = List.of(words.split("x"));
            Comparison comparison = compare(servers.stream().map(server -> server(server, load)).toList());
            comparisons.add(comparison);
            rows.append(TABLE.rows(load, comparison));
        }
        tables.append('\n').append(TABLE.head(BASELINE)).append(rows);
        for (Rival rival : RIVALS) {
            StringBuilder rivals = new StringBuilder();
            for (int i = 0; i < loads.size(); i++) {
                rivals.append(rival.rows(List.of(loads.get(i).split("x")), comparisons.get(i)));
            }
            if (!rivals.isEmpty()) {
                tables.append('\n').append(CPU_TABLE.head(rival.title)).append(rivals);
            }
        }
    }

    private void runFallback() throws IOException, InterruptedException {
        String without = classPath("uring-ffi", "uring-runtime", "uring-net", "bench");
        String with = without + File.pathSeparator + classPath("fallback-epoll");
        StringBuilder rows = new StringBuilder();
        for (String connections : FALLBACK_CONNECTIONS) {
            List<String> load = List.of(FALLBACK_BYTES, connections);
            rows.append(CPU_TABLE.rows(load, compare(List.of(
                    serverOn(without, "without the fallback", IO_URING, load),
                    serverOn(with, "with the fallback", IO_URING, load)))));
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
        EchoSubject is = EchoSubject.of(subject);
        return JavaProgram.on(classPath, name, List.of("taskset", "-c", SERVER_CPU), HEAP, is.options(),
                EchoServer.class, is.server(), load.get(0), load.get(1), seconds);
    }
}
