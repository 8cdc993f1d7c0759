package dev.uring.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class EchoSubjectTest {
    @Test
    void name_that_is_no_peer_is_a_driver_of_the_runtime() {
        assertThat(EchoSubject.of("epoll").server()).isEqualTo("uring");
        assertThat(EchoSubject.of("epoll").options()).containsExactly("-During.driver=epoll");
        assertThat(EchoSubject.of("io_uring-callback").server()).isEqualTo("uring-callback");
        assertThat(EchoSubject.of("io_uring-callback").options()).containsExactly("-During.driver=io_uring");
    }

    @Test
    void virtual_threads_of_the_jdk_have_one_carrier() {
        assertThat(EchoSubject.of("jdk").options()).containsExactly("-Djdk.virtualThreadScheduler.parallelism=1");
        assertThat(EchoSubject.of("netty-io_uring")).isEqualTo(new EchoSubject("netty-io_uring", List.of()));
    }
}
