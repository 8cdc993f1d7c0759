package dev.uring.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How much memory does a server need for a connection that says nothing: starts a server of {@link EchoServer}, lets
 * {@code echoidle} open connections to it, of which each has had one message sent back, and prints by how much that
 * has made the process larger.
 *
 * <pre>
 *   IdleServer SERVER CONNECTIONS BYTES
 * </pre>
 *
 * <p>A hundred connections come, send for a while and go before the first look, so that code that is compiled and
 * what else is made once is not counted, but for rings of buffers that are filled as they are used. Both looks are
 * taken after a collection. Heap is what then lives; what the
 * process has of memory besides, of which the heap must not be a part, is why this has to run with
 * {@code -XX:+AlwaysPreTouch} and a heap of one size. What the kernel keeps for a socket is in neither.
 */
public final class IdleServer {
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final String WARM_UP_CONNECTIONS = "100";
    /** CPU time of the server, and seconds of the clock after it. */
    private static final String WARM_UP_CPU_SECONDS = "4";
    private static final String WARM_UP_SECONDS = "0.1";
    private static final int COLLECTIONS = 3;
    private static final long SETTLE_MILLIS = 500;

    private final EchoServer.Running server;
    private final String bytes;

    /** What the process has, in bytes. */
    private record Sample(long heap, long resident) {
    }

    private IdleServer(EchoServer.Running server, String bytes) {
        this.server = server;
        this.bytes = bytes;
    }

    /**
     * Starts the server, measures, and prints the result.
     *
     * @param arguments see above
     * @throws Exception if the server or its load fails
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 3) {
            System.err.println("usage: IdleServer SERVER CONNECTIONS BYTES");
            System.exit(2);
        }
        var idle = new IdleServer(EchoServer.start(arguments[0]), arguments[2]);
        idle.warmUp();
        idle.sample(); // loads what the next one needs
        Sample before = idle.sample();
        Sample after = idle.with(arguments[1]);
        double connections = Double.parseDouble(arguments[1]);
        double heap = (after.heap - before.heap) / connections;
        double other = (after.resident - before.resident) / connections;
        System.out.printf(Locale.ROOT, "bytes_per_connection=%.0f %sother_bytes_per_connection=%.0f%n", heap + other,
                idle.server.isOwnProcess() ? String.format(Locale.ROOT, "heap_bytes_per_connection=%.0f ", heap) : "",
                other);
        System.out.flush();
        Runtime.getRuntime().halt(0); // the server goes on for ever
    }

    private void warmUp() throws IOException, InterruptedException {
        Process load = new ProcessBuilder("taskset", "-c", ServerProcess.LOAD_CPU,
                RawRing.target().resolve("c/echoload").toString(), Integer.toString(server.port()), bytes,
                WARM_UP_CONNECTIONS, WARM_UP_CPU_SECONDS, WARM_UP_SECONDS, Long.toString(server.pid()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (load.waitFor() != 0) {
            throw new IOException("load failed: status=" + load.exitValue());
        }
    }

    /** Opens connections, takes a sample, and closes them. */
    private Sample with(String connections) throws IOException, InterruptedException {
        Process load = new ProcessBuilder("taskset", "-c", ServerProcess.LOAD_CPU,
                RawRing.target().resolve("c/echoidle").toString(), Integer.toString(server.port()), connections, bytes)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = load.inputReader()) {
            if (!"open".equals(lines.readLine())) {
                throw new IOException("load failed: status=" + load.waitFor());
            }
            return sample();
        } finally {
            load.getOutputStream().close(); // ends it
            load.waitFor();
        }
    }

    private Sample sample() throws IOException, InterruptedException {
        for (int i = 0; i < COLLECTIONS; i++) {
            Thread.sleep(SETTLE_MILLIS); // for what is released by threads of the JDK's, after a collection
            System.gc();
        }
        String status = Files.readString(Path.of("/proc", Long.toString(server.pid()), "status"));
        return new Sample(server.isOwnProcess() ? ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() : 0,
                Long.parseLong(Tool.find(RESIDENT, status)) * 1024);
    }
}
