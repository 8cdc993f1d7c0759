package dev.uring.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import org.junit.jupiter.api.Test;

final class EchoServerTest {
    @Test
    void figure_is_that_of_the_whole_key() throws Exception {
        assertThat(EchoServer.figure("warm_up_requests=7 requests=12.5", "requests=")).isEqualTo(12.5);
    }

    @Test
    void line_without_the_figure_is_refused() {
        assertThatIOException().isThrownBy(() -> EchoServer.figure("warm_up_requests=7", "requests="))
                .withMessageContaining("warm_up_requests=7");
    }
}
