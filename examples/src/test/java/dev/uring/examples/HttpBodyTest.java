package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpBodyTest {
    private static final long SEED = Long.getLong("uring.test.seed", System.nanoTime());
    private static final int ROUNDS = 20_000;
    private static final String CHUNKS = "5\r\nhello\r\n0A;a=\"b\" \r\n\r\n\r\n\r\n\r\n\r\n\r\n1 \r\nx\r\n000\r\nA: b\r\n\r\n";

    @Test
    void body_of_a_length_ends_there() throws HttpException {
        HttpBody body = new HttpBody(5);
        assertThat(body.take(bytes("hel"), 0, 3)).isEqualTo(3);
        assertThat(body.isEnded()).isFalse();
        assertThat(body.take(bytes("xloGET"), 1, 6)).isEqualTo(3);
        assertThat(body.isEnded()).isTrue();
        assertThat(body.take(bytes("GET"), 0, 3)).isZero();
        assertThat(new HttpBody(0).isEnded()).isTrue();
    }

    @Test
    void chunks_end_behind_the_trailer_and_the_pieces_do_not_matter() throws HttpException {
        byte[] bytes = bytes(CHUNKS + "GET / HTTP/1.1");
        int end = CHUNKS.length();
        for (int first = 0; first <= end; first++) {
            HttpBody body = new HttpBody(HttpRequest.CHUNKED);
            assertThat(body.take(bytes, 0, first)).isEqualTo(first);
            assertThat(body.isEnded()).isEqualTo(first == end);
            assertThat(body.take(bytes, first, bytes.length)).isEqualTo(end);
            assertThat(body.isEnded()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "x\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", " 1\r\n", "1\n", "1\rx", "1;a\nb", "1\r\nab\r\n",
        "1\r\na\n", "1\r\na\rb", "0\r\n\n", "0\r\n\rx", "0\r\nA: b\n", "0\r\nA: b\rx", "0\r\nA\u0000", "1;\u0007", "\u0661\r\n"})
    void chunks_that_may_be_read_in_two_ways_are_a_bad_request(String text) {
        assertRefused(HttpRequest.CHUNKED, text, HttpStatus.BAD_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"100001\r\n", "FFFFFFFFFFFFFFFFFFFFFFFFFFF", "7fffffffffffffff\r\n"})
    void chunk_that_is_too_long_is_refused_before_it_comes(String text) {
        assertRefused(HttpRequest.CHUNKED, text, HttpStatus.CONTENT_TOO_LARGE);
    }

    @Test
    void much_in_many_pieces_is_refused() {
        assertThatThrownBy(() -> new HttpBody(HttpBody.BYTES_MAX + 1)).isInstanceOf(HttpException.class);
        String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
        assertRefused(HttpRequest.CHUNKED, chunk.repeat(16) + "1\r\n", HttpStatus.CONTENT_TOO_LARGE);
        assertRefused(HttpRequest.CHUNKED, "1\r\na\r\n".repeat(300_000), HttpStatus.CONTENT_TOO_LARGE);
        assertRefused(HttpRequest.CHUNKED, "0\r\n" + "A: b\r\n".repeat(300_000), HttpStatus.CONTENT_TOO_LARGE);
        assertRefused(HttpRequest.CHUNKED, "1;" + "a".repeat(2_000_000), HttpStatus.CONTENT_TOO_LARGE);
        assertRefused(HttpRequest.CHUNKED, "0".repeat(2_000_000), HttpStatus.CONTENT_TOO_LARGE);
    }

    @Test
    void no_bytes_bring_it_to_anything_but_an_end() {
        Random random = new Random(SEED);
        for (int i = 0; i < ROUNDS; i++) {
            StringBuilder text = new StringBuilder(CHUNKS);
            for (int change = random.nextInt(4); change > 0; change--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, (char) random.nextInt(256));
                    case 1 -> text.deleteCharAt(at);
                    default -> text.insert(at, "\r\n;0f".charAt(random.nextInt(5)));
                }
            }
            byte[] bytes = bytes(text.toString());
            assertThat(outcome(bytes, random)).as(() -> "uring.test.seed=" + SEED + " bytes=" + text)
                    .isEqualTo(outcome(bytes, null));
        }
    }

    private static String outcome(byte[] bytes, Random pieces) {
        int at = 0;
        try {
            HttpBody body = new HttpBody(HttpRequest.CHUNKED);
            while (at < bytes.length && !body.isEnded()) {
                int to = pieces == null ? bytes.length : at + pieces.nextInt(bytes.length - at) + 1;
                at = body.take(bytes, at, to);
            }
            return at + " " + body.isEnded();
        } catch (HttpException e) {
            return e.status() + e.getMessage();
        }
    }

    private static void assertRefused(long length, String text, HttpStatus status) {
        byte[] bytes = bytes(text);
        assertThatThrownBy(() -> new HttpBody(length).take(bytes, 0, bytes.length)).isInstanceOf(HttpException.class)
                .extracting(e -> ((HttpException) e).status()).isEqualTo(status);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
