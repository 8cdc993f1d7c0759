package dev.uring.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Runs {@code fio} as the peer of {@link Sequential} and tells its result in the same words.
 *
 * <pre>
 *   FioSequential read|write FILE SECONDS [direct]
 * </pre>
 *
 * <p>CPU time is that of all of fio's processes, less that of a run with a single block, which is what fio takes to start:
 * what its report says of its job lacks the kernel's worker threads, which are the ones that write.
 */
public final class FioSequential {
    private static final Pattern BYTES = Pattern.compile("\"io_bytes\" : (\\d+)");
    private static final Pattern RUNTIME_MILLIS = Pattern.compile("\"runtime\" : (\\d+),");
    private static final Path STAT = Path.of("/proc/self/stat");
    /** Of the fields behind the program's name, which may hold blanks and ends with a bracket. */
    private static final int CHILDREN_USER = 13;
    private static final int CHILDREN_KERNEL = 14;
    private static final long TICK_NANOS = 10_000_000;

    private FioSequential() {
    }

    /**
     * Runs fio and prints the commands and the result.
     *
     * @param arguments see above
     * @throws IOException          if fio cannot be run, fails, or says something else than version 3 does
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length < 3) {
            System.err.println("usage: FioSequential read|write FILE SECONDS [direct]");
            System.exit(2);
        }
        String direct = arguments.length == 4 ? "1" : "0";
        String blocks = Long.toString(DataFiles.BYTES / Sequential.BLOCK_BYTES);
        List<String> command = List.of("fio", "--name=blocks", "--filename=" + arguments[1], "--rw=" + arguments[0],
                "--ioengine=io_uring", "--bs=1m", "--direct=" + direct, "--invalidate=0", "--fallocate=none",
                "--fdatasync=" + (arguments[0].equals("write") ? blocks : "0"), "--iodepth=" + Sequential.IN_FLIGHT,
                "--fixedbufs=1", "--registerfiles=1", "--nonvectored=1", "--gtod_reduce=1", "--output-format=json");
        run(command, "--size=1m");
        long startNanos = childrenNanos(Files.readString(STAT));
        String report = run(command, "--size=1g", "--time_based", "--runtime=" + FioReads.runtime(arguments[2]));
        System.out.println(result(report, arguments[0], childrenNanos(Files.readString(STAT)) - 2 * startNanos));
    }

    private static String run(List<String> command, String... more) throws IOException, InterruptedException {
        List<String> all = Stream.concat(command.stream(), Arrays.stream(more)).toList();
        System.out.println(String.join(" ", all));
        Process fio = new ProcessBuilder(all).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String report = new String(fio.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (fio.waitFor() != 0) {
            throw new IOException("fio failed: status=" + fio.exitValue() + " output=" + report);
        }
        return report;
    }

    /** Answers the CPU time of all processes that this one has waited for, and of theirs. */
    static long childrenNanos(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[CHILDREN_USER]) + Long.parseLong(fields[CHILDREN_KERNEL])) * TICK_NANOS;
    }

    /**
     * Answers the result.
     *
     * @param part of the report that has the figures, "read" or "write"
     */
    static String result(String report, String part, long cpuNanos) throws IOException {
        int start = report.indexOf('"' + part + "\" : {");
        String figures = start < 0 ? "" : report.substring(start);
        double blocks = find(BYTES, figures) / Sequential.BLOCK_BYTES;
        return String.format(Locale.ROOT, "wall_ns=%.1f cpu_ns=%.1f", find(RUNTIME_MILLIS, figures) * 1e6 / blocks,
                cpuNanos / blocks);
    }

    private static double find(Pattern pattern, String report) throws IOException {
        Matcher matcher = pattern.matcher(report);
        if (!matcher.find()) {
            throw new IOException("not in the report of fio: pattern=" + pattern + " report=" + report);
        }
        return Double.parseDouble(matcher.group(1));
    }
}
