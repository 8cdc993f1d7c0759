package dev.uring.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class ProxyTrafficTest {
    private static final String IPERF = """
            {"start": {}, "end": {
                "sum_sent": {"start": 0, "end": 1.0, "bytes": 5, "bits_per_second": 40.0},
                "sum_received": {"start": 0, "end": 1.0, "seconds": 1.0,
                    "bytes": 2500000000, "bits_per_second": 2.0e+10, "sender": true}}}
            """;
    private static final String REDIS = """
            "test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms","p95_latency_ms","p99_latency_ms","max_latency_ms"
            "SET","100.00","1.0","1.0","1.0","1.0","1.0","1.0"
            "GET","71428.57","0.400","0.100","0.351","0.600","0.823","2.000"
            """;

    @Test
    void name_tells_the_tool_and_how_many() {
        assertThat(ProxyTraffic.of("down8")).isEqualTo(new ProxyTraffic(ProxyTraffic.Kind.DOWN, 8));
        assertThat(ProxyTraffic.of("down8").load(80, 2)).contains("-R").containsSequence("-P", "8");
        assertThat(ProxyTraffic.of("up1").load(80, 2)).doesNotContain("-R");
        assertThat(ProxyTraffic.of("redis50").isRedis()).isTrue();
        assertThatIllegalArgumentException().isThrownBy(() -> ProxyTraffic.of("redis"));
    }

    @Test
    void bytes_are_those_that_were_received() throws Exception {
        assertThat(ProxyTraffic.of("up1").parse(IPERF, 1))
                .isEqualTo(new ProxyTraffic.Report(2.5e9, "gbit_per_second=20.00"));
        assertThatIOException().isThrownBy(() -> ProxyTraffic.of("up1").parse("{\"error\": \"busy\"}", 1));
    }

    @Test
    void requests_are_those_of_both_tests_and_figures_those_of_get() throws Exception {
        assertThat(ProxyTraffic.of("redis50").parse(REDIS, 2)).isEqualTo(
                new ProxyTraffic.Report(80_000, "requests_per_second=71428.57 p50_us=351 p99_us=823"));
        assertThatIOException().isThrownBy(() -> ProxyTraffic.of("redis50").parse("Could not connect", 1));
    }
}
