package dev.uring.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What does an operation cost above the raw ring, in each of the ways to be told of its end: runs {@link NopLoop} and
 * {@link OpLoop} in turn and prints tables for docs/PERFORMANCE.md. The raw ring is the baseline.
 *
 * <pre>
 *   Operations [ROUNDS [SECONDS [CPU]]]
 * </pre>
 *
 * <p>Expected of CPU per operation: by callback at 64 in flight at most 1.5x of the raw ring, by a task that the worker
 * carries at most 4x of the callback.
 */
public final class Operations {
    private static final List<String> IN_FLIGHT = List.of("1", "64", "1024");
    private static final List<String> MODES = List.of("callback", "future", "task", "stock");
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private Operations() {
    }

    /**
     * Runs the comparison, about a quarter of an hour with 5 rounds of 1 second.
     *
     * @param arguments see above
     * @throws IOException if a program fails
     * @throws InterruptedException never in practice: nobody interrupts this thread
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        String seconds = arguments.length > 1 ? arguments[1] : "1";
        String cpu = arguments.length > 2 ? arguments[2] : "0";
        StringBuilder tables = new StringBuilder("""

                | in flight | way | CPU ns per operation | of raw | M per second | of raw | B/op | enters/op |
                | --- | --- | --- | --- | --- | --- | --- | --- |
                """);
        for (String inFlight : IN_FLIGHT) {
            List<Interleave.Command> commands = new ArrayList<>();
            commands.add(java("raw ring", cpu, NopLoop.class, inFlight, seconds));
            for (String mode : MODES) {
                commands.add(java(mode, cpu, OpLoop.class, mode, inFlight, seconds));
            }
            commands.add(java("callback, new", cpu, OpLoop.class, "callback", inFlight, seconds, "new"));
            Comparison comparison = new Interleave(commands, rounds, LIMIT, System.out::println).run();
            for (Comparison.Samples program : comparison.programs()) {
                tables.append(row(inFlight, comparison, program));
            }
        }
        System.out.print(Machine.header());
        System.out.print(tables);
    }

    private static String row(String inFlight, Comparison comparison, Comparison.Samples program) {
        Spread cpu = program.spread("ops_per_cpu_second");
        Spread cpuRatio = comparison.ratioPerRound(program, "ops_per_cpu_second");
        Spread wall = program.spread("ops_per_second");
        Spread wallRatio = comparison.ratioPerRound(program, "ops_per_second");
        String enters = program.values().containsKey("enters_per_op")
                ? String.format(Locale.ROOT, "%.3f", program.spread("enters_per_op").median()) : "-";
        return String.format(Locale.ROOT,
                "| %s | %s | %.0f (%.0f..%.0f) | %.2f (%.2f..%.2f) | %.2f (%.2f..%.2f) | %.2f | %.2f | %s |%n",
                inFlight, program.name(), 1e9 / cpu.median(), 1e9 / cpu.max(), 1e9 / cpu.min(),
                1 / cpuRatio.median(), 1 / cpuRatio.max(), 1 / cpuRatio.min(),
                wall.median() / 1e6, wall.min() / 1e6, wall.max() / 1e6, wallRatio.median(),
                program.spread("bytes_per_op").median(), enters);
    }

    private static Interleave.Command java(String name, String cpu, Class<?> main, String... operands) {
        return JavaProgram.of(name, List.of("taskset", "-c", cpu), "256m", List.of(), main, operands);
    }
}
