package dev.uring.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Compares whole programs by running them in turn, A B C A B C, so that whatever changes on the machine meanwhile
 * meets all of them alike. The first is the baseline.
 *
 * <p>The last line that a program prints is its result: {@code key=value} pairs separated by blanks, the values decimal
 * numbers. Every round must give the same keys. What a program writes to standard error is passed on.
 */
public final class Interleave {
    private static final int ROUNDS_DEFAULT = 5;
    private static final Duration LIMIT_DEFAULT = Duration.ofMinutes(10);
    private static final String USAGE = "usage: Interleave [--rounds N] NAME=SHELL-COMMAND...";

    private final List<Command> commands;
    private final int rounds;
    private final Duration limit;
    private final Consumer<String> progress;

    /**
     * A program to run.
     *
     * @param name what the tables call it
     * @param line the program and its arguments, as for {@link ProcessBuilder}
     */
    public record Command(String name, List<String> line) {
    }

    /**
     * Prepares a comparison; nothing runs yet.
     *
     * @param commands at least one, with different names; the first is the baseline
     * @param rounds   how often each is run after the warm-up round, at least 1
     * @param limit    how long one run may take; then the program is killed and the comparison fails
     * @param progress takes one line per run, as it ends
     */
    public Interleave(List<Command> commands, int rounds, Duration limit, Consumer<String> progress) {
        if (commands.isEmpty() || commands.stream().map(Command::name).distinct().count() != commands.size()) {
            throw new IllegalArgumentException("commands must be at least one, with different names: " + commands);
        }
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds must be at least 1: rounds=" + rounds);
        }
        this.commands = List.copyOf(commands);
        this.rounds = rounds;
        this.limit = limit;
        this.progress = progress;
    }

    /**
     * Compares shell commands and prints the machine, each result, and the tables.
     *
     * @param arguments {@code [--rounds N] NAME=SHELL-COMMAND...}
     * @throws InterruptedException never in practice: nobody interrupts this thread
     */
    public static void main(String[] arguments) throws InterruptedException {
        try {
            Interleave interleave = parse(System.out::println, arguments);
            System.out.print(Machine.header());
            System.out.print(interleave.run().format());
        } catch (IllegalArgumentException e) {
            System.err.println("interleave: " + e.getMessage() + "; " + USAGE);
            System.exit(2);
        } catch (IOException e) {
            System.err.println("interleave: " + e.getMessage());
            System.exit(1);
        }
    }

    static Interleave parse(Consumer<String> progress, String... arguments) {
        int rounds = ROUNDS_DEFAULT;
        int first = 0;
        if (arguments.length > 1 && arguments[0].equals("--rounds")) {
            rounds = Integer.parseInt(arguments[1]);
            first = 2;
        }
        List<Command> commands = new ArrayList<>();
        for (String argument : Arrays.asList(arguments).subList(first, arguments.length)) {
            int equals = argument.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("not NAME=SHELL-COMMAND: " + argument);
            }
            commands.add(new Command(argument.substring(0, equals),
                    List.of("sh", "-c", argument.substring(equals + 1))));
        }
        return new Interleave(commands, rounds, LIMIT_DEFAULT, progress);
    }

    /**
     * Runs one round to warm up, whose results are not counted, then the rounds that are.
     *
     * @return the figures of all counted rounds
     * @throws IOException          if a program cannot be started, fails, takes too long, or prints no result
     * @throws InterruptedException if the calling thread is interrupted; the program of the moment is killed
     */
    public Comparison run() throws IOException, InterruptedException {
        List<Comparison.Samples> samples = new ArrayList<>();
        for (Command command : commands) {
            Map<String, double[]> values = new LinkedHashMap<>();
            runOnce(command, "warm-up").keySet().forEach(key -> values.put(key, new double[rounds]));
            samples.add(new Comparison.Samples(command.name(), values));
        }
        for (int round = 0; round < rounds; round++) {
            for (int index = 0; index < commands.size(); index++) {
                Command command = commands.get(index);
                Map<String, double[]> values = samples.get(index).values();
                Map<String, Double> result = runOnce(command, "round " + (round + 1));
                if (!result.keySet().equals(values.keySet())) {
                    throw new IOException("keys differ between rounds: name=" + command.name() + " before="
                            + values.keySet() + " now=" + result.keySet());
                }
                for (Map.Entry<String, Double> entry : result.entrySet()) {
                    values.get(entry.getKey())[round] = entry.getValue();
                }
            }
        }
        return new Comparison(List.copyOf(samples));
    }

    private Map<String, Double> runOnce(Command command, String label) throws IOException, InterruptedException {
        Path output = Files.createTempFile("interleave", ".out");
        try {
            runOnceProcess(command, output);
            String last = Files.readAllLines(output).stream()
                    .filter(line -> !line.isBlank())
                    .reduce((_, next) -> next)
                    .orElseThrow(() -> new IOException("program printed nothing: name=" + command.name()));
            Map<String, Double> result = runOnceParse(command, last);
            progress.accept(label + ' ' + command.name() + ": " + last);
            return result;
        } finally {
            Files.delete(output);
        }
    }

    private void runOnceProcess(Command command, Path output) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command.line())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IOException("program took too long: name=" + command.name() + " limit=" + limit);
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (process.exitValue() != 0) {
            throw new IOException("program failed: name=" + command.name() + " status=" + process.exitValue());
        }
    }

    private static Map<String, Double> runOnceParse(Command command, String line) throws IOException {
        Map<String, Double> result = new LinkedHashMap<>();
        for (String pair : line.strip().split("\\s+")) {
            int equals = pair.indexOf('=');
            try {
                result.put(pair.substring(0, equals), Double.valueOf(pair.substring(equals + 1)));
            } catch (IndexOutOfBoundsException | NumberFormatException e) {
                throw new IOException("last line is not key=number pairs: name=" + command.name() + " line=" + line, e);
            }
        }
        return result;
    }
}
