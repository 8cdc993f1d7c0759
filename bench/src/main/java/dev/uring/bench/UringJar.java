package dev.uring.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The examples of this project as peers of other programs: {@code uring.jar} of a whole build. */
final class UringJar {
    private static final Path JAR = RawRing.target().resolveSibling("../examples/target/uring.jar").normalize();
    private static final String HEAP = "256m";

    private UringJar() {
    }

    /** Answers why a command of it cannot be run here, or null if it can. */
    static String missing(String command) throws IOException, InterruptedException {
        if (!Files.exists(JAR)) {
            return "not built: jar=" + JAR + " (mvn -q -B -DskipTests verify -pl examples -am)";
        }
        Process help = new ProcessBuilder(command("--help")).redirectErrorStream(true).start();
        String text = new String(help.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        help.waitFor();
        return text.lines().anyMatch(line -> line.strip().startsWith(command + " ")) ? null
                : "no such command: jar=" + JAR + " command=" + command;
    }

    /** Answers the command line, with a fixed heap and the serial collector. */
    static List<String> command(String... operands) {
        List<String> line = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms" + HEAP, "-Xmx" + HEAP, "-XX:+UseSerialGC", "-jar", JAR.toString()));
        line.addAll(List.of(operands));
        return line;
    }
}
