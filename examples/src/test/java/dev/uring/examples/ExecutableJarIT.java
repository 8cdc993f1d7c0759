package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built jar, run as a user runs it. */
final class ExecutableJarIT {
    private static final Path JAR = Path.of(System.getProperty("uring.examples.jar"));
    private static final Path JDKS = Path.of("/usr/lib/jvm");
    private static final long LIMIT_SECONDS = 60;

    @TempDir
    private Path directory;

    private record Outcome(int status, String out, String err) {
    }

    @Test
    void manifest_names_the_launcher_and_opens_what_carrier_mode_needs() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            Attributes attributes = jar.getManifest().getMainAttributes();
            assertThat(attributes.getValue("Main-Class")).isEqualTo("dev.uring.examples.Launcher");
            assertThat(attributes.getValue("Add-Opens")).isEqualTo("java.base/java.lang");
            assertThat(attributes.getValue("Enable-Native-Access")).isEqualTo("ALL-UNNAMED");
            assertThat(jar.stream().map(entry -> entry.getName()))
                    .doesNotHaveDuplicates()
                    .noneMatch(name -> name.endsWith("module-info.class") || name.endsWith(".SF"));
        }
    }

    @Test
    void launcher_is_compiled_for_java_8() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile());
                var content = jar.getInputStream(jar.getEntry("dev/uring/examples/Launcher.class"))) {
            byte[] header = content.readNBytes(8);
            assertThat(header[7]).as("major version of the class file").isEqualTo((byte) 52);
        }
    }

    @Test
    void help_lists_the_sub_commands() throws Exception {
        Outcome outcome = run(Path.of(System.getProperty("java.home")), "--help");
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out()).contains("Usage: uring").contains("Commands:");
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void version_is_that_of_the_build() throws Exception {
        Outcome outcome = run(Path.of(System.getProperty("java.home")), "--version");
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out()).matches("uring \\d+\\.\\d+\\.\\d+\\S*\\R");
    }

    @Test
    void unknown_command_is_one_line_and_status_2() throws Exception {
        Outcome outcome = run(Path.of(System.getProperty("java.home")), "nonsense");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err().lines()).hasSize(1).first().asString()
                .startsWith("uring: ").contains("nonsense").contains("--help");
    }

    @Test
    void older_java_is_told_in_one_line_what_it_lacks() throws Exception {
        List<Path> olderJdks = olderJdks();
        assumeTrue(!olderJdks.isEmpty(), "no JDK older than 25 under " + JDKS);
        for (Path jdk : olderJdks) {
            Outcome outcome = run(jdk, "--help");
            assertThat(outcome.status()).as(jdk.toString()).isEqualTo(1);
            assertThat(outcome.out()).isEmpty();
            assertThat(outcome.err().lines()).hasSize(1).first().asString()
                    .startsWith("uring: this is Java " + version(jdk)).contains("Java 25").contains("install");
        }
    }

    private Outcome run(Path jdk, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(jdk.resolve("bin/java").toString(), "-jar", JAR.toString()));
        line.addAll(List.of(arguments));
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(line).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().remove("JDK_JAVA_OPTIONS"); // either makes java announce itself on standard error
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("ends in time: " + line).isTrue();
            return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
        } finally {
            process.destroyForcibly();
        }
    }

    private static List<Path> olderJdks() throws IOException {
        List<Path> older = new ArrayList<>();
        if (Files.isDirectory(JDKS)) {
            try (DirectoryStream<Path> candidates = Files.newDirectoryStream(JDKS)) {
                for (Path candidate : candidates) {
                    boolean usable = !Files.isSymbolicLink(candidate) && Files.exists(candidate.resolve("release"))
                            && Files.isExecutable(candidate.resolve("bin/java"));
                    if (usable && version(candidate) < 25) {
                        older.add(candidate);
                    }
                }
            }
        }
        return older;
    }

    private static int version(Path jdk) throws IOException {
        Properties release = new Properties();
        release.load(new StringReader(Files.readString(jdk.resolve("release"))));
        String version = release.getProperty("JAVA_VERSION").replace("\"", "");
        return Integer.parseInt(version.replaceFirst("^1\\.", "").replaceFirst("\\D.*", ""));
    }
}
