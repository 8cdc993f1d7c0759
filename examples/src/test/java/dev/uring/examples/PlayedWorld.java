package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.uring.runtime.SeccompLauncher;
import dev.uring.runtime.SeccompLauncher.Denial;
import dev.uring.suite.SuiteMain;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The tests of all modules once more, in a virtual machine that believes to be elsewhere. What became of them is in the
 * table of all worlds.
 *
 * @param name of the world, in the table
 * @param denied system calls that are refused to the machine
 * @param flags for Java
 */
record PlayedWorld(String name, List<Denial> denied, List<String> flags) {
    static final boolean FULL = Boolean.getBoolean("uring.test.full");
    private static final long LIMIT_MINUTES = FULL ? 30 : 10; // ten times what a machine of its own needs

    /** How it ended, and all that was written. */
    record Outcome(int status, String output) {
        /** Fails unless tests ran and all of them passed. */
        Outcome assertPassed() {
            String end = output.lines().filter(line -> line.startsWith("FAILED ") || line.startsWith("failed: ")
                    || line.startsWith("SUITE ")).collect(Collectors.joining("\n"));
            assertThat(status).as(end.isEmpty() ? output : end).isZero();
            assertThat(end).contains(" failed=0");
            return this;
        }
    }

    /** Runs the tests of which the pattern matches the class's whole name. */
    Outcome run(Path directory, String classes) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(JarRun.JDK.resolve("bin/java").toString(), "-ea",
                "--illegal-native-access=deny", "--add-opens=java.base/java.lang=ALL-UNNAMED", "-During.strict=true",
                "-During.test.full=" + FULL, "-During.suite.world=" + name,
                "-During.suite.dir=" + Path.of("target", "suite").toAbsolutePath(), "-Djava.io.tmpdir=" + directory));
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SuiteMain.class.getName(), "--scan",
                testClasses(), "--classes", classes));
        return run(directory, denied.isEmpty() ? command : underFilter(command));
    }

    private List<String> underFilter(List<String> command) {
        List<String> all = new ArrayList<>(List.of(JarRun.JDK.resolve("bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                SeccompLauncher.class.getName()));
        all.addAll(List.of(SeccompLauncher.arguments(denied, command)));
        return all;
    }

    private static Outcome run(Path directory, List<String> command) throws IOException, InterruptedException {
        Path log = directory.resolve("log");
        Process process = JarRun.builder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try {
            boolean ended = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
            String output = Files.readString(log);
            assertThat(ended).as("ends in time: " + output).isTrue();
            if (process.exitValue() == SeccompLauncher.NOT_INSTALLED) {
                abort(output);
            }
            return new Outcome(process.exitValue(), output);
        } finally {
            process.destroyForcibly();
        }
    }

    /** The test jars of the other modules, and the tests of this one. */
    private static String testClasses() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith("-tests.jar") || entry.endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }
}
