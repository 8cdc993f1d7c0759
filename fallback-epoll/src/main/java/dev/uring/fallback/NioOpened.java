package dev.uring.fallback;

import dev.uring.ffi.Errno;
import dev.uring.ffi.PollFlag;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a number of {@link NioSys} stands for. Each method is the call of the same name: it answers at least 0 or -errno,
 * or throws what {@link NioErrno} knows. For any thread.
 */
abstract class NioOpened {
    abstract int read(ByteBuffer into) throws IOException;

    abstract int write(ByteBuffer from) throws IOException;

    int pread(ByteBuffer into, long offset) throws IOException {
        return -Errno.ESPIPE;
    }

    int pwrite(ByteBuffer from, long offset) throws IOException {
        return -Errno.ESPIPE;
    }

    int sync(boolean withMetadata) throws IOException {
        throw new NioRefusal(Errno.EINVAL, "fsync needs a file or directory");
    }

    /** A file is always ready, as poll(2) says. */
    int poll(int events) throws IOException {
        return events & (PollFlag.READABLE | PollFlag.WRITABLE);
    }

    abstract void close() throws IOException;
}
