package dev.uring.fallback;

import dev.uring.ffi.CString;
import dev.uring.ffi.DirectoryEntry;
import dev.uring.ffi.Errno;
import dev.uring.ffi.FileMode;
import dev.uring.ffi.SeekOrigin;
import dev.uring.ffi.Statx;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessMode;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** An open directory: a path that others start from, and the names found there. */
final class NioDirectory extends NioOpened {
    private final Path path;
    /** What the first call of getdents64 found, and after it each that begins anew; null before. Under the monitor. */
    private List<String> names;
    /** The index of the next name. Under the monitor. */
    private int position;

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
    int fileType() {
        return FileMode.DIRECTORY;
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
    long read(ByteBuffer[] pieces, long offset) {
        return -Errno.EISDIR;
    }

    @Override
    long write(ByteBuffer[] pieces, long offset, int flags) {
        return -Errno.EBADF;
    }

    @Override
    int allocate(int mode, long offset, long lengthBytes) {
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
    int stat(MemorySegment result) throws IOException {
        return NioStat.fill(path, true, result);
    }

    @Override
    Path place() {
        return path;
    }

    /** Positions are indices of names; the start is where the directory is read anew. */
    @Override
    synchronized long seek(long offset, int origin) {
        long target = switch (origin) {
            case SeekOrigin.START -> offset;
            case SeekOrigin.CURRENT -> position + offset;
            default -> -1;
        };
        if (target < 0 || target > (names == null ? 0 : names.size())) {
            return -Errno.EINVAL;
        }
        if (target == 0) {
            names = null;
        }
        position = (int) target;
        return target;
    }

    @Override
    synchronized int entries(MemorySegment buffer, int lengthBytes) throws IOException {
        if (names == null) {
            names = list();
        }
        int filled = 0;
        while (position < names.size()) {
            String name = names.get(position);
            byte[] bytes = CString.bytes(name);
            if (DirectoryEntry.length(bytes.length) > lengthBytes - filled) {
                return filled == 0 ? -Errno.EINVAL : filled;
            }
            position++;
            put(buffer, filled, name, bytes);
            filled += DirectoryEntry.length(bytes.length);
        }
        return filled;
    }

    private List<String> list() throws IOException {
        List<String> found = new ArrayList<>(List.of(".", ".."));
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(path)) {
            for (Path each : stream) {
                found.add(each.getFileName().toString());
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        } catch (NotDirectoryException e) {
            throw new NoSuchFileException(path.toString()); // what was opened here is gone
        }
        return found;
    }

    private void put(MemorySegment buffer, int offset, String name, byte[] bytes) throws IOException {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment attributes = scope.allocate(Statx.SIZE, Long.BYTES);
            try {
                NioStat.fill(path.resolve(name), false, attributes);
            } catch (NoSuchFileException e) {
                attributes.fill((byte) 0); // gone since the directory was read: its type is unknown
            }
            DirectoryEntry.set(buffer, offset, Statx.inode(attributes), position,
                    NioStat.entryType(Statx.mode(attributes)), bytes);
        }
    }

    @Override
    void close() {
        // nothing is held
    }
}
