package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.examples.JarRun.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Programs that others wrote, and servers of the jar's that they talk to; all end with the test. */
final class Peer implements AutoCloseable {
    private static final long POLL_MILLIS = 5;

    private final Path directory;
    private final String driver;
    private final List<Process> processes = new ArrayList<>();
    private int runs;

    /** Begins with none; what they write goes into the directory. */
    Peer(Path directory, String driver) {
        this.directory = directory;
        this.driver = driver;
    }

    /** Skips the test where a program is not installed. */
    static void require(String... programs) {
        for (String program : programs) {
            boolean isThere = Stream.of(System.getenv("PATH").split(":"))
                    .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
            assumeTrue(isThere, program + " is not installed: .ci/run installs it where apt-get can");
        }
    }

    /** Starts a server of the jar's; answers where it listens, as its first line tells. */
    Served serve(String... arguments) throws IOException {
        Path err = directory.resolve("server-err-" + processes.size());
        Process process = JarRun.builder(JarRun.line(driver, arguments)).redirectError(err.toFile()).start();
        processes.add(process);
        BufferedReader out = process.inputReader();
        String line = out.readLine();
        assertThat(line).as(() -> read(err)).isNotNull();
        return new Served(process, out, err, line);
    }

    /** A server that runs. */
    record Served(Process process, BufferedReader out, Path err, String line) {
        int port() {
            return Integer.parseInt(line.replaceAll(".*?127\\.0\\.0\\.1:(\\d+).*", "$1"));
        }

        /** Asks it to end, and answers its last line. */
        String stop() throws IOException, InterruptedException {
            assertThat(JarRun.interrupt(process)).isZero();
            assertThat(process.waitFor(JarRun.LIMIT_SECONDS, TimeUnit.SECONDS)).as("ends").isTrue();
            assertThat(process.exitValue()).isEqualTo(JarRun.interruptedStatus());
            return out.readLine();
        }

        String told() {
            return read(err);
        }
    }

    /** Starts a program that goes on. */
    Process start(String... line) throws IOException {
        Path out = directory.resolve("peer-" + processes.size());
        Process process = new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(out.toFile()).start();
        processes.add(process);
        return process;
    }

    /** Runs a program to its end, which it must come to well. */
    Outcome run(String... line) throws IOException, InterruptedException {
        return run(JarRun.NO_INPUT, line);
    }

    Outcome run(Path input, String... line) throws IOException, InterruptedException {
        Path own = Files.createDirectory(directory.resolve("run-" + runs++));
        Outcome outcome = JarRun.start(own, input, List.of(line));
        assertThat(outcome.status()).as(() -> String.join(" ", line) + ": " + outcome.out() + outcome.err()).isZero();
        return outcome;
    }

    /** Runs a command of the jar's to its end. */
    Outcome jar(Path input, String... arguments) throws IOException, InterruptedException {
        return run(input, JarRun.line(driver, arguments).toArray(String[]::new));
    }

    /** Answers a port that nobody has, which may be somebody's a moment later. */
    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Waits until somebody takes connections there. */
    static void awaitPort(Process process, int port) throws InterruptedException {
        while (true) {
            assertThat(process.isAlive()).as("runs").isTrue();
            try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException e) {
                Thread.sleep(POLL_MILLIS);
            }
        }
    }

    static void awaitFile(Process process, Path file) throws InterruptedException {
        while (!Files.exists(file)) {
            assertThat(process.isAlive()).as("runs").isTrue();
            Thread.sleep(POLL_MILLIS);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly();
            process.waitFor();
        }
    }
}
