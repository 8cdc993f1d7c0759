package dev.uring.fallback;

import dev.uring.ffi.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** An open directory: a path that others start from. */
final class NioDirectory extends NioOpened {
    private final Path path;

    private NioDirectory(Path path) {
        this.path = path;
    }

    static NioDirectory open(Path path) throws IOException {
        path.getFileSystem().provider().checkAccess(path, AccessMode.READ);
        return new NioDirectory(path.toAbsolutePath());
    }

    Path path() {
        return path;
    }

    @Override
    int read(ByteBuffer into) {
        return -Errno.EISDIR;
    }

    @Override
    int write(ByteBuffer from) {
        return -Errno.EBADF; // it was opened to read
    }

    @Override
    int pread(ByteBuffer into, long offset) {
        return -Errno.EISDIR;
    }

    @Override
    int pwrite(ByteBuffer from, long offset) {
        return -Errno.EBADF;
    }

    /** The channel of a directory can do just this, where the host is a Unix. */
    @Override
    int sync(boolean withMetadata) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(withMetadata);
        }
        return 0;
    }

    @Override
    void close() {
        // nothing is held
    }
}
