package dev.uring.net;

import dev.uring.ffi.OpenFlag;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Op;
import dev.uring.runtime.Read;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The end of a pipe to read from. Methods that return an operation have queued it already; those of {@link ByteSource}
 * wait. For any thread; several receives may be in flight at once.
 */
public final class PipeReader extends PipeEnd implements ByteSource {
    private static final int PIECE_BYTES = 16 << 10;

    PipeReader(int fd, UringRuntime runtime) {
        super(fd, runtime);
    }

    /**
     * Opens a named pipe to read from, without waiting for a writer. What is read waits for the first one; when the last one
     * has closed it, the pipe is at its end. Needs a current runtime.
     *
     * @return what answers the reader, or fails as {@link OpenFifo} says
     * @throws IllegalStateException when there is no runtime here
     */
    public static Op<PipeReader> open(Path path) {
        return OpenFifo.reader(path, OpenFlag.READ_ONLY).submit();
    }

    /**
     * Opens a named pipe for reading and writing, to read from: writers come and go, and it never is at its end. On Linux
     * alone; else as {@link #open}.
     */
    public static Op<PipeReader> openResilient(Path path) {
        return OpenFifo.reader(path, OpenFlag.READ_WRITE).submit();
    }

    /**
     * Reads into the buffer, up to its capacity, as much as is there; waits if nothing is. Sets the buffer's length. 0 bytes
     * are the end: the last writer has closed. Cancelling loses no byte.
     */
    public BufferOp receive(IoBuffer buffer) {
        Read read = new Read(this, buffer, Read.NO_OFFSET);
        read.submit();
        return read;
    }

    /** Fills the buffer, waiting as often as it takes; EOFException when the end comes first. */
    public BufferOp receiveExactly(IoBuffer buffer) {
        Read read = new Read(this, buffer, Read.NO_OFFSET).whole();
        read.submit();
        return read;
    }

    @Override
    public IoBuffer read() throws IOException {
        IoBuffer buffer = IoBuffer.allocate(PIECE_BYTES);
        return read(buffer) == 0 ? null : buffer;
    }

    @Override
    public int read(IoBuffer buffer) throws IOException {
        return receive(buffer).await().bytes();
    }
}
