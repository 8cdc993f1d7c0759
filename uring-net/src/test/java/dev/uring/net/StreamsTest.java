package dev.uring.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Op;
import dev.uring.runtime.Setup;
import dev.uring.runtime.Tasks;
import dev.uring.runtime.Time;
import dev.uring.runtime.Uring;
import dev.uring.runtime.UringRuntime;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What is built on a stream socket, alike on every driver: halves, readers, frames and the JDK's views. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StreamsTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final long SEED = Long.getLong("uring.test.seed", System.nanoTime());
    private static final String SEED_TEXT = "-During.test.seed=" + SEED;

    @Parameter
    Setup setup;
    private UringRuntime runtime;

    @BeforeEach
    void open() throws IOException {
        runtime = setup.builder().multiThread(1).build();
    }

    @AfterEach
    void nothing_is_left_in_flight() {
        runtime.close();
        assertThat(runtime.metrics().workers()).allMatch(worker -> worker.inFlight() == 0);
    }

    // ---- what cases share ----

    /** Two ends of one connection. */
    private record Pair(TcpStream client, TcpStream server) implements AutoCloseable {
        static Pair open() throws IOException {
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                Op<TcpStream> accept = listener.accept();
                TcpStream client = TcpStream.connect(listener.localAddress()).await();
                return new Pair(client, accept.await());
            }
        }

        @Override
        public void close() throws IOException {
            client.close();
            server.close();
        }
    }

    /** What a test does with a connection, in a task. */
    private interface Use {
        void of(TcpStream client, TcpStream server) throws Exception;
    }

    private void connected(Use use) throws Exception {
        task(() -> {
            try (Pair pair = Pair.open()) {
                use.of(pair.client, pair.server);
            }
        });
    }

    private void task(Uring.Body body) throws Exception {
        runtime.blockOn(() -> {
            body.run();
            return null;
        });
    }

    /** Turns the worker a few times: what another task does until it waits is done afterwards. */
    private static void settle() throws IOException {
        for (int i = 0; i < 3; i++) {
            Time.sleep(Duration.ofMillis(1)).await();
        }
    }

    /** A task, and the thread that it told: what it waits for can be ended from the moment on that it sleeps. */
    private record Sleeper(JoinHandle<Throwable> task, Thread thread) {
        static Sleeper start(ThrowingCallable call) throws IOException {
            var thread = new AtomicReference<Thread>();
            JoinHandle<Throwable> task = Tasks.spawn(() -> {
                thread.set(Thread.currentThread());
                return catchThrowable(call);
            });
            while (thread.get() == null || thread.get().getState() != Thread.State.WAITING) {
                settle();
            }
            return new Sleeper(task, thread.get());
        }
    }

    private byte[] random(int count) {
        byte[] bytes = new byte[Math.max(1, (int) ((long) count * setup.weight() / 100))];
        new Random(SEED).nextBytes(bytes);
        return bytes;
    }

    private static void write(ByteSink sink, String text) throws IOException {
        sink.write(IoBuffer.copyOf(text.getBytes(UTF_8)));
    }

    /** Reads until so much text is there, or the end. */
    private static String read(ByteSource source, int length) throws IOException {
        var text = new StringBuilder();
        while (text.length() < length) {
            try (IoBuffer piece = source.read()) {
                if (piece == null) {
                    return text.toString();
                }
                text.append(piece.toString(UTF_8));
            }
        }
        return text.toString();
    }

    private static void assertEnd(ByteSource source) throws IOException {
        assertThat(source.read()).as("end").isNull();
    }

    // ---- halves ----

    @Test
    void halves_read_and_write_at_once() throws Exception {
        byte[] bytes = random(1 << 20);
        connected((client, server) -> {
            Halves halves = client.split();
            Halves others = server.split();
            JoinHandle<Long> echo = Tasks.spawn(() -> {
                try (ReadHalf reading = others.reading(); WriteHalf writing = others.writing()) {
                    return Copy.copy(reading, writing);
                }
            });
            JoinHandle<Void> writer = Tasks.spawn(() -> {
                try (WriteHalf writing = halves.writing(); OutputStream out = ByteStreams.outputStream(writing)) {
                    out.write(bytes);
                }
                return null;
            });
            try (ReadHalf reading = halves.reading()) {
                assertThat(new StreamReader(reading).readAll(bytes.length)).as(SEED_TEXT).isEqualTo(bytes);
            }
            assertThat(echo.await()).isEqualTo(bytes.length);
            writer.await();
            assertThat(client.isOpen()).isFalse();
            assertThat(server.isOpen()).isFalse();
        });
    }

    @Test
    void closing_the_write_half_sends_the_end_and_reading_goes_on() throws Exception {
        connected((client, server) -> {
            Halves halves = client.split();
            write(halves.writing(), "request");
            halves.writing().close();
            halves.writing().close();
            assertThat(read(server, 7)).isEqualTo("request");
            assertEnd(server);
            write(server, "answer");
            assertThat(read(halves.reading(), 6)).isEqualTo("answer");
            assertThat(halves.writing().isOpen()).isFalse();
            assertThat(client.isOpen()).isTrue();
            assertThatThrownBy(() -> write(halves.writing(), "more")).isExactlyInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> halves.writing().finish()).isExactlyInstanceOf(ClosedChannelException.class);
            halves.reading().close();
            assertThat(client.isOpen()).isFalse();
        });
    }

    @Test
    void closing_the_read_half_tells_the_peer_nothing_and_writing_goes_on() throws Exception {
        connected((client, server) -> {
            Halves halves = client.split();
            halves.reading().close();
            halves.reading().close();
            write(halves.writing(), "still here");
            assertThat(read(server, 10)).isEqualTo("still here");
            assertThatThrownBy(() -> halves.reading().read()).isExactlyInstanceOf(ClosedChannelException.class);
            assertThat(client.isOpen()).isTrue();
            halves.writing().close();
            assertThat(client.isOpen()).isFalse();
            assertEnd(server);
        });
    }

    @Test
    void halves_that_are_reunited_are_the_stream_again_and_of_no_use_themselves() throws Exception {
        connected((client, server) -> {
            Halves halves = client.split();
            write(halves.writing(), "a");
            assertThat(halves.reading().reunite(halves.writing())).isSameAs(client);
            halves.reading().close();
            halves.writing().close();
            assertThat(client.isOpen()).isTrue();
            assertThatThrownBy(() -> halves.reading().read()).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("reunited");
            assertThatThrownBy(() -> write(halves.writing(), "b")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> halves.reading().reunite(halves.writing()))
                    .isInstanceOf(IllegalStateException.class).hasMessageContaining("were reunited");
            write(client, "c");
            assertThat(read(server, 2)).isEqualTo("ac");
        });
    }

    @Test
    void halves_of_two_streams_or_of_which_one_is_closed_cannot_be_reunited() throws Exception {
        connected((client, server) -> {
            Halves one = client.split();
            Halves two = server.split();
            assertThatThrownBy(() -> one.reading().reunite(two.writing())).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(client.toString()).hasMessageContaining(server.toString());
            write(one.writing(), "nothing changed");
            assertThat(read(two.reading(), 15)).isEqualTo("nothing changed");
            one.writing().close();
            assertThatThrownBy(() -> one.reading().reunite(one.writing())).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("a half is closed");
            assertEnd(two.reading());
        });
    }

    @Test
    void closing_the_stream_under_its_halves_ends_what_they_wait_for() throws Exception {
        connected((client, server) -> {
            Halves halves = client.split();
            Sleeper reader = Sleeper.start(ByteStreams.inputStream(halves.reading())::read);
            client.close();
            assertThat(reader.task.await()).isInstanceOf(AsynchronousCloseException.class);
            assertThat(halves.reading().isOpen()).isFalse();
            assertThatThrownBy(() -> halves.reading().read()).isInstanceOf(ClosedChannelException.class);
            halves.writing().close();
            halves.reading().close();
        });
    }

    @Test
    void halves_that_are_closed_at_once_by_two_threads_close_the_stream() throws Exception {
        for (int i = 0; i < Math.max(3, setup.weight() / 4); i++) {
            try (Pair pair = runtime.blockOn(Pair::open)) {
                Halves halves = pair.client.split();
                var reading = new FutureTask<>(() -> close(halves.reading()));
                var writing = new FutureTask<>(() -> close(halves.writing()));
                Thread.ofPlatform().daemon().start(reading);
                Thread.ofPlatform().daemon().start(writing);
                reading.get();
                writing.get();
                assertThat(pair.client.isOpen()).isFalse();
                assertThat(pair.client.closeAsync().await()).as("closed already").isNull();
                assertEnd(pair.server);
            }
        }
    }

    private static Void close(AutoCloseable half) throws Exception {
        half.close();
        return null;
    }

    // ---- the end of a stream ----

    @Test
    void finishing_twice_sends_one_end_and_writing_afterwards_fails() throws Exception {
        connected((client, server) -> {
            client.finish();
            client.finish();
            assertEnd(server);
            assertThatExceptionOfType(SocketException.class).isThrownBy(() -> write(client, "x"));
            write(server, "y");
            assertThat(read(client, 1)).isEqualTo("y");
        });
    }

    @Test
    void finishing_after_a_reset_is_no_error() throws Exception {
        task(() -> {
            try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    TcpStream stream = TcpStream.connect((InetSocketAddress) listener.getLocalSocketAddress()).await()) {
                Socket peer = listener.accept();
                peer.setSoLinger(true, 0);
                peer.close();
                assertThatExceptionOfType(SocketException.class).isThrownBy(stream::read);
                stream.finish();
                stream.finish();
                Halves halves = stream.split();
                halves.writing().close();
            }
        });
    }

    // ---- readers and frames ----

    @Test
    void an_upgrade_from_lines_to_bytes_loses_none() throws Exception {
        connected((client, server) -> {
            write(client, "GET /chat HTTP/1.1\r\nupgrade: raw\r\n\r\nfirst ");
            var reader = new StreamReader(server);
            List<String> head = new ArrayList<>();
            for (String line = reader.readLine(UTF_8, 100); !line.isEmpty(); line = reader.readLine(UTF_8, 100)) {
                head.add(line);
            }
            assertThat(head).containsExactly("GET /chat HTTP/1.1", "upgrade: raw");
            var raw = new StringBuilder();
            try (IoBuffer rest = reader.remaining()) {
                raw.append(rest == null ? "" : rest.toString(UTF_8));
            }
            write(client, "second");
            raw.append(read(server, 12 - raw.length()));
            assertThat(raw).hasToString("first second");
        });
    }

    @Test
    void frames_of_any_size_cross_a_connection() throws Exception {
        Frames frames = Frames.of(4);
        connected((client, server) -> {
            JoinHandle<Void> writer = Tasks.spawn(() -> {
                var random = new Random(SEED);
                for (int i = 0; i < setup.weight(); i++) {
                    byte[] payload = new byte[random.nextInt(1 << random.nextInt(17))];
                    random.nextBytes(payload);
                    if (i % 2 == 0) {
                        frames.write(client, payload);
                    } else {
                        frames.write(client, IoBuffer.copyOf(payload));
                    }
                }
                client.finish();
                return null;
            });
            var random = new Random(SEED);
            try (var reader = new StreamReader(server)) {
                for (int i = 0; i < setup.weight(); i++) {
                    byte[] expected = new byte[random.nextInt(1 << random.nextInt(17))];
                    random.nextBytes(expected);
                    assertThat(frames.read(reader)).as(SEED_TEXT + " frame=" + i).isEqualTo(expected);
                }
                assertThat(frames.read(reader)).isNull();
            }
            writer.await();
        });
    }

    @Test
    void a_frame_whose_reader_was_interrupted_is_read_again() throws Exception {
        Frames frames = Frames.of(2);
        connected((client, server) -> {
            client.write(IoBuffer.copyOf(new byte[] {0, 4, 1, 2}));
            var reader = new StreamReader(server);
            Sleeper interrupted = Sleeper.start(() -> frames.read(reader));
            interrupted.thread.interrupt();
            assertThat(interrupted.task.await()).isInstanceOf(InterruptedIOException.class);
            client.write(IoBuffer.copyOf(new byte[] {3, 4}));
            assertThat(frames.read(reader)).containsExactly(1, 2, 3, 4);
            reader.close();
        });
    }

    // ---- the JDK's views ----

    @Test
    void the_views_carry_random_bytes_between_threads_that_are_no_tasks() throws Exception {
        byte[] bytes = random(1 << 20);
        Pair pair = runtime.blockOn(Pair::open);
        try (pair) {
            var writer = new FutureTask<Void>(() -> {
                OutputStream out = pair.client.outputStream();
                var random = new Random(SEED);
                for (int at = 0; at < bytes.length;) {
                    int length = Math.min(bytes.length - at, 1 + random.nextInt(30_000));
                    out.write(bytes, at, length);
                    at += length;
                }
                pair.client.finish();
                return null;
            });
            Thread.ofPlatform().daemon().start(writer);
            assertThat(pair.server.inputStream().readAllBytes()).as(SEED_TEXT).isEqualTo(bytes);
            writer.get();
        }
    }

    @Test
    void channels_carry_random_bytes_in_heap_and_direct_buffers() throws Exception {
        byte[] bytes = random(1 << 20);
        connected((client, server) -> {
            JoinHandle<Void> writer = Tasks.spawn(() -> {
                ByteChannel channel = client.channel();
                var random = new Random(SEED);
                ByteBuffer direct = ByteBuffer.allocateDirect(30_000);
                for (int at = 0; at < bytes.length;) {
                    int length = Math.min(bytes.length - at, 1 + random.nextInt(30_000));
                    ByteBuffer piece = random.nextBoolean() ? ByteBuffer.wrap(bytes, at, length)
                            : direct.clear().put(bytes, at, length).flip();
                    assertThat(channel.write(piece)).isEqualTo(length);
                    at += length;
                }
                client.finish();
                return null;
            });
            ByteChannel channel = server.channel();
            ByteBuffer heap = ByteBuffer.allocate(bytes.length + 1);
            ByteBuffer direct = ByteBuffer.allocateDirect(10_000);
            var random = new Random(SEED);
            int read;
            do {
                if (random.nextBoolean()) {
                    read = channel.read(heap);
                } else {
                    read = channel.read(direct.clear().limit(Math.min(direct.capacity(), heap.remaining())));
                    heap.put(direct.flip());
                }
            } while (read >= 0);
            assertThat(heap.position()).isEqualTo(bytes.length);
            assertThat(heap.array()).startsWith(bytes);
            writer.await();
        });
    }

    @Test
    void a_channel_that_is_closed_in_use_says_so() throws Exception {
        connected((client, server) -> {
            ByteChannel channel = client.channel();
            Sleeper heap = Sleeper.start(() -> channel.read(ByteBuffer.allocate(9)));
            channel.close();
            assertThat(heap.task.await()).isInstanceOf(AsynchronousCloseException.class);
            assertThat(channel.isOpen()).isFalse();
            assertThat(client.isOpen()).isFalse();
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(9))).isExactlyInstanceOf(ClosedChannelException.class);
            ByteChannel other = server.channel();
            server.close();
            assertThat(other.isOpen()).isFalse();
            assertThatThrownBy(() -> other.write(ByteBuffer.allocate(9))).isExactlyInstanceOf(ClosedChannelException.class);
        });
    }

    @Test
    void a_write_that_waits_for_room_ends_with_the_close() throws Exception {
        connected((client, server) -> {
            ByteBuffer direct = ByteBuffer.allocateDirect(32 << 20);
            Sleeper writer = Sleeper.start(() -> client.channel().write(direct));
            settle();
            assertThat(writer.task.isFinished()).isFalse();
            client.close();
            assertThat(writer.task.await()).isInstanceOf(AsynchronousCloseException.class);
        });
    }

    @Test
    void an_interrupted_view_loses_no_byte_and_stays_open() throws Exception {
        connected((client, server) -> {
            InputStream in = server.inputStream();
            Sleeper reader = Sleeper.start(() -> in.read(new byte[10]));
            reader.thread.interrupt();
            assertThat(reader.task.await()).isInstanceOf(InterruptedIOException.class);
            write(client, "abc");
            assertThat(in.readNBytes(3)).asString(UTF_8).isEqualTo("abc");
        });
    }

    @Test
    void buffered_data_streams_talk_to_a_peer_of_the_jdk() throws Exception {
        task(() -> {
            try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    TcpStream stream = TcpStream.connect((InetSocketAddress) listener.getLocalSocketAddress()).await()) {
                JoinHandle<Void> peer = Tasks.spawnBlocking(() -> {
                    try (Socket socket = listener.accept()) {
                        var in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
                        var out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
                        out.writeUTF(in.readUTF() + in.readInt());
                        out.flush();
                        assertThat(in.read()).isEqualTo(-1);
                        return null;
                    }
                });
                var out = new DataOutputStream(new BufferedOutputStream(stream.outputStream()));
                out.writeUTF("number ");
                out.writeInt(7);
                out.flush();
                var in = new DataInputStream(new BufferedInputStream(stream.inputStream()));
                assertThat(in.readUTF()).isEqualTo("number 7");
                out.close(); // closes the connection
                assertThat(stream.isOpen()).isFalse();
                peer.await();
            }
        });
    }

    @Test
    void a_transfer_between_views_moves_all() throws Exception {
        byte[] bytes = random(300_000);
        connected((client, server) -> {
            JoinHandle<Long> mirror = Tasks.spawn(() -> {
                long moved = server.inputStream().transferTo(server.outputStream());
                server.finish();
                return moved;
            });
            JoinHandle<Void> writer = Tasks.spawn(() -> {
                client.outputStream().write(bytes);
                client.finish();
                return null;
            });
            assertThat(new StreamReader(client).readAll(bytes.length)).as(SEED_TEXT).isEqualTo(bytes);
            assertThat(mirror.await()).isEqualTo(bytes.length);
            writer.await();
        });
    }
}
