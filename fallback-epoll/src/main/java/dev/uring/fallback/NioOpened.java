package dev.uring.fallback;

import dev.uring.ffi.Errno;
import dev.uring.ffi.PollFlag;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * What a number of {@link NioSys} stands for. Each method is the call of the same name: it answers at least 0 or -errno,
 * or throws what {@link NioErrno} knows. What is here is how a stream answers. For any thread.
 */
abstract class NioOpened {
    /** In place of an offset: where the file's own position is. */
    static final long NO_OFFSET = -1;

    /** Answers one of {@link dev.uring.ffi.FileMode}'s types. */
    abstract int fileType();

    abstract int read(ByteBuffer into) throws IOException;

    abstract int write(ByteBuffer from) throws IOException;

    int pread(ByteBuffer into, long offset) throws IOException {
        return -Errno.ESPIPE;
    }

    /** preadv(2), or readv(2) with {@link #NO_OFFSET}. */
    long read(ByteBuffer[] pieces, long offset) throws IOException {
        if (offset != NO_OFFSET) {
            return -Errno.ESPIPE;
        }
        long done = 0;
        for (ByteBuffer piece : pieces) {
            int wanted = piece.remaining();
            int result = read(piece);
            if (result < wanted) {
                return result >= 0 ? done + result : done > 0 ? done : result;
            }
            done += result;
        }
        return done;
    }

    /** pwritev2(2); at the own position with {@link #NO_OFFSET}. */
    long write(ByteBuffer[] pieces, long offset, int flags) throws IOException {
        if (offset != NO_OFFSET) {
            return -Errno.ESPIPE;
        }
        if (flags != 0) {
            throw new NioRefusal(Errno.EOPNOTSUPP, "write knows no flags here: flags=0x" + Integer.toHexString(flags));
        }
        long done = 0;
        for (ByteBuffer piece : pieces) {
            int wanted = piece.remaining();
            int result = write(piece);
            if (result < wanted) {
                return result >= 0 ? done + result : done > 0 ? done : result;
            }
            done += result;
        }
        return done;
    }

    long seek(long offset, int origin) throws IOException {
        return -Errno.ESPIPE;
    }

    int sync(boolean withMetadata) throws IOException {
        throw new NioRefusal(Errno.EINVAL, "fsync needs a file or directory");
    }

    /** fallocate(2), whose offset and length are checked. */
    int allocate(int mode, long offset, long lengthBytes) throws IOException {
        return -Errno.ESPIPE;
    }

    /** ftruncate(2) to at least 0 bytes. */
    int truncate(long lengthBytes) throws IOException {
        return -Errno.EINVAL;
    }

    /** fcntl(2) with F_OFD_SETLK, from {@code first} to before {@code end}. */
    int lock(int type, long first, long end) throws IOException {
        throw new NioRefusal(Errno.EOPNOTSUPP, "lock needs a file");
    }

    /** getdents64(2). */
    int entries(MemorySegment buffer, int lengthBytes) throws IOException {
        return -Errno.ENOTDIR;
    }

    /** statx(2) of the number itself. */
    int stat(MemorySegment result) throws IOException {
        return NioStat.fill(fileType(), result);
    }

    /** Answers the path of what is open, for calls that java.nio makes by path alone. */
    Path place() throws IOException {
        throw new NioRefusal(Errno.EOPNOTSUPP, "the call needs a file that has a path");
    }

    /** A file is always ready, as poll(2) says. */
    int poll(int events) throws IOException {
        return events & (PollFlag.READABLE | PollFlag.WRITABLE);
    }

    abstract void close() throws IOException;
}
