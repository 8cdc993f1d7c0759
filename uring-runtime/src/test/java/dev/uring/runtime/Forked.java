package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs main classes of the tests in a JVM of their own, on the class path of this one. */
public final class Forked {
    private static final long LIMIT_SECONDS = 60;

    private Forked() {
    }

    /**
     * How it ended.
     *
     * @param status the exit status
     * @param output what it wrote to its two outputs
     */
    public record Outcome(int status, String output) {
    }

    /** Answers the command that runs a main class, of which {@code options} are for Java; on what this one runs on. */
    public static List<String> command(List<String> options, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-ea");
        command.add("-XX:TieredStopAtLevel=1");
        for (String inherited : List.of("uring.driver", "uring.mask")) {
            if (System.getProperty(inherited) != null) {
                command.add("-D" + inherited + "=" + System.getProperty(inherited));
            }
        }
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Runs a main class and waits until it ends, which is a failure after a minute. */
    public static Outcome run(List<String> options, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        return run(LIMIT_SECONDS, options, main, arguments);
    }

    /** Runs a main class that may take longer. */
    public static Outcome run(long limitSeconds, List<String> options, Class<?> main, String... arguments)
            throws IOException, InterruptedException {
        return run(limitSeconds, command(options, main, arguments));
    }

    /** As the other, for a command that ends in that of {@link #command}. */
    static Outcome run(List<String> command) throws IOException, InterruptedException {
        return run(LIMIT_SECONDS, command);
    }

    private static Outcome run(long limitSeconds, List<String> command) throws IOException, InterruptedException {
        Path log = Files.createTempFile("uring-forked", ".log");
        Process process = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(log.toFile()).start();
        boolean ended = process.waitFor(limitSeconds, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }
        String output = Files.readString(log);
        Files.delete(log);
        assertThat(ended).as("ended in time; output: %s", output).isTrue();
        return new Outcome(process.exitValue(), output);
    }
}
