package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Op;
import dev.uring.runtime.Tasks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Several buffers at once over a connection: all of them, in order, whatever the pieces. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VectoredTest extends OnEveryDriver {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    /** About so many at a time: a million would take longer than all else. */
    private static final int PIECES = 20_000;

    private TcpStream client;
    private TcpStream server;

    private void connected(dev.uring.runtime.Uring.Body body) throws Exception {
        task(() -> {
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                Op<TcpStream> accept = listener.accept();
                client = TcpStream.connect(listener.localAddress()).await();
                server = accept.await();
            }
            try (TcpStream _ = client; TcpStream _ = server) {
                body.run();
            }
        });
    }

    private static byte[] gathered(List<IoBuffer> buffers) {
        var all = new ByteArrayOutputStream();
        buffers.forEach(each -> all.writeBytes(each.toByteArray()));
        return all.toByteArray();
    }

    /** Cuts bytes into pieces of random lengths, some of them empty. */
    private static List<IoBuffer> pieces(byte[] bytes, int lengthMax, Random random) {
        List<IoBuffer> pieces = new ArrayList<>();
        for (int at = 0; at < bytes.length;) {
            int length = Math.min(bytes.length - at, random.nextInt(lengthMax + 1));
            pieces.add(IoBuffer.copyOf(Arrays.copyOfRange(bytes, at, at + length)));
            at += length;
        }
        return pieces;
    }

    @Test
    void buffers_of_random_sizes_arrive_whole_and_in_order() throws Exception {
        StringBuilder seed = new StringBuilder();
        Random random = random(seed);
        connected(() -> {
            for (int round = 0; round < 4; round++) {
                int most = 1 << 1 + random.nextInt(16);
                byte[] bytes = new byte[Math.min(scaled(2 << 20), PIECES * most) + random.nextInt(1000)];
                random.nextBytes(bytes);
                List<IoBuffer> pieces = pieces(bytes, most, random);
                JoinHandle<byte[]> received = Tasks.spawn(() -> receive(bytes.length, random));
                assertThat(client.sendAll(pieces).await()).as(seed.toString()).isEqualTo(bytes.length);
                assertThat(received.await()).as(seed.toString()).isEqualTo(bytes);
            }
        });
    }

    private byte[] receive(int count, Random random) throws IOException {
        var all = new ByteArrayOutputStream();
        while (all.size() < count) {
            List<IoBuffer> into = new ArrayList<>();
            for (int i = 1 + random.nextInt(20); i > 0; i--) {
                into.add(IoBuffer.allocate(1 + random.nextInt(5000)));
            }
            long bytes = server.receive(into).await();
            assertThat(bytes).isPositive();
            byte[] part = gathered(into);
            assertThat(part).hasSize((int) bytes);
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    @Test
    void more_buffers_than_one_call_takes_are_sent_all_the_same() throws Exception {
        connected(() -> {
            byte[] bytes = random(5000);
            List<IoBuffer> pieces = new ArrayList<>();
            for (byte each : bytes) {
                pieces.add(IoBuffer.copyOf(new byte[] {each}));
            }
            assertThat(client.sendAll(pieces).await()).isEqualTo(5000);
            assertThat(receive(5000, new Random(1))).isEqualTo(bytes);
        });
    }

    @Test
    void a_receive_takes_what_is_there_and_says_how_much_went_where() throws Exception {
        connected(() -> {
            client.sendAll(IoBuffer.copyOf(new byte[] {1, 2, 3, 4, 5})).await();
            IoBuffer first = IoBuffer.allocate(2);
            IoBuffer second = IoBuffer.allocate(10);
            IoBuffer third = IoBuffer.allocate(10);
            assertThat(server.receive(List.of(first, second, third)).await()).isEqualTo(5);
            assertThat(first.toByteArray()).containsExactly(1, 2);
            assertThat(second.toByteArray()).containsExactly(3, 4, 5);
            assertThat(third.length()).isZero();
        });
    }

    @Test
    void the_end_is_0_bytes() throws Exception {
        connected(() -> {
            client.finish();
            assertThat(server.receive(List.of(IoBuffer.allocate(8))).await()).isZero();
        });
    }

    @Test
    void a_cancelled_receive_gives_all_buffers_back_and_loses_nothing() throws Exception {
        connected(() -> {
            List<IoBuffer> buffers = List.of(IoBuffer.allocate(3), IoBuffer.allocate(3));
            Op<Long> receive = server.receive(buffers);
            settle();
            receive.cancel();
            assertThatThrownBy(receive::await).isInstanceOf(CancellationException.class);
            client.write(List.of(IoBuffer.copyOf(new byte[] {1, 2}), IoBuffer.copyOf(new byte[] {3, 4})));
            assertThat(server.receive(buffers).await()).isEqualTo(4);
            assertThat(gathered(buffers)).containsExactly(1, 2, 3, 4);
        });
    }

    @Test
    void sending_after_the_own_end_is_an_error_and_no_signal() throws Exception {
        connected(() -> {
            client.finish();
            IoBuffer buffer = IoBuffer.copyOf(new byte[] {1});
            assertThatThrownBy(() -> client.sendAll(List.of(buffer)).await())
                    .isInstanceOf(SocketException.class).hasMessageContaining("EPIPE(32)");
            assertThat(buffer.length()).isEqualTo(1);
            client.write(List.of());
        });
    }
}
