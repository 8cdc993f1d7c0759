package dev.uring.net;

import dev.uring.runtime.IoBuffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/** A sink that keeps what is written, and fails when told to. */
final class Written implements ByteSink {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int writes;
    int gathered;
    boolean finished;
    IOException failure;

    @Override
    public void write(IoBuffer buffer) throws IOException {
        if (failure != null) {
            throw failure;
        }
        writes++;
        bytes.writeBytes(buffer.toByteArray());
    }

    @Override
    public void write(List<IoBuffer> buffers) {
        gathered++;
        buffers.forEach(each -> bytes.writeBytes(each.toByteArray()));
    }

    @Override
    public void finish() {
        finished = true;
    }
}
