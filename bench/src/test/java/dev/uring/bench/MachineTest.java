package dev.uring.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class MachineTest {
    @Test
    void header_names_cpu_cores_kernel_jdk_load_and_date() {
        assertThat(Machine.header().lines().map(line -> line.replaceFirst(":.*", "")))
                .containsExactly("# cpu", "# cores", "# kernel", "# jdk", "# load", "# date");
        assertThat(Machine.header()).contains("jdk: " + Runtime.version()).endsWith("Z\n");
    }

    @Test
    void cpu_without_a_model_name_is_unknown() {
        assertThat(Machine.cpuModel(List.of("processor : 0", "model name\t: AMD EPYC 7763", "model name : other")))
                .isEqualTo("AMD EPYC 7763");
        assertThat(Machine.cpuModel(List.of("processor : 0", "CPU implementer : 0x41"))).isEqualTo("unknown");
    }

    @Test
    void load_average_is_unknown_without_proc() {
        assertThat(Machine.loadAverage(List.of("0.02 0.10 0.05 1/80 3921")))
                .isEqualTo("0.02 (1 min) 0.10 (5 min) 0.05 (15 min)");
        assertThat(Machine.loadAverage(List.of())).isEqualTo("unknown");
    }
}
