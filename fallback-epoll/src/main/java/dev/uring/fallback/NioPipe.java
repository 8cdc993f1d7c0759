package dev.uring.fallback;

import dev.uring.ffi.Errno;
import dev.uring.ffi.FileMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.WritableByteChannel;

/** One end of a pipe. */
final class NioPipe extends NioSelectable {
    private final SelectableChannel channel;

    NioPipe(Pipe.SourceChannel source) throws IOException {
        channel = source.configureBlocking(false);
    }

    NioPipe(Pipe.SinkChannel sink) throws IOException {
        channel = sink.configureBlocking(false);
    }

    @Override
    int fileType() {
        return FileMode.PIPE;
    }

    @Override
    SelectableChannel channel() {
        return channel;
    }

    @Override
    int pollUnconnected(int events) {
        throw new AssertionError("a pipe always has a channel");
    }

    @Override
    int read(ByteBuffer into) throws IOException {
        if (!(channel instanceof ReadableByteChannel source)) {
            return -Errno.EBADF;
        }
        if (!into.hasRemaining()) {
            return 0;
        }
        enter();
        try {
            int bytes = source.read(into);
            return bytes == 0 ? -Errno.EAGAIN : Math.max(bytes, 0);
        } finally {
            leave();
        }
    }

    @Override
    int write(ByteBuffer from) throws IOException {
        if (!(channel instanceof WritableByteChannel sink)) {
            return -Errno.EBADF;
        }
        if (!from.hasRemaining()) {
            return 0;
        }
        enter();
        try {
            int bytes = sink.write(from);
            return bytes == 0 ? -Errno.EAGAIN : bytes;
        } finally {
            leave();
        }
    }

    @Override
    void close() throws IOException {
        enter();
        try {
            channel.close();
        } finally {
            leave();
        }
    }
}
