package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.examples.JarRun.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands on files, run as a user runs them: what needs a process of its own. */
@ParameterizedClass
@ValueSource(strings = {"io_uring", "epoll", "nio"})
final class FileCommandsIT {
    private static final long MIB = 1 << 20;

    @Parameter
    private String driver;

    @TempDir
    private Path directory;

    /** Where the commands write, and nothing else does. */
    private Path work;

    @BeforeEach
    void setUp() throws IOException {
        Given.driver(driver);
        work = Files.createDirectory(directory.resolve("work"));
    }

    @Test
    void cp_copies_a_sparse_file() throws Exception {
        Path source = sparse(64 * MIB);
        Outcome outcome = run(JarRun.NO_INPUT, "cp", "--no-progress", source.toString(), work.toString());
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.status()).isZero();
        assertThat(outcome.bytes()).isEmpty();
        assertThat(Files.mismatch(source, work.resolve("source"))).isEqualTo(-1);
        assertThat(names()).containsExactly("source");
    }

    @Test
    void cp_that_is_interrupted_leaves_the_old_target_and_nothing_else() throws Exception {
        Path source = sparse(4096 * MIB);
        Path target = Files.writeString(work.resolve("target"), "old");
        Path err = directory.resolve("err");
        Process process = JarRun.builder(JarRun.line(driver, "cp", source.toString(), target.toString(), "--depth", "2",
                "--block", "4096", "--no-progress")).redirectError(err.toFile()).start();
        try {
            Path part = awaitPart(process);
            assertThat(part.getFileName().toString()).startsWith(".uring-cp-");
            assertThat(JarRun.interrupt(process)).isZero();
            assertThat(process.waitFor(JarRun.LIMIT_SECONDS, TimeUnit.SECONDS)).as("ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readString(err)).isEmpty();
        assertThat(process.exitValue()).isEqualTo(JarRun.interruptedStatus());
        assertThat(target).hasContent("old");
        assertThat(names()).containsExactly("target");
    }

    /** Answers the temporary file, once bytes are in it. */
    private Path awaitPart(Process process) throws IOException, InterruptedException {
        while (true) {
            assertThat(process.isAlive()).as("still copies").isTrue();
            try (Stream<Path> files = Files.list(work)) {
                for (Path file : files.filter(file -> !file.endsWith("target")).toList()) {
                    if (Files.size(file) > 0) {
                        return file;
                    }
                }
            }
            Thread.sleep(1);
        }
    }

    @Test
    void cat_writes_files_a_pipe_and_standard_input_in_order() throws Exception {
        Path file = Files.write(work.resolve("file"), Given.content(1_000_001));
        Path pipe = work.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        byte[] piped = Given.content(300_000);
        Thread writer = Thread.ofPlatform().daemon().start(() -> writeAll(pipe, piped));
        Path input = Files.write(work.resolve("input"), Given.content(70_000));
        Outcome outcome = run(input, "cat", file.toString(), pipe.toString(), "-", file.toString());
        writer.join();
        assertThat(outcome.err()).isEmpty();
        assertThat(outcome.status()).isZero();
        var all = new ByteArrayOutputStream();
        all.writeBytes(Files.readAllBytes(file));
        all.writeBytes(piped);
        all.writeBytes(Files.readAllBytes(input));
        all.writeBytes(Files.readAllBytes(file));
        assertThat(outcome.bytes()).isEqualTo(all.toByteArray());
    }

    private static void writeAll(Path pipe, byte[] bytes) {
        try {
            Files.write(pipe, bytes);
        } catch (IOException e) {
            throw new AssertionError("pipe was closed: path=" + pipe, e);
        }
    }

    @Test
    void cat_to_a_closed_output_is_one_line_and_status_1() throws Exception {
        Path file = Files.write(work.resolve("file"), Given.content(8_000_000));
        Path err = directory.resolve("err");
        Process process = JarRun.builder(JarRun.line(driver, "cat", file.toString())).redirectError(err.toFile())
                .start();
        try {
            assertThat(process.getInputStream().read()).isNotNegative();
            process.getInputStream().close();
            assertThat(process.waitFor(JarRun.LIMIT_SECONDS, TimeUnit.SECONDS)).as("ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(Files.readString(err)).isEqualToNormalizingNewlines(
                "uring: write failed: standard output is closed or full\n");
        assertThat(process.exitValue()).isEqualTo(1);
    }

    @Test
    void cat_reads_standard_input_from_a_pipe() throws Exception {
        byte[] content = Given.content(1_000_000);
        Process process = JarRun.builder(JarRun.line(driver, "cat", "-")).start();
        try {
            Thread.ofPlatform().daemon().start(() -> writeAll(process.getOutputStream(), content));
            assertThat(process.getInputStream().readAllBytes()).isEqualTo(content);
            assertThat(process.waitFor(JarRun.LIMIT_SECONDS, TimeUnit.SECONDS)).as("ends").isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    private static void writeAll(OutputStream out, byte[] bytes) {
        try (out) {
            out.write(bytes);
        } catch (IOException e) {
            throw new AssertionError("standard input was closed", e);
        }
    }

    @Test
    void walk_lists_what_there_is() throws Exception {
        Files.createDirectories(work.resolve("a/b/c"));
        Files.write(work.resolve("a/b/file"), Given.content(1000));
        Files.createSymbolicLink(work.resolve("a/link"), Path.of("b"));
        Outcome outcome = run(JarRun.NO_INPUT, "walk", work.toString(), "--stat");
        assertThat(outcome.status()).as(outcome.err()).isZero();
        assertThat(outcome.err()).matches("2 files, 4 directories, 1000 B in [\\d.]+ s: [\\d,]+/s\\R");
        try (Stream<Path> all = Files.walk(work)) {
            List<String> listed = outcome.out().lines().map(line -> line.substring(line.indexOf('/'))).toList();
            assertThat(listed).containsExactlyInAnyOrderElementsOf(all.map(Path::toString).toList());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"each", "group"})
    void wal_that_is_interrupted_finds_every_record_that_it_acknowledged(String sync) throws Exception {
        Path log = work.resolve("log");
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        Process process = JarRun.builder(JarRun.line(driver, "wal", log.toString(), "--sync", sync, "--seconds", "1000",
                "--size", "100")).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        try {
            while (Files.notExists(log) || Files.size(log) < 10_000) {
                assertThat(process.isAlive()).as(() -> "appends: " + read(err)).isTrue();
                Thread.sleep(1);
            }
            assertThat(JarRun.interrupt(process)).isZero();
            assertThat(process.waitFor(JarRun.LIMIT_SECONDS, TimeUnit.SECONDS)).as("ends").isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(() -> read(err)).isEqualTo(JarRun.interruptedStatus());
        assertThat(read(out).lines().toList().getLast()).matches("wal ok: +[\\d,]+ records acknowledged, all .*");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Outcome run(Path input, String... arguments) throws IOException, InterruptedException {
        return JarRun.start(directory, input, JarRun.line(driver, arguments));
    }

    private Path sparse(long bytes) throws IOException {
        Path file = directory.resolve("source");
        try (var random = new RandomAccessFile(file.toFile(), "rw")) {
            random.setLength(bytes);
            random.seek(bytes / 2 - 1);
            random.write(new byte[] {1, 2, 3});
        }
        return file;
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(work)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
