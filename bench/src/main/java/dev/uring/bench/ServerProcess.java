package dev.uring.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A server that is measured, or a peer that it needs: a process of its own on one processor, with those that it
 * starts. What it prints goes to a file in the target directory.
 */
final class ServerProcess implements AutoCloseable {
    /** The processor of what is measured. */
    static final String SERVER_CPU = "0";
    /** The processor of what asks it, and of what it asks. */
    static final String LOAD_CPU = "1";
    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final long LOOK_MILLIS = 20;
    private static final List<String> LISTENERS = List.of("/proc/net/tcp", "/proc/net/tcp6");
    private static final String LISTEN = "0A";
    private static final long TICK_NANOS = 10_000_000;
    /** Of the fields behind the program's name, which may hold blanks and ends with a bracket: utime, stime, and theirs. */
    private static final int USER = 11;
    private static final int CHILDREN_KERNEL = 14;

    private final Process process;
    private final Path log;

    private ServerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a server and waits until it takes connections.
     *
     * @param name    for its log
     * @param cpu     the processor that it gets
     * @param command what to run
     * @param port    of 127.0.0.1, where it will listen
     * @throws IOException if it ends instead, or does not listen in time; the message has what it printed
     */
    static ServerProcess start(String name, String cpu, List<String> command, int port)
            throws IOException, InterruptedException {
        Path log = directory(name).resolve("log");
        List<String> pinned = new ArrayList<>(pin(cpu));
        pinned.addAll(command);
        Process process = new ProcessBuilder(pinned)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        var server = new ServerProcess(process, log);
        Runtime.getRuntime().addShutdownHook(new Thread(server::destroy));
        try {
            server.awaitListening(name, port);
        } catch (IOException | InterruptedException e) {
            server.close();
            throw e;
        }
        return server;
    }

    /** Answers what comes before a command for it to run on one processor. */
    static List<String> pin(String cpu) {
        return List.of("taskset", "-c", cpu);
    }

    /** Makes a directory below the target directory, for files of one peer. */
    static Path directory(String name) throws IOException {
        return Files.createDirectories(RawRing.target().resolve("peers").resolve(name));
    }

    /** Answers a port of 127.0.0.1 that nobody has at the moment. */
    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitListening(String name, int port) throws IOException, InterruptedException {
        long limit = System.nanoTime() + START_LIMIT.toNanos();
        while (!isListening(port)) {
            if (!process.isAlive() || System.nanoTime() > limit) {
                throw new IOException("server does not listen: name=" + name + " port=" + port + " alive="
                        + process.isAlive() + " output=" + Files.readString(log));
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** Asks the kernel instead of the server: iperf3 would take a connection for a test, and be busy with it. */
    private static boolean isListening(int port) throws IOException {
        for (String table : LISTENERS) {
            if (isListening(Files.readString(Path.of(table)), port)) {
                return true;
            }
        }
        return false;
    }

    /** Tells whether one of the sockets listens on the port: the second field ends with it, the fourth is the state. */
    static boolean isListening(String table, int port) {
        String local = String.format(Locale.ROOT, ":%04X", port);
        return table.lines()
                .map(line -> line.strip().split("\\s+"))
                .anyMatch(fields -> fields[1].endsWith(local) && fields[3].equals(LISTEN));
    }

    /** Answers its process number and those of all that descend from it. */
    List<Long> pids() {
        return Stream.concat(Stream.of(process.pid()), process.descendants().map(ProcessHandle::pid)).toList();
    }

    /** Answers the CPU time of all these so far, user and kernel, with those that have ended; in steps of 10 ms. */
    long cpuNanos() throws IOException {
        long nanos = 0;
        for (long pid : pids()) {
            try {
                nanos += cpuNanos(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
            } catch (NoSuchFileException e) {
                continue; // it has just ended, and counts as one of its parent's
            }
        }
        return nanos;
    }

    /** Answers the sum of a process's own times and those of the children that it has waited for. */
    static long cpuNanos(String stat) {
        return Stream.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "))
                .limit(CHILDREN_KERNEL + 1)
                .skip(USER)
                .collect(Collectors.summingLong(Long::parseLong)) * TICK_NANOS;
    }

    private void destroy() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    @Override
    public void close() {
        destroy();
        process.onExit().join();
    }
}
