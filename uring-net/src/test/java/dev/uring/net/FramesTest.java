package dev.uring.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.runtime.IoBuffer;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames, written and read whatever pieces they come in, and lengths that lie. */
class FramesTest {
    private static final long SEED = Long.getLong("uring.test.seed", System.nanoTime());
    private static final String SEED_TEXT = "-During.test.seed=" + SEED;

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static byte[] written(Frames frames, byte[]... payloads) throws IOException {
        var sink = new Written();
        for (byte[] each : payloads) {
            frames.write(sink, each);
        }
        return sink.bytes.toByteArray();
    }

    // ---- how they lie ----

    @Test
    void lengths_lie_as_told() throws IOException {
        byte[] payload = new byte[0x0102];
        assertThat(written(Frames.of(2), payload)).startsWith(1, 2).hasSize(2 + payload.length);
        assertThat(written(Frames.of(2).withOrder(ByteOrder.LITTLE_ENDIAN), payload)).startsWith(2, 1);
        assertThat(written(Frames.of(3), payload)).startsWith(0, 1, 2);
        assertThat(written(Frames.of(3).withOrder(ByteOrder.LITTLE_ENDIAN), payload)).startsWith(2, 1, 0);
        assertThat(written(Frames.of(4), payload)).startsWith(0, 0, 1, 2);
        assertThat(written(Frames.of(8), payload)).startsWith(0, 0, 0, 0, 0, 0, 1, 2);
        assertThat(written(Frames.of(8).withOrder(ByteOrder.LITTLE_ENDIAN), payload)).startsWith(2, 1, 0, 0, 0, 0, 0, 0);
        assertThat(written(Frames.of(1), bytes(7, 8))).containsExactly(2, 7, 8);
        assertThat(written(Frames.of(4).withAdjustment(-4), bytes(7))).containsExactly(0, 0, 0, 5, 7);
    }

    @Test
    void a_payload_of_a_buffer_goes_with_its_length_in_one_gathered_write() throws IOException {
        var sink = new Written();
        IoBuffer payload = IoBuffer.allocate(10).put(0, bytes(5, 6)).length(2);
        Frames.of(4).write(sink, payload);
        assertThat(sink.gathered).isEqualTo(1);
        assertThat(sink.writes).isZero();
        assertThat(sink.bytes.toByteArray()).containsExactly(0, 0, 0, 2, 5, 6);
        assertThat(payload.state()).isEqualTo(IoBuffer.State.OWNED);
    }

    @Test
    void a_payload_of_an_array_goes_with_its_length_in_one_write() throws IOException {
        var sink = new Written();
        Frames.of(4).write(sink, new byte[1000]);
        assertThat(sink.writes).isEqualTo(1);
        byte[] large = new byte[700_001];
        new Random(SEED).nextBytes(large);
        var second = new Written();
        Frames.of(4).write(second, large);
        assertThat(Frames.of(4).read(new StreamReader(Pieces.of(second.bytes.toByteArray())))).isEqualTo(large);
    }

    @Test
    void empty_frames_are_frames_and_the_end_between_frames_is_null() throws IOException {
        var sink = new Written();
        Frames.of(2).write(sink, new byte[0]);
        Frames.of(2).write(sink, IoBuffer.copyOf(new byte[0]));
        var reader = new StreamReader(Pieces.of(sink.bytes.toByteArray()));
        assertThat(Frames.of(2).read(reader)).isEmpty();
        try (IoBuffer empty = Frames.of(2).readBuffer(reader)) {
            assertThat(empty.length()).isZero();
        }
        assertThat(Frames.of(2).read(reader)).isNull();
        assertThat(Frames.of(2).readBuffer(reader)).isNull();
    }

    @Test
    void a_frame_that_was_looked_at_before_comes_whole_as_a_buffer() throws IOException {
        Pieces source = Pieces.of(bytes(0, 2, 1), bytes(2, 0), bytes(1, 3));
        var reader = new StreamReader(source);
        assertThat(reader.peek(5)).hasSize(5);
        for (byte[] expected : List.of(bytes(1, 2), bytes(3))) {
            try (IoBuffer payload = Frames.of(2).readBuffer(reader)) {
                assertThat(payload.toByteArray()).isEqualTo(expected);
            }
        }
        source.assertNothingOut();
    }

    @Test
    void the_largest_limit_and_an_adjustment_go_together() throws IOException {
        Frames frames = Frames.of(4).withPayloadMax(Integer.MAX_VALUE).withAdjustment(-4);
        byte[] stream = written(frames, bytes(1, 2));
        assertThat(frames.read(new StreamReader(Pieces.of(stream)))).containsExactly(1, 2);
    }

