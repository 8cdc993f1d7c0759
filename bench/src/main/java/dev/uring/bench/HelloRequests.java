package dev.uring.bench;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Counts the requests of HTTP/1.1 that have come over a connection, in pieces of any size, several in one or one in
 * several. Knows no more of them than a server needs that says the same to all: where each ends, and whether it is the
 * last. A request with a body, or with a line of more than 8 KiB, is not understood, and makes an end.
 */
final class HelloRequests {
    private static final int LINE_BYTES_MAX = 8192;
    private static final byte[] CLOSE = ascii("connection: close");
    private static final byte[] LENGTH = ascii("content-length:");
    private static final byte[] ENCODING = ascii("transfer-encoding:");
    private static final byte[] OLD = ascii("http/1.0");
    private static final int CASE = 0x20;

    private final byte[] line = new byte[LINE_BYTES_MAX];
    private int lineBytes;
    /** The request that has begun is the last one. */
    private boolean last;
    private boolean done;

    /**
     * Takes what came.
     *
     * @param piece its first bytes
     * @param bytes how many of them
     * @return how many requests have ended in it, up to the last one
     */
    int take(MemorySegment piece, int bytes) {
        int ended = 0;
        for (int i = 0; i < bytes && !done; i++) {
            byte next = piece.get(ValueLayout.JAVA_BYTE, i);
            if (next == '\n') {
                if (takeLine()) {
                    ended++;
                    done = last;
                }
            } else if (lineBytes < LINE_BYTES_MAX) {
                line[lineBytes++] = next;
            } else {
                done = true;
            }
        }
        return ended;
    }

    /** Takes a line, whose end has come; tells whether it ends a request. */
    private boolean takeLine() {
        int length = lineBytes > 0 && line[lineBytes - 1] == '\r' ? lineBytes - 1 : lineBytes;
        lineBytes = 0;
        if (length == 0) {
            return true;
        }
        switch (line[0] | CASE) { // the first letter decides of nearly all lines
            case 'c' -> {
                last |= length == CLOSE.length && matches(CLOSE, 0, length);
                done |= matches(LENGTH, 0, length);
            }
            case 't' -> done |= matches(ENCODING, 0, length);
            default -> last |= line[length - 1] == '0' && matches(OLD, length - OLD.length, length);
        }
        return false;
    }

    /** Tells whether the line has these letters there, in either case. */
    private boolean matches(byte[] letters, int from, int length) {
        if (from < 0 || length < from + letters.length) {
            return false;
        }
        for (int i = 0; i < letters.length; i++) {
            if ((line[from + i] | CASE) != (letters[i] | CASE)) {
                return false;
            }
        }
        return true;
    }

    /** Tells whether nothing more is to be answered than what {@link #take} has counted. */
    boolean isDone() {
        return done;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
