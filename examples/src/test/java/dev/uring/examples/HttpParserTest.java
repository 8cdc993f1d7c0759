package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a request, what is refused, and that no bytes whatever bring the parser to anything else. */
final class HttpParserTest {
    private static final long SEED = Long.getLong("uring.test.seed", System.nanoTime());
    private static final int ROUNDS = 20_000;
    private static final String GET = "GET /a?b HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final List<String> VALID = List.of(
            GET,
            "\r\n\r\nGET / HTTP/1.0\r\n\r\n",
            "HEAD http://h:80/x HTTP/1.1\r\nhost:h:80\r\nRange: bytes=0-\r\nConnection: close, x\r\n\r\n",
            "POST /p HTTP/1.1\r\nHost: [::1]:8080\r\nContent-Length: 5, 5\r\nX: \t a \u00ff b \t\r\nEmpty:\r\n\r\n",
            "PUT /%41 HTTP/1.1\r\nHost:\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
            "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n");

    @Test
    void head_is_told_by_its_parts() throws HttpException {
        HttpRequest request = parse("\r\nPOST /a%20b?c HTTP/1.1\r\nHOST: h:1\r\nA:1\r\na: \t2 3\t \r\nContent-Length: 007\r\n"
                + "\r\nbody");
        assertThat(request).isEqualTo(new HttpRequest("POST", "/a%20b?c", true, List.of(new HttpField("host", "h:1"),
                new HttpField("a", "1"), new HttpField("a", "2 3"), new HttpField("content-length", "007")), 7));
        assertThat(request.field("a")).isEqualTo("1, 2 3");
        assertThat(request.field("b")).isNull();
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", value = {"/,/", "/a?b,/a?b", "http://h,/", "HTTP://h/a/b?c,/a/b?c", "https://h?q,/?q",
        "//h/a,//h/a"})
    void any_form_of_target_gives_its_path(String target, String path) throws HttpException {
        assertThat(parse("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n").target()).isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource({"1.1,x,true", "1.1,close,false", "1.1,'a, Close',false", "1.0,x,false", "1.0,Keep-Alive,true",
        "1.0,'keep-alive, close',false", "1.9,x,true"})
    void version_and_connection_say_whether_it_goes_on(String version, String option, boolean keepsAlive)
            throws HttpException {
        assertThat(parse("GET / HTTP/" + version + "\r\nHost: h\r\nConnection: " + option + "\r\n\r\n").keepsAlive())
                .isEqualTo(keepsAlive);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "GET /\r\n\r\n", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1 \r\nHost: h\r\n\r\n",
        " GET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n", "G(T / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / http/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1x\r\nHost: h\r\n\r\n", "GET / HTTP/11\r\nHost: h\r\n\r\n",
        "GET / HTTP/x.1\r\nHost: h\r\n\r\n", "GET /\u00e4 HTTP/1.1\r\nHost: h\r\n\r\n", "GET /#a HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET a HTTP/1.1\r\nHost: h\r\n\r\n", "GET * HTTP/1.1\r\nHost: h\r\n\r\n", "GET http:///a HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET ftp://h/a HTTP/1.1\r\nHost: h\r\n\r\n"})
    void request_line_that_is_none_is_a_bad_request(String text) {
        assertRefused(text, HttpStatus.BAD_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host: h\nA: b", "Host: h\r\nA: b\rc", "Host: h\r\nA: b\r\r", "Host: h\r\nA: b\u0000",
        "Host: h\r\nA: b\u007f", "Host: h\r\nA: b\u0001", "Host: h\r\nA: b\r\n c", "Host: h\r\nA: b\r\n\tc", " Host: h",
        "Host : h", "Host: h\r\nA\t: b", "Host: h\r\n: b", "Host: h\r\nA b", "Host: h\r\nA\u00e4: b", "A: b",
        "Host: h\r\nHost: h", "Host: h, h", "Host: a/b", "Host: a b", "Host: a@b"})
    void field_that_may_be_read_in_two_ways_is_a_bad_request(String fields) {
        assertRefused("GET / HTTP/1.1\r\n" + fields + "\r\n\r\n", HttpStatus.BAD_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 0",
        "Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5, 6", "Content-Length: 5,", "Content-Length:",
        "Content-Length: +5", "Content-Length: -5", "Content-Length: 0x5", "Content-Length: 5 5", "Content-Length: \u0665",
        "Transfer-Encoding: gzip", "Transfer-Encoding: chunked, gzip", "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding:", "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked;a=b", "Transfer-Encoding: \"chunked\"", "Transfer-Encoding: \u000bchunked"})
    void framing_that_may_be_read_in_two_ways_is_a_bad_request(String fields) {
        assertRefused("POST / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n\r\n", HttpStatus.BAD_REQUEST);
    }

    @Test
    void transfer_coding_in_an_old_version_is_a_bad_request() {
        assertRefused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", HttpStatus.BAD_REQUEST);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "5,5", "'5, 5',5", "000000000000000000000000000005,5", "999999999999999999,999999999999999999"})
    void length_is_the_bodys(String said, long bytes) throws HttpException {
        assertThat(parse("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + said + "\r\n\r\n").bodyBytes()).isEqualTo(bytes);
    }

    @Test
    void chunked_is_a_framing_in_any_case() throws HttpException {
        assertThat(parse("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: , Chunked\r\n\r\n").bodyBytes())
                .isEqualTo(HttpRequest.CHUNKED);
    }

    @Test
    void what_is_not_served_has_its_status() {
        assertRefused("GET / HTTP/2.0\r\nHost: h\r\n\r\n", HttpStatus.VERSION_NOT_SUPPORTED);
        assertRefused("GET / HTTP/0.9\r\n\r\n", HttpStatus.VERSION_NOT_SUPPORTED);
        assertRefused("X".repeat(40) + " / HTTP/1.1\r\nHost: h\r\n\r\n", HttpStatus.NOT_IMPLEMENTED);
        assertRefused("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", HttpStatus.NOT_IMPLEMENTED);
        assertRefused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + "9".repeat(19) + "\r\n\r\n",
                HttpStatus.CONTENT_TOO_LARGE);
    }

    @Test
    void heads_of_the_greatest_size_are_taken_and_longer_ones_refused_as_soon_as_they_are_longer() throws HttpException {
        String longest = "/" + "a".repeat(HttpParser.TARGET_BYTES_MAX - 1);
        assertThat(parse("GET " + longest + " HTTP/1.1\r\nHost: h\r\n\r\n").target()).isEqualTo(longest);
        assertRefused("GET " + longest + "a HTTP/1.1\r\nHost: h\r\n\r\n", HttpStatus.URI_TOO_LONG);
        assertRefused("GET " + longest + "a".repeat(100), HttpStatus.URI_TOO_LONG);
        String most = "A: b\r\n".repeat(HttpParser.FIELDS_MAX - 1);
        assertThat(parse("GET / HTTP/1.1\r\nHost: h\r\n" + most + "\r\n").fields()).hasSize(HttpParser.FIELDS_MAX);
        assertRefused("GET / HTTP/1.1\r\nHost: h\r\n" + most + "A: b\r\n", HttpStatus.FIELDS_TOO_LARGE);
        String begin = "GET / HTTP/1.1\r\nHost: h\r\nA: ";
        int left = HttpParser.HEAD_BYTES_MAX - begin.length() - "\r\n\r\n".length();
        assertThat(parse(begin + "a".repeat(left) + "\r\n\r\n").fields()).hasSize(2);
        assertRefused(begin + "a".repeat(left + 1) + "\r\n\r\n", HttpStatus.FIELDS_TOO_LARGE);
        assertRefused(begin + "a".repeat(100_000), HttpStatus.FIELDS_TOO_LARGE);
        assertRefused("\r\n".repeat(100_000), HttpStatus.FIELDS_TOO_LARGE);
    }

    @Test
    void every_beginning_of_a_request_asks_for_more_and_the_pieces_do_not_matter() throws HttpException {
        for (String text : VALID) {
            byte[] bytes = bytes(text);
            HttpRequest whole = parse(text);
            var stepwise = new HttpParser();
            for (int to = 0; to < bytes.length; to++) {
                assertThat(new HttpParser().parse(bytes, 0, to)).isNull();
                assertThat(stepwise.parse(bytes, 0, to)).isNull();
            }
            assertThat(stepwise.isInHead()).isTrue();
            assertThat(stepwise.parse(bytes, 0, bytes.length)).isEqualTo(whole);
            assertThat(stepwise.headBytes()).isEqualTo(bytes.length);
            assertThat(stepwise.isInHead()).isFalse();
        }
    }

    @Test
    void requests_in_a_row_come_one_by_one_wherever_they_lie() throws HttpException {
        byte[] bytes = bytes(String.join("", VALID));
        var parser = new HttpParser();
        int from = 0;
        for (String text : VALID) {
            assertThat(parser.parse(bytes, from, bytes.length)).isEqualTo(parse(text));
            from += parser.headBytes();
        }
        assertThat(from).isEqualTo(bytes.length);
        assertThat(parser.parse(bytes, from, bytes.length)).isNull();
    }

    @Test
    void no_bytes_bring_it_to_anything_but_an_answer_whatever_the_pieces() {
        Random random = new Random(SEED);
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = random.nextInt(4) == 0 ? anything(random) : mutated(random);
            assertThat(outcome(bytes, random)).as(() -> "uring.test.seed=" + SEED + " bytes="
                    + new String(bytes, StandardCharsets.ISO_8859_1)).isEqualTo(outcome(bytes, null));
        }
    }

    private static byte[] anything(Random random) {
        byte[] bytes = new byte[random.nextInt(random.nextInt(10) == 0 ? 40_000 : 200)];
        if (random.nextBoolean()) {
            random.nextBytes(bytes);
        } else {
            String marks = "GET /:,\r\n\tHTP1.0a\u0000\u00ff";
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) marks.charAt(random.nextInt(marks.length()));
            }
        }
        return bytes;
    }

    /** Answers valid requests with some bytes changed, taken out, doubled or put in. */
    private static byte[] mutated(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(3); i >= 0; i--) {
            text.append(VALID.get(random.nextInt(VALID.size())));
        }
        for (int i = random.nextInt(5); i > 0 && !text.isEmpty(); i--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + random.nextInt(1, 8));
            switch (random.nextInt(4)) {
                case 0 -> text.setCharAt(at, (char) random.nextInt(256));
                case 1 -> text.delete(at, end);
                case 2 -> text.insert(at, text.substring(at, end).repeat(random.nextInt(20) == 0 ? 10_000 : 2));
                default -> text.insert(at, "\r\n :,\t".charAt(random.nextInt(6)));
            }
        }
        return bytes(text.toString());
    }

    /** Answers all requests and the status at the end, if one is refused; the bytes come in random pieces, or at once. */
    private static String outcome(byte[] bytes, Random pieces) {
        var outcome = new StringBuilder();
        var parser = new HttpParser();
        int from = 0;
        int to = pieces == null ? bytes.length : 0;
        try {
            while (true) {
                HttpRequest request = parser.parse(bytes, from, to);
                if (request != null) {
                    assertThat(parser.headBytes()).isBetween(1, HttpParser.HEAD_BYTES_MAX);
                    from += parser.headBytes();
                    outcome.append(request).append('\n');
                } else if (to == bytes.length) {
                    assertThat(to - from).as("what is kept").isLessThan(HttpParser.HEAD_BYTES_MAX);
                    return outcome.append("more").toString();
                } else {
                    to += pieces.nextInt(Math.min(bytes.length - to, 50)) + 1;
                }
            }
        } catch (HttpException e) {
            return outcome.append(e.status()).append(e.getMessage()).toString();
        }
    }

    private static void assertRefused(String text, HttpStatus status) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(HttpException.class)
                .extracting(e -> ((HttpException) e).status()).isEqualTo(status);
        byte[] bytes = bytes(text);
        var stepwise = new HttpParser();
        Throwable thrown = null;
        for (int to = 1; to <= bytes.length && thrown == null; to++) {
            int end = to;
            thrown = catchThrowable(() -> assertThat(stepwise.parse(bytes, 0, end)).isNull());
        }
        assertThat(thrown).isInstanceOf(HttpException.class);
        assertThat(((HttpException) thrown).status()).isEqualTo(status);
    }

    private static HttpRequest parse(String text) throws HttpException {
        byte[] bytes = bytes(text);
        byte[] shifted = new byte[bytes.length + 7]; // nothing may depend on where it begins
        Arrays.fill(shifted, (byte) '\n');
        System.arraycopy(bytes, 0, shifted, 7, bytes.length);
        return new HttpParser().parse(shifted, 7, shifted.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
