package dev.uring.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class HelloRequestsTest {
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: a\r\nCookie: b\r\n\r\n";
    private static final String LAST = "GET / HTTP/1.1\r\nCONNECTION: Close\r\nHost: a\r\n\r\n";

    private final HelloRequests requests = new HelloRequests();

    private int take(String piece) {
        byte[] bytes = piece.getBytes(StandardCharsets.US_ASCII);
        return requests.take(MemorySegment.ofArray(bytes), bytes.length);
    }

    @Test
    void requests_of_one_piece_are_all_counted() {
        assertThat(take(REQUEST.repeat(3))).isEqualTo(3);
        assertThat(requests.isDone()).isFalse();
    }

    @Test
    void request_that_comes_byte_by_byte_is_counted_with_its_last_byte() {
        for (int i = 0; i < REQUEST.length() - 1; i++) {
            assertThat(take(REQUEST.substring(i, i + 1))).isZero();
        }
        assertThat(take("\n")).isEqualTo(1);
    }

    @Test
    void nothing_is_counted_behind_a_request_that_asks_for_the_end() {
        assertThat(take(REQUEST + LAST + REQUEST)).isEqualTo(2);
        assertThat(requests.isDone()).isTrue();
        assertThat(take(REQUEST)).isZero();
    }

    @Test
    void request_of_the_old_version_is_the_last() {
        assertThat(take("GET / HTTP/1.0\r\n\r\n" + REQUEST)).isEqualTo(1);
        assertThat(requests.isDone()).isTrue();
    }

    @Test
    void request_with_a_body_or_an_endless_line_is_not_answered() {
        assertThat(take(REQUEST + "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n" + REQUEST)).isEqualTo(1);
        assertThat(requests.isDone()).isTrue();
        var endless = new HelloRequests();
        byte[] line = "x".repeat(8193).getBytes(StandardCharsets.US_ASCII);
        assertThat(endless.take(MemorySegment.ofArray(line), line.length)).isZero();
        assertThat(endless.isDone()).isTrue();
    }
}
