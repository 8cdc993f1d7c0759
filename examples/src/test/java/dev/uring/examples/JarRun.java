package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The built jar as a process of its own. */
final class JarRun {
    static final Path JAR = Path.of(System.getProperty("uring.examples.jar"));
    static final Path JDK = Path.of(System.getProperty("java.home"));
    static final Path NO_INPUT = Path.of("/dev/null");
    static final long LIMIT_SECONDS = 60;

    private JarRun() {
    }

    /** How a process ended, and what it wrote. */
    record Outcome(int status, byte[] bytes, String err) {
        String out() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** Answers the command line that runs a command with a driver. */
    static List<String> line(String driver, String... arguments) {
        List<String> line = new ArrayList<>(List.of(JDK.resolve("bin/java").toString(), "-During.driver=" + driver,
                "-jar", JAR.toString()));
        line.addAll(List.of(arguments));
        return line;
    }

    /** Runs a command line to its end; its output goes to two files of the directory. */
    static Outcome start(Path directory, Path input, List<String> line) throws IOException, InterruptedException {
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        Process process = builder(line).redirectInput(input.toFile()).redirectOutput(out.toFile())
                .redirectError(err.toFile()).start();
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("ends in time: " + line).isTrue();
            return new Outcome(process.exitValue(), Files.readAllBytes(out), Files.readString(err));
        } finally {
            process.destroyForcibly();
        }
    }

    static ProcessBuilder builder(List<String> line) {
        ProcessBuilder builder = new ProcessBuilder(line);
        builder.environment().remove("JDK_JAVA_OPTIONS"); // either makes java announce itself on standard error
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        return builder;
    }

    /** Asks a process to end, as Ctrl-C does; answers kill's exit status. */
    static int interrupt(Process process) throws IOException, InterruptedException {
        return new ProcessBuilder("kill", ignoresInterrupt() ? "-TERM" : "-INT", Long.toString(process.pid())).start()
                .waitFor();
    }

    /** Answers the exit status of a process that was asked so. */
    static int interruptedStatus() throws IOException {
        int signal = ignoresInterrupt() ? 15 : 2;
        return 128 + signal;
    }

    /** What a shell starts in the background ignores SIGINT, and so do its children; SIGTERM takes the same way. */
    private static boolean ignoresInterrupt() throws IOException {
        String ignored = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:")).findFirst().orElseThrow();
        int sigint = 2;
        long signals = Long.parseUnsignedLong(ignored.substring(ignored.indexOf('\t') + 1).strip(), 16);
        return (signals >> sigint - 1 & 1) != 0;
    }
}