    @ParameterizedTest
    @CsvSource({"1,255", "1,0", "2,65535", "3,65536", "4,65536", "8,65536"})
    void the_largest_length_that_can_be_told_is_told(int lengthBytes, int payloadBytes) throws IOException {
        for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
            Frames frames = Frames.of(lengthBytes).withOrder(order);
            byte[] stream = written(frames, new byte[payloadBytes]);
            assertThat(frames.read(new StreamReader(Pieces.of(stream)))).hasSize(payloadBytes);
        }
    }

    @Test
    void what_cannot_be_told_is_not_written() {
        var sink = new Written();
        assertThatThrownBy(() -> Frames.of(1).write(sink, new byte[256])).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("payloadBytes=256").hasMessageContaining("lengthBytes=1");
        assertThatThrownBy(() -> Frames.of(4).withPayloadMax(3).write(sink, IoBuffer.allocate(4)))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("payloadMax=3");
        assertThatThrownBy(() -> Frames.of(4).withAdjustment(5).write(sink, new byte[4]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Frames.of(1).withAdjustment(-2).write(sink, new byte[254]))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(sink.bytes.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5, 6, 7, 9, -1})
    void other_sizes_of_lengths_are_refused(int lengthBytes) {
        assertThatThrownBy(() -> Frames.of(lengthBytes)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lengthBytes=" + lengthBytes);
    }

    // ---- lengths that lie ----

    @Test
    void a_length_above_the_limit_is_refused_and_takes_nothing() throws IOException {
        byte[] stream = bytes(0, 0, 0, 4, 1, 2, 3, 4);
        var reader = new StreamReader(Pieces.of(stream));
        assertThatExceptionOfType(TooLongException.class).isThrownBy(() -> Frames.of(4).withPayloadMax(3).read(reader))
                .withMessage("frame is too long: length=4 adjustment=0 limitBytes=3; "
                        + "nothing was taken: read on with a larger limit, or close");
        assertThat(Frames.of(4).withPayloadMax(4).read(reader)).containsExactly(1, 2, 3, 4);
    }

    @Test
    void hostile_lengths_are_refused_before_anything_is_allocated() {
        Frames eight = Frames.of(8).withPayloadMax(Integer.MAX_VALUE);
        long before = Allocated.bytes();
        for (byte[] stream : List.of(bytes(255, 255, 255, 255, 255, 255, 255, 255),
                bytes(128, 0, 0, 0, 0, 0, 0, 0), bytes(127, 255, 255, 255, 255, 255, 255, 255),
                bytes(0, 0, 0, 1, 0, 0, 0, 0), bytes(0, 0, 0, 0, 128, 0, 0, 1))) {
            for (int adjustment : new int[] {0, 1, -1, Integer.MAX_VALUE}) {
                assertThatExceptionOfType(TooLongException.class).as(Arrays.toString(stream) + adjustment).isThrownBy(
                        () -> eight.withAdjustment(adjustment).read(new StreamReader(Pieces.of(stream))));
            }
        }
        assertThatExceptionOfType(TooLongException.class).isThrownBy(
                () -> Frames.of(4).read(new StreamReader(Pieces.of(bytes(255, 255, 255, 255)))))
                .withMessageContaining("length=4294967295");
        assertThat(Allocated.bytes() - before).isLessThan(64 << 20);
    }

    @Test
    void a_length_that_is_kept_within_the_limit_but_not_delivered_takes_no_memory() {
        Frames frames = Frames.of(4).withPayloadMax(Integer.MAX_VALUE);
        var reader = new StreamReader(Pieces.of(bytes(127, 255, 255, 255, 1, 2)));
        long before = Allocated.bytes();
        assertThatExceptionOfType(EOFException.class).isThrownBy(() -> frames.read(reader))
                .withMessageContaining("wantedBytes=2147483647 gotBytes=2");
        assertThatExceptionOfType(EOFException.class).isThrownBy(() -> frames.readBuffer(reader));
        assertThat(Allocated.bytes() - before).isLessThan(16 << 20);
        assertThat(reader.buffered()).as("nothing was taken").isEqualTo(6);
    }

    @Test
    void a_length_below_what_it_counts_itself_is_refused() {
        Frames frames = Frames.of(2).withAdjustment(-2);
        assertThatExceptionOfType(ProtocolException.class)
                .isThrownBy(() -> frames.read(new StreamReader(Pieces.of(bytes(0, 1)))))
                .withMessage("frame is shorter than nothing: length=1 adjustment=-2");
    }

    @Test
    void a_stream_that_ends_in_a_frame_is_told_at_every_byte() throws IOException {
        byte[] stream = written(Frames.of(4), bytes(1, 2, 3), bytes(4));
        for (int at = 0; at < stream.length; at++) {
            var reader = new StreamReader(Pieces.of(Arrays.copyOf(stream, at)));
            if (at >= 7) {
                assertThat(Frames.of(4).read(reader)).containsExactly(1, 2, 3);
            }
            if (at == 0 || at == 7) {
                assertThat(Frames.of(4).read(reader)).as("at=" + at).isNull();
            } else {
                int left = at < 7 ? at : at - 7;
                assertThatExceptionOfType(EOFException.class).as("at=" + at).isThrownBy(() -> Frames.of(4).read(reader));
                assertThat(reader.buffered()).as("at=" + at).isEqualTo(left);
            }
        }
    }

    // ---- splits ----

    @Test
    void frames_are_read_whole_wherever_the_stream_is_cut() throws IOException {
        byte[] stream = written(Frames.of(3), "first".getBytes(UTF_8), new byte[0], "second".getBytes(UTF_8));
        for (int one = 0; one <= stream.length; one++) {
            for (int two = one; two <= stream.length; two++) {
                Pieces source = Pieces.of(Arrays.copyOf(stream, one), Arrays.copyOfRange(stream, one, two),
                        Arrays.copyOfRange(stream, two, stream.length));
                var reader = new StreamReader(source);
                assertThat(Frames.of(3).read(reader)).asString(UTF_8).isEqualTo("first");
                assertThat(Frames.of(3).read(reader)).isEmpty();
                try (IoBuffer second = Frames.of(3).readBuffer(reader)) {
                    assertThat(second.toString(UTF_8)).isEqualTo("second");
                }
                assertThat(Frames.of(3).read(reader)).isNull();
                source.assertNothingOut();
            }
        }
    }

    @Test
    void a_read_that_failed_is_made_again() throws IOException {
        byte[] stream = written(Frames.of(2), bytes(1, 2, 3, 4));
        for (int at = 0; at < stream.length; at++) {
            Pieces source = Pieces.of(Arrays.copyOf(stream, at)).failing(new IOException("cancelled"));
            var reader = new StreamReader(source);
            assertThatThrownBy(() -> Frames.of(2).read(reader)).hasMessage("cancelled");
            assertThatThrownBy(() -> Frames.of(2).readBuffer(reader)).hasMessage("cancelled");
            source.failing(null).add(Arrays.copyOfRange(stream, at, stream.length));
            assertThat(Frames.of(2).read(reader)).as("at=" + at).containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void random_frames_in_random_pieces_come_as_they_were() throws IOException {
        var random = new Random(SEED);
        int[] lengths = {1, 2, 3, 4, 8};
        for (int round = 0; round < 200; round++) {
            Frames frames = Frames.of(lengths[random.nextInt(lengths.length)]).withAdjustment(-random.nextInt(9))
                    .withOrder(random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
            List<byte[]> payloads = new ArrayList<>();
            var sink = new Written();
            for (int i = random.nextInt(20); i > 0; i--) {
                byte[] payload = new byte[random.nextInt(frames.lengthBytes() == 1 ? 240 : 5000)];
                random.nextBytes(payload);
                payloads.add(payload);
                if (random.nextBoolean()) {
                    frames.write(sink, payload);
                } else {
                    frames.write(sink, IoBuffer.copyOf(payload));
                }
            }
            Pieces source = Pieces.cut(sink.bytes.toByteArray(), random, 1 + random.nextInt(9000));
            var reader = new StreamReader(source);
            for (byte[] expected : payloads) {
                assertThat(readEither(frames, reader, random)).as(SEED_TEXT + " round=" + round).isEqualTo(expected);
            }
            assertThat(readEither(frames, reader, random)).as(SEED_TEXT).isNull();
            source.assertNothingOut();
        }
    }

    private static byte[] readEither(Frames frames, StreamReader reader, Random random) throws IOException {
        if (random.nextBoolean()) {
            return frames.read(reader);
        }
        try (IoBuffer buffer = frames.readBuffer(reader)) {
            return buffer == null ? null : buffer.toByteArray();
        }
    }

    @Test
    void random_bytes_end_in_frames_or_in_an_exception_that_tells_why() {
        var random = new Random(SEED);
        for (int round = 0; round < 2000; round++) {
            byte[] stream = new byte[random.nextInt(200)];
            random.nextBytes(stream);
            Frames frames = Frames.of(1 + random.nextInt(4)).withAdjustment(random.nextInt(20) - 10).withPayloadMax(500);
            Pieces source = Pieces.cut(stream, random, 50);
            var reader = new StreamReader(source);
            try {
                int read = 0;
                for (byte[] frame = frames.read(reader); frame != null; frame = frames.read(reader)) {
                    read += frames.lengthBytes() + frame.length;
                }
                assertThat(read).as(SEED_TEXT + " round=" + round).isEqualTo(stream.length);
            } catch (TooLongException | EOFException | ProtocolException e) {
                reader.close();
            } catch (IOException e) {
                throw new AssertionError(SEED_TEXT + " round=" + round, e);
            }
            source.assertNothingOut();
        }
    }
}
