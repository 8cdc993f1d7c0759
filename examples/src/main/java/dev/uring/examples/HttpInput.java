package dev.uring.examples;

import dev.uring.net.TcpStream;
import dev.uring.runtime.IoBuffer;
import java.io.IOException;
import java.util.Arrays;

/** What a connection has received and not used: of one head at most, or a piece of a body. */
final class HttpInput implements AutoCloseable {
    private static final int FIRST_BYTES = 4 << 10;

    private final TcpStream stream;
    private final IoBuffer received = IoBuffer.allocate(FIRST_BYTES);
    private final HttpParser parser = new HttpParser();
    private byte[] bytes = new byte[FIRST_BYTES];
    private int from;
    private int to;

    HttpInput(TcpStream stream) {
        this.stream = stream;
    }

    /** Answers the next request of what was received, or null while its head is not whole. */
    HttpRequest request() throws HttpException {
        HttpRequest request = parser.parse(bytes, from, to);
        if (request != null) {
            from += parser.headBytes();
        }
        return request;
    }

    boolean isInHead() {
        return parser.isInHead();
    }

    boolean isEmpty() {
        return from == to;
    }

    /** Gives the body what was received of it. */
    void give(HttpBody body) throws HttpException {
        from = body.take(bytes, from, to);
    }

    void discard() {
        from = to;
    }

    /** Waits for more; answers whether any came. */
    boolean receive() throws IOException {
        System.arraycopy(bytes, from, bytes, 0, to - from);
        to -= from;
        from = 0;
        if (bytes.length - to < FIRST_BYTES) {
            bytes = Arrays.copyOf(bytes, bytes.length * 2); // the parser refuses a head before it gets large
        }
        if (stream.read(received) == 0) {
            return false;
        }
        received.asByteBuffer().get(bytes, to, received.length());
        to += received.length();
        return true;
    }

    @Override
    public void close() {
        received.close();
    }
}
