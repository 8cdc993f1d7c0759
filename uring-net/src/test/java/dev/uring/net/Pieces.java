package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.runtime.IoBuffer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A source that answers given pieces, and then an end, a failure, or more later. It claims that a reader who waits holds
 * no piece any more.
 */
final class Pieces implements ByteSource {
    private final List<byte[]> pieces = new ArrayList<>();
    private final List<IoBuffer> out = new ArrayList<>();
    private int next;
    private IOException failure;

    static Pieces of(byte[]... pieces) {
        var source = new Pieces();
        for (byte[] each : pieces) {
            source.add(each);
        }
        return source;
    }

    static Pieces of(String... pieces) {
        var source = new Pieces();
        for (String each : pieces) {
            source.add(each.getBytes());
        }
        return source;
    }

    /** Cuts the bytes into pieces of random sizes. */
    static Pieces cut(byte[] bytes, Random random, int sizeMax) {
        var source = new Pieces();
        for (int at = 0; at < bytes.length;) {
            int size = Math.min(bytes.length - at, 1 + random.nextInt(sizeMax));
            source.add(Arrays.copyOfRange(bytes, at, at + size));
            at += size;
        }
        return source;
    }

    Pieces add(byte[] piece) {
        pieces.add(piece);
        return this;
    }

    /** Has the end be a failure, until told otherwise with null. */
    Pieces failing(IOException failure) {
        this.failure = failure;
        return this;
    }

    @Override
    public IoBuffer read() throws IOException {
        assertNothingOut();
        if (next == pieces.size()) {
            if (failure != null) {
                throw failure;
            }
            return null;
        }
        IoBuffer piece = IoBuffer.copyOf(pieces.get(next++));
        out.add(piece);
        return piece;
    }

    @Override
    public int read(IoBuffer buffer) throws IOException {
        IoBuffer piece = read();
        if (piece == null) {
            return 0;
        }
        byte[] bytes = piece.toByteArray();
        piece.close();
        int taken = Math.min(bytes.length, buffer.capacity());
        buffer.put(0, bytes, 0, taken).length(taken);
        if (taken < bytes.length) {
            pieces.set(--next, Arrays.copyOfRange(bytes, taken, bytes.length));
        }
        return taken;
    }

    /** Claims that every piece was given back. */
    void assertNothingOut() {
        assertThat(out).as("pieces").allMatch(piece -> piece.state() == IoBuffer.State.RELEASED);
    }
}
