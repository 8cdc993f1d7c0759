package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProgressTest {
    private static final long SECOND = 1_000_000_000;
    private static final long GIB = 1L << 30;

    @Test
    void line_has_share_bar_amounts_rate_and_time_left() {
        assertThat(Progress.line(GIB, 4 * GIB, 10 * SECOND))
                .isEqualTo(" 25% [=====               ] 1.00 GiB of 4.00 GiB  102 MiB/s  0:30 left");
        assertThat(Progress.line(4 * GIB, 4 * GIB, 10 * SECOND))
                .isEqualTo("100% [====================] 4.00 GiB of 4.00 GiB  410 MiB/s  0:00 left");
    }

    @Test
    void nothing_done_has_no_time_left() {
        assertThat(Progress.line(0, GIB, 0)).startsWith("  0% [ ").endsWith(" 0 B/s  - left");
    }

    @Test
    void unknown_total_has_no_bar() {
        assertThat(Progress.line(2048, 0, SECOND)).isEqualTo("2.00 KiB  2.00 KiB/s");
    }

    @Test
    void file_that_grew_is_never_more_than_done() {
        assertThat(Progress.line(3 * GIB, GIB, SECOND)).startsWith("100% [").endsWith("0:00 left");
    }

    @Test
    void no_line_is_wider_than_a_terminal() {
        assertThat(Progress.line(1023L << 30, 1023L << 40, SECOND * 100_000)).hasSizeLessThan(80);
        assertThat(Progress.line(1, 1023L << 40, SECOND)).hasSizeLessThan(80).endsWith(" > 99 h left");
    }

    @ParameterizedTest
    @CsvSource({"0,0 B", "1023,1023 B", "1024,1.00 KiB", "15000,14.6 KiB", "1000000,977 KiB", "1099511627776,1.00 TiB"})
    void bytes_have_three_digits_and_a_unit(double bytes, String text) {
        assertThat(Progress.bytes(bytes)).isEqualTo(text);
    }
}
