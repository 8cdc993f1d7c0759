package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.uring.runtime.LeakCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
@ParameterizedClass
@ValueSource(strings = {"io_uring", "epoll", "nio"})
final class WalkCommandTest {
    @Parameter
    private String driver;

    @TempDir
    private Path directory;

    private CommandRun run;

    @BeforeEach
    void setUp() {
        Given.driver(driver);
        run = new CommandRun(driver);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 1000})
    void paths_are_those_of_java_nio_file(int depthMax) throws IOException {
        long seed = Long.getLong("uring.test.seed", new Random().nextLong());
        System.out.println("-During.test.seed=" + seed);
        grow(directory, new Random(seed), 4);
        assertThat(run.execute("walk", directory.toString(), "--depth", Integer.toString(depthMax))).as(run.err())
                .isZero();
        assertThat(run.out().lines()).containsExactlyInAnyOrderElementsOf(walk(depthMax));
        assertThat(run.err()).matches("[\\d,]+ files, [\\d,]+ directories in [\\d.]+ s: [\\d,]+/s\\R");
    }

    @Test
    void attributes_are_those_of_java_nio_file() throws IOException {
        Path file = Files.write(directory.resolve("a file"), new byte[12_345]);
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2001-02-03T04:05:06.789Z")));
        Path link = Files.createSymbolicLink(directory.resolve("link"), file);
        Path sub = Files.createDirectory(directory.resolve("sub"));
        assertThat(run.execute("walk", "--stat", directory.toString())).as(run.err()).isZero();
        assertThat(run.out().lines()).containsExactlyInAnyOrder(
                line('d', directory), line('f', file), line('l', link), line('d', sub));
        assertThat(run.out()).contains("f         12345 2001-02-03T04:05:06Z " + file + "\n");
        assertThat(run.err()).startsWith("2 files, 2 directories, 12.1 KiB in ");
    }

    @Test
    void file_is_a_tree_of_one() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "content");
        assertThat(run.execute("walk", file.toString())).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo(file + "\n");
        assertThat(run.err()).startsWith("1 files, 0 directories in ");
    }

    @Test
    void missing_start_is_one_line_and_status_1() {
        assertThat(run.execute("walk", directory.resolve("nowhere").toString())).isEqualTo(Main.STATUS_FAILED);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).hasSize(1).first().asString().startsWith("uring: ").contains("nowhere", "ENOENT");
    }

    @Test
    void directory_that_cannot_be_read_is_told_and_the_rest_is_listed() throws IOException {
        Path closed = Files.createDirectory(directory.resolve("closed"));
        Files.createDirectory(directory.resolve("open"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        try {
            assumeFalse(Files.isReadable(closed), "root may read everything");
            assertThat(run.execute("walk", directory.toString())).isEqualTo(Main.STATUS_FAILED);
            assertThat(run.out().lines()).containsExactlyInAnyOrder(directory.toString(), closed.toString(),
                    directory.resolve("open").toString());
            assertThat(run.err().lines()).hasSize(2).first().asString()
                    .startsWith("uring: " + closed).contains("EACCES");
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private static void grow(Path directory, Random random, int levels) throws IOException {
        for (int i = random.nextInt(6); i >= 0; i--) {
            Files.writeString(directory.resolve("file " + i), "content");
        }
        Files.createSymbolicLink(directory.resolve("loop"), Path.of("."));
        for (int i = levels == 0 ? 0 : random.nextInt(4); i > 0; i--) {
            grow(Files.createDirectory(directory.resolve("directory-" + i)), random, levels - 1);
        }
    }

    private List<String> walk(int depthMax) throws IOException {
        try (Stream<Path> all = Files.walk(directory, depthMax)) {
            return all.map(Path::toString).toList();
        }
    }

    private static String line(char type, Path path) throws IOException {
        var of = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        return String.format("%c%14d %s %s", type, of.size(), Instant.ofEpochSecond(of.lastModifiedTime().toInstant()
                .getEpochSecond()), path);
    }
}
