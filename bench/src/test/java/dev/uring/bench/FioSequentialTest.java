package dev.uring.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import org.junit.jupiter.api.Test;

final class FioSequentialTest {
    /** What fio 3.33 prints, without the lines between. */
    private static final String REPORT = """
            {
              "jobs" : [
                {
                  "job options" : {
                    "rw" : "write",
                    "runtime" : "1000ms"
                  },
                  "read" : {
                    "io_bytes" : 0,
                    "runtime" : 0,
                  },
                  "write" : {
                    "io_bytes" : 1048576000,
                    "runtime" : 2000,
                  },
                  "job_runtime" : 2000,
            """;

    @Test
    void figures_are_those_of_the_direction_by_mebibyte() throws Exception {
        assertThat(FioSequential.result(REPORT, "write", 300_000_000)).isEqualTo("wall_ns=2000000.0 cpu_ns=300000.0");
    }

    @Test
    void report_of_another_kind_is_refused() {
        assertThatIOException().isThrownBy(() -> FioSequential.result("fio: bad option", "read", 1))
                .withMessageContaining("pattern=\"io_bytes\"");
    }

    @Test
    void time_of_children_is_read_behind_a_name_with_blanks_and_brackets() {
        assertThat(FioSequential.childrenNanos("7 (a) b (c) S 1 7 7 0 -1 4194304 1 2 3 4 50 60 700 80 20 0 1"))
                .isEqualTo(7_800_000_000L);
    }

    @Test
    void fio_is_told_fractions_of_a_second_in_milliseconds() {
        assertThat(FioReads.runtime("0.5")).isEqualTo("500ms");
    }
}
