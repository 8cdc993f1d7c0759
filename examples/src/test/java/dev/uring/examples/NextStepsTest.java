package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.runtime.DriverInfo.Missing;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The last line of a probe: one step, the most useful. */
final class NextStepsTest {
    private final NextSteps steps = new NextSteps();

    @Test
    void where_nothing_is_missing_there_is_nothing_to_do() {
        steps.add(List.of());
        assertThat(steps.best()).isEqualTo("nothing to do");
    }

    @Test
    void a_ring_brings_more_than_a_limit_and_a_limit_more_than_the_last_opcode() {
        steps.add(List.of(missing("PIPE", "6.16")));
        assertThat(steps.best()).isEqualTo("nothing that matters; to have all that is missing, run on Linux 6.16 or later");
        steps.add(NextSteps.Use.DESCRIPTORS, "raise the limit");
        assertThat(steps.best()).isEqualTo("raise the limit");
        steps.add(NextSteps.Use.RING, "allow io_uring");
        assertThat(steps.best()).isEqualTo("allow io_uring");
        steps.add(NextSteps.Use.PROPERTY, "leave the property out");
        assertThat(steps.best()).isEqualTo("leave the property out");
    }

    @Test
    void a_kernel_without_what_sockets_are_fast_with_is_told_the_one_that_has_it() {
        steps.add(List.of(missing("BUFFER_RING", "5.19"), missing("DEFER_TASKRUN", "6.1"), missing("PIPE", "6.16")));
        assertThat(steps.best()).isEqualTo("run on Linux 6.1 or later: connections cost less with DEFER_TASKRUN");
    }

    @Test
    void a_mask_is_to_be_taken_away_first() {
        steps.add(List.of(new Missing("PIPE", "6.16", "the system call", "take it out of -During.mask")));
        steps.add(NextSteps.Use.RING, "allow io_uring");
        assertThat(steps.best()).isEqualTo("without -During.mask the kernel is used as it is");
    }

    private static Missing missing(String what, String since) {
        return new Missing(what, since, "the system call", "run on Linux " + since + " or later");
    }
}
