package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HistogramTest {
    private static final double[] SHARES = {0, 0.1, 0.5, 0.9, 0.99, 0.999, 1};

    private final Histogram histogram = new Histogram();

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 1_000_000_007, Long.MAX_VALUE - 1, Long.MAX_VALUE})
    void time_is_told_at_most_one_part_in_32_too_long(long nanos) {
        histogram.add(nanos);
        long most = nanos + Math.min(nanos / 32, Long.MAX_VALUE - nanos);
        assertThat(histogram.snapshot().nanos(1)).isBetween(nanos, most);
    }

    @RepeatedTest(20)
    void shares_are_those_of_the_sorted_times() {
        long seed = Long.getLong("uring.test.seed", new Random().nextLong());
        System.out.println("-During.test.seed=" + seed);
        var random = new Random(seed);
        long[] nanos = new long[1 + random.nextInt(3000)];
        for (int i = 0; i < nanos.length; i++) {
            nanos[i] = random.nextLong() >>> 2 + random.nextInt(61);
            histogram.add(nanos[i]);
        }
        Arrays.sort(nanos);
        Histogram.Snapshot all = histogram.snapshot();
        assertThat(all.count()).isEqualTo(nanos.length);
        for (double share : SHARES) {
            long exact = nanos[(int) Math.max(Math.ceil(share * nanos.length) - 1, 0)];
            assertThat(all.nanos(share)).as("share=" + share).isBetween(exact, exact + exact / 32);
        }
    }

    @Test
    void what_was_counted_since_is_that_alone() {
        histogram.add(5);
        Histogram.Snapshot before = histogram.snapshot();
        histogram.add(7);
        histogram.add(9);
        Histogram.Snapshot since = histogram.snapshot().since(before);
        assertThat(since.count()).isEqualTo(2);
        assertThat(since.nanos(0)).isEqualTo(7);
        assertThat(since.nanos(1)).isEqualTo(9);
    }

    @Test
    void nothing_counted_is_0() {
        assertThat(histogram.snapshot().nanos(0.5)).isZero();
        histogram.add(-1);
        assertThat(histogram.snapshot().nanos(1)).isZero();
        assertThat(histogram.snapshot().count()).isEqualTo(1);
    }
}
