package dev.uring.bench;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.Stream;

/**
 * What does the raw ring cost in Java beside C and {@code fio}, each pinned to one processor, in turns?
 *
 * <pre>
 *   RawRing [--rounds N] [--seconds S] [--cpu N] [--file FILE] [nop] [cached] [direct]
 * </pre>
 *
 * <p>{@code nop} compares {@link NopLoop} with {@code nop.c}, {@code cached} {@link ReadLoop} with {@code fio} and
 * {@code readfile.c} on a file in the page cache, {@code direct} the same past the cache; without any of them, nop and
 * cached. The programs' own estimates say what to expect: from C 1.0x of the rate in batches of 8 and more and 0.75x
 * in batches of 1, and at most 1.05x of fio's CPU time per cached read. The tables that come last are Markdown, for
 * docs/PERFORMANCE.md. A peer that cannot be run here is skipped, with the reason.
 */
public final class RawRing {
    private static final String USAGE =
            "usage: RawRing [--rounds N] [--seconds S] [--cpu N] [--file FILE] [nop] [cached] [direct]";
    private static final List<Integer> BATCHES = List.of(1, 8, 32, 128);
    private static final String DEPTH = "32";
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String JAVA = "Java";
    /** What {@code nop.c} asks for; Java's own choice has NO_SQARRAY besides, which the liburing of Debian 12 lacks. */
    private static final String FLAGS_OF_C = "SINGLE_ISSUER,DEFER_TASKRUN";
    /** A fixed heap, and the collector that has no threads of its own. */
    private static final List<String> JAVA_OPTIONS = List.of("-Xms256m", "-Xmx256m", "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED");

    private final Path target = target();
    private final StringBuilder tables = new StringBuilder();
    private final List<String> parts = new ArrayList<>();
    private int rounds = 5;
    private String seconds = "2";
    /** The last one: the first has more than its share of interrupts. */
    private String cpu = Integer.toString(Runtime.getRuntime().availableProcessors() - 1);
    private Path file = target.resolve("reads-1g.bin");

