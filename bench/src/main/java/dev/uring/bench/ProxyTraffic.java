package dev.uring.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What goes through a proxy, by its name: {@code up} or {@code down} and a number of streams that {@code iperf3}
 * sends or receives, or {@code redis} and a number of connections, each with one request of {@code redis-benchmark}
 * out.
 *
 * @param kind  of these
 * @param count of streams or connections
 */
record ProxyTraffic(Kind kind, int count) {
    private static final Pattern NAME = Pattern.compile("(up|down|redis)(\\d+)");
    private static final Pattern IPERF_BYTES = Pattern.compile("\"sum_received\":\\s*\\{[^}]*\"bytes\":\\s*(\\d+)");
    private static final Pattern IPERF_RATE =
            Pattern.compile("\"sum_received\":\\s*\\{[^}]*\"bits_per_second\":\\s*([\\d.e+]+)");
    /** The name of the test, requests per second, and the milliseconds: mean, least, median, 95th and 99th percentile. */
    private static final Pattern REDIS = Pattern.compile(
            "\"GET\",\"([\\d.]+)\",\"[\\d.]+\",\"[\\d.]+\",\"([\\d.]+)\",\"[\\d.]+\",\"([\\d.]+)\"");
    private static final int REDIS_VALUE_BYTES = 64;
    /** Of SET, and as many of GET, so that a run takes about as many seconds as it is asked to. */
    private static final int REDIS_REQUESTS_PER_SECOND = 20_000;

    /** The tools. */
    enum Kind { UP, DOWN, REDIS }

    /**
     * What a tool told of a run.
     *
     * @param amount  bytes, or requests
     * @param figures as {@link Interleave} reads them
     */
    record Report(double amount, String figures) {
    }

    /** Finds it. */
    static ProxyTraffic of(String name) {
        Matcher matcher = NAME.matcher(name);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("no such traffic: name=" + name + " expected=" + NAME);
        }
        return new ProxyTraffic(Kind.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)),
                Integer.parseInt(matcher.group(2)));
    }

    boolean isRedis() {
        return kind == Kind.REDIS;
    }

    /** Answers why it cannot be run here, or null if it can. */
    String missing() {
        return !isRedis() ? Tool.missing("iperf3", "iperf3")
                : RawRing.isOnPath("redis-server") ? Tool.missing("redis-benchmark", "redis-tools")
                : Tool.missing("redis-server", "redis-server");
    }

    /** Answers the command of what the proxy has to reach. */
    List<String> target(int port) throws IOException {
        return isRedis()
                ? List.of("redis-server", "--port", Integer.toString(port), "--bind", "127.0.0.1", "--save", "",
                        "--appendonly", "no", "--dir", ServerProcess.directory("redis").toString())
                : List.of("iperf3", "-s", "-B", "127.0.0.1", "-p", Integer.toString(port));
    }

    /**
     * Answers the command of what talks to the proxy.
     *
     * @param seconds a whole number
     */
    List<String> load(int port, int seconds) {
        String connections = Integer.toString(count);
        if (isRedis()) {
            return List.of("redis-benchmark", "-h", "127.0.0.1", "-p", Integer.toString(port), "-c", connections,
                    "-n", Integer.toString(requests(seconds)), "-d", Integer.toString(REDIS_VALUE_BYTES), "-t",
                    "set,get", "--csv");
        }
        List<String> command = new ArrayList<>(List.of("iperf3", "-c", "127.0.0.1", "-p", Integer.toString(port), "-t",
                Integer.toString(seconds), "-P", connections, "-J"));
        if (kind == Kind.DOWN) {
            command.add("-R");
        }
        return command;
    }

    private int requests(int seconds) {
        return REDIS_REQUESTS_PER_SECOND * seconds;
    }

    /** Reads what it printed, after as many seconds as it was asked to run. */
    Report parse(String output, int seconds) throws IOException {
        if (isRedis()) {
            Matcher matcher = REDIS.matcher(output);
            if (!matcher.find()) {
                throw new IOException("redis-benchmark told no figures: output=" + output);
            }
            return new Report(2.0 * requests(seconds), String.format(Locale.ROOT,
                    "requests_per_second=%s p50_us=%.0f p99_us=%.0f", matcher.group(1),
                    Double.parseDouble(matcher.group(2)) * 1e3, Double.parseDouble(matcher.group(3)) * 1e3));
        }
        return new Report(Double.parseDouble(Tool.find(IPERF_BYTES, output)), String.format(Locale.ROOT,
                "gbit_per_second=%.2f", Double.parseDouble(Tool.find(IPERF_RATE, output)) / 1e9));
    }
}
