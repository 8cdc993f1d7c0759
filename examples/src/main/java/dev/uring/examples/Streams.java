package dev.uring.examples;

import java.io.IOException;
import java.io.PrintStream;

/** What commands do with streams. */
final class Streams {
    static final int PIECE_BYTES = 64 << 10;

    private Streams() {
    }

    /** Writes to standard output, which tells of failures only when it is asked. */
    static void write(PrintStream out, byte[] bytes, int length) throws IOException {
        out.write(bytes, 0, length);
        requireWritten(out);
    }

    /** Flushes standard output, and fails when something was not written. */
    static void requireWritten(PrintStream out) throws IOException {
        if (out.checkError()) {
            throw new IOException("write failed: standard output is closed or full");
        }
    }
}
