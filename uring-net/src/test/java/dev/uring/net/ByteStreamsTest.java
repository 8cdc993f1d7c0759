package dev.uring.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.runtime.IoBuffer;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Sources and sinks as the JDK's streams and channels. */
class ByteStreamsTest {
    private static final long SEED = Long.getLong("uring.test.seed", System.nanoTime());

    // ---- input ----

    @Test
    void an_input_stream_answers_minus_one_at_the_end_and_zero_to_a_request_for_nothing() throws IOException {
        InputStream in = ByteStreams.inputStream(Pieces.of(new byte[] {1, -1}, new byte[] {3}));
        assertThat(in.read(new byte[0])).isZero();
        assertThat(in.read()).isEqualTo(1);
        assertThat(in.read()).isEqualTo(255);
        byte[] target = new byte[4];
        assertThat(in.read(target, 1, 3)).isEqualTo(1);
        assertThat(target).containsExactly(0, 3, 0, 0);
        assertThat(in.read(target, 4, 0)).as("at the end").isZero();
        assertThat(in.read(target)).isEqualTo(-1);
        assertThat(in.read()).isEqualTo(-1);
        assertThatThrownBy(() -> in.read(target, 2, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void an_input_stream_takes_no_more_from_its_source_than_it_answers() throws IOException {
        Pieces source = Pieces.of("abcdef");
        InputStream in = ByteStreams.inputStream(source);
        assertThat(in.readNBytes(2)).asString(UTF_8).isEqualTo("ab");
        assertThat(in.available()).isZero();
        try (IoBuffer rest = source.read()) {
            assertThat(rest.toString(UTF_8)).isEqualTo("cdef");
        }
    }

    @Test
    void an_input_stream_on_a_reader_reads_from_its_pieces() throws IOException {
        Pieces source = Pieces.of("abc", "def");
        InputStream in = ByteStreams.inputStream(new StreamReader(source));
        assertThat(in.available()).isZero();
        assertThat(in.read()).isEqualTo('a');
        assertThat(in.available()).isEqualTo(2);
        assertThat(in.readAllBytes()).asString(UTF_8).isEqualTo("bcdef");
        in.close();
        source.assertNothingOut();
    }

    @Test
    void data_streams_understand_each_other_through_the_views() throws IOException {
        var sink = new Written();
        try (var out = new DataOutputStream(new BufferedOutputStream(ByteStreams.outputStream(sink)))) {
            out.writeLong(42);
            out.writeUTF("gr\u00FC\u00DFe");
            out.writeDouble(0.5);
        }
        assertThat(sink.writes).as("through one buffer").isEqualTo(1);
        Pieces source = Pieces.cut(sink.bytes.toByteArray(), new Random(SEED), 3);
        var in = new DataInputStream(ByteStreams.inputStream(source));
        assertThat(in.readLong()).isEqualTo(42);
        assertThat(in.readUTF()).isEqualTo("gr\u00FC\u00DFe");
        assertThat(in.readDouble()).isEqualTo(0.5);
        assertThat(in.read()).isEqualTo(-1);
    }

    @Test
    void a_transfer_moves_everything_and_gives_every_piece_back() throws IOException {
        byte[] bytes = new byte[100_000];
        new Random(SEED).nextBytes(bytes);
        Pieces source = Pieces.cut(bytes, new Random(SEED), 40_000);
        var array = new ByteArrayOutputStream();
        assertThat(ByteStreams.inputStream(source).transferTo(array)).isEqualTo(bytes.length);
        assertThat(array.toByteArray()).isEqualTo(bytes);
        source.assertNothingOut();

        Pieces second = Pieces.cut(bytes, new Random(SEED), 40_000);
        var sink = new Written();
        assertThat(ByteStreams.inputStream(second).transferTo(ByteStreams.outputStream(sink))).isEqualTo(bytes.length);
        assertThat(sink.bytes.toByteArray()).isEqualTo(bytes);
        assertThat(sink.finished).isFalse();
        second.assertNothingOut();
    }

    @Test
    void a_transfer_that_fails_gives_its_piece_back() {
        Pieces source = Pieces.of("abc", "def");
        var sink = new Written();
        sink.failure = new IOException("full");
        assertThatThrownBy(() -> ByteStreams.inputStream(source).transferTo(ByteStreams.outputStream(sink)))
                .hasMessage("full");
        source.assertNothingOut();
    }

    // ---- output ----

    @Test
    void an_output_stream_writes_at_once_and_all() throws IOException {
        var sink = new Written();
        OutputStream out = ByteStreams.outputStream(sink);
        out.write(300); // the low byte
        assertThat(sink.bytes.toByteArray()).containsExactly(44);
        out.write(new byte[] {1, 2, 3, 4}, 1, 2);
        assertThat(sink.bytes.toByteArray()).containsExactly(44, 2, 3);
        out.write(new byte[0]);
        out.flush();
        assertThat(sink.writes).isEqualTo(2);
        assertThatThrownBy(() -> out.write(new byte[3], 2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void a_large_array_goes_in_pieces() throws IOException {
        byte[] bytes = new byte[700_000];
        new Random(SEED).nextBytes(bytes);
        var sink = new Written();
        ByteStreams.outputStream(sink).write(bytes);
        assertThat(sink.bytes.toByteArray()).isEqualTo(bytes);
    }

    // ---- channels ----

    /** The kinds of buffers, each of so many bytes. */
    private static List<ByteBuffer> kinds(int bytes, Arena arena) {
        return List.of(ByteBuffer.allocate(bytes), ByteBuffer.allocate(bytes + 9).slice(5, bytes),
                ByteBuffer.allocateDirect(bytes), ByteBuffer.allocateDirect(bytes + 9).slice(7, bytes),
                arena.allocate(bytes).asByteBuffer());
    }

    @Test
    void a_channel_reads_into_every_kind_of_buffer() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            for (ByteBuffer target : kinds(5, arena)) {
                for (boolean buffered : new boolean[] {false, true}) {
                    Pieces pieces = Pieces.of("abc", "defg");
                    ByteChannel channel = ByteStreams.channel(buffered ? new StreamReader(pieces) : pieces, new Written());
                    target.clear().position(1);
                    assertThat(channel.read(target)).isEqualTo(3);
                    assertThat(target.position()).isEqualTo(4);
                    assertThat(channel.read(target)).isEqualTo(1);
                    assertThat(channel.read(target)).as("no room").isZero();
                    target.flip().position(1);
                    byte[] bytes = new byte[4];
                    target.get(bytes);
                    assertThat(bytes).asString(UTF_8).isEqualTo("abcd");
                    target.clear();
                    assertThat(channel.read(target)).isEqualTo(3);
                    assertThat(channel.read(target)).as("the end").isEqualTo(-1);
                    assertThat(target.position()).isEqualTo(3);
                }
            }
        }
    }

    @Test
    void a_channel_writes_all_of_every_kind_of_buffer() throws IOException {
        byte[] bytes = new byte[400_000];
        new Random(SEED).nextBytes(bytes);
        try (Arena arena = Arena.ofConfined()) {
            for (ByteBuffer source : kinds(bytes.length, arena)) {
                var sink = new Written();
                ByteChannel channel = ByteStreams.channel(Pieces.of("a"), sink);
                source.put(bytes).flip().position(3);
                assertThat(channel.write(source.asReadOnlyBuffer())).isEqualTo(bytes.length - 3);
                assertThat(channel.write(source)).isEqualTo(bytes.length - 3);
                assertThat(source.hasRemaining()).isFalse();
                assertThat(channel.write(source)).isZero();
                assertThat(Arrays.copyOf(sink.bytes.toByteArray(), bytes.length - 3))
                        .isEqualTo(Arrays.copyOfRange(bytes, 3, bytes.length));
                assertThat(sink.bytes.size()).isEqualTo(2 * (bytes.length - 3));
            }
        }
    }

    @Test
    void a_channel_refuses_a_buffer_that_is_read_only_and_takes_nothing() throws IOException {
        ByteChannel channel = ByteStreams.channel(Pieces.of("a"), new Written());
        assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(4).asReadOnlyBuffer()))
                .isInstanceOf(IllegalArgumentException.class).isNotInstanceOf(ReadOnlyBufferException.class);
        assertThat(channel.read(ByteBuffer.allocate(4))).isEqualTo(1);
    }

    @Test
    void a_closed_channel_refuses_calls_and_has_closed_what_is_behind_it() throws IOException {
        Duplex.Pair pair = Duplex.pair(4);
        ByteChannel channel = ByteStreams.channel(pair.first(), pair.first());
        assertThat(channel.isOpen()).isTrue();
        channel.close();
        channel.close();
        assertThat(channel.isOpen()).isFalse();
        assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        assertThat(pair.second().read()).as("the end").isNull();
    }

    @Test
    void closing_a_stream_closes_what_is_behind_it() throws IOException {
        Duplex.Pair pair = Duplex.pair(4);
        ByteStreams.outputStream(pair.first()).close();
        assertThat(ByteStreams.inputStream(pair.second()).read()).isEqualTo(-1);
        ByteStreams.inputStream(pair.second()).close();
        assertThatThrownBy(() -> pair.second().read()).isInstanceOf(ClosedChannelException.class);
        ByteStreams.inputStream(Pieces.of("a")).close(); // nothing to close
    }

    @Test
    void a_cancel_is_told_as_what_it_comes_from_a_close() {
        ByteSource cancelled = new ByteSource() {
            @Override
            public IoBuffer read() {
                throw new CancellationException("receive was cancelled");
            }

            @Override
            public int read(IoBuffer buffer) {
                throw new CancellationException("receive was cancelled");
            }
        };
        InputStream in = ByteStreams.inputStream(cancelled);
        assertThatThrownBy(in::read).isInstanceOf(ClosedChannelException.class)
                .hasCauseInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> in.transferTo(OutputStream.nullOutputStream()))
                .isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> ByteStreams.channel(cancelled, new Written()).read(ByteBuffer.allocate(1)))
                .isInstanceOf(ClosedChannelException.class);
    }
}
