package dev.uring.net;

import dev.uring.ffi.Errno;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Read;
import dev.uring.runtime.Splice;
import dev.uring.runtime.UringException;
import java.io.EOFException;
import java.io.IOException;

/** Sends one range of a file: what is short through a buffer, the rest through a pipe where there are any. For one thread. */
final class FileSender {
    /** One read and one send cost less than a pipe and a thread of the kernel. */
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int PIPE_BYTES = 1 << 20;

    private final Descriptor file;
    private final StreamSocket socket;
    private final long offset;
    private final long count;
    private long sent;

    FileSender(Descriptor file, long offset, long count, StreamSocket socket) {
        if (offset < 0 || count < 0 || offset + count < 0) {
            throw new IllegalArgumentException("a range of a file begins and ends at 0 or later: offset=" + offset
                    + " count=" + count);
        }
        this.file = file;
        this.socket = socket;
        this.offset = offset;
        this.count = count;
    }

    long send() throws IOException {
        if (count <= BUFFER_BYTES || file.runtime() != socket.runtime() || !sendThroughPipe()) {
            sendThroughBuffer();
        }
        return sent;
    }

    /** Answers whether it was possible. */
    private boolean sendThroughPipe() throws IOException {
        try (SplicePipe pipe = SplicePipe.openOrNull(socket.runtime(), PIPE_BYTES)) {
            if (pipe == null) {
                return false;
            }
            SpliceNow empty = SpliceNow.empty(pipe.output(), socket);
            while (sent < count) {
                int bytes = (int) Math.min(count - sent, pipe.capacityBytes());
                int filled;
                try {
                    filled = new Splice(file, offset + sent, pipe.input(), Splice.NO_OFFSET, bytes).submit().await();
                } catch (UringException e) {
                    if (sent == 0 && e.errno() == Errno.EINVAL) {
                        return false; // some file systems, and files of devices, have no splice
                    }
                    throw e;
                }
                if (filled == 0) {
                    throw endedEarly();
                }
                for (int left = filled; left > 0;) {
                    int taken = empty.lengthBytes(left).submit().await();
                    left -= taken;
                    sent += taken;
                }
            }
            return true;
        }
    }

    private void sendThroughBuffer() throws IOException {
        if (count == 0) {
            return;
        }
        try (IoBuffer buffer = IoBuffer.allocate((int) Math.min(count, BUFFER_BYTES))) {
            while (sent < count) {
                int bytes = (int) Math.min(count - sent, buffer.capacity());
                IoBuffer piece = bytes == buffer.capacity() ? buffer : buffer.slice(0, bytes);
                if (new Read(file, piece, offset + sent).submit().await().bytes() == 0) {
                    throw endedEarly();
                }
                socket.write(piece);
                sent += piece.length();
            }
        }
    }

    private EOFException endedEarly() {
        return new EOFException("file ended early: fd=" + file.fd() + " offset=" + offset + " count=" + count + " bytes="
                + sent);
    }
}
