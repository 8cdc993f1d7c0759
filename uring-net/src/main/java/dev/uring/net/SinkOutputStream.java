package dev.uring.net;

import dev.uring.runtime.Tasks;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/** See {@link ByteStreams#outputStream}. */
final class SinkOutputStream extends OutputStream {
    private final ByteSink sink;

    SinkOutputStream(ByteSink sink) {
        this.sink = Objects.requireNonNull(sink);
    }

    ByteSink sink() {
        return sink;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, source.length);
        Tasks.requireMayWait("write");
        try (Scratch scratch = Scratch.take(length)) {
            for (int done = 0; done < length;) {
                int bytes = Math.min(length - done, scratch.capacity());
                MemorySegment.copy(source, from + done, scratch.memory(), ValueLayout.JAVA_BYTE, 0, bytes);
                sink.write(scratch.buffer(bytes));
                done += bytes;
            }
        } catch (CancellationException e) {
            throw ByteStreams.closedMeanwhile(e);
        }
    }

    @Override
    public void close() throws IOException {
        ByteStreams.close(sink);
    }
}
