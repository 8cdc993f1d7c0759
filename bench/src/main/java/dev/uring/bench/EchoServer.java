package dev.uring.bench;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
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
 * <p>SERVER is {@code selector} ({@link EchoSelector}), {@code netty-nio}, {@code netty-epoll} or
 * {@code netty-io_uring} ({@link EchoNetty}), {@code jdk} ({@link EchoJdk}), {@code c} ({@link EchoC}, of which no
 * allocation is told), {@code uring} or {@code uring-callback} ({@link EchoUring}).
 *
 * <p>First runs of the load warm the server up, with the connections asked for and then with thousands that come and go: the
 * stack of a virtual thread that began before its first methods were compiled keeps interpreted frames at its bottom, and is
 * resumed by a slower way for as long as it lives. In the long life of a server that is true of few. The next run tells
 * everything but system calls, on connections of its own; a last, short one counts calls, which costs time of its own and
 * takes root.
 *
 * <p>Estimate for 64 B: a receive and a send are 4 to 6 us, most of it the way through TCP to the other side and the
 * wake-up of the peer. What a server adds to these, and how many of them share a call to wait, is the difference.
 */
public final class EchoServer {
    /** CPU time of this process before anything counts: on a busy machine the clock says little of warmth. */
    private static final String WARM_UP_CPU_SECONDS = "5";
    /** The same of a server that was compiled before it began. */
    private static final String WARM_UP_CPU_SECONDS_COMPILED = "0.5";
    /** So many connections come and go until what a connection begins and ends with is compiled, too: 6000 in all. */
    private static final int CROWDS = 12;
    private static final String CROWD_CONNECTIONS = "500";
    private static final String CROWD_SECONDS = "0.05";
    /** The warm-up of the connections that count. */
    private static final String SETTLE_CPU_SECONDS = "1";
    private static final String COUNTED_SECONDS = "0.5";
    private static final String CALLS = "calls_per_request=";
    private static final String LOAD_CPU = "1";
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Running running;
    private final String bytes;
    private final String connections;

    /**
     * A server.
     *
     * @param port where it listens, on 127.0.0.1
     * @param pid  of the process that it runs in
     */
    record Running(int port, long pid) {
        boolean isOwnProcess() {
            return pid == ProcessHandle.current().pid();
        }
    }

    private EchoServer(Running running, String bytes, String connections) {
        this.running = running;
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
        String warmUp = server.running.isOwnProcess() ? WARM_UP_CPU_SECONDS : WARM_UP_CPU_SECONDS_COMPILED;
        String connections = server.connections;
        server.ask(connections, warmUp, COUNTED_SECONDS);
        for (int i = 0; i < CROWDS; i++) {
            server.ask(CROWD_CONNECTIONS, CROWD_SECONDS, CROWD_SECONDS);
        }
        String figures = server.ask(connections, SETTLE_CPU_SECONDS, arguments[3]);
        String counted = server.ask(connections, COUNTED_SECONDS, COUNTED_SECONDS, "calls");
        System.out.println(figures + (counted.contains(CALLS) ? " " + CALLS + figure(counted, CALLS) : ""));
    }

    /** Starts a server on 127.0.0.1, on daemon threads or in a process that ends with this one. */
    static Running start(String name) throws Exception {
        return name.equals("c") ? EchoC.start() : new Running(startHere(name), ProcessHandle.current().pid());
    }

    private static int startHere(String name) throws Exception {
        return switch (name) {
            case "selector" -> EchoSelector.start();
            case "netty-nio" -> EchoNetty.start(NettyTransport.NIO);
            case "netty-epoll" -> EchoNetty.start(NettyTransport.EPOLL);
            case "netty-io_uring" -> EchoNetty.start(NettyTransport.IO_URING);
            case "jdk" -> EchoJdk.start();
            case "uring" -> EchoUring.startTasks();
            case "uring-callback" -> EchoUring.startCallbacks();
            default -> throw new IllegalArgumentException("no such server: name=" + name);
        };
    }

    /** Lets the load ask, and answers its figures and our own. */
    private String ask(String connections, String warmUpCpuSeconds, String seconds, String... more)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("taskset", "-c", LOAD_CPU,
                RawRing.target().resolve("c/echoload").toString(), Integer.toString(running.port), bytes, connections,
                warmUpCpuSeconds, seconds, Long.toString(running.pid)));
        command.addAll(List.of(more));
        Process load = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader lines = load.inputReader()) {
            await(lines, "begin");
            long allocatedBytes = THREADS.getTotalThreadAllocatedBytes();
            await(lines, "end");
            allocatedBytes = THREADS.getTotalThreadAllocatedBytes() - allocatedBytes;
            String figures = lines.readLine();
            if (load.waitFor() != 0) {
                throw new IOException("load failed: status=" + load.exitValue());
            }
            return running.isOwnProcess()
                    ? String.format(Locale.ROOT, "%s bytes_per_request=%.2f", figures,
                            allocatedBytes / figure(figures, "requests="))
                    : figures;
        }
    }

    /** Answers the number that follows a key and its equals sign. */
    static double figure(String line, String key) throws IOException {
        Matcher matcher = Pattern.compile("(?<!\\S)" + key + "([\\d.]+)").matcher(line);
        if (!matcher.find()) {
            throw new IOException("load told no " + key + " line=" + line);
        }
        return Double.parseDouble(matcher.group(1));
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
}
