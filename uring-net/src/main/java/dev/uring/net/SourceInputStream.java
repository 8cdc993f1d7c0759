package dev.uring.net;

import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Tasks;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/** See {@link ByteStreams#inputStream}. */
final class SourceInputStream extends InputStream {
    private static final int TRANSFER_BYTES = 16 << 10;

    private final ByteSource source;

    SourceInputStream(ByteSource source) {
        this.source = Objects.requireNonNull(source);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, target.length);
        if (length == 0) {
            return 0;
        }
        Tasks.requireMayWait("read");
        int bytes;
        try {
            bytes = source instanceof StreamReader reader ? reader.read(target, from, length)
                    : readThroughScratch(target, from, length);
        } catch (CancellationException e) {
            throw ByteStreams.closedMeanwhile(e);
        }
        return bytes == 0 ? -1 : bytes;
    }

    private int readThroughScratch(byte[] target, int from, int length) throws IOException {
        try (Scratch scratch = Scratch.take(length)) {
            int bytes = source.read(scratch.buffer(Math.min(length, scratch.capacity())));
            MemorySegment.copy(scratch.memory(), ValueLayout.JAVA_BYTE, 0, target, from, bytes);
            return bytes;
        }
    }

    /** What a reader has buffered; nobody asks the kernel. */
    @Override
    public int available() {
        return source instanceof StreamReader reader ? reader.buffered() : 0;
    }

    @Override
    public long transferTo(OutputStream out) throws IOException {
        Objects.requireNonNull(out);
        Tasks.requireMayWait("transferTo");
        try {
            return out instanceof SinkOutputStream to ? Copy.copy(source, to.sink()) : transferThroughArray(out);
        } catch (CancellationException e) {
            throw ByteStreams.closedMeanwhile(e);
        }
    }

    private long transferThroughArray(OutputStream out) throws IOException {
        byte[] bytes = new byte[TRANSFER_BYTES];
        for (long total = 0;;) {
            try (IoBuffer piece = source.read()) {
                if (piece == null) {
                    return total;
                }
                int length = piece.length();
                for (int from = 0; from < length; from += TRANSFER_BYTES) {
                    int count = Math.min(TRANSFER_BYTES, length - from);
                    piece.get(from, bytes, 0, count);
                    out.write(bytes, 0, count);
                }
                total += length;
            }
        }
    }

    @Override
    public void close() throws IOException {
        ByteStreams.close(source);
    }
}
