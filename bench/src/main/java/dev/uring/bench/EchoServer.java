package dev.uring.bench;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What does an echo cost a server that has one thread for it: starts the server, lets {@code echoload} ask it from
 * another processor, and prints what both have measured.
 *
 * <pre>
 *   EchoServer SERVER BYTES CONNECTIONS SECONDS
 * </pre>
 *
 * <p>SERVER is {@code selector} ({@link EchoSelector}), {@code netty-nio} or {@code netty-epoll} ({@link EchoNetty}).
 * The first run of the load tells everything but system calls; a second, short one counts these with perf, which costs
 * time of its own. Without perf, or without the right to trace, they are left out.
 *
 * <p>Estimate for 64 B: a receive and a send are 4 to 6 us, most of it the way through TCP to the other side and the
 * wake-up of the peer. What a server adds to these, and how many of them share a call to wait, is the difference.
 */
public final class EchoServer {
    /** CPU time of this process before anything counts: on a busy machine the clock says little of warmth. */
    private static final String WARM_UP_CPU_SECONDS = "4";
    private static final String COUNTED_CALLS_SECONDS = "0.5";
    private static final String NO_SECONDS = "0.000001";
    private static final String LOAD_CPU = "1";
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final int port;
    private final String bytes;
    private final String connections;

    private EchoServer(int port, String bytes, String connections) {
        this.port = port;
        this.bytes = bytes;
        this.connections = connections;
    }

    /**
     * Starts the server, measures, and prints the result.
     *
     * @param arguments see above
     * @throws Exception if the server or its load fails
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 4) {
            System.err.println("usage: EchoServer SERVER BYTES CONNECTIONS SECONDS");
            System.exit(2);
        }
        var server = new EchoServer(start(arguments[0]), arguments[1], arguments[2]);
        String figures = server.measure(arguments[3]);
        if (canCountCalls()) {
            figures += server.callsPerRequest();
        }
        System.out.println(figures);
    }

    /** Starts a server on 127.0.0.1, on a daemon thread, which ends with the process; answers its port. */
    private static int start(String name) throws IOException, InterruptedException {
        return switch (name) {
            case "selector" -> EchoSelector.start();
            case "netty-nio" -> EchoNetty.startNio();
            case "netty-epoll" -> EchoNetty.startEpoll();
            default -> throw new IllegalArgumentException("no such server: name=" + name);
        };
    }

    private String measure(String seconds) throws IOException, InterruptedException {
        Process load = load(List.of(), WARM_UP_CPU_SECONDS, seconds);
        try (BufferedReader lines = load.inputReader()) {
            await(lines, "begin");
            long allocatedBytes = THREADS.getTotalThreadAllocatedBytes();
            await(lines, "end");
            allocatedBytes = THREADS.getTotalThreadAllocatedBytes() - allocatedBytes;
            String figures = lines.readLine();
            end(load);
            return figures + String.format(Locale.ROOT, " bytes_per_request=%.2f",
                    allocatedBytes / figure(figures, "requests"));
        }
    }

    /** What the load asked in a run of its own, and what system calls the server made for it. */
    private record Calls(double requests, double calls) {
    }

    /** The calls of a run are also those that open and close the connections: a run of next to nothing tells which. */
    private String callsPerRequest() throws IOException, InterruptedException {
        Calls none = countCalls(NO_SECONDS);
        Calls some = countCalls(COUNTED_CALLS_SECONDS);
        return String.format(Locale.ROOT, " calls_per_request=%.3f",
                (some.calls - none.calls) / (some.requests - none.requests));
    }

    private Calls countCalls(String seconds) throws IOException, InterruptedException {
        Path report = Files.createTempFile("perf", ".csv");
        try {
            List<String> perf = countCallsBy(report, "-p", Long.toString(ProcessHandle.current().pid()));
            Process load = load(perf, "0", seconds);
            try (BufferedReader lines = load.inputReader()) {
                await(lines, "end");
                double requests = figure(lines.readLine(), "requests");
                end(load);
                return new Calls(requests, calls(Files.readString(report)));
            }
        } finally {
            Files.delete(report);
        }
    }

    /** Needs perf and tracefs, and root or a kernel that lets others trace. */
    private static boolean canCountCalls() throws InterruptedException {
        try {
            List<String> command = new ArrayList<>(countCallsBy(Path.of("/dev/null")));
            command.add("true");
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start().waitFor() == 0;
        } catch (IOException e) {
            System.out.println("no system calls counted: " + e.getMessage());
            return false;
        }
    }

    private static List<String> countCallsBy(Path report, String... whose) {
        List<String> command = new ArrayList<>(List.of("perf", "stat", "-x,", "-e", "raw_syscalls:sys_enter", "-o",
                report.toString()));
        command.addAll(List.of(whose));
        return command;
    }

    /** A count, then fields that say what it is. */
    static double calls(String report) throws IOException {
        return find(Pattern.compile("^(\\d+),.*raw_syscalls:sys_enter", Pattern.MULTILINE), report);
    }

    static double figure(String line, String key) throws IOException {
        return find(Pattern.compile("(?:^| )" + key + "=([\\d.]+)"), String.valueOf(line));
    }

    private static double find(Pattern pattern, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("not found: pattern=" + pattern + " text=" + text);
        }
        return Double.parseDouble(matcher.group(1));
    }

    /** The load inherits this process's processor, so it is told another. */
    private Process load(List<String> prefix, String warmUpSeconds, String seconds) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.addAll(List.of("taskset", "-c", LOAD_CPU, RawRing.target().resolve("c/echoload").toString(),
                Integer.toString(port), bytes, connections, warmUpSeconds, seconds,
                Long.toString(ProcessHandle.current().pid())));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private static void await(BufferedReader lines, String line) throws IOException {
        String read;
        do {
            read = lines.readLine();
            if (read == null) {
                throw new IOException("load failed before it said " + line);
            }
        } while (!read.equals(line));
    }

    private static void end(Process load) throws IOException, InterruptedException {
        if (load.waitFor() != 0) {
            throw new IOException("load failed: status=" + load.exitValue());
        }
    }
}
