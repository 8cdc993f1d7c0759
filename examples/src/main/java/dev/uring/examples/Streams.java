package dev.uring.examples;

import dev.uring.net.TcpStream;
import dev.uring.runtime.IoBuffer;
import java.io.IOException;
import java.io.PrintStream;

/** What commands do with streams. */
final class Streams {
    static final int PIECE_BYTES = 64 << 10;

    private Streams() {
    }

    /** Sends the buffer's bytes, up to its length, however often it takes. */
    static void sendAll(TcpStream stream, IoBuffer buffer) throws IOException {
        int length = buffer.length();
        int sent = stream.send(buffer).await().bytes();
        while (sent < length) {
            sent += stream.send(buffer.slice(sent, length)).await().bytes();
        }
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
