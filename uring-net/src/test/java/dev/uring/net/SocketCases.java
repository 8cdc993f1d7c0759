package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Op;
import dev.uring.runtime.Setup;
import dev.uring.runtime.Time;
import dev.uring.runtime.Uring;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;

/** What classes of cases on sockets share: a runtime on the driver of the moment, and helpers. */
abstract class SocketCases {
    static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);
    static final InetSocketAddress ANY_PORT_6 = new InetSocketAddress("::1", 0);

    @Parameter
    Setup setup;
    UringRuntime runtime;

    @BeforeEach
    void open() throws IOException {
        runtime = setup.builder().multiThread(workers()).build();
    }

    int workers() {
        return 1;
    }

    @AfterEach
    void nothing_is_left_in_flight() {
        runtime.close();
        assertThat(runtime.metrics().workers()).allMatch(worker -> worker.inFlight() == 0);
    }

    final void task(Uring.Body body) throws Exception {
        runtime.blockOn(() -> {
            body.run();
            return null;
        });
    }

    final boolean isNio() {
        return setup.name().equals("nio");
    }

    final int scaled(int full) {
        return Math.max(1, (int) ((long) full * setup.weight() / 100));
    }

    /** Turns the worker a few times: what was started before is with the driver afterwards. */
    static void settle() throws IOException {
        for (int i = 0; i < 3; i++) {
            Time.sleep(Duration.ofMillis(1)).await();
        }
    }

    /** Waits, in a task and without a limit of its own. */
    static void awaitTrue(BooleanSupplier condition) throws IOException {
        while (!condition.getAsBoolean()) {
            Time.sleep(Duration.ofMillis(1)).await();
        }
    }

    final void awaitDescriptors(int expected) throws IOException {
        awaitTrue(() -> runtime.metrics().descriptors() == expected);
    }

    static void send(TcpStream stream, int value) throws IOException {
        assertThat(stream.send(IoBuffer.copyOf(new byte[] {(byte) value})).await().bytes()).isOne();
    }

    static int receive(TcpStream stream) throws IOException {
        var result = stream.receive(IoBuffer.allocate(1)).await();
        return result.bytes() == 0 ? -1 : result.buffer().toByteArray()[0];
    }

    static void assertConnected(TcpStream one, TcpStream other) throws IOException {
        send(one, 1);
        assertThat(receive(other)).isOne();
        send(other, 2);
        assertThat(receive(one)).isEqualTo(2);
    }

    static void assertEnd(TcpStream stream) throws IOException {
        assertThat(receive(stream)).as("end").isEqualTo(-1);
    }

    static void assertError(Throwable thrown, Class<? extends Throwable> type, String... words) {
        assertThat(thrown).isExactlyInstanceOf(type).hasMessageContainingAll(words);
    }

    /** Two ends of one connection. */
    record Pair(TcpStream client, TcpStream server) implements AutoCloseable {
        static Pair open() throws IOException {
            return open(ANY_PORT);
        }

        static Pair open(InetSocketAddress address) throws IOException {
            try (TcpListener listener = TcpListener.bind(address).await()) {
                Op<TcpStream> accept = listener.accept();
                TcpStream client = TcpStream.connect(listener.localAddress()).await();
                return new Pair(client, accept.await());
            }
        }

        static Pair open(BindOptions ofServer, ConnectOptions ofClient) throws IOException {
            try (TcpListener listener = TcpListener.bind(ANY_PORT, ofServer).await()) {
                Op<TcpStream> accept = listener.accept();
                TcpStream client = TcpStream.connect(listener.localAddress(), ofClient).await();
                return new Pair(client, accept.await());
            }
        }

        @Override
        public void close() throws IOException {
            client.close();
            server.close();
        }
    }

    /** A listener that accepts nothing and whose queue is full, so that a connect waits. */
    static final class Crowd implements AutoCloseable {
        private final ServerSocket server;
        private final List<SocketChannel> waiting = new ArrayList<>();

        Crowd(InetAddress address, int port) throws IOException, InterruptedException {
            server = new ServerSocket(port, 1, address);
            SocketChannel last;
            do {
                last = SocketChannel.open();
                waiting.add(last);
                last.configureBlocking(false);
                last.connect(server.getLocalSocketAddress());
            } while (connects(last));
        }

        /** Gives the kernel's threads time to connect it, of which it needs none while there is room. */
        static boolean connects(SocketChannel channel) throws IOException, InterruptedException {
            for (int i = 0; i < 40 && !channel.finishConnect(); i++) {
                Thread.sleep(5);
            }
            return channel.isConnected();
        }

        InetSocketAddress address() {
            return (InetSocketAddress) server.getLocalSocketAddress();
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel each : waiting) {
                each.close();
            }
            server.close();
        }
    }
}
