package dev.uring.net;

import dev.uring.ffi.OpenFlag;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Op;
import dev.uring.runtime.UringRuntime;
import dev.uring.runtime.Write;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The end of a pipe to write to. Methods that return an operation have queued it already; those of {@link ByteSink} wait.
 * Writing when no reader is left fails with EPIPE, and with no signal, since the virtual machine ignores SIGPIPE. For any
 * thread; which of two sends in flight goes first is settled only once the first has ended.
 */
public final class PipeWriter extends PipeEnd implements ByteSink {
    PipeWriter(int fd, UringRuntime runtime) {
        super(fd, runtime);
    }

    /**
     * Opens a named pipe to write to, which a reader must have open. Needs a current runtime.
     *
     * @return what answers the writer, or fails as {@link OpenFifo} says: with ENXIO where there is no reader
     * @throws IllegalStateException when there is no runtime here
     */
    public static Op<PipeWriter> open(Path path) {
        return OpenFifo.writer(path, OpenFlag.WRITE_ONLY).submit();
    }

    /**
     * Opens a named pipe for reading and writing, to write to: readers come and go, and what nobody has read yet stays in
     * the pipe as long as this is open. On Linux alone; else as {@link #open}.
     */
    public static Op<PipeWriter> openResilient(Path path) {
        return OpenFifo.writer(path, OpenFlag.READ_WRITE).submit();
    }

    /**
     * Writes the buffer's bytes, up to its length; waits if there is no room. Fewer may be taken than asked for, but of at
     * most 4096 bytes all, and in one piece (PIPE_BUF).
     */
    public BufferOp send(IoBuffer buffer) {
        Write write = new Write(this, buffer, Write.NO_OFFSET);
        write.submit();
        return write;
    }

    /** Writes all of the buffer's bytes, up to its length; waits for room as often as it takes. */
    public BufferOp sendAll(IoBuffer buffer) {
        Write write = new Write(this, buffer, Write.NO_OFFSET).whole();
        write.submit();
        return write;
    }

    @Override
    public void write(IoBuffer buffer) throws IOException {
        sendAll(buffer).await();
    }

    /** Closes this end, as the only way to tell the reader that no more comes. */
    @Override
    public void finish() throws IOException {
        close();
    }
}
