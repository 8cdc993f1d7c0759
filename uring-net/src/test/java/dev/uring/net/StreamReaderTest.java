package dev.uring.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.runtime.IoBuffer;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reading by counts, delimiters and lines: the same whatever pieces the bytes come in. */
class StreamReaderTest {
    private static final long SEED = Long.getLong("uring.test.seed", System.nanoTime());
    private static final String SEED_TEXT = "-During.test.seed=" + SEED;

    private static byte[] random(Random random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Reads a piece as text, and gives it back. */
    private static String text(IoBuffer piece) {
        try (piece) {
            return piece.toString(UTF_8);
        }
    }

    // ---- counts ----

    @Test
    void a_read_answers_what_is_there_and_zero_at_the_end() throws IOException {
        Pieces source = Pieces.of("abc", "d");
        try (var reader = new StreamReader(source)) {
            byte[] target = new byte[6];
            assertThat(reader.read(target, 1, 2)).isEqualTo(2);
            assertThat(reader.buffered()).isEqualTo(1);
            assertThat(reader.read(target, 3, 3)).as("no more than is there").isEqualTo(1);
            source.assertNothingOut();
            assertThat(reader.read(target, 4, 2)).isEqualTo(1);
            assertThat(target).containsExactly(0, 'a', 'b', 'c', 'd', 0);
            assertThat(reader.read(target, 0, 6)).isZero();
        }
    }

    @Test
    void a_read_of_no_bytes_is_no_end_and_does_not_wait() throws IOException {
        var reader = new StreamReader(Pieces.of("a"));
        assertThat(reader.read(new byte[3], 3, 0)).isZero();
        assertThat(reader.buffered()).isZero();
        assertThat(reader.readExactly(0)).isEmpty();
        assertThat(reader.readExactly(1)).containsExactly('a');
    }

    @Test
    void an_empty_piece_is_no_end() throws IOException {
        Pieces source = Pieces.of("", "a", "", "", "b");
        assertThat(new StreamReader(source).readAll(2)).containsExactly('a', 'b');
        source.assertNothingOut();
    }

    @Test
    void operands_out_of_range_are_refused() {
        var reader = new StreamReader(Pieces.of("a"));
        assertThatThrownBy(() -> reader.read(new byte[2], 1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> reader.readExactly(new byte[2], -1, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> reader.readExactly(-1)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("length=-1");
        assertThatThrownBy(() -> reader.readAll(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> reader.peek(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> reader.readUntil((byte) 0, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> reader.readLine(UTF_8, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void an_end_that_comes_too_early_is_told_and_takes_nothing() throws IOException {
        Pieces source = Pieces.of("ab", "c");
        var reader = new StreamReader(source);
        assertThatExceptionOfType(EOFException.class).isThrownBy(() -> reader.readExactly(5))
                .withMessage("the stream ended early: wantedBytes=5 gotBytes=3");
        source.assertNothingOut();
        assertThatExceptionOfType(EOFException.class).isThrownBy(() -> reader.readExactly(new byte[9], 1, 4))
                .withMessageContaining("wantedBytes=4 gotBytes=3");
        assertThat(reader.readExactly(3)).containsExactly('a', 'b', 'c');
    }

    @Test
    void a_failure_in_between_takes_nothing() throws IOException {
        Pieces source = Pieces.of("ab", "c").failing(new IOException("stalled"));
        var reader = new StreamReader(source);
        assertThatThrownBy(() -> reader.readExactly(4)).hasMessage("stalled");
        assertThatThrownBy(() -> reader.readLine(UTF_8, 10)).hasMessage("stalled");
        assertThatThrownBy(() -> reader.readUntil((byte) 0, 10)).hasMessage("stalled");
        assertThatThrownBy(() -> reader.readAll(10)).hasMessage("stalled");
        assertThatThrownBy(() -> reader.peek(5)).hasMessage("stalled");
        source.failing(null).add(new byte[] {'d'});
        assertThat(reader.readExactly(4)).asString(UTF_8).isEqualTo("abcd");
    }

    @Test
    void a_promised_length_takes_no_memory_before_its_bytes_come() {
        var reader = new StreamReader(Pieces.of("abc"));
        long before = Allocated.bytes();
        assertThatExceptionOfType(EOFException.class).isThrownBy(() -> reader.readExactly(Integer.MAX_VALUE))
                .withMessageContaining("gotBytes=3");
        assertThat(Allocated.bytes() - before).isLessThan(8 << 20);
        assertThat(reader.buffered()).isEqualTo(3);
    }

    @Test
    void a_long_array_grows_as_the_bytes_come() throws IOException {
        byte[] bytes = random(new Random(SEED), 1 << 20);
        Pieces source = Pieces.cut(bytes, new Random(SEED), 100_000);
        assertThat(new StreamReader(source).readExactly(bytes.length)).as(SEED_TEXT).isEqualTo(bytes);
    }

    @Test
    void all_is_read_up_to_a_limit() throws IOException {
        assertThat(new StreamReader(Pieces.of("ab", "cd")).readAll(4)).asString(UTF_8).isEqualTo("abcd");
        assertThat(new StreamReader(Pieces.of(new byte[0][])).readAll(0)).isEmpty();
        Pieces source = Pieces.of("ab", "cd", "ef");
        var reader = new StreamReader(source);
        assertThatExceptionOfType(TooLongException.class).isThrownBy(() -> reader.readAll(3))
                .withMessageContaining("limitBytes=3").satisfies(e -> assertThat(e.limitBytes()).isEqualTo(3));
        assertThat(reader.readAll(6)).asString(UTF_8).isEqualTo("abcdef");
        source.assertNothingOut();
    }

    @Test
    void bytes_can_be_skipped_across_pieces() throws IOException {
        var reader = new StreamReader(Pieces.of("abc", "def", "g"));
        assertThat(reader.skip(4)).isEqualTo(4);
        assertThat(reader.peek()).isEqualTo('e');
        assertThat(reader.skip(0)).isZero();
        assertThat(reader.skip(Long.MAX_VALUE)).isEqualTo(3);
        assertThat(reader.skip(1)).isZero();
    }

    // ---- ahead ----

    @Test
    void a_peek_leaves_the_bytes_there() throws IOException {
        var reader = new StreamReader(Pieces.of(new byte[] {-1, 1}, new byte[] {2}));
        assertThat(reader.peek()).isEqualTo(255);
        assertThat(reader.peek(3)).containsExactly(-1, 1, 2);
        assertThat(reader.peek()).isEqualTo(255);
        assertThat(reader.buffered()).isEqualTo(3);
        assertThat(reader.peek(9)).as("before the end").containsExactly(-1, 1, 2);
        assertThat(reader.readExactly(3)).containsExactly(-1, 1, 2);
        assertThat(reader.peek()).isEqualTo(-1);
        assertThat(reader.peek(2)).isEmpty();
    }

    // ---- delimiters and lines ----

    @Test
    void up_to_a_delimiter_includes_it_and_the_last_bytes_have_none() throws IOException {
        var reader = new StreamReader(Pieces.of("ab;", ";c", "d;", "e"));
        assertThat(reader.readUntil((byte) ';', 3)).asString(UTF_8).isEqualTo("ab;");
        assertThat(reader.readUntil((byte) ';', 3)).asString(UTF_8).isEqualTo(";");
        assertThat(reader.readUntil((byte) ';', 3)).asString(UTF_8).isEqualTo("cd;");
        assertThat(reader.readUntil((byte) ';', 3)).asString(UTF_8).isEqualTo("e");
        assertThat(reader.readUntil((byte) ';', 3)).isNull();
    }

    @Test
    void a_missing_delimiter_is_told_and_takes_nothing() throws IOException {
        Pieces source = Pieces.of("abc", "de;");
        var reader = new StreamReader(source);
        assertThatExceptionOfType(TooLongException.class).isThrownBy(() -> reader.readUntil((byte) ';', 5))
                .withMessageContaining("delimiter=59 limitBytes=5");
        assertThat(reader.readUntil((byte) ';', 6)).asString(UTF_8).isEqualTo("abcde;");
    }

    @Test
    void lines_end_with_lf_or_crlf_and_the_last_one_may_not() throws IOException {
        var reader = new StreamReader(Pieces.of("one\ntw", "o\r", "\n\n\r\nfi\rve\r\nsix\r"));
        List<String> lines = new ArrayList<>();
        for (String line = reader.readLine(UTF_8, 10); line != null; line = reader.readLine(UTF_8, 10)) {
            lines.add(line);
        }
        assertThat(lines).containsExactly("one", "two", "", "", "fi\rve", "six\r");
        assertThat(reader.readLine(UTF_8, 10)).as("once more").isNull();
    }

    @Test
    void a_lines_limit_counts_no_ending() throws IOException {
        var reader = new StreamReader(Pieces.of("abc\r\nabc\nabc\r", "\nabcd\nab\rc\n"));
        for (int i = 0; i < 3; i++) {
            assertThat(reader.readLine(UTF_8, 3)).isEqualTo("abc");
        }
        assertThatExceptionOfType(TooLongException.class).isThrownBy(() -> reader.readLine(UTF_8, 3))
                .withMessage("line is too long: limitBytes=3; nothing was taken: read on with a larger limit, or close");
        assertThat(reader.readLine(UTF_8, 4)).isEqualTo("abcd");
        assertThatExceptionOfType(TooLongException.class).isThrownBy(() -> reader.readLine(UTF_8, 3));
        assertThat(new StreamReader(Pieces.of("abcd")).readLine(UTF_8, 4)).isEqualTo("abcd");
        assertThatExceptionOfType(TooLongException.class)
                .isThrownBy(() -> new StreamReader(Pieces.of("abcd")).readLine(UTF_8, 3));
        assertThat(new StreamReader(Pieces.of("\n")).readLine(UTF_8, 0)).isEmpty();
        assertThat(new StreamReader(Pieces.of("a\n")).readLine(UTF_8, Integer.MAX_VALUE)).isEqualTo("a");
    }

    @Test
    void malformed_text_is_told_and_its_bytes_are_still_there() throws IOException {
        byte[] bad = {'a', (byte) 0xC3, (byte) 0x28, '\n', 'b', '\n'};
        var reader = new StreamReader(Pieces.of(bad));
        assertThatExceptionOfType(MalformedInputException.class).isThrownBy(() -> reader.readLine(UTF_8, 10));
        assertThatExceptionOfType(MalformedInputException.class).isThrownBy(() -> reader.readLine(US_ASCII, 10));
        assertThat(reader.readLine(ISO_8859_1, 10)).isEqualTo("a\u00C3(");
        assertThat(reader.readLine(UTF_8, 10)).isEqualTo("b");
    }

    @Test
    void a_replacement_character_that_was_sent_is_text() throws IOException {
        var reader = new StreamReader(Pieces.of("a\uFFFDb\n"));
        assertThat(reader.readLine(UTF_8, 10)).isEqualTo("a\uFFFDb");
    }

    @Test
    void a_character_that_is_split_between_pieces_is_one() throws IOException {
        byte[] bytes = "gr\u00FC\u00DFe \uD83D\uDE00\n".getBytes(UTF_8);
        for (int at = 1; at < bytes.length; at++) {
            var reader = new StreamReader(Pieces.of(Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at, bytes.length)));
            assertThat(reader.readLine(UTF_8, 100)).as("at=" + at).isEqualTo("gr\u00FC\u00DFe \uD83D\uDE00");
        }
    }

    @Test
    void lines_come_as_a_stream_which_reads_no_further_than_asked() throws IOException {
        var reader = new StreamReader(Pieces.of("a\nb\nc\nd"));
        assertThat(reader.lines(UTF_8, 9).limit(2)).containsExactly("a", "b");
        assertThat(reader.readLine(UTF_8, 9)).isEqualTo("c");
        assertThat(reader.lines(UTF_8, 9)).containsExactly("d");
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> new StreamReader(Pieces.of("abc")).lines(UTF_8, 1).count())
                .withCauseInstanceOf(TooLongException.class);
    }

    // ---- handing on ----

    @Test
    void what_is_buffered_is_handed_on_once_and_nothing_is_lost() throws IOException {
        Pieces source = Pieces.of("UPGRADE\nab", "cd");
        var reader = new StreamReader(source);
        assertThat(reader.remaining()).isNull();
        assertThat(reader.readLine(UTF_8, 10)).isEqualTo("UPGRADE");
        assertThat(text(reader.remaining())).isEqualTo("ab");
        assertThat(reader.remaining()).isNull();
        assertThat(text(source.read())).isEqualTo("cd");
    }

    @Test
    void all_that_is_buffered_is_handed_on_together() throws IOException {
        Pieces source = Pieces.of("ab", "cde");
        var reader = new StreamReader(source);
        reader.peek(4);
        assertThat(text(reader.remaining())).isEqualTo("abcde");
        assertThat(reader.buffered()).isZero();
        source.assertNothingOut();
    }

    @Test
    void as_a_source_it_answers_the_rest_and_then_the_sources_own_pieces() throws IOException {
        Pieces source = Pieces.of("abc", "de", "fgh");
        var reader = new StreamReader(source);
        reader.skip(1);
        assertThat(text(reader.read())).isEqualTo("bc");
        source.assertNothingOut();
        assertThat(text(reader.read())).isEqualTo("de");
        IoBuffer small = IoBuffer.allocate(2);
        assertThat(reader.peek()).isEqualTo('f');
        assertThat(reader.read(small)).isEqualTo(2);
        assertThat(small.toByteArray()).containsExactly('f', 'g');
        assertThat(reader.read(small)).isEqualTo(1);
        assertThat(small.length()).isEqualTo(1);
        assertThat(reader.read(small)).isZero();
        assertThat(reader.read()).isNull();
    }

    @Test
    void a_close_gives_the_piece_back_and_leaves_the_source_open() throws IOException {
        Pieces source = Pieces.of("abc", "d");
        var reader = new StreamReader(source);
        reader.skip(1);
        reader.close();
        source.assertNothingOut();
        reader.close();
        assertThat(text(source.read())).isEqualTo("d");
    }

    @Test
    void a_limited_source_ends_after_its_bytes_and_the_reader_goes_on_behind_them() throws IOException {
        Pieces source = Pieces.of("4abc", "dNEXT", "x");
        var reader = new StreamReader(source);
        int length = reader.readExactly(1)[0] - '0';
        ByteSource body = reader.limited(length);
        assertThat(text(body.read())).isEqualTo("abc");
        assertThat(text(body.read())).isEqualTo("d");
        assertThat(body.read()).isNull();
        assertThat(body.read(IoBuffer.allocate(1))).isZero();
        assertThat(reader.readExactly(4)).asString(UTF_8).isEqualTo("NEXT");
        IoBuffer buffer = IoBuffer.allocate(9);
        assertThat(reader.limited(0).read(buffer)).isZero();
        assertThat(buffer.length()).isZero();
        ByteSource longer = reader.limited(5);
        assertThat(longer.read(buffer)).isEqualTo(1);
        assertThat(longer.read(buffer)).as("where the stream ends").isZero();
        source.assertNothingOut();
        assertThatThrownBy(() -> reader.limited(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_limited_source_reads_into_a_buffer_no_more_than_its_limit() throws IOException {
        Pieces source = Pieces.of("abcdef");
        var reader = new StreamReader(source);
        IoBuffer buffer = IoBuffer.allocate(9);
        assertThat(reader.limited(4).read(buffer)).isEqualTo(4);
        assertThat(buffer.toString(UTF_8)).isEqualTo("abcd");
        assertThat(reader.readAll(2)).asString(UTF_8).isEqualTo("ef");
    }

    // ---- at random ----

    @Test
    void any_calls_on_any_pieces_answer_the_bytes_in_order() throws IOException {
        var random = new Random(SEED);
        for (int round = 0; round < 300; round++) {
            byte[] bytes = random(random, random.nextInt(3000));
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] &= 15; // so that delimiters are found, 10 among them
            }
            Pieces source = Pieces.cut(bytes, random, 1 + random.nextInt(200));
            var read = new ByteArrayOutputStream();
            try (var reader = new StreamReader(source)) {
                while (read.size() < bytes.length) {
                    readSomehow(reader, random, read, bytes.length - read.size());
                }
                assertThat(reader.peek()).isEqualTo(-1);
            }
            assertThat(read.toByteArray()).as(SEED_TEXT + " round=" + round).isEqualTo(bytes);
            source.assertNothingOut();
        }
    }

    private static void readSomehow(StreamReader reader, Random random, ByteArrayOutputStream read, int left)
            throws IOException {
        int count = random.nextInt(300);
        switch (random.nextInt(10)) {
            case 0 -> read.writeBytes(reader.readExactly(Math.min(count, left)));
            case 1 -> {
                byte[] target = new byte[count + 7];
                read.write(target, 7, reader.read(target, 7, count));
            }
            case 2 -> {
                byte[] ahead = reader.peek(count);
                assertThat(ahead).as(SEED_TEXT).hasSize(Math.min(count, left));
                assertThat(reader.skip(ahead.length)).isEqualTo(ahead.length);
                read.writeBytes(ahead);
            }
            case 3 -> {
                try (IoBuffer piece = reader.read()) {
                    read.writeBytes(piece.toByteArray());
                }
            }
            case 4 -> {
                IoBuffer buffer = IoBuffer.allocate(count + 1);
                reader.read(buffer);
                read.writeBytes(buffer.toByteArray());
            }
            case 5 -> {
                try (IoBuffer rest = reader.remaining()) {
                    read.writeBytes(rest == null ? new byte[0] : rest.toByteArray());
                }
            }
            case 6 -> {
                try {
                    read.writeBytes(reader.readUntil((byte) 3, count));
                } catch (TooLongException e) {
                    assertThat(reader.peek(count)).as(SEED_TEXT).hasSize(count).doesNotContain(3);
                }
            }
            case 7 -> {
                try {
                    reader.readExactly(left + 1);
                    throw new AssertionError("more than there is: " + SEED_TEXT);
                } catch (EOFException e) {
                    assertThat(e).hasMessageContaining("gotBytes=" + left);
                }
            }
            case 8 -> {
                ByteSource part = reader.limited(count);
                int before = read.size();
                for (IoBuffer piece = part.read(); piece != null; piece = part.read()) {
                    read.writeBytes(piece.toByteArray());
                    piece.close();
                }
                assertThat(read.size() - before).as(SEED_TEXT).isEqualTo(Math.min(count, left));
            }
            default -> {
                byte[] ahead = reader.peek(left);
                int length = reader.readLine(ISO_8859_1, left).length();
                int ending = length == left ? 0 : ahead[length] == '\r' ? 2 : 1;
                assertThat(length + ending == left || ahead[length + ending - 1] == '\n').as(SEED_TEXT).isTrue();
                read.write(ahead, 0, length + ending);
            }
        }
    }
}
