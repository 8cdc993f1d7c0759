package dev.uring.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import org.junit.jupiter.api.Test;

final class FioReadsTest {
    /** What fio 3.33 prints, without the lines between. */
    private static final String REPORT = """
            {
              "jobs" : [
                {
                  "job options" : {
                    "runtime" : "2"
                  },
                  "read" : {
                    "iops" : 500000.250000,
                    "runtime" : 2000,
                    "total_ios" : 1000000
                  },
                  "write" : {
                    "iops" : 0.000000,
                    "total_ios" : 0
                  },
                  "job_runtime" : 2000,
                  "usr_cpu" : 25.000000,
                  "sys_cpu" : 50.000000
            """;

    @Test
    void cpu_per_read_is_user_and_kernel_time_of_the_job() throws Exception {
        assertThat(FioReads.result(REPORT)).isEqualTo("reads_per_second=500000 cpu_ns_per_read=1500.0");
    }

    @Test
    void report_of_another_kind_is_refused() {
        assertThatIOException().isThrownBy(() -> FioReads.result("fio: bad option"))
                .withMessageContaining("report=fio: bad option");
    }
}
