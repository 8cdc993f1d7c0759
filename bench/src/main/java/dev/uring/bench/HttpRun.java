package dev.uring.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * Starts an HTTP server on one processor, lets {@code wrk} ask it from the other, and tells the cost as
 * {@link Interleave} reads it.
 *
 * <pre>
 *   HttpRun SERVER CONNECTIONS SECONDS
 * </pre>
 *
 * <p>SERVER is {@code nginx}, {@code netty-epoll}, {@code netty-io_uring} or {@code uring}, which make up their
 * answer, or {@code nginx-file} or {@code uring-file}, which send it from a file. CPU time is that of the server and
 * of the processes that it has started. System calls are counted in a run of their own.
 */
public final class HttpRun {
    private static final String HEAP = "256m";
    /** CPU time of the server before anything counts. */
    private static final double WARM_UP_CPU_SECONDS = 8;
    private static final double WARM_UP_CPU_SECONDS_COMPILED = 0.5;
    private static final int WARM_UPS_MAX = 60;
    private static final String WARM_UP_SECONDS = "1";

    private HttpRun() {
    }

    /**
     * Measures.
     *
     * @param arguments see above
     * @throws IOException          if the server or wrk fails
     * @throws InterruptedException never in practice: nobody interrupts this thread
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 3) {
            System.err.println("usage: HttpRun SERVER CONNECTIONS SECONDS");
            System.exit(2);
        }
        String name = arguments[0];
        int port = ServerProcess.freePort();
        try (ServerProcess server =
                ServerProcess.start(name, ServerProcess.SERVER_CPU, command(name, port), port)) {
            boolean compiled = name.startsWith("nginx");
            warmUp(server, Wrk.command(port, arguments[1], WARM_UP_SECONDS),
                    compiled ? WARM_UP_CPU_SECONDS_COMPILED : WARM_UP_CPU_SECONDS);
            System.out.println(measure(server, Wrk.command(port, arguments[1], arguments[2]),
                    Wrk.command(port, arguments[1], WARM_UP_SECONDS)));
        }
    }

    private static List<String> command(String name, int port) throws IOException {
        return switch (name) {
            case "nginx" -> Nginx.hello(port);
            case "nginx-file" -> Nginx.files(port, root());
            case "uring-file" -> UringJar.command("http", root().toString(), "--port", Integer.toString(port));
            default -> JavaProgram.of(name, List.of(), HEAP, List.of(), HelloServer.class, name, Integer.toString(port))
                    .line();
        };
    }

    /** Makes a directory whose index is the same hello. */
    private static Path root() throws IOException {
        Path root = ServerProcess.directory("www");
        Files.writeString(root.resolve("index.html"), HelloServer.BODY);
        return root;
    }

    private static void warmUp(ServerProcess server, List<String> wrk, double cpuSeconds)
            throws IOException, InterruptedException {
        for (int i = 0; i < WARM_UPS_MAX && server.cpuNanos() < cpuSeconds * 1e9; i++) {
            Wrk.parse(Tool.run(wrk));
        }
    }

    private static String measure(ServerProcess server, List<String> wrk, List<String> counted)
            throws IOException, InterruptedException {
        long wallNanos = System.nanoTime();
        long cpuNanos = server.cpuNanos();
        Wrk report = Wrk.parse(Tool.run(wrk));
        cpuNanos = server.cpuNanos() - cpuNanos;
        wallNanos = System.nanoTime() - wallNanos;
        String figures = String.format(Locale.ROOT, "requests=%.0f requests_per_second=%.0f cpu_ns_per_request=%.1f "
                + "busy_percent=%.1f p50_us=%.0f p99_us=%.0f", report.requests(), report.perSecond(),
                cpuNanos / report.requests(), 100.0 * cpuNanos / wallNanos, report.p50Micros(), report.p99Micros());
        Tool.Run run = Tool.runCounted(server, counted);
        OptionalDouble calls = run.calls();
        return calls.isEmpty() ? figures : figures + String.format(Locale.ROOT, " calls_per_request=%.3f",
                calls.getAsDouble() / Wrk.parse(run.output()).requests());
    }
}
