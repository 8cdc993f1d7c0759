package dev.uring.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs {@code fio} as the peer of {@link ReadLoop} and tells its result as {@link Interleave} reads it.
 *
 * <pre>
 *   FioReads FILE DEPTH SECONDS [plain] [lean] [direct]
 * </pre>
 *
 * <p>fio's CPU time is that of its job's thread after the ramp-up: user and kernel, in per cent of the time it ran.
 * "plain" registers neither file nor buffers and submits each read by itself. "lean" lets fio off reading the clock three
 * times per read, which it does to tell latencies.
 */
public final class FioReads {
    private static final Pattern READS = Pattern.compile("\"total_ios\" : (\\d+)");
    private static final Pattern PER_SECOND = Pattern.compile("\"iops\" : ([\\d.]+)");
    private static final Pattern RUNTIME_MILLIS = Pattern.compile("\"job_runtime\" : (\\d+)");
    private static final Pattern USER_PERCENT = Pattern.compile("\"usr_cpu\" : ([\\d.]+)");
    private static final Pattern KERNEL_PERCENT = Pattern.compile("\"sys_cpu\" : ([\\d.]+)");

    private FioReads() {
    }

    /**
     * Runs fio once and prints the command and the result.
     *
     * @param arguments {@code FILE DEPTH SECONDS [plain] [lean] [direct]}
     * @throws IOException          if fio cannot be run, fails, or says something else than version 3 does
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length < 3) {
            System.err.println("usage: FioReads FILE DEPTH SECONDS [plain] [lean] [direct]");
            System.exit(2);
        }
        List<String> words = List.of(arguments);
        List<String> command = command(words.get(0), Integer.parseInt(words.get(1)), words.get(2), words);
        System.out.println(String.join(" ", command));
        Process fio = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String report = new String(fio.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (fio.waitFor() != 0) {
            throw new IOException("fio failed: status=" + fio.exitValue() + " output=" + report);
        }
        System.out.println(result(report));
    }

    private static List<String> command(String file, int depth, String seconds, List<String> words) {
        List<String> command = new ArrayList<>(List.of("fio", "--name=reads", "--filename=" + file, "--readonly",
                "--ioengine=io_uring", "--rw=randread", "--bs=4k", "--direct=" + (words.contains("direct") ? 1 : 0),
                "--invalidate=0", "--norandommap", "--randrepeat=0", "--time_based", "--ramp_time=1",
                "--runtime=" + runtime(seconds), "--iodepth=" + depth, "--output-format=json"));
        if (!words.contains("plain")) {
            command.addAll(List.of("--fixedbufs=1", "--registerfiles=1", "--nonvectored=1",
                    "--iodepth_batch_submit=" + Math.max(depth / 4, 1), "--iodepth_batch_complete_min=1",
                    "--iodepth_batch_complete_max=" + depth));
        }
        if (words.contains("lean")) {
            command.add("--gtod_reduce=1");
        }
        return command;
    }

    /** fio takes whole numbers only. */
    static String runtime(String seconds) {
        return Math.round(Double.parseDouble(seconds) * 1000) + "ms";
    }

    /** The first part of fio's report is that of reads, and the only one with figures in it. */
    static String result(String report) throws IOException {
        double nanos = find(RUNTIME_MILLIS, report) * 1e6;
        double cpuNanos = (find(USER_PERCENT, report) + find(KERNEL_PERCENT, report)) / 100 * nanos;
        return String.format(Locale.ROOT, "reads_per_second=%.0f cpu_ns_per_read=%.1f", find(PER_SECOND, report),
                cpuNanos / find(READS, report));
    }

    private static double find(Pattern pattern, String report) throws IOException {
        Matcher matcher = pattern.matcher(report);
        if (!matcher.find()) {
            throw new IOException("not in the report of fio: pattern=" + pattern + " report=" + report);
        }
        return Double.parseDouble(matcher.group(1));
    }
}
