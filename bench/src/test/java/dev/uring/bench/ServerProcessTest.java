package dev.uring.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ServerProcessTest {
    @Test
    void cpu_time_is_that_of_the_process_and_its_ended_children_in_both_modes() {
        String stat = "7 (a ) 1) S 1 7 7 0 -1 4194560 1 2 3 4 10 20 300 4000 20 0 1 0 99999 1 1";
        assertThat(ServerProcess.cpuNanos(stat)).isEqualTo(4330 * 10_000_000L);
    }

    @Test
    void port_is_that_of_a_socket_that_listens() {
        String table = """
                  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid
                   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0
                   1: 0100007F:0050 0100007F:1F91 01 00000000:00000000 00:00000000 00000000     0
                """;
        assertThat(ServerProcess.isListening(table, 8080)).isTrue();
        assertThat(ServerProcess.isListening(table, 8081)).isFalse();
        assertThat(ServerProcess.isListening(table, 80)).isFalse();
    }
}
