package dev.uring.net;

import dev.uring.ffi.DescriptorCommand;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.UringException;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;

/** One end of a pipe, with or without a name: what both ends have in common. For any thread. */
public abstract class PipeEnd extends Descriptor {
    PipeEnd(int fd, UringRuntime runtime) {
        super(fd, runtime);
    }

    /**
     * Answers how many bytes the pipe holds before a writer has to wait.
     *
     * @throws IOException EOPNOTSUPP: the driver nio cannot tell
     * @throws java.nio.channels.ClosedChannelException after the close
     */
    public int capacity() throws IOException {
        return require("fcntl", call(sys -> sys.fcntl(fd(), DescriptorCommand.GET_PIPE_BYTES, 0)));
    }

    /**
     * Sets how many bytes the pipe holds before a writer has to wait; the kernel rounds up to a power of two pages.
     *
     * @return what it became
     * @throws IOException EBUSY: it holds more now; EPERM: more than {@code fs.pipe-max-size}; EOPNOTSUPP: the driver nio
     *     cannot
     * @throws java.nio.channels.ClosedChannelException after the close
     */
    public int capacity(int bytes) throws IOException {
        if (bytes < 1) {
            throw new IllegalArgumentException("capacity must be at least 1: bytes=" + bytes);
        }
        return require("fcntl", call(sys -> sys.fcntl(fd(), DescriptorCommand.SET_PIPE_BYTES, bytes)));
    }

    private int require(String operation, long result) throws IOException {
        if (result < 0) {
            throw new UringException(operation, "fd=" + fd(), (int) -result);
        }
        return (int) result;
    }

    @Override
    protected final boolean closeMayBlock() {
        return false;
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + "[fd=" + fd() + (isOpen() ? "" : " closed") + "]";
    }
}
