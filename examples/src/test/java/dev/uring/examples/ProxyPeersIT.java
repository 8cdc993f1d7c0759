package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.examples.JarRun.Outcome;
import dev.uring.examples.Peer.Served;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** The proxy between programs that others wrote. */
@ParameterizedClass
@CsvSource({"io_uring,", "io_uring,--splice", "epoll,", "nio,"})
final class ProxyPeersIT {
    private static final long SEED = Long.getLong("uring.test.seed", System.nanoTime());
    private static final int STREAMS = 8;
    private static final int STREAM_BYTES_MAX = 2_000_000;

    @Parameter(0)
    private String driver;

    @Parameter(1)
    private String option;

    @TempDir
    private Path directory;

    private Peer peer;

    @BeforeEach
    void setUp() {
        Given.driver(driver);
        peer = new Peer(directory, driver);
    }

    @AfterEach
    void tearDown() throws InterruptedException {
        if (peer != null) {
            peer.close();
        }
    }

    private Served proxy(String listen, String target) throws IOException {
        List<String> line = new ArrayList<>(List.of("proxy", listen, target));
        if (option != null) {
            line.add(option);
        }
        Served served = peer.serve(line.toArray(String[]::new));
        assertThat(served.line()).matches("passing .* on to .* with " + driver);
        return served;
    }

    private static void stop(Served proxy) throws Exception {
        assertThat(proxy.stop()).matches("stopped: \\d+ connections, .*");
        assertThat(proxy.told()).isEmpty();
    }

    @Test
    void redis_keeps_what_it_is_given() throws Exception {
        Peer.require("redis-server", "redis-cli", "redis-benchmark");
        int port = Peer.freePort();
        Process redis = peer.start("redis-server", "--bind", "127.0.0.1", "--port", Integer.toString(port), "--save", "",
                "--appendonly", "no", "--dir", directory.toString());
        Peer.awaitPort(redis, port);
        Served proxy = proxy("0", Integer.toString(port));
        String to = Integer.toString(proxy.port());
        Path large = Files.write(directory.resolve("value"), Given.content(3_000_001));
        peer.run(large, "redis-cli", "-p", to, "-x", "set", "large");
        byte[] got = peer.run("redis-cli", "-p", to, "--raw", "get", "large").bytes();
        assertThat(got).startsWith(Files.readAllBytes(large)).hasSize(3_000_002); // and a line end
        assertThat(peer.run("redis-cli", "-p", to, "set", "a", "b").out()).isEqualTo("OK\n");
        assertThat(peer.run("redis-cli", "-p", Integer.toString(port), "get", "a").out()).isEqualTo("b\n");
        Outcome load = peer.run("redis-benchmark", "-p", to, "-t", "set,get", "-n", "5000", "-c", "20", "-r", "100", "-P", "4",
                "-q");
        assertThat(load.out() + load.err()).contains("SET:", "GET:").doesNotContain("Error");
        stop(proxy);
    }

    @Test
    void iperf3_moves_bytes_both_ways() throws Exception {
        Peer.require("iperf3");
        int port = Peer.freePort();
        Process server = peer.start("iperf3", "-s", "-B", "127.0.0.1", "-p", Integer.toString(port));
        Peer.awaitPort(server, port);
        Served proxy = proxy("0", "127.0.0.1:" + port);
        String to = Integer.toString(proxy.port());
        peer.run("iperf3", "-c", "127.0.0.1", "-p", to, "-n", "100M");
        peer.run("iperf3", "-c", "127.0.0.1", "-p", to, "-n", "100M", "-R");
        stop(proxy);
    }

    @Test
    void random_streams_come_through_byte_for_byte_both_ways() throws Exception {
        Random random = new Random(SEED);
        try (var listener = new ServerSocket(0, STREAMS, InetAddress.getLoopbackAddress());
                ExecutorService threads = Executors.newCachedThreadPool()) {
            Served proxy = proxy("0", Integer.toString(listener.getLocalPort()));
            for (int i = 0; i < STREAMS; i++) {
                byte[] there = Given.content(random.nextInt(STREAM_BYTES_MAX));
                byte[] back = Given.content(random.nextInt(STREAM_BYTES_MAX));
                boolean waits = random.nextBoolean(); // half-close: the answer begins when all has come
                try (var client = new Socket(InetAddress.getLoopbackAddress(), proxy.port()); var server = listener.accept()) {
                    Future<byte[]> atServer = threads.submit(() -> receive(server));
                    Future<byte[]> atClient = threads.submit(() -> receive(client));
                    Future<?> sentThere = threads.submit(sending(client, there));
                    if (waits) {
                        sentThere.get();
                        atServer.get();
                    }
                    Future<?> sentBack = threads.submit(sending(server, back));
                    String seed = "uring.test.seed=" + SEED;
                    assertThat(atServer.get()).as(seed).isEqualTo(there);
                    assertThat(atClient.get()).as(seed).isEqualTo(back);
                    sentThere.get();
                    sentBack.get();
                }
            }
            assertThat(proxy.stop()).startsWith("stopped: " + STREAMS + " connections, 0 of them failed");
        }
    }

    private static byte[] receive(Socket socket) throws IOException {
        return socket.getInputStream().readAllBytes();
    }

    private static Callable<Void> sending(Socket socket, byte[] bytes) {
        return () -> {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            return null;
        };
    }
}
