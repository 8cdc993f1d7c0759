package dev.uring.bench;

import dev.uring.bench.Subject.Group;
import dev.uring.bench.Table.Beside;
import dev.uring.bench.Table.Column;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What does it cost to pass a byte, or a small request, through a proxy for TCP that has one thread: runs
 * {@link ProxyRun} in turn for each proxy and prints tables for docs/PERFORMANCE.md. HAProxy is the baseline.
 *
 * <pre>
 *   ProxyLoad [ROUNDS [SECONDS [TRAFFIC...] [PROXY...]]]
 * </pre>
 *
 * <p>Traffic is {@code up1}, {@code down1} (iperf3 through one stream, as it is and with {@code -R}), {@code redis1}
 * and {@code redis50} (redis-benchmark, SET and GET of 64 B, on that many connections), or the same with other
 * numbers. Proxies are {@code haproxy}, {@code haproxy-splice} ({@code option splice-request} and
 * {@code splice-response}), {@code nginx} (the stream module), {@code uring} and {@code uring-splice}
 * ({@code uring.jar proxy}), all of them when none is named; those that cannot be run here are skipped, with the
 * reason. {@code haproxy-auto} has {@code option splice-auto}, which copied all the same wherever it was tried.
 *
 * <p>Estimate: a copy through the process moves each byte across two times, 0.1 s a GB each, and TCP over loopback
 * costs as much again; splice saves the copies, but not TCP. A request and its answer are two receives and two sends,
 * 6 to 10 us. Expected: no more CPU per GB than HAProxy.
 */
public final class ProxyLoad {
    private static final String HEAP = "64m";
    private static final Pattern TRAFFIC = Pattern.compile("(up|down|redis)\\d+");
    private static final List<String> DEFAULT_TRAFFIC = List.of("up1", "down1", "redis1", "redis50");
    private static final List<String> PROXIES = List.of("haproxy", "haproxy-splice", "nginx", "uring", "uring-splice");
    private static final List<String> OTHERS = List.of("haproxy-auto", "socat");
    private static final List<String> HEAD = List.of("traffic", "proxy");
    private static final Column BUSY = new Column("busy %", "busy_percent", 0, Beside.NOTHING);
    private static final Table BYTES = new Table(HEAD, List.of(
            new Column("CPU s per GB", "cpu_s_per_gb", 3, Beside.RATIO),
            new Column("Gbit per second", "gbit_per_second", 1, Beside.NOTHING),
            BUSY,
            new Column("calls per MB", "calls_per_mb", 1, Beside.NOTHING)));
    private static final Table REQUESTS = new Table(HEAD, List.of(
            new Column("CPU ns per request", "cpu_ns_per_request", 0, Beside.RATIO),
            new Column("requests per second", "requests_per_second", 0, Beside.NOTHING),
            BUSY,
            new Column("median us", "p50_us", 0, Beside.NOTHING),
            new Column("p99 us", "p99_us", 0, Beside.NOTHING),
            new Column("calls per request", "calls_per_request", 2, Beside.NOTHING)));

    private ProxyLoad() {
    }

    /**
     * Runs the comparisons.
     *
     * @param arguments see above
     * @throws IOException          if a proxy or its traffic fails
     * @throws InterruptedException never in practice: nobody interrupts this thread
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        String seconds = arguments.length > 1 ? arguments[1] : "3";
        List<String> words = Arrays.asList(arguments).subList(Math.min(arguments.length, 2), arguments.length);
        List<String> traffic = words.stream().filter(TRAFFIC.asMatchPredicate()).toList();
        List<String> names = words.stream().filter(word -> !traffic.contains(word)).toList();
        if (names.stream().anyMatch(name -> !PROXIES.contains(name) && !OTHERS.contains(name))) {
            System.err.println("usage: ProxyLoad [ROUNDS [SECONDS [TRAFFIC...] [PROXY...]]], proxies: " + PROXIES
                    + OTHERS);
            System.exit(2);
        }
        List<String> proxies = new ArrayList<>();
        for (String name : names.isEmpty() ? PROXIES : names) {
            if (Tool.isHere(name, ProxyRun.missing(name))) {
                proxies.add(name);
            }
        }
        if (proxies.isEmpty()) {
            return;
        }
        List<String> possible = (traffic.isEmpty() ? DEFAULT_TRAFFIC : traffic).stream()
                .filter(name -> Tool.isHere(name, ProxyTraffic.of(name).missing()))
                .toList();
        run("bytes through a proxy", BYTES, proxies, possible.stream()
                .filter(name -> !ProxyTraffic.of(name).isRedis()).toList(), rounds, seconds);
        run("requests through a proxy", REQUESTS, proxies, possible.stream()
                .filter(name -> ProxyTraffic.of(name).isRedis()).toList(), rounds, seconds);
    }

    private static void run(String title, Table table, List<String> proxies, List<String> traffic, int rounds,
            String seconds) throws IOException, InterruptedException {
        if (traffic.isEmpty()) {
            return;
        }
        new Subject(title, table, traffic.stream()
                .map(name -> new Group(List.of(name), proxies.stream()
                        .map(proxy -> JavaProgram.of(proxy, ServerProcess.pin(ServerProcess.LOAD_CPU), HEAP, List.of(),
                                ProxyRun.class, proxy, name, seconds))
                        .toList()))
                .toList()).run(rounds, "seconds=" + seconds);
    }
}
