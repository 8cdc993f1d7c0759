package dev.uring.examples.containers;

import dev.uring.net.ConnectOptions;
import dev.uring.net.TcpStream;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.Tasks;
import dev.uring.runtime.Time;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Some clients of an echo server, who mind no failure: each sends, waits a little for its echo, and connects anew after any
 * error. A line tells of each connection, of its first echo, and of what ended it. Ends by itself.
 *
 * <pre>
 * EchoClient ADDRESS PORT CLIENTS ROUNDS
 * </pre>
 */
final class EchoClient {
    /** How long a client waits for a connection, and for an echo. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final int BYTES = 1000;

    private final InetSocketAddress server;
    private final int client;
    private int round;

    private EchoClient(InetSocketAddress server, int client) {
        this.server = server;
        this.client = client;
    }

    public static void main(String[] arguments) throws Exception {
        var server = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
        int clients = Integer.parseInt(arguments[2]);
        int rounds = Integer.parseInt(arguments[3]);
        try (UringRuntime runtime = UringRuntime.builder().enableAll().build()) {
            runtime.blockOn(() -> {
                List<JoinHandle<Void>> all = new ArrayList<>();
                for (int i = 0; i < clients; i++) {
                    var client = new EchoClient(server, i);
                    all.add(Tasks.spawn(() -> client.run(rounds)));
                }
                for (JoinHandle<Void> each : all) {
                    each.await();
                }
                return null;
            });
        }
        System.out.println("ended with nothing in flight");
    }

    private Void run(int rounds) throws IOException {
        while (round < rounds) {
            try (TcpStream stream = TcpStream.connect(server, ConnectOptions.DEFAULT.withTimeout(PATIENCE)).await()) {
                tell("connected");
                echo(stream, rounds);
            } catch (IOException e) {
                tell("failed: " + e);
                Time.sleep(PAUSE).await();
            }
        }
        return null;
    }

    private void echo(TcpStream stream, int rounds) throws IOException {
        boolean isFirst = true;
        while (round < rounds) {
            byte[] said = content();
            try (IoBuffer there = IoBuffer.copyOf(said); IoBuffer back = IoBuffer.allocate(said.length)) {
                stream.write(there);
                stream.receiveExactly(back).await(PATIENCE);
                if (!Arrays.equals(said, back.toByteArray())) {
                    throw new AssertionError("echo is not what was sent: client=" + client + " round=" + round);
                }
            }
            if (isFirst) {
                tell("echoed");
                isFirst = false;
            }
            round++;
            Time.sleep(PAUSE).await();
        }
    }

    private byte[] content() {
        byte[] content = new byte[BYTES];
        Arrays.fill(content, (byte) (round + client));
        return content;
    }

    private void tell(String what) {
        System.out.println("client " + client + " " + what);
    }
}
