package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.uring.runtime.LeakCheck;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
@ParameterizedClass
@ValueSource(strings = {"io_uring", "epoll", "nio"})
final class CpCommandTest {
    private static final int MIB = 1 << 20;

    @Parameter
    private String driver;

    @TempDir
    private Path directory;

    private CommandRun run;
    private Path source;
    private Path target;

    @BeforeEach
    void setUp() {
        Given.driver(driver);
        run = new CommandRun(driver);
        source = directory.resolve("source");
        target = directory.resolve("target");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 4096, 4097, 262_143, 262_144, MIB + 1, 8 * MIB})
    void copy_is_equal_however_it_is_made(int bytes) throws IOException {
        write(source, bytes);
        requireEqualAfter();
        requireEqualAfter("--depth", "3", "--block", "4096");
        requireEqualAfter("--depth", "1");
        requireEqualAfter("--kernel");
        requireEqualAfter("--fsync");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 4096, 4097, 262_143, 262_144, MIB + 1, 8 * MIB})
    void copy_past_the_page_cache_is_equal(int bytes) throws IOException {
        assumeFalse(driver.equals("nio"), "java.nio has no O_DIRECT here");
        write(source, bytes);
        requireEqualAfter("--direct");
        requireEqualAfter("--direct", "--depth", "5", "--block", "8192");
    }

    @Test
    void sparse_file_keeps_its_size_and_bytes() throws IOException {
        try (var file = new RandomAccessFile(source.toFile(), "rw")) {
            file.setLength(64L * MIB);
            file.seek(32L * MIB - 1);
            file.write(new byte[] {1, 2, 3});
        }
        requireEqualAfter();
    }

    @Test
    void copy_into_a_directory_keeps_the_name() throws IOException {
        write(source, 5000);
        Path into = Files.createDirectory(directory.resolve("into"));
        assertThat(run.execute("cp", source.toString(), into.toString())).as(run.err()).isZero();
        assertThat(into.resolve("source")).hasSameBinaryContentAs(source);
    }

    @Test
    void copy_has_the_permissions_of_its_source_and_replaces_the_target() throws IOException {
        write(source, 5000);
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rwxr-x--x"));
        Files.writeString(target, "old");
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-rw-rw-"));
        requireEqualAfter();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target))).isEqualTo("rwxr-x--x");
    }

    @Test
    void copy_over_a_link_replaces_what_it_leads_to() throws IOException {
        write(source, 5000);
        Path behind = Files.writeString(directory.resolve("behind"), "old");
        Files.createSymbolicLink(target, behind);
        requireEqualAfter();
        assertThat(target).isSymbolicLink();
        assertThat(Files.isRegularFile(behind, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }

    @Test
    void copy_of_a_file_that_says_it_is_empty_has_all_of_it() throws IOException {
        Path cpus = Path.of("/proc/cpuinfo");
        assumeFalse(Files.notExists(cpus), "there is no /proc/cpuinfo");
        assertThat(run.execute("cp", cpus.toString(), target.toString())).as(run.err()).isZero();
        assertThat(Files.readAllLines(target)).hasSameSizeAs(Files.readAllLines(cpus));
    }

    @ParameterizedTest
    @CsvSource({"source,source,same file", "link,source,same file", "source,link,same file", "hard,source,same file",
        "nowhere,target,ENOENT", ".,target,not a regular file", "/,target,not a regular file",
        "source,/dev/null,not a regular file", "source,nowhere/target,ENOENT"})
    void what_cannot_be_copied_is_refused_in_one_line_and_nothing_changes(String from, String to, String said)
            throws IOException {
        write(source, 5000);
        byte[] before = Files.readAllBytes(source);
        Files.createSymbolicLink(directory.resolve("link"), source);
        Files.createLink(directory.resolve("hard"), source);
        assertThat(run.execute("cp", directory.resolve(from).toString(), directory.resolve(to).toString()))
                .isEqualTo(Main.STATUS_FAILED);
        assertThat(run.err().lines()).hasSize(1).first().asString().startsWith("uring: ").contains(said);
        assertThat(source).hasBinaryContent(before);
        assertThat(names()).containsExactly("hard", "link", "source");
    }

    @Test
    void failure_leaves_the_old_target_and_nothing_else() throws IOException {
        Path unreadable = Path.of("/proc/self/mem"); // can be opened, but not read at offset 0
        assumeFalse(Files.notExists(unreadable), "there is no /proc/self/mem");
        Files.writeString(target, "old");
        assertThat(run.execute("cp", unreadable.toString(), target.toString())).isEqualTo(Main.STATUS_FAILED);
        assertThat(run.err().lines()).hasSize(1).first().asString().startsWith("uring: read failed: ").contains("EIO");
        assertThat(target).hasContent("old");
        assertThat(names()).containsExactly("target");
    }

    private void requireEqualAfter(String... options) throws IOException {
        String[] line = Stream.concat(Stream.of("cp", source.toString(), target.toString()), Stream.of(options))
                .toArray(String[]::new);
        assertThat(run.execute(line)).as(() -> run.err()).isZero();
        assertThat(Files.mismatch(source, target)).as(String.join(" ", line)).isEqualTo(-1);
        assertThat(names()).filteredOn(name -> name.startsWith(".")).isEmpty();
    }

    private Stream<String> names() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.map(path -> path.getFileName().toString()).sorted().toList().stream();
        }
    }

    private static void write(Path file, int bytes) throws IOException {
        Files.write(file, Given.content(bytes));
    }
}
