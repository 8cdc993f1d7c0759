package dev.uring.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import org.junit.jupiter.api.Test;

final class EchoServerTest {
    /** What perf 6.1 writes with -x, and -o. */
    private static final String REPORT = """
            # started on Fri Nov 21 06:50:00 2025

            123456,,raw_syscalls:sys_enter,542993,100.00,,
            """;

    @Test
    void calls_are_the_count_of_the_report() throws Exception {
        assertThat(EchoServer.calls(REPORT)).isEqualTo(123456);
    }

    @Test
    void report_without_a_count_is_refused() {
        assertThatIOException().isThrownBy(() -> EchoServer.calls("<not counted>,,raw_syscalls:sys_enter,0,0.00,,"))
                .withMessageContaining("<not counted>");
    }

    @Test
    void figure_is_that_of_the_whole_key() throws Exception {
        assertThat(EchoServer.figure("warm_up_requests=7 requests=12.5", "requests")).isEqualTo(12.5);
    }

    @Test
    void load_that_ends_without_a_result_is_refused() {
        assertThatIOException().isThrownBy(() -> EchoServer.figure(null, "requests"));
    }
}
