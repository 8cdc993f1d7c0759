package dev.uring.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ServerProcessTest {
    @Test
    void cpu_time_is_that_of_the_process_and_its_ended_children_in_both_modes() {
        String stat = "7 (a ) 1) S 1 7 7 0 -1 4194560 1 2 3 4 10 20 300 4000 20 0 1 0 99999 1 1";
        assertThat(ServerProcess.cpuNanos(stat)).isEqualTo(4330 * 10_000_000L);
    }
}
