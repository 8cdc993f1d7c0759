package dev.uring.examples;

import dev.uring.net.TcpStream;
import dev.uring.runtime.IoBuffer;
import java.io.IOException;

/** What the commands that use sockets share. */
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
}
