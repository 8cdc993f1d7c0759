package dev.uring.suite;

import dev.uring.suite.Run.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Makes one page of what {@link SuiteLog} wrote anywhere: test class by world, the driver contract case by world, what failed,
 * and what was skipped with the reason.
 */
public final class SuiteTable {
    private static final String CONTRACT = "ContractTest";
    /** Plain io_uring first, then the rings that lack something, then what is no ring. */
    private static final Comparator<String> WORLDS = Comparator
            .comparingInt((String world) -> world.equals("io_uring") ? 0 : world.startsWith("io_uring") ? 1 : 2)
            .thenComparing(Comparator.naturalOrder());

    private SuiteTable() {
    }

    /** Takes the file to write and folders with what was logged; without any, writes nothing. */
    public static void main(String[] arguments) throws IOException {
        List<Run> runs = new ArrayList<>();
        for (String each : Arrays.asList(arguments).subList(1, arguments.length)) {
            Path directory = Path.of(each);
            if (Files.isDirectory(directory)) {
                read(directory, runs);
            }
        }
        if (!runs.isEmpty()) {
            Files.writeString(Path.of(arguments[0]), page(runs));
        }
    }

    private static void read(Path directory, List<Run> runs) throws IOException {
        try (var all = Files.list(directory)) {
            for (Path file : all.filter(each -> each.toString().endsWith(".tsv")).sorted().toList()) {
                Files.readAllLines(file).forEach(line -> runs.add(Run.of(line)));
            }
        }
    }

    static String page(List<Run> runs) {
        List<Run> contract = runs.stream().filter(run -> run.testClass().endsWith(CONTRACT)).toList();
        return "# Tests by world\n\n" + table("tests", runs, SuiteTable::row)
                + (contract.isEmpty() ? "" : "\n## Driver contract\n\n" + table("case", contract, Run::name))
                + listed("Failed", runs, Outcome.FAILED) + listed("Skipped", runs, Outcome.SKIPPED);
    }

    /** The contract has a class for each driver; the packages of a module are one. */
    private static String row(Run run) {
        String[] packages = run.testClass().split("\\.");
        return run.testClass().endsWith(CONTRACT) ? "driver contract" : packages[packages.length - 2] + " "
                + run.simpleClass();
    }

    private static String table(String what, List<Run> runs, Function<Run, String> row) {
        TreeSet<String> worlds = new TreeSet<>(WORLDS);
        Map<String, Map<String, int[]>> rows = new TreeMap<>();
        Map<String, int[]> sums = new TreeMap<>();
        for (Run run : runs) {
            worlds.add(run.world());
            count(rows.computeIfAbsent(row.apply(run), _ -> new TreeMap<>()), run);
            count(sums, run);
        }
        var text = new StringBuilder("| " + what + " | ")
                .append(worlds.stream().map(SuiteTable::column).collect(Collectors.joining(" | "))).append(" |\n|---|")
                .append("---|".repeat(worlds.size())).append('\n');
        rows.forEach((name, cells) -> line(text, name, worlds, cells));
        line(text, "**all**", worlds, sums);
        return text.toString();
    }

    /** A ring that lacks something is named by that: columns are narrow. */
    private static String column(String world) {
        return world.replaceFirst("^io_uring without ", "without ");
    }

    private static void count(Map<String, int[]> cells, Run run) {
        cells.computeIfAbsent(run.world(), _ -> new int[Outcome.values().length])[run.outcome().ordinal()]++;
    }

    private static void line(StringBuilder text, String name, TreeSet<String> worlds, Map<String, int[]> cells) {
        text.append("| ").append(name);
        worlds.forEach(world -> text.append(" | ").append(cell(cells.get(world))));
        text.append(" |\n");
    }

    /** "12" passed; what did not simply pass is named. */
    private static String cell(int[] counts) {
        if (counts == null) {
            return "";
        }
        List<String> words = new ArrayList<>();
        for (Outcome outcome : Outcome.values()) {
            if (counts[outcome.ordinal()] > 0) {
                words.add(counts[outcome.ordinal()]
                        + (outcome == Outcome.PASSED ? "" : " " + outcome.name().toLowerCase(Locale.ROOT)));
            }
        }
        return String.join(", ", words);
    }

    private static String listed(String title, List<Run> runs, Outcome outcome) {
        Map<String, Map<String, Map<String, Integer>>> byReason = new TreeMap<>();
        for (Run run : runs) {
            if (run.outcome() == outcome) {
                byReason.computeIfAbsent(run.reason(), _ -> new TreeMap<>())
                        .computeIfAbsent(row(run) + " " + run.name(), _ -> new TreeMap<>(WORLDS))
                        .merge(run.world(), 1, Integer::sum);
            }
        }
        var text = new StringBuilder("\n## " + title + "\n");
        byReason.forEach((reason, where) -> {
            text.append("\n").append(reason.isEmpty() ? "No reason given" : reason).append(":\n\n");
            where.forEach((each, worlds) -> text.append("- ").append(each).append(": ")
                    .append(String.join(", ", worlds.keySet())).append('\n'));
        });
        return byReason.isEmpty() ? text + "\nNone.\n" : text.toString();
    }
}
