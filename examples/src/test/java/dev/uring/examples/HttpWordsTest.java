package dev.uring.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths, dates and ranges. */
final class HttpWordsTest {
    private static final long SEED = Long.getLong("uring.test.seed", System.nanoTime());
    private static final int ROUNDS = 50_000;

    @ParameterizedTest
    @CsvSource({"/,''", "/a,a", "/a/,a/", "/a/b?c/../d,a/b", "//a///b,a/b", "/./a/.,a/", "/a/../b,b", "/a/..,''", "/a/b/..,a/",
        "/%41%2e,A.", "/a%20b,a b", "/%e4%bd%a0,\u4f60", "/a+b,a+b", "/...,...", "/a/%2E%2e/b,b", "/%25,%", "/a\\..\\b,a\\..\\b"})
    void path_is_below_the_root(String target, String path) throws HttpException {
        assertThat(HttpPath.of(target)).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/..", "/../a", "/a/../../b", "/%2e%2e/a", "/.%2E", "/a%00b", "/a%2fb", "/a%2Fb", "/%", "/%4", "/%4g",
        "/%ff", "/%c0%ae%c0%ae/", "/%e4%bd"})
    void path_that_is_none_is_a_bad_request(String target) {
        assertThatThrownBy(() -> HttpPath.of(target)).isInstanceOf(HttpException.class)
                .extracting(e -> ((HttpException) e).status()).isEqualTo(HttpStatus.BAD_REQUEST);
    }

    @Test
    void no_path_leads_out() {
        Random random = new Random(SEED);
        String[] parts = {"/", ".", "..", "%2e", "%2F", "a", "%00", "%", "%c0%af", "?", "//", "%5c", "\\", "%252e"};
        for (int i = 0; i < ROUNDS; i++) {
            StringBuilder target = new StringBuilder("/");
            for (int part = random.nextInt(12); part > 0; part--) {
                target.append(parts[random.nextInt(parts.length)]);
            }
            try {
                String path = HttpPath.of(target.toString());
                assertThat("/" + path + "/").as(() -> "uring.test.seed=" + SEED + " target=" + target)
                        .doesNotContain("/../", "/./", "\u0000");
                assertThat(path).doesNotStartWith("/");
            } catch (HttpException e) {
                assertThat(e.status()).isEqualTo(HttpStatus.BAD_REQUEST);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
    void date_is_understood_in_all_three_forms(String text) {
        assertThat(HttpDate.parse(text)).isEqualTo(784_111_777);
    }

    @Test
    void date_is_told_with_two_digits_of_the_day() {
        assertThat(HttpDate.format(784_111_777)).isEqualTo("Sun, 06 Nov 1994 08:49:37 GMT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "now", "Sun, 6 Nov 1994 08:49:37 GMT", "Mon, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 99 Nov 1994 08:49:37 GMT"})
    void date_that_is_none_is_none(String text) {
        assertThat(HttpDate.parse(text)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"bytes=0-0,0,1", "bytes=0-,0,10", "bytes=2-5,2,6", "BYTES=9-9999999999999999999999,9,10", "bytes=-3,7,10",
        "bytes=-30,0,10", "bytes= 1 - 2 ,1,3", "bytes=10-,10,10", "bytes=99-100,99,99", "bytes=-0,10,10"})
    void range_is_what_there_is_of_it(String field, long from, long to) {
        assertThat(HttpRange.of(field, 10)).isEqualTo(new HttpRange(from, to));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=5-4", "bytes=a-", "bytes=0-1,3-4", "lines=0-1",
        "bytes=--1", "bytes=0--1", "bytes=+1-2"})
    void range_that_is_none_is_ignored(String field) {
        assertThat(HttpRange.of(field, 10)).isNull();
    }

    @Test
    void range_of_an_empty_file_is_empty() {
        assertThat(HttpRange.of("bytes=0-", 0).isEmpty()).isTrue();
        assertThat(HttpRange.of("bytes=-5", 0).isEmpty()).isTrue();
    }
}
