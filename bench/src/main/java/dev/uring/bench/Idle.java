package dev.uring.bench;

import dev.uring.bench.Subject.Group;
import dev.uring.bench.Table.Beside;
import dev.uring.bench.Table.Column;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * How much memory do 10,000 idle connections take: runs {@link IdleServer} in turn for each of the servers of
 * {@link Echo} and prints a table for docs/PERFORMANCE.md. The bare selector is the baseline.
 *
 * <pre>
 *   Idle [ROUNDS [CONNECTIONS [SERVER...]]]
 * </pre>
 *
 * <p>Servers are {@code selector}, {@code netty-epoll}, {@code netty-io_uring}, {@code jdk}, {@code c},
 * {@code io_uring} and {@code io_uring-callback}, all of them when none is named. Both sides need a descriptor for
 * each connection: the limit is raised by prlimit, which takes root beyond the hard limit of the shell.
 *
 * <p>Estimate: a parked virtual thread keeps 400 to 900 B of stack and as much of itself, a stream and its two
 * operations 300 B; a buffer that waits is what it is long. So a server that gives each connection a buffer of its
 * own, as the JDK must, pays 16 KiB for it, and provided buffers make 1 to 2 KiB of it.
 */
public final class Idle {
    private static final String HEAP = "1g";
    private static final String BYTES = "64";
    private static final int OTHER_DESCRIPTORS = 1000;
    private static final List<String> SERVERS = List.of("selector", "netty-epoll", "netty-io_uring", "jdk", "c",
            "io_uring", "io_uring" + EchoSubject.CALLBACK);
    private static final Table TABLE = new Table(List.of("connections", "server"), List.of(
            new Column("B per connection", "bytes_per_connection", 0, Beside.RATIO),
            new Column("of these heap", "heap_bytes_per_connection", 0, Beside.NOTHING),
            new Column("others", "other_bytes_per_connection", 0, Beside.NOTHING)));

    private Idle() {
    }

    /**
     * Runs the comparison.
     *
     * @param arguments see above
     * @throws IOException          if a server or its load fails
     * @throws InterruptedException never in practice: nobody interrupts this thread
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
        String connections = arguments.length > 1 ? arguments[1] : "10000";
        List<String> names = Arrays.asList(arguments).subList(Math.min(arguments.length, 2), arguments.length);
        if (!SERVERS.containsAll(names)) {
            System.err.println("usage: Idle [ROUNDS [CONNECTIONS [SERVER...]]], servers: " + SERVERS);
            System.exit(2);
        }
        RawRing.buildPeers();
        List<String> here = (names.isEmpty() ? SERVERS : names).stream().filter(EchoSubject::isHere).toList();
        if (!here.isEmpty()) {
            new Subject("idle", TABLE, List.of(new Group(List.of(connections),
                    here.stream().map(server -> command(server, connections)).toList()))).run(rounds, "bytes=" + BYTES);
        }
    }

    private static Interleave.Command command(String name, String connections) {
        EchoSubject subject = EchoSubject.of(name);
        int descriptors = Integer.parseInt(connections) + OTHER_DESCRIPTORS;
        List<String> prefix = Stream.concat(Stream.of("prlimit", "--nofile=" + descriptors + ":" + descriptors),
                ServerProcess.pin(ServerProcess.SERVER_CPU).stream()).toList();
        List<String> options = Stream.concat(Stream.of("-XX:+AlwaysPreTouch"), subject.options().stream()).toList();
        return JavaProgram.of(name, prefix, HEAP, options, IdleServer.class, subject.server(), connections, BYTES);
    }
}
