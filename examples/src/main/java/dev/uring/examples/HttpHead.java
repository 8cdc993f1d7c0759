package dev.uring.examples;

import java.nio.charset.StandardCharsets;

/** The head of an answer. */
final class HttpHead {
    /** The date line of this second; several threads may make it anew at once, and all make the same. */
    private static volatile Now now = new Now(0, "");

    private final StringBuilder text = new StringBuilder(320);

    private record Now(long second, String line) {
    }

    HttpHead(HttpStatus status) {
        text.append("HTTP/1.1 ").append(status).append("\r\n");
        if (status != HttpStatus.CONTINUE) {
            text.append(date());
        }
    }

    private static String date() {
        long second = HttpDate.now();
        Now told = now;
        if (told.second != second) {
            told = new Now(second, "Date: " + HttpDate.format(second) + "\r\n");
            now = told;
        }
        return told.line;
    }

    HttpHead field(String name, String value) {
        text.append(name).append(": ").append(value).append("\r\n");
        return this;
    }

    HttpHead field(String name, long value) {
        text.append(name).append(": ").append(value).append("\r\n");
        return this;
    }

    /** Answers the bytes, with the empty line behind them. */
    byte[] bytes() {
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
