package dev.uring.examples;

import static dev.uring.examples.Given.content;
import static dev.uring.examples.JarRun.JAR;
import static dev.uring.examples.JarRun.JDK;
import static dev.uring.examples.JarRun.LIMIT_SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.examples.JarRun.Outcome;
import dev.uring.ffi.Errno;
import dev.uring.runtime.SeccompLauncher;
import java.io.IOException;
import java.io.StringReader;
import java.net.Socket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The built jar, run as a user runs it. */
final class ExecutableJarIT {
    private static final String LAUNCHER = "dev.uring.examples.Launcher";
    private static final Path JDKS = Path.of("/usr/lib/jvm");

    @TempDir
    private Path directory;

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
        Outcome outcome = run(JDK, "--help");
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out()).contains("Usage: uring").contains("Commands:");
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void version_is_that_of_the_build() throws Exception {
        Outcome outcome = run(JDK, "--version");
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out()).matches("uring \\d+\\.\\d+\\.\\d+\\S*\\R");
    }

    @Test
    void unknown_command_is_one_line_and_status_2() throws Exception {
        Outcome outcome = run(JDK, "nonsense");
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

    @Test
    void probe_tells_driver_tasks_capabilities_and_opcodes_within_100_columns() throws Exception {
        Outcome outcome = run(JDK, "probe");
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out().lines()).allMatch(line -> line.length() <= 100)
                .anyMatch(line -> line.matches("host +Linux \\S+, .*"))
                .anyMatch(line -> line.matches("java +" + Runtime.version().feature() + "\\b.*"))
                .anyMatch(line -> line.startsWith("driver "))
                .contains("tasks     carried by the workers")
                .anyMatch(line -> line.startsWith("io_uring "))
                .anyMatch(line -> line.startsWith("limits    nofile "))
                .anyMatch(line -> line.startsWith("next      "));
        assumeRing();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.out().lines()).contains("driver    io_uring")
                .anyMatch(line -> line.matches("TIMED_WAIT +5\\.11 +(yes|no) .*"))
                .anyMatch(line -> line.matches(" 0  NOP +5\\.1 +yes .*"))
                .anyMatch(line -> line.matches(".* 64  URING_CMD128 +6\\.19 +(yes|no)"));
    }

    @Test
    void probe_without_add_opens_names_the_flag_that_helps() throws Exception {
        Outcome outcome = start(JDK, "--enable-native-access=ALL-UNNAMED", "-cp", JAR.toString(), LAUNCHER, "probe");
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out().replaceAll("\\s+", " ")).contains("tasks on the JDK's scheduler")
                .contains("add --add-opens java.base/java.lang=ALL-UNNAMED");
    }

    @Test
    void probe_of_a_host_that_forbids_io_uring_tells_why_and_what_to_do() throws Exception {
        Outcome outcome = runForbidden(List.of(), "probe");
        assertThat(outcome.status()).as(outcome.err()).isZero();
        assertThat(outcome.out().lines()).allMatch(line -> line.length() <= 100)
                .anyMatch(line -> line.matches("driver    epoll"))
                .anyMatch(line -> line.matches("io_uring  refused: .*"))
                .anyMatch(line -> line.matches("epoll     available: .*"))
                .anyMatch(line -> line.matches("nio       refused: on Linux.*"))
                .anyMatch(line -> line.matches(" +remedy: .*"))
                .anyMatch(line -> line.matches("opcodes   none: .*"));
        assertThat(outcome.out()).contains("EPERM", "next      run the container with a seccomp profile that allows")
                .doesNotContain("TIMED_WAIT");
    }

    @Test
    void probe_tells_what_is_missing_and_what_is_done_instead() throws Exception {
        assumeRing();
        Outcome outcome = start(JDK, "-During.mask=PIPE,FTRUNCATE", "-jar", JAR.toString(), "probe");
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out().lines()).allMatch(line -> line.length() <= 100)
                .anyMatch(line -> line.matches("FTRUNCATE +6\\.9 +the system call, on the blocking pool"))
                .contains("next      without -During.mask the kernel is used as it is");
    }

    @Test
    void read_writes_the_very_bytes_of_a_file() throws Exception {
        assumeRing();
        byte[] content = content(3_000_001);
        Path file = Files.write(directory.resolve("data.bin"), content);
        Outcome outcome = run(JDK, "read", file.toString());
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.status()).isZero();
        assertThat(outcome.bytes()).isEqualTo(content);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "131071,262150", "299999,2", "200000,9223372036854775807",
        "9223372036854775807,9223372036854775807"})
    void read_writes_the_range_asked_for_as_far_as_the_file_goes(long offset, long length) throws Exception {
        assumeRing();
        byte[] content = content(300_000);
        Path file = Files.write(directory.resolve("data.bin"), content);
        Outcome outcome = run(JDK, "read", file.toString(), Long.toString(offset), Long.toString(length));
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.status()).isZero();
        int from = (int) Math.min(offset, content.length);
        int to = from + (int) Math.min(length, content.length - from);
        assertThat(outcome.bytes()).isEqualTo(Arrays.copyOfRange(content, from, to));
    }

    @Test
    void read_of_a_missing_file_is_one_line_and_status_1() throws Exception {
        assumeRing();
        Path file = directory.resolve("nowhere");
        Outcome outcome = run(JDK, "read", file.toString());
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err().lines()).hasSize(1).first().asString()
                .startsWith("uring: ").contains(file.toString()).contains("ENOENT");
    }

    @Test
    void demo_reads_writes_compares_and_tells_what_it_cost() throws Exception {
        assumeRing();
        Path file = Files.writeString(directory.resolve("hello.txt"), "hello");
        Outcome outcome = start(JDK, "-Djava.io.tmpdir=" + directory, "-jar", JAR.toString(), "demo", file.toString());
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out()).contains("driver    io_uring", "tasks     carried by the workers",
                file + ": 5 bytes", "during: IN_FLIGHT, buffer is in flight and cannot be touched: operation=read",
                "after: OWNED, the same buffer: true");
        for (String pass : List.of("write", "read")) {
            assertThat(outcome.out()).containsPattern("\n" + pass + " +[\\d,]+ operations/s, \\d+ bytes "
                    + "allocated/operation, \\d+\\.\\d+\\s+calls\\s+of\\s+the\\s+driver/operation");
        }
        assertThat(outcome.out().lines().toList().getLast()).matches("demo ok: +64 MiB .*");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left.map(Path::getFileName).map(Path::toString)).noneMatch(name -> name.contains("uring-demo"));
        }
    }

    @Test
    void demo_on_the_jdks_scheduler_comes_to_the_same_end() throws Exception {
        assumeRing();
        Outcome outcome = start(JDK, "-During.carriers=off", "-jar", JAR.toString(), "demo");
        assertThat(outcome.status()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("tasks     on the JDK's scheduler").contains("\ndemo ok: ");
    }

    @Test
    void demo_on_a_host_that_forbids_io_uring_runs_on_epoll_and_says_why() throws Exception {
        Outcome outcome = runForbidden(List.of(), "demo");
        assertThat(outcome.status()).as(outcome.err()).isZero();
        assertThat(outcome.out()).contains("driver    epoll, the best that is not refused", "EPERM", "remedy: ",
                "\ndemo ok: ");
    }

    @Test
    void demo_without_the_driver_asked_for_is_one_line_with_the_remedy_and_status_1() throws Exception {
        Outcome outcome = runForbidden(List.of("-During.driver=io_uring"), "demo");
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err().lines()).hasSize(1).first().asString()
                .startsWith("uring: no driver is available").contains("EPERM").contains("remedy: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "nio"})
    void nc_gets_back_from_echo_what_it_sent_and_echo_stops_clean_on_sigint(String driver) throws Exception {
        Given.driver(driver);
        Path echoErr = directory.resolve("echo-err");
        Process echo = new ProcessBuilder(JDK.resolve("bin/java").toString(), "-During.driver=" + driver, "-jar",
                JAR.toString(), "echo", "0").redirectError(echoErr.toFile()).start();
        try (var said = echo.inputReader()) {
            String line = said.readLine();
            assertThat(line).as(Files.readString(echoErr)).matches("listening on 127\\.0\\.0\\.1:\\d+ with " + driver);
            String port = line.replaceAll(".*:(\\d+) .*", "$1");
            byte[] content = content(1_000_001);
            Path input = Files.write(directory.resolve("input"), content);
            Outcome outcome = start(JDK, input, "-During.driver=" + driver, "-jar", JAR.toString(), "nc", "localhost",
                    port);
            assertThat(outcome.err()).isEmpty();
            assertThat(outcome.status()).isZero();
            assertThat(outcome.bytes()).isEqualTo(content);

            try (var idle = new Socket("127.0.0.1", Integer.parseInt(port))) { // one more, in use at the end
                assertThat(JarRun.interrupt(echo)).isZero();
                assertThat(echo.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as("echo ends").isTrue();
                assertThat(idle.getInputStream().read()).as("end of the connection").isEqualTo(-1);
            }
            assertThat(Files.readString(echoErr)).isEmpty();
            assertThat(said.readLine()).isEqualTo("stopped");
            assertThat(said.readLine()).isNull();

            Outcome refused = run(JDK, "nc", "127.0.0.1", port);
            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.err().lines()).hasSize(1).first().asString()
                    .startsWith("uring: connect failed: address=/127.0.0.1:" + port).contains("ECONNREFUSED");
        } finally {
            echo.destroyForcibly();
        }
    }

    private static void assumeRing() {
        Given.driver("io_uring");
    }

    /** Runs the jar where io_uring is forbidden as Docker's default profile does it. */
    private Outcome runForbidden(List<String> options, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(JDK.resolve("bin/java").toString()));
        command.addAll(options);
        command.addAll(List.of("-jar", JAR.toString()));
        command.addAll(List.of(arguments));
        List<String> line = new ArrayList<>(List.of("--enable-native-access=ALL-UNNAMED",
                "-cp", System.getProperty("java.class.path"), SeccompLauncher.class.getName()));
        line.addAll(List.of(SeccompLauncher.arguments(Errno.EPERM, SeccompLauncher.Call.IO_URING, command)));
        return start(JDK, line.toArray(String[]::new));
    }

    private Outcome run(Path jdk, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("-jar", JAR.toString()));
        line.addAll(List.of(arguments));
        return start(jdk, line.toArray(String[]::new));
    }

    private Outcome start(Path jdk, String... arguments) throws IOException, InterruptedException {
        return start(jdk, Path.of("/dev/null"), arguments);
    }

    private Outcome start(Path jdk, Path input, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(jdk.resolve("bin/java").toString()));
        line.addAll(List.of(arguments));
        return JarRun.start(directory, input, line);
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
