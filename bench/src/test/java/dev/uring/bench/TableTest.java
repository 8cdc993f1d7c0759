package dev.uring.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TableTest {
    private final Comparison comparison = new Comparison(List.of(
            new Comparison.Samples("jdk", Map.of("ns", new double[] {100, 200, 400})),
            new Comparison.Samples("ours", Map.of("ns", new double[] {50, 300, 400}, "own", new double[] {1, 2, 3}))));

    @Test
    void head_names_what_figures_are_told_beside() {
        assertThat(table(Table.Beside.RATIO).head("jdk")).isEqualTo("""
                | way | tasks | time | of jdk | own |
                | --- | --- | --- | --- | --- |
                """);
        assertThat(table(Table.Beside.DIFFERENCE).head("jdk")).startsWith("| way | tasks | time | more than jdk | own |");
    }

    @Test
    void rows_hold_median_and_ends_of_each_figure_and_of_its_ratio_per_round() {
        assertThat(table(Table.Beside.RATIO).rows(List.of("park"), comparison)).isEqualTo("""
                | park | jdk | 200.0 (100.0..400.0) | 1.00 (1.00..1.00) | - |
                | park | ours | 300.0 (50.0..400.0) | 1.00 (0.50..1.50) | 2 (1..3) |
                """);
    }

    @Test
    void difference_is_taken_per_round() {
        assertThat(table(Table.Beside.DIFFERENCE).rows(List.of("park"), comparison))
                .contains("| park | ours | 300.0 (50.0..400.0) | 0.0 (-50.0..100.0) |");
    }

    private static Table table(Table.Beside beside) {
        return new Table(List.of("way", "tasks"), List.of(
                new Table.Column("time", "ns", 1, beside), new Table.Column("own", "own", 0, Table.Beside.NOTHING)));
    }
}
