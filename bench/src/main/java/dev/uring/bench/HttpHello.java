package dev.uring.bench;

import dev.uring.bench.Subject.Group;
import dev.uring.bench.Table.Beside;
import dev.uring.bench.Table.Column;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What does a small answer over HTTP/1.1 cost a server with one thread: runs {@link HttpRun} in turn for each of the
 * servers and prints a table for docs/PERFORMANCE.md. nginx is the baseline. wrk keeps one request out on each
 * connection.
 *
 * <pre>
 *   HttpHello [ROUNDS [SECONDS [SERVER...]]]
 * </pre>
 *
 * <p>Servers are {@code nginx}, {@code netty-epoll}, {@code netty-io_uring} and {@code uring}, which make up their
 * answer; {@code nginx-file} and {@code uring-file} ({@code uring.jar http}) send a file, and are compared with one
 * another. All of them when none is named; those that cannot be run here are skipped, with the reason.
 *
 * <p>Estimate: an echo of 64 B costs 4 to 6 us, a request of wrk's has 40 B and an answer some 80 (nginx: 150) B, so
 * the bounds are those of the echo and half a microsecond for the letters. Expected: no more than Netty's best, and
 * than nginx.
 */
public final class HttpHello {
    private static final String HEAP = "64m";
    private static final List<String> CONNECTIONS = List.of("1", "50", "500");
    private static final List<String> HELLO = List.of("nginx", "netty-epoll", "netty-io_uring", "uring");
    private static final List<String> FILE = List.of("nginx-file", "uring-file");
    private static final Table TABLE = new Table(List.of("connections", "server"), List.of(
            new Column("CPU ns per request", "cpu_ns_per_request", 0, Beside.RATIO),
            new Column("requests per second", "requests_per_second", 0, Beside.NOTHING),
            new Column("busy %", "busy_percent", 0, Beside.NOTHING),
            new Column("median us", "p50_us", 0, Beside.NOTHING),
            new Column("p99 us", "p99_us", 0, Beside.NOTHING),
            new Column("calls per request", "calls_per_request", 2, Beside.NOTHING)));

    private HttpHello() {
    }

    /**
     * Runs the comparisons.
     *
     * @param arguments see above
     * @throws IOException          if a server or its load fails
     * @throws InterruptedException never in practice: nobody interrupts this thread
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        String seconds = arguments.length > 1 ? arguments[1] : "2";
        List<String> names = Arrays.asList(arguments).subList(Math.min(arguments.length, 2), arguments.length);
        if (names.stream().anyMatch(name -> !HELLO.contains(name) && !FILE.contains(name))) {
            System.err.println("usage: HttpHello [ROUNDS [SECONDS [SERVER...]]], servers: " + HELLO + FILE);
            System.exit(2);
        }
        if (!Tool.isHere("all", Tool.missing("wrk", "wrk"))) {
            return;
        }
        for (List<String> servers : List.of(HELLO, FILE)) {
            List<String> here = new ArrayList<>();
            for (String server : servers) {
                if ((names.isEmpty() || names.contains(server)) && Tool.isHere(server, missing(server))) {
                    here.add(server);
                }
            }
            if (!here.isEmpty()) {
                new Subject("http", TABLE, CONNECTIONS.stream()
                        .map(connections -> new Group(List.of(connections), here.stream()
                                .map(server -> JavaProgram.of(server, ServerProcess.pin(ServerProcess.LOAD_CPU), HEAP,
                                        List.of(), HttpRun.class, server, connections, seconds))
                                .toList()))
                        .toList()).run(rounds, "seconds=" + seconds);
            }
        }
    }

    private static String missing(String server) throws IOException, InterruptedException {
        return switch (server) {
            case "nginx", "nginx-file" -> Nginx.missing();
            case "netty-io_uring" -> NettyTransport.IO_URING.missing();
            case "uring-file" -> UringJar.missing("http");
            default -> null;
        };
    }
}
