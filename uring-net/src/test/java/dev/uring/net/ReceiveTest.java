package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.runtime.BufferOp;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Op;
import dev.uring.runtime.Setup;
import dev.uring.runtime.Tasks;
import dev.uring.runtime.Time;
import dev.uring.runtime.Uring;
import dev.uring.runtime.UringRuntime;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The ways to receive and to send, alike on every driver: provided buffers, multishot, exact, handed over, without a copy. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReceiveTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Parameter
    Setup setup;
    private UringRuntime runtime;
    private TcpStream left;
    private TcpStream right;

    @BeforeEach
    void open() throws Exception {
        runtime = setup.builder().multiThread(1).build();
        task(() -> {
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                Op<TcpStream> accept = listener.accept();
                left = TcpStream.connect(listener.localAddress()).await();
                right = accept.await();
            }
        });
    }

    @AfterEach
    void close() throws Exception {
        left.closeAsync().await();
        right.closeAsync().await();
        runtime.close();
        assertThat(runtime.metrics().workers()).allMatch(worker -> worker.inFlight() == 0 && worker.buffersLent() == 0);
    }

    private void task(Uring.Body body) throws Exception {
        runtime.blockOn(() -> {
            body.run();
            return null;
        });
    }

    private int scaled(int full) {
        return Math.max(1, (int) ((long) full * setup.weight() / 100));
    }

    private static byte[] pattern(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    private static void settle() throws IOException {
        for (int i = 0; i < 3; i++) {
            Time.sleep(Duration.ofMillis(1)).await();
        }
    }

    private static byte[] readAll(ByteSource source) throws IOException {
        var all = new ByteArrayOutputStream();
        for (IoBuffer each = source.read(); each != null; each = source.read()) {
            all.writeBytes(each.toByteArray());
            each.close();
        }
        return all.toByteArray();
    }

    private JoinHandle<Void> sender(byte[] bytes) {
        return Tasks.spawn(() -> {
            left.sendAll(IoBuffer.copyOf(bytes)).await();
            left.finish();
            return null;
        });
    }

    // ---- receiving ----

    @Test
    void single_receives_bring_a_stream_whole_and_its_end() throws Exception {
        byte[] sent = pattern(scaled(1_000_000));
        task(() -> {
            JoinHandle<Void> sender = sender(sent);
            assertThat(Arrays.equals(readAll(right), sent)).isTrue();
            assertThat(right.receive().await()).as("the end, again").isNull();
            sender.await();
        });
    }

    @Test
    void multishot_brings_a_stream_whole_and_its_end() throws Exception {
        byte[] sent = pattern(scaled(3_000_000));
        task(() -> {
            JoinHandle<Void> sender = sender(sent);
            try (ReceiveMultishot receives = right.receiveMultishot()) {
                assertThat(Arrays.equals(readAll(receives), sent)).isTrue();
                assertThat(receives.next()).as("the end, again").isNull();
            }
            sender.await();
        });
    }

    @Test
    void multishot_copies_into_buffers_of_any_size() throws Exception {
        byte[] sent = pattern(scaled(300_000));
        task(() -> {
            JoinHandle<Void> sender = sender(sent);
            Random random = new Random(7);
            var all = new ByteArrayOutputStream();
            try (ReceiveMultishot receives = right.receiveMultishot()) {
                IoBuffer buffer = IoBuffer.allocate(1 + random.nextInt(5000));
                while (receives.read(buffer) > 0) {
                    all.writeBytes(buffer.toByteArray());
                    buffer = IoBuffer.allocate(1 + random.nextInt(5000));
                }
            }
            assertThat(Arrays.equals(all.toByteArray(), sent)).isTrue();
            sender.await();
        });
    }

    @Test
    void multishot_that_is_closed_in_the_middle_of_a_buffer_gives_it_back() throws Exception {
        task(() -> {
            left.sendAll(IoBuffer.copyOf(pattern(100))).await();
            ReceiveMultishot receives = right.receiveMultishot();
            assertThat(receives.read(IoBuffer.allocate(10))).isEqualTo(10);
            receives.close();
        });
    }

    private int buffersLent() {
        return runtime.metrics().workers().getFirst().buffersLent();
    }

    @Test
    void slow_consumer_stops_the_sender_and_gets_everything() throws Exception {
        byte[] sent = pattern(scaled(20_000_000));
        task(() -> {
            JoinHandle<Void> sender = sender(sent);
            try (ReceiveMultishot receives = right.receiveMultishot()) {
                settle();
                if (setup.weight() == 100) { // the simulated driver takes its time to stop
                    int lent = -1;
                    while (lent != buffersLent()) { // a worker that has to wait for the processor stops it late
                        lent = buffersLent();
                        settle();
                    }
                    assertThat(lent).as("buffers that nobody took yet").isLessThan(sent.length / 4096 / 2);
                }
                assertThat(Arrays.equals(readAll(receives), sent)).isTrue();
            }
            sender.await();
        });
    }

    @Test
    void buffers_may_be_closed_on_any_thread_in_any_order() throws Exception {
        byte[] sent = pattern(scaled(500_000));
        task(() -> {
            JoinHandle<Void> sender = sender(sent);
            List<IoBuffer> held = new ArrayList<>();
            var all = new ByteArrayOutputStream();
            try (ReceiveMultishot receives = right.receiveMultishot()) {
                for (IoBuffer each = receives.next(); each != null; each = receives.next()) {
                    all.writeBytes(each.toByteArray());
                    held.add(each);
                    if (held.size() == 50) {
                        List<IoBuffer> gone = List.copyOf(held.reversed());
                        held.clear();
                        Thread closer = Thread.ofPlatform().start(() -> gone.forEach(IoBuffer::close));
                        Tasks.spawnBlocking(() -> closer.join(Duration.ofSeconds(20))).await();
                    }
                }
            }
            held.forEach(IoBuffer::close);
            assertThat(Arrays.equals(all.toByteArray(), sent)).isTrue();
            sender.await();
        });
    }

    @Test
    void receives_without_a_free_buffer_wait_for_one() throws Exception {
        int count = scaled(9000);
        Assumptions.assumeTrue(setup.weight() == 100, "a light run has too few receives to use up all buffers");
        task(() -> {
            List<IoBuffer> held = new ArrayList<>();
            for (int i = 0; i < count && held.size() < 8192; i++) { // as many 4 KiB buffers as a worker has
                left.send(IoBuffer.copyOf(new byte[] {(byte) i})).await();
                held.add(right.receive().await());
            }
            Op<IoBuffer> starved = right.receive();
            left.send(IoBuffer.copyOf(new byte[] {42})).await();
            settle();
            assertThat(starved.isDone()).isFalse();
            held.removeLast().close();
            try (IoBuffer buffer = starved.await()) {
                assertThat(buffer.toByteArray()).containsExactly(42);
            }
            held.forEach(IoBuffer::close);
        });
    }

    @Test
    void cancelled_receive_has_taken_no_byte() throws Exception {
        int rounds = scaled(300);
        task(() -> {
            int got = 0;
            for (int i = 0; i < rounds; i++) {
                Op<IoBuffer> receive = right.receive();
                if (i % 3 == 0) {
                    settle();
                }
                BufferOp send = left.send(IoBuffer.copyOf(new byte[] {(byte) i}));
                if (i % 2 == 0) {
                    send.await();
                }
                receive.cancel();
                try (IoBuffer buffer = receive.await()) {
                    got += buffer.length();
                } catch (CancellationException e) {
                    // it came later: the next receive gets it
                }
                send.await();
            }
            left.finish();
            got += readAll(right).length;
            assertThat(got).isEqualTo(rounds);
        });
    }

    @Test
    void exact_receive_fills_its_buffer_or_says_how_far_it_came() throws Exception {
        byte[] sent = pattern(200_000);
        task(() -> {
            JoinHandle<Void> sender = sender(sent);
            IoBuffer buffer = IoBuffer.allocate(150_000);
            assertThat(right.receiveExactly(buffer).await().bytes()).isEqualTo(150_000);
            assertThat(buffer.toByteArray()).isEqualTo(Arrays.copyOf(sent, 150_000));
            assertThatThrownBy(() -> right.receiveExactly(buffer).await()).isInstanceOf(EOFException.class)
                    .hasMessageContaining("50000");
            assertThat(buffer.toByteArray()).isEqualTo(Arrays.copyOfRange(sent, 150_000, 200_000));
            sender.await();
        });
    }

    @Test
    void cancelled_exact_receive_keeps_what_came() throws Exception {
        task(() -> {
            IoBuffer buffer = IoBuffer.allocate(10);
            do { // until all was there before the cancel
                BufferOp receive = right.receiveExactly(buffer);
                left.sendAll(IoBuffer.copyOf(new byte[] {1, 2, 3})).await();
                settle();
                receive.cancel();
                assertThatThrownBy(receive::await).isInstanceOf(CancellationException.class);
                var all = new ByteArrayOutputStream();
                all.writeBytes(buffer.toByteArray());
                while (all.size() < 3) {
                    try (IoBuffer rest = right.receive().await()) {
                        all.writeBytes(rest.toByteArray());
                    }
                }
                assertThat(all.toByteArray()).containsExactly(1, 2, 3);
            } while (buffer.length() < 3);
        });
    }

    @Test
    void peek_leaves_the_bytes_where_they_are() throws Exception {
        Assumptions.assumeFalse(setup.toString().startsWith("nio"), "java.nio cannot look at bytes and leave them");
        task(() -> {
            BufferOp waiting = right.peek(IoBuffer.allocate(10));
            left.sendAll(IoBuffer.copyOf(new byte[] {1, 2, 3})).await();
            assertThat(waiting.await().buffer().toByteArray()).startsWith(1);
            settle();
            IoBuffer two = IoBuffer.allocate(2);
            right.peek(two).await();
            right.peek(two).await();
            assertThat(two.toByteArray()).startsWith(1);
            try (IoBuffer all = right.receive().await()) {
                assertThat(all.toByteArray()).startsWith(1);
            }
        });
    }

    @Test
    void close_of_the_socket_ends_receives_of_every_kind() throws Exception {
        task(() -> {
            Op<IoBuffer> single = right.receive();
            ReceiveMultishot receives = right.receiveMultishot();
            JoinHandle<IoBuffer> consumer = Tasks.spawn(receives::next);
            settle();
            right.closeAsync().await();
            assertThatThrownBy(single::await).isInstanceOf(AsynchronousCloseException.class);
            assertThatThrownBy(consumer::await).hasCauseInstanceOf(AsynchronousCloseException.class);
            assertThatThrownBy(() -> right.receive().await()).isInstanceOf(ClosedChannelException.class);
            receives.close();
        });
    }

    @Test
    void reset_is_told_after_what_came_before_it() throws Exception {
        task(() -> {
            left.sendAll(IoBuffer.copyOf(new byte[] {1})).await();
            right.sendAll(IoBuffer.copyOf(new byte[] {2})).await();
            settle();
            ReceiveMultishot receives = left.receiveMultishot();
            try (IoBuffer first = receives.next()) {
                assertThat(first.toByteArray()).containsExactly(2);
            }
            right.closeAsync().await(); // with a byte that it never received: a reset
            assertThatThrownBy(receives::next).isInstanceOf(SocketException.class)
                    .hasMessageContaining("ECONNRESET");
            receives.close();
        });
    }

    // ---- sending ----

    @Test
    void handed_over_buffers_arrive_in_order_and_are_closed() throws Exception {
        byte[] sent = pattern(scaled(2_000_000));
        task(() -> {
            JoinHandle<byte[]> reader = Tasks.spawn(() -> readAll(right));
            Random random = new Random(3);
            List<IoBuffer> buffers = new ArrayList<>();
            for (int from = 0; from < sent.length;) {
                int to = Math.min(from + random.nextInt(20_000), sent.length);
                IoBuffer buffer = IoBuffer.copyOf(Arrays.copyOfRange(sent, from, to));
                buffers.add(buffer);
                left.sendAndClose(buffer);
                from = to;
            }
            left.finish();
            assertThat(Arrays.equals(reader.await(), sent)).isTrue();
            assertThat(buffers).allMatch(each -> each.state() == IoBuffer.State.RELEASED);
        });
    }

    @Test
    void echo_of_received_buffers_returns_every_byte() throws Exception {
        byte[] sent = pattern(scaled(2_000_000));
        task(() -> {
            JoinHandle<Void> echo = Tasks.spawn(() -> {
                try (ReceiveMultishot receives = right.receiveMultishot()) {
                    for (IoBuffer each = receives.next(); each != null; each = receives.next()) {
                        right.sendAndClose(each);
                    }
                }
                right.close();
                return null;
            });
            JoinHandle<Void> sender = sender(sent);
            assertThat(Arrays.equals(readAll(left), sent)).isTrue();
            sender.await();
            echo.await();
        });
    }

    @Test
    void close_waits_for_what_was_handed_over() throws Exception {
        byte[] sent = pattern(scaled(1_000_000));
        task(() -> {
            JoinHandle<Void> writer = Tasks.spawn(() -> {
                left.sendAndClose(IoBuffer.copyOf(sent));
                left.close();
                return null;
            });
            settle();
            assertThat(Arrays.equals(readAll(right), sent)).isTrue();
            writer.await();
        });
    }

    @Test
    void write_and_finish_come_after_what_was_handed_over() throws Exception {
        task(() -> {
            for (int i = 0; i < 10; i++) {
                left.sendAndClose(IoBuffer.copyOf(new byte[] {(byte) i}));
            }
            left.write(IoBuffer.copyOf(new byte[] {10}));
            left.finish();
            assertThat(readAll(right)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        });
    }

    @Test
    void gone_peer_is_told_by_a_later_hand_over_and_no_buffer_leaks() throws Exception {
        task(() -> {
            right.closeAsync().await();
            List<IoBuffer> buffers = new ArrayList<>();
            assertThatThrownBy(() -> {
                while (true) {
                    IoBuffer buffer = IoBuffer.copyOf(pattern(1000));
                    buffers.add(buffer);
                    left.sendAndClose(buffer);
                    Tasks.yieldNow();
                }
            }).isInstanceOf(SocketException.class);
            assertThat(buffers).allMatch(each -> each.state() == IoBuffer.State.RELEASED);
        });
    }

    @Test
    void send_without_a_copy_returns_its_buffer_when_the_kernel_lets_go() throws Exception {
        byte[] sent = pattern(500_000);
        task(() -> {
            JoinHandle<byte[]> reader = Tasks.spawn(() -> readAll(right));
            IoBuffer buffer = IoBuffer.copyOf(sent);
            IoBuffer small = IoBuffer.copyOf(new byte[] {1, 2});
            assertThat(left.sendZeroCopy(buffer).await().bytes()).isEqualTo(sent.length);
            assertThat(left.sendZeroCopy(small).await().bytes()).isEqualTo(2);
            assertThat(small.state()).as("a small one is copied").isEqualTo(IoBuffer.State.OWNED);
            buffer.awaitOwned();
            buffer.close();
            left.finish();
            byte[] got = reader.await();
            assertThat(got).hasSize(sent.length + 2);
            assertThat(Arrays.equals(Arrays.copyOf(got, sent.length), sent)).isTrue();
        });
    }

    @Test
    void callbacks_echo_with_one_buffer_and_no_other_object() throws Exception {
        byte[] sent = pattern(scaled(300_000));
        task(() -> {
            var done = new CompletableFuture<Void>();
            new CallbackEcho(right, done).start();
            JoinHandle<Void> sender = sender(sent);
            var all = new ByteArrayOutputStream();
            while (all.size() < sent.length) {
                try (IoBuffer each = left.receive().await()) {
                    all.writeBytes(each.toByteArray());
                }
            }
            assertThat(Arrays.equals(all.toByteArray(), sent)).isTrue();
            sender.await();
            done.get();
        });
    }

    /** Sends back what comes, on the worker. */
    private static final class CallbackEcho {
        private final TcpStream stream;
        private final CompletableFuture<Void> done;
        private final ReceiveMultishot receives;
        private final IoBuffer buffer = IoBuffer.empty();
        private final Send send;
        private boolean sending;

        CallbackEcho(TcpStream stream, CompletableFuture<Void> done) {
            this.stream = stream;
            this.done = done;
            receives = new ReceiveMultishot(stream);
            send = new Send(stream, buffer).whole();
        }

        void start() {
            receives.start(this::next);
        }

        private void next() {
            if (sending) {
                return;
            }
            try {
                int bytes = receives.poll(buffer);
                if (bytes > 0) {
                    sending = true;
                    send.submit((_, error) -> {
                        sending = false;
                        buffer.close();
                        if (error != null) {
                            done.completeExceptionally(error);
                        } else {
                            next();
                        }
                    });
                } else if (bytes == 0) {
                    receives.close();
                    done.complete(null);
                }
            } catch (IOException | RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        }
    }
}
