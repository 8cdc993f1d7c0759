package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.uring.fs.AsyncFile;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Uring;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
final class WalCommandTest {
    private static final int RECORD_BYTES = 50;

    @Parameter
    private String driver;

    @TempDir
    private Path directory;

    private CommandRun run;
    private Path log;

    @BeforeEach
    void setUp() {
        Given.driver(driver);
        run = new CommandRun(driver);
        log = directory.resolve("log");
    }

    @ParameterizedTest
    @CsvSource({"each,1,10,16", "each,7,300,100", "group,1,10,16", "group,7,300,100", "group,40,500,20000"})
    void so_many_records_are_appended_and_found(String sync, int writers, int records, int size) throws IOException {
        assertThat(run.execute("wal", log.toString(), "--sync", sync, "--writers", Integer.toString(writers),
                "--records", Integer.toString(records), "--size", Integer.toString(size))).as(() -> run.err()).isZero();
        assertThat(Files.size(log)).isEqualTo((long) records * size);
        assertThat(run.out()).contains("driver " + driver).containsPattern("commits +" + records + " in ")
                .containsPattern("latency +p50 .*, p90 .*, p99 .*, p99.9 .*, max ")
                .endsWith("wal ok:   " + records + " records acknowledged, all of them found and whole, among "
                        + records + " in the file\n");
    }

    @Test
    void it_ends_after_the_time() {
        assertThat(run.execute("wal", log.toString(), "--seconds", "0.01")).as(() -> run.err()).isZero();
        assertThat(run.out()).contains("wal ok:");
    }

    @Test
    void file_that_is_there_is_left_alone() throws IOException {
        Files.writeString(log, "precious");
        assertThat(run.execute("wal", log.toString())).isEqualTo(Main.STATUS_FAILED);
        assertThat(run.err().lines()).hasSize(1).first().asString().startsWith("uring: ").contains("EEXIST");
        assertThat(log).hasContent("precious");
    }

    @Test
    void check_counts_records_and_passes_over_what_is_torn() throws Exception {
        byte[] all = records(2, 30_000);
        Files.write(log, Arrays.copyOf(all, all.length - 1));
        assertThat(check(30_000, 29_999)).isEqualTo(59_999);
    }

    @Test
    void check_misses_a_record_that_is_damaged() throws Exception {
        byte[] all = records(2, 1000);
        all[RECORD_BYTES * 555 + RECORD_BYTES - 1] ^= 1; // the last bit of record 277 of writer 1
        Files.write(log, all);
        assertThatIOException().isThrownBy(() -> check(1000, 1000))
                .withMessage("acknowledged record is missing: path=" + log
                        + " writer=1 sequence=277 acknowledged=1000");
        assertThat(check(1000, 277)).isEqualTo(1999);
    }

    @Test
    void check_misses_a_record_that_is_not_there() throws Exception {
        Files.write(log, records(2, 10));
        assertThatIOException().isThrownBy(() -> check(10, 11)).withMessageContaining("writer=1 sequence=10");
    }

    @Test
    void check_finds_a_record_that_comes_twice() throws Exception {
        byte[] all = records(2, 10);
        System.arraycopy(all, 0, all, RECORD_BYTES * 4, RECORD_BYTES);
        Files.write(log, all);
        assertThatIOException().isThrownBy(() -> check(1, 1))
                .withMessage("record comes twice: path=" + log + " offset=" + RECORD_BYTES * 4
                        + " writer=0 sequence=0");
    }

    private long check(long... acknowledged) throws Exception {
        return Uring.run(() -> {
            try (AsyncFile file = AsyncFile.open(log).await()) {
                return new WalCheck(file, RECORD_BYTES, acknowledged.length).check(acknowledged);
            }
        });
    }

    /** Answers the records of writers that took turns. */
    private static byte[] records(int writers, int each) {
        var all = new ByteArrayOutputStream();
        IoBuffer record = IoBuffer.allocate(RECORD_BYTES);
        for (int i = 0; i < writers * each; i++) {
            WalRecord.write(record, i % writers, i / writers);
            all.writeBytes(record.toByteArray());
        }
        return all.toByteArray();
    }
}
