package dev.uring.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * Starts a proxy for TCP on one processor, and on the other a server and a tool that talks to it through the proxy,
 * and tells what that costs the proxy as {@link Interleave} reads it.
 *
 * <pre>
 *   ProxyRun PROXY TRAFFIC SECONDS
 * </pre>
 *
 * <p>PROXY is {@code haproxy}, {@code haproxy-auto}, {@code haproxy-splice}, {@code nginx}, {@code uring},
 * {@code uring-splice}, or {@code socat}, which forks for every connection and is there to try this program with.
 * TRAFFIC is that of {@link ProxyTraffic}. CPU time is that of the proxy and of the processes that it has started; a
 * GB is 10^9 bytes. System calls are counted in a run of their own.
 */
public final class ProxyRun {
    /** CPU time of a proxy in Java before anything counts. */
    private static final double WARM_UP_CPU_SECONDS = 8;
    private static final double WARM_UP_CPU_SECONDS_COMPILED = 0.2;
    private static final int WARM_UPS_MAX = 40;
    private static final int WARM_UP_SECONDS = 1;
    private static final long SETTLE_MILLIS = 500;
    private static final String WORKERS = "1";

    private final ServerProcess proxy;
    private final ProxyTraffic traffic;
    private final int port;

    private ProxyRun(ServerProcess proxy, ProxyTraffic traffic, int port) {
        this.proxy = proxy;
        this.traffic = traffic;
        this.port = port;
    }

    /**
     * Measures.
     *
     * @param arguments see above
     * @throws IOException          if the proxy, the server or the tool fails
     * @throws InterruptedException never in practice: nobody interrupts this thread
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments.length != 3) {
            System.err.println("usage: ProxyRun PROXY TRAFFIC SECONDS");
            System.exit(2);
        }
        String name = arguments[0];
        ProxyTraffic traffic = ProxyTraffic.of(arguments[1]);
        int targetPort = ServerProcess.freePort();
        int port = ServerProcess.freePort();
        try (ServerProcess _ = ServerProcess.start(traffic.isRedis() ? "redis" : "iperf3", ServerProcess.LOAD_CPU,
                        traffic.target(targetPort), targetPort);
                ServerProcess proxy = ServerProcess.start(name, ServerProcess.SERVER_CPU,
                        command(name, port, targetPort), port)) {
            var run = new ProxyRun(proxy, traffic, port);
            run.warmUp(name.startsWith("uring") ? WARM_UP_CPU_SECONDS : WARM_UP_CPU_SECONDS_COMPILED);
            System.out.println(run.measure(Integer.parseInt(arguments[2])));
        }
    }

    /** Answers why a proxy cannot be run here, or null if it can. */
    static String missing(String name) throws IOException, InterruptedException {
        return switch (name) {
            case "haproxy", "haproxy-auto", "haproxy-splice" -> Haproxy.missing();
            case "nginx" -> Nginx.missingStream();
            case "socat" -> Tool.missing("socat", "socat");
            default -> UringJar.missing("proxy");
        };
    }

    private static List<String> command(String name, int port, int targetPort) throws IOException {
        String listen = "127.0.0.1:" + port;
        String target = "127.0.0.1:" + targetPort;
        return switch (name) {
            case "haproxy" -> Haproxy.proxy(port, targetPort, Haproxy.Way.COPY);
            case "haproxy-auto" -> Haproxy.proxy(port, targetPort, Haproxy.Way.AUTO);
            case "haproxy-splice" -> Haproxy.proxy(port, targetPort, Haproxy.Way.SPLICE);
            case "nginx" -> Nginx.proxy(port, targetPort);
            case "uring" -> UringJar.command("proxy", listen, target, "--workers", WORKERS);
            case "uring-splice" -> UringJar.command("proxy", listen, target, "--workers", WORKERS, "--splice");
            case "socat" -> List.of("socat", "TCP-LISTEN:" + port + ",bind=127.0.0.1,reuseaddr,fork,nodelay",
                    "TCP:" + target + ",nodelay");
            default -> throw new IllegalArgumentException("no such proxy: name=" + name);
        };
    }

    private void warmUp(double cpuSeconds) throws IOException, InterruptedException {
        for (int i = 0; i < WARM_UPS_MAX && proxy.cpuNanos() < cpuSeconds * 1e9; i++) {
            settle();
            traffic.parse(Tool.run(traffic.load(port, WARM_UP_SECONDS)), WARM_UP_SECONDS);
        }
    }

    /** iperf3 refuses a test until it has seen the end of the one before, which the proxy may pass on a little later. */
    private static void settle() throws InterruptedException {
        Thread.sleep(SETTLE_MILLIS);
    }

    private String measure(int seconds) throws IOException, InterruptedException {
        settle();
        long wallNanos = System.nanoTime();
        long cpuNanos = proxy.cpuNanos();
        String output = Tool.run(traffic.load(port, seconds));
        cpuNanos = proxy.cpuNanos() - cpuNanos;
        wallNanos = System.nanoTime() - wallNanos;
        ProxyTraffic.Report report = traffic.parse(output, seconds);
        String figures = String.format(Locale.ROOT, traffic.isRedis()
                ? "cpu_ns_per_request=%.1f %s busy_percent=%.1f" : "cpu_s_per_gb=%.4f %s busy_percent=%.1f",
                cpuNanos / report.amount(), report.figures(), 100.0 * cpuNanos / wallNanos);
        settle();
        Tool.Run counted = Tool.runCounted(proxy, traffic.load(port, WARM_UP_SECONDS));
        if (counted.calls().isEmpty()) {
            return figures;
        }
        double calls = counted.calls().getAsDouble() / traffic.parse(counted.output(), WARM_UP_SECONDS).amount();
        return figures + String.format(Locale.ROOT, traffic.isRedis() ? " calls_per_request=%.3f" : " calls_per_mb=%.3f",
                traffic.isRedis() ? calls : calls * 1e6);
    }
}