    private RawRing(String... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--rounds" -> rounds = Integer.parseInt(arguments[++i]);
                case "--seconds" -> seconds = arguments[++i];
                case "--cpu" -> cpu = arguments[++i];
                case "--file" -> file = Path.of(arguments[++i]);
                case "nop", "cached", "direct" -> parts.add(arguments[i]);
                default -> throw new IllegalArgumentException("unknown argument: " + arguments[i]);
            }
        }
        if (parts.isEmpty()) {
            parts.addAll(List.of("nop", "cached"));
        }
    }

    /**
     * Runs the comparisons: about 4 minutes for nop and 2 for each kind of read.
     *
     * @param arguments see above
     * @throws InterruptedException never in practice: nobody interrupts this thread
     */
    public static void main(String[] arguments) throws InterruptedException {
        try {
            new RawRing(arguments).run();
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            System.err.println("raw ring: " + e.getMessage() + "; " + USAGE);
            System.exit(2);
        } catch (IOException e) {
            System.err.println("raw ring: " + e);
            System.exit(1);
        }
    }

    private void run() throws IOException, InterruptedException {
        System.out.print(Machine.header());
        if (!isOnPath("taskset")) {
            System.out.println("not pinned to a processor: no taskset (apt-get install util-linux)");
        }
        buildPeers();
        for (String part : parts) {
            switch (part) {
                case "nop" -> runNop();
                case "cached" -> runReads("page cache", false);
                default -> runReads("O_DIRECT", true);
            }
        }
        System.out.print(tables);
        System.out.print(Machine.header());
    }

    /** Compiles the programs in C, unless the sources are not here. */
    static void buildPeers() throws IOException, InterruptedException {
        Path build = target().resolveSibling("src/main/c/build");
        if (Files.isExecutable(build)) {
            new ProcessBuilder(build.toString()).inheritIO().start().waitFor();
        }
    }

    private void runNop() throws IOException, InterruptedException {
        head("NOP round trips", "batch", "program", "M per CPU second", "of C", "M per second", "of C", "B/op");
        for (int batch : BATCHES) {
            String size = Integer.toString(batch);
            List<Interleave.Command> commands = new ArrayList<>();
            addC(commands, "nop", size, seconds);
            commands.add(java(JAVA, NopLoop.class, size, seconds));
            commands.add(java("Java, flags of C", NopLoop.class, size, seconds, FLAGS_OF_C));
            Comparison comparison = compare(commands);
            for (Comparison.Samples program : comparison.programs()) {
                row(size, program.name(),
                        figure(program, "ops_per_cpu_second", RawRing::millions),
                        ratio(comparison, program, "ops_per_cpu_second"),
                        figure(program, "ops_per_second", RawRing::millions),
                        ratio(comparison, program, "ops_per_second"),
                        figure(program, "bytes_per_op", RawRing::small));
            }
        }
    }

    private void runReads(String title, boolean direct) throws IOException, InterruptedException {
        DataFiles.prepare(file);
        List<Interleave.Command> commands = new ArrayList<>();
        String[] operands = Stream.of(file.toString(), DEPTH, seconds, direct ? "direct" : "")
                .filter(operand -> !operand.isEmpty())
                .toArray(String[]::new);
        if (isOnPath("fio")) {
            commands.add(java("fio", FioReads.class, operands));
            commands.add(java("fio, without clocks", FioReads.class,
                    Stream.concat(Arrays.stream(operands), Stream.of("lean")).toArray(String[]::new)));
        } else {
            System.out.println("skipped fio: not on the path (apt-get install fio)");
        }
        addC(commands, "readfile", operands);
        commands.add(java(JAVA, ReadLoop.class, operands));
        Comparison comparison = compare(commands);
        String ofBaseline = "of " + comparison.programs().getFirst().name();
        head("4 KiB random reads, " + title + ", depth " + DEPTH, "program", "CPU ns per read", ofBaseline,
                "k reads per second", ofBaseline, "B/read", "enters/read");
        for (Comparison.Samples program : comparison.programs()) {
            row(program.name(),
                    figure(program, "cpu_ns_per_read", RawRing::whole),
                    ratio(comparison, program, "cpu_ns_per_read"),
                    figure(program, "reads_per_second", RawRing::thousands),
                    ratio(comparison, program, "reads_per_second"),
                    figure(program, "bytes_per_read", RawRing::small),
                    figure(program, "enters_per_read", RawRing::small));
        }
    }

    private Comparison compare(List<Interleave.Command> commands) throws IOException, InterruptedException {
        Comparison comparison = new Interleave(commands, rounds, LIMIT, System.out::println).run();
        System.out.print(comparison.format());
        return comparison;
    }

    private void addC(List<Interleave.Command> commands, String name, String... operands) {
        Path program = target.resolve("c").resolve(name);
        if (Files.isExecutable(program)) {
            commands.add(new Interleave.Command("C", pinned(program.toString(), List.of(operands))));
        } else {
            System.out.println("skipped C: not built: program=" + program);
        }
    }

    private Interleave.Command java(String name, Class<?> main, String... operands) {
        List<String> line = new ArrayList<>(JAVA_OPTIONS);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        line.addAll(List.of(operands));
        return new Interleave.Command(name, pinned(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                line));
    }

    private List<String> pinned(String program, List<String> operands) {
        List<String> line = new ArrayList<>();
        if (isOnPath("taskset")) {
            line.addAll(List.of("taskset", "-c", cpu));
        }
        line.add(program);
        line.addAll(operands);
        return line;
    }

    static boolean isOnPath(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, program)));
    }

    /** The folder of the jar or the classes, both of which Maven writes to bench/target. */
    static Path target() {
        try {
            return Path.of(RawRing.class.getProtectionDomain().getCodeSource().getLocation().toURI()).getParent();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private void head(String title, String... columns) {
        tables.append('\n').append(title).append(", median (min..max) of ").append(rounds).append(" rounds:\n\n");
        row(columns);
        row(Stream.generate(() -> "---").limit(columns.length).toArray(String[]::new));
    }

    private void row(String... cells) {
        tables.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    /** A dash for what the program does not tell. */
    private static String figure(Comparison.Samples program, String key, DoubleFunction<String> format) {
        return program.values().containsKey(key) ? format(program.spread(key), format) : "-";
    }

    private static String ratio(Comparison comparison, Comparison.Samples program, String key) {
        return format(comparison.ratioPerRound(program, key), value -> String.format(Locale.ROOT, "%.3f", value));
    }

    private static String format(Spread spread, DoubleFunction<String> format) {
        return format.apply(spread.median()) + " (" + format.apply(spread.min()) + ".." + format.apply(spread.max())
                + ')';
    }

    private static String millions(double value) {
        return String.format(Locale.ROOT, "%.2f", value / 1e6);
    }

    private static String thousands(double value) {
        return String.format(Locale.ROOT, "%.0f", value / 1e3);
    }

    private static String whole(double value) {
        return String.format(Locale.ROOT, "%.0f", value);
    }

    private static String small(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
