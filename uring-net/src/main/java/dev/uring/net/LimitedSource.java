package dev.uring.net;

import dev.uring.runtime.IoBuffer;
import java.io.IOException;

/** See {@link StreamReader#limited}. */
final class LimitedSource implements ByteSource {
    private final StreamReader reader;
    private long left;

    LimitedSource(StreamReader reader, long left) {
        this.reader = reader;
        this.left = left;
    }

    @Override
    public IoBuffer read() throws IOException {
        if (left == 0) {
            return null;
        }
        IoBuffer piece = reader.readSome((int) Math.min(left, Integer.MAX_VALUE));
        if (piece != null) {
            left -= piece.length();
        }
        return piece;
    }

    @Override
    public int read(IoBuffer buffer) throws IOException {
        int bytes = left == 0 ? 0 : reader.read(left < buffer.capacity() ? buffer.slice(0, (int) left) : buffer);
        buffer.length(bytes);
        left -= bytes;
        return bytes;
    }

    @Override
    public String toString() {
        return "LimitedSource[leftBytes=" + left + " of " + reader + "]";
    }
}
