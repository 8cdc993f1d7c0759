package dev.uring.bench;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code wrk} tells of a run.
 *
 * @param requests  that were answered
 * @param perSecond of them
 * @param p50Micros median of the time to an answer
 * @param p99Micros its 99th percentile
 */
record Wrk(double requests, double perSecond, double p50Micros, double p99Micros) {
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ");
    private static final Pattern PER_SECOND = Pattern.compile("Requests/sec:\\s+([\\d.]+)");
    private static final Pattern P50 = Pattern.compile("50%\\s+([\\d.]+\\w+)");
    private static final Pattern P99 = Pattern.compile("99%\\s+([\\d.]+\\w+)");
    private static final Pattern TIME = Pattern.compile("([\\d.]+)(us|ms|s|m)");
    private static final Map<String, Double> MICROS = Map.of("us", 1.0, "ms", 1e3, "s", 1e6, "m", 60e6);

    /**
     * Answers the command.
     *
     * @param connections kept open, with one request out on each
     * @param seconds     a whole number
     */
    static List<String> command(int port, String connections, String seconds) {
        return List.of("wrk", "-t1", "-c" + connections, "-d" + seconds + "s", "--latency",
                "http://127.0.0.1:" + port + "/");
    }

    /**
     * Reads its report.
     *
     * @throws IOException if an answer was an error, a connection failed, or something is missing
     */
    static Wrk parse(String report) throws IOException {
        if (report.contains("Non-2xx") || report.contains("Socket errors")) {
            throw new IOException("server failed: wrk=" + report);
        }
        return new Wrk(Double.parseDouble(Tool.find(REQUESTS, report)), Double.parseDouble(Tool.find(PER_SECOND, report)),
                micros(Tool.find(P50, report)), micros(Tool.find(P99, report)));
    }

    /** "1.52ms" are 1520. */
    static double micros(String time) throws IOException {
        Matcher matcher = TIME.matcher(time);
        if (!matcher.matches()) {
            throw new IOException("no time: " + time);
        }
        return Double.parseDouble(matcher.group(1)) * MICROS.get(matcher.group(2));
    }
}
