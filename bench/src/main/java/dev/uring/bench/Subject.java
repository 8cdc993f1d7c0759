package dev.uring.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A question that some groups of programs answer in one table.
 *
 * @param name   what the command line calls it
 * @param table  its columns
 * @param groups in the order of the table
 */
record Subject(String name, Table table, List<Group> groups) {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    /**
     * Programs to be compared with one another.
     *
     * @param labels   what stands in front of their names in the table
     * @param commands the baseline first
     */
    record Group(List<String> labels, List<Interleave.Command> commands) {
    }

    /**
     * Runs all groups in turn and prints the table, with the machine before it.
     *
     * @param rounds how often each program is run and counted
     * @param note   what else the figures depend on, as {@code name=value}
     * @return what was measured, of each group
     * @throws IOException          if a program fails
     * @throws InterruptedException if the calling thread is interrupted
     */
    List<Comparison> run(int rounds, String note) throws IOException, InterruptedException {
        List<Comparison> comparisons = new ArrayList<>();
        StringBuilder rows = new StringBuilder();
        long start = System.nanoTime();
        for (Group group : groups) {
            Comparison comparison = new Interleave(group.commands, rounds, LIMIT, System.out::println).run();
            comparisons.add(comparison);
            rows.append(table.rows(group.labels, comparison));
        }
        System.out.print(Machine.header());
        System.out.println("# " + name + ": rounds=" + rounds + ' ' + note + " all seconds="
                + (System.nanoTime() - start) / 1_000_000_000);
        System.out.println();
        System.out.print(table.head(groups.getFirst().commands.getFirst().name()));
        System.out.println(rows);
        return comparisons;
    }
}
