package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.runtime.LeakCheck;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LeakCheck.class)
@ParameterizedClass
@ValueSource(strings = {"io_uring", "epoll", "nio"})
final class CatCommandTest {
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

    @Test
    void files_and_standard_input_come_whole_and_in_order() throws IOException {
        var all = new ByteArrayOutputStream();
        String[] line = new String[8];
        int[] sizes = {0, 1, 4095, 4096, (1 << 20) + 1, 3_000_001};
        line[0] = "cat";
        for (int i = 0; i < sizes.length; i++) {
            Path file = write("file-" + i, sizes[i]);
            line[i + 1] = file.toString();
            all.writeBytes(Files.readAllBytes(file));
        }
        line[7] = "-";
        byte[] input = Given.content(100_000);
        all.writeBytes(input);
        assertThat(run.execute(new ByteArrayInputStream(input), line)).as(run.err()).isZero();
        assertThat(run.bytes()).isEqualTo(all.toByteArray());
        assertThat(run.err()).isEmpty();
    }

    @Test
    void file_that_says_it_is_empty_comes_whole() throws IOException {
        Path types = Path.of("/proc/filesystems");
        assumeTrue(Files.exists(types), "there is no /proc/filesystems");
        assertThat(run.execute("cat", types.toString())).as(run.err()).isZero();
        assertThat(run.bytes()).isEqualTo(Files.readAllBytes(types));
    }

    @Test
    void missing_file_ends_it_after_what_came_before() throws IOException {
        Path file = write("file", 10);
        assertThat(run.execute("cat", file.toString(), directory.resolve("nowhere").toString(), file.toString()))
                .isEqualTo(Main.STATUS_FAILED);
        assertThat(run.bytes()).isEqualTo(Files.readAllBytes(file));
        assertThat(run.err().lines()).hasSize(1).first().asString().startsWith("uring: ").contains("nowhere", "ENOENT");
    }

    @Test
    void directory_is_refused() {
        assertThat(run.execute("cat", directory.toString())).isEqualTo(Main.STATUS_FAILED);
        assertThat(run.err().lines()).hasSize(1).first().asString()
                .startsWith("uring: ").contains(directory.toString());
    }

    private Path write(String name, int bytes) throws IOException {
        return Files.write(directory.resolve(name), Given.content(bytes));
    }
}
