package dev.uring.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import org.junit.jupiter.api.Test;

final class WrkTest {
    private static final String REPORT = """
            Running 1s test @ http://127.0.0.1:8080/
              1 threads and 50 connections
              Thread Stats   Avg      Stdev     Max   +/- Stdev
                Latency     1.62ms    4.70ms  46.92ms   95.12%
                Req/Sec    61.52k     6.66k   73.29k    70.00%
              Latency Distribution
                 50%  638.00us
                 75%    1.12ms
                 90%    2.10ms
                 99%    1.25s
              61350 requests in 1.00s, 8.84MB read
            Requests/sec:  61271.98
            Transfer/sec:      8.83MB
            """;

    @Test
    void report_is_read_in_microseconds() throws Exception {
        assertThat(Wrk.parse(REPORT)).isEqualTo(new Wrk(61350, 61271.98, 638, 1_250_000));
    }

    @Test
    void answers_that_are_errors_are_refused() {
        assertThatIOException().isThrownBy(() -> Wrk.parse(REPORT + "  Non-2xx or 3xx responses: 3\n"));
        assertThatIOException().isThrownBy(() ->
                Wrk.parse(REPORT + "  Socket errors: connect 0, read 7, write 0, timeout 0\n"));
    }
}
