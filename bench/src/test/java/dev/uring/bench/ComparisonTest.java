package dev.uring.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ComparisonTest {
    private final Comparison.Samples c =
            new Comparison.Samples("c", Map.of("ops", new double[] {100, 200, 400}));
    private final Comparison.Samples java =
            new Comparison.Samples("java", Map.of("ops", new double[] {90, 220, 300}));
    private final Comparison comparison = new Comparison(List.of(c, java));

    @Test
    void spread_of_an_even_number_of_samples_has_the_mean_of_the_middle_two() {
        assertThat(Spread.of(4, 1, 3, 2)).isEqualTo(new Spread(2.5, 1, 4));
        assertThat(Spread.of(7)).isEqualTo(new Spread(7, 7, 7));
        assertThatThrownBy(Spread::of).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void ratios_are_taken_against_the_first_program() {
        assertThat(comparison.ratioOfMedians(java, "ops")).isEqualTo(1.1);
        assertThat(comparison.ratioPerRound(java, "ops")).isEqualTo(new Spread(0.9, 0.75, 1.1));
        assertThat(comparison.ratioPerRound(c, "ops")).isEqualTo(new Spread(1, 1, 1));
    }

    @Test
    void baseline_of_zero_gives_no_ratio() {
        Comparison.Samples zero = new Comparison.Samples("zero", Map.of("ops", new double[] {0, 0, 0}));
        Comparison against = new Comparison(List.of(zero, java));
        assertThat(against.ratioOfMedians(java, "ops")).isNaN();
        assertThat(against.format().lines().filter(line -> line.contains("java")))
                .singleElement().asString().endsWith("-   - (- .. -)");
    }

    @Test
    void table_prints_plain_numbers() {
        Comparison.Samples large = new Comparison.Samples("large", Map.of("ops", new double[] {24_137_123.4}));
        Comparison.Samples small = new Comparison.Samples("small", Map.of("ops", new double[] {0.00001}));
        assertThat(new Comparison(List.of(large, small)).format()).contains(" 24137000 ").contains(" 0.00001 ");
    }

    @Test
    void key_that_the_baseline_lacks_has_no_ratio() {
        Comparison.Samples other = new Comparison.Samples("other", Map.of("bytes", new double[] {1, 2, 3}));
        assertThat(new Comparison(List.of(c, other)).format().lines().filter(line -> line.contains("other")))
                .singleElement().asString().endsWith("-   -");
    }

    @Test
    void some_of_the_programs_are_compared_with_the_first_that_is_named() {
        assertThat(comparison.only(List.of("java", "absent", "c")).programs()).containsExactly(java, c);
        assertThat(comparison.only(List.of("absent", "c", "java")).programs()).isEmpty();
        assertThat(comparison.only(List.of("java", "absent")).programs()).isEmpty();
    }

    @Test
    void cheapest_of_the_named_programs_has_the_smallest_median() {
        assertThat(comparison.cheapest(List.of("java", "c"), "ops")).contains("c");
        assertThat(comparison.cheapest(List.of("java", "absent"), "ops")).contains("java");
        assertThat(comparison.cheapest(List.of("java", "c"), "bytes")).isEmpty();
        assertThat(comparison.cheapest(List.of("absent"), "ops")).isEmpty();
    }
}
