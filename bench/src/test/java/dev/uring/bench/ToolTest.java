package dev.uring.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ToolTest {
    @Test
    void count_of_calls_is_the_first_field_of_its_line() {
        assertThat(Tool.calls("# started on Fri\n\n131,,raw_syscalls:sys_enter,1000,100.00,,\n")).hasValue(131);
    }

    @Test
    void event_that_could_not_be_counted_has_no_count() {
        assertThat(Tool.calls("<not supported>,,raw_syscalls:sys_enter,0,100.00,,\n")).isEmpty();
        assertThat(Tool.calls("")).isEmpty();
    }
}
