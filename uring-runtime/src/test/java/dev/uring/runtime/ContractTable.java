package dev.uring.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes one table of what {@link ContractLog} wrote in several modules: the cases by driver, and the skips by reason. */
public final class ContractTable {
    private static final String MASKED = "io_uring without ";

    private ContractTable() {
    }

    /** What became of a case. */
    enum Outcome {
        PASSED, FAILED, SKIPPED
    }

    /** One case on one set-up. */
    record Run(String setup, String name, Outcome outcome, String reason) {
        String line() {
            return String.join("\t", setup, name, outcome.name(), reason.replaceAll("\\s+", " ").strip());
        }

        static Run of(String line) {
            String[] fields = line.split("\t", -1);
            return new Run(fields[0], fields[1], Outcome.valueOf(fields[2]), fields[3]);
        }

        /** Set-ups begin with their driver's name; a ring that lacks something is a driver of its own. */
        String driver() {
            return setup.startsWith(MASKED) ? "io_uring masked" : setup.split(" ", 2)[0];
        }
    }

    /** Takes the file to write and the target directories of modules; without any runs there, writes nothing. */
    public static void main(String[] arguments) throws IOException {
        List<Run> runs = new ArrayList<>();
        List<String> sources = new ArrayList<>();
        for (String target : Arrays.asList(arguments).subList(1, arguments.length)) {
            Path directory = Path.of(target, ContractLog.DIRECTORY);
            if (Files.isDirectory(directory)) {
                sources.addAll(read(directory, runs));
            }
        }
        if (!runs.isEmpty()) {
            Files.writeString(Path.of(arguments[0]), "# Driver contract\n\n" + table(runs) + skips(runs)
                    + "\n## Sources\n\n" + String.join("", sources));
        }
    }

    /** Adds what the files of one module say; answers a line for each. */
    private static List<String> read(Path directory, List<Run> runs) throws IOException {
        List<String> sources = new ArrayList<>();
        try (var all = Files.list(directory)) {
            for (Path file : all.sorted().toList()) {
                List<String> lines = Files.readAllLines(file);
                lines.forEach(line -> runs.add(Run.of(line)));
                sources.add("- " + file.toRealPath() + ": " + lines.size() + " runs, " + Files.getLastModifiedTime(file)
                        + "\n");
            }
        }
        return sources;
    }

    static String table(List<Run> runs) {
        Set<String> drivers = new TreeSet<>();
        Map<String, Map<String, int[]>> cases = new TreeMap<>();
        for (Run run : runs) {
            drivers.add(run.driver());
            cases.computeIfAbsent(run.name, _ -> new TreeMap<>())
                    .computeIfAbsent(run.driver(), _ -> new int[Outcome.values().length])[run.outcome.ordinal()]++;
        }
        var text = new StringBuilder("| case | ").append(String.join(" | ", drivers)).append(" |\n|---|")
                .append("---|".repeat(drivers.size())).append('\n');
        cases.forEach((name, byDriver) -> {
            text.append("| ").append(name);
            drivers.forEach(driver -> text.append(" | ").append(cell(byDriver.get(driver))));
            text.append(" |\n");
        });
        return text.toString();
    }

    private static String cell(int[] counts) {
        if (counts == null) {
            return "not run";
        }
        List<String> words = new ArrayList<>();
        for (Outcome outcome : Outcome.values()) {
            if (counts[outcome.ordinal()] > 0) {
                words.add(counts[outcome.ordinal()] + " " + outcome.name().toLowerCase(Locale.ROOT));
            }
        }
        return String.join(", ", words);
    }

    private static String skips(List<Run> runs) {
        Map<String, Map<String, Integer>> byReason = new TreeMap<>();
        for (Run run : runs) {
            if (run.outcome == Outcome.SKIPPED) {
                byReason.computeIfAbsent(run.reason, _ -> new TreeMap<>())
                        .merge(run.name + " on " + run.driver(), 1, Integer::sum);
            }
        }
        var text = new StringBuilder("\n## Skips\n");
        byReason.forEach((reason, where) -> {
            text.append("\n").append(reason.isEmpty() ? "No reason given" : reason).append(":\n\n");
            where.forEach((each, count) -> text.append("- ").append(each).append(": ").append(count).append('\n'));
        });
        return byReason.isEmpty() ? text + "\nNone.\n" : text.toString();
    }
}
