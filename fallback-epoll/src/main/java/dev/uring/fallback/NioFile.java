package dev.uring.fallback;

import dev.uring.ffi.AllocateFlag;
import dev.uring.ffi.Errno;
import dev.uring.ffi.FileMode;
import dev.uring.ffi.LockRange;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.ReadWriteFlag;
import dev.uring.ffi.SeekOrigin;
import dev.uring.ffi.Statx;
import dev.uring.ffi.StatxMask;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;

/** An open file. */
final class NioFile extends NioOpened {
    private static final int WRITE_FLAGS = ReadWriteFlag.DATA_SYNC | ReadWriteFlag.SYNC | ReadWriteFlag.APPEND;
    private static final int ALLOCATE_FLAGS = AllocateFlag.KEEP_SIZE | AllocateFlag.PUNCH_HOLE | AllocateFlag.ZERO_RANGE;
    private static final int PIECE_BYTES = 1 << 16;
    /** Who changes a file's size has one of these, found by the file's key, so that two openings share it. */
    private static final Object[] ENDS = new Object[64];

    static {
        Arrays.setAll(ENDS, _ -> new Object());
    }

    private final FileChannel channel;
    private final int access;
    private final boolean appends;
    /** java.nio finds the end itself, for each write at any offset; else each write looks for it first. */
    private final boolean appendsItself;
    /** Where it was opened; null for a file without a name. */
    private final Path path;
    /** What the host knows the file by; null where it tells none. */
    private final Object key;
    private final Object end;
    private final NioLocks locks;

    NioFile(FileChannel channel, int access, boolean appends, Path path, Object key) {
        this.channel = channel;
        this.access = access;
        this.appends = appends;
        appendsItself = appends && access == OpenFlag.WRITE_ONLY && path != null;
        this.path = path;
        this.key = key;
        end = ENDS[Math.floorMod(key != null ? key.hashCode() : path != null ? path.hashCode() : hashCode(), ENDS.length)];
        locks = new NioLocks(channel);
    }

    static Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    private boolean canRead() {
        return access != OpenFlag.WRITE_ONLY;
    }

    private boolean canWrite() {
        return access != OpenFlag.READ_ONLY;
    }

    @Override
    int fileType() {
        return FileMode.REGULAR;
    }

    // ---- bytes ----

    @Override
    int read(ByteBuffer into) throws IOException {
        return Math.max(channel.read(into), 0);
    }

    @Override
    int write(ByteBuffer from) throws IOException {
        if (!appends || appendsItself) {
            return channel.write(from);
        }
        synchronized (end) {
            return channel.position(channel.size()).write(from);
        }
    }

    @Override
    int pread(ByteBuffer into, long offset) throws IOException {
        return Math.max(channel.read(into, offset), 0);
    }

    @Override
    long read(ByteBuffer[] pieces, long offset) throws IOException {
        if (offset == NO_OFFSET) {
            return Math.max(channel.read(pieces), 0);
        }
        long done = 0;
        for (ByteBuffer piece : pieces) {
            int wanted = piece.remaining();
            int result = channel.read(piece, offset + done);
            done += Math.max(result, 0);
            if (result < wanted) {
                break;
            }
        }
        return done;
    }

    /** On a file that appends the offset is without effect, as on Linux. */
    @Override
    long write(ByteBuffer[] pieces, long offset, int flags) throws IOException {
        if (!canWrite()) {
            return -Errno.EBADF;
        }
        if (Arrays.stream(pieces).noneMatch(ByteBuffer::hasRemaining)) {
            return 0; // before the flags are looked at
        }
        if ((flags & ~WRITE_FLAGS) != 0) {
            throw new NioRefusal(Errno.EOPNOTSUPP, "write knows no such flags: flags=0x" + Integer.toHexString(flags));
        }
        long done = appends || (flags & ReadWriteFlag.APPEND) != 0 ? writeEnd(pieces, offset)
                : writeAt(pieces, offset);
        if (done > 0 && (flags & (ReadWriteFlag.SYNC | ReadWriteFlag.DATA_SYNC)) != 0) {
            channel.force((flags & ReadWriteFlag.SYNC) != 0);
        }
        return done;
    }

    private long writeEnd(ByteBuffer[] pieces, long offset) throws IOException {
        synchronized (end) {
            long size = channel.size();
            if (offset != NO_OFFSET) {
                return writeAt(pieces, size);
            }
            channel.position(size);
            return writeAt(pieces, NO_OFFSET);
        }
    }

    private long writeAt(ByteBuffer[] pieces, long offset) throws IOException {
        if (offset == NO_OFFSET) {
            return channel.write(pieces);
        }
        long done = 0;
        for (ByteBuffer piece : pieces) {
            int wanted = piece.remaining();
            int result;
            try {
                result = wanted == 0 ? 0 : channel.write(piece, offset + done);
            } catch (IOException e) {
                if (done == 0) {
                    throw e;
                }
                return done; // the next call meets the error again
            }
            done += result;
            if (result < wanted) {
                break;
            }
        }
        return done;
    }

    /** To java.nio all of a file is data. */
    @Override
    long seek(long offset, int origin) throws IOException {
        synchronized (end) {
            long size = channel.size();
            if ((origin == SeekOrigin.DATA || origin == SeekOrigin.HOLE) && (offset < 0 || offset >= size)) {
                return -Errno.ENXIO;
            }
            long position = switch (origin) {
                case SeekOrigin.START, SeekOrigin.DATA -> offset;
                case SeekOrigin.CURRENT -> channel.position() + offset;
                case SeekOrigin.END -> size + offset;
                case SeekOrigin.HOLE -> size;
                default -> -1;
            };
            if (position < 0) {
                return -Errno.EINVAL;
            }
            channel.position(position);
            return position;
        }
    }

    @Override
    int sync(boolean withMetadata) throws IOException {
        channel.force(withMetadata);
        return 0;
    }

    // ---- size ----

    @Override
    int allocate(int mode, long offset, long lengthBytes) throws IOException {
        boolean punches = (mode & AllocateFlag.PUNCH_HOLE) != 0;
        boolean zeroes = (mode & AllocateFlag.ZERO_RANGE) != 0;
        boolean keepsSize = (mode & AllocateFlag.KEEP_SIZE) != 0;
        if ((mode & ~ALLOCATE_FLAGS) != 0 || punches && (zeroes || !keepsSize)) {
            throw new NioRefusal(Errno.EOPNOTSUPP, "fallocate knows no such mode: mode=0x" + Integer.toHexString(mode));
        }
        if (!canWrite()) {
            return -Errno.EBADF;
        }
        if (appendsItself && (punches || zeroes)) {
            throw new NioRefusal(Errno.EOPNOTSUPP, "fallocate cannot write before the end of a file that is open to append:"
                    + " path=" + path + "; open it to read and write");
        }
        if (offset + lengthBytes < 0) {
            return -Errno.EFBIG;
        }
        synchronized (end) {
            long size = channel.size();
            if (punches || zeroes) {
                zero(offset, Math.min(offset + lengthBytes, size));
            }
            if (!keepsSize && offset + lengthBytes > size) {
                grow(size, offset + lengthBytes);
            }
        }
        return 0;
    }

    /** java.nio's position is put back: it moves it to the end of a file that shrinks, which the kernel does not. */
    @Override
    int truncate(long lengthBytes) throws IOException {
        if (!canWrite()) {
            return -Errno.EINVAL;
        }
        synchronized (end) {
            long size = channel.size();
            if (lengthBytes < size) {
                long position = channel.position();
                channel.truncate(lengthBytes);
                channel.position(position);
            } else if (lengthBytes > size) {
                grow(size, lengthBytes);
            }
        }
        return 0;
    }

    /** The last byte makes the rest zeros. Where java.nio appends all that is written, they are written. */
    private void grow(long size, long lengthBytes) throws IOException {
        if (appendsItself) {
            zero(size, lengthBytes);
        } else {
            channel.write(ByteBuffer.allocate(1), lengthBytes - 1);
        }
    }

    private void zero(long from, long to) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate(Math.clamp(to - from, 0, PIECE_BYTES));
        long offset = from;
        while (offset < to) { // ends: each write moves on or throws
            zeros.clear().limit((int) Math.min(to - offset, zeros.capacity()));
            offset += channel.write(zeros, offset);
        }
    }

    /** copy_file_range(2), as the pages of one file after the other come by. */
    long copyTo(NioFile target, long offset, long targetOffset, int lengthBytes) throws IOException {
        if (!canRead() || !target.canWrite() || target.appends) {
            return -Errno.EBADF;
        }
        if (lengthBytes < 0 || offset < 0 || targetOffset < 0) {
            return -Errno.EINVAL;
        }
        if (offset + lengthBytes < 0 || targetOffset + lengthBytes < 0) {
            return -Errno.EOVERFLOW;
        }
        long bytes = Math.clamp(channel.size() - offset, 0, lengthBytes);
        if (isSameAs(target) && offset < targetOffset + bytes && targetOffset < offset + bytes) {
            return -Errno.EINVAL;
        }
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(bytes, PIECE_BYTES));
        ByteBuffer[] pieces = {piece};
        long done = 0;
        while (done < bytes) { // ends: each turn moves on or leaves
            piece.clear().limit((int) Math.min(bytes - done, piece.capacity()));
            int read = channel.read(piece, offset + done);
            if (read <= 0) {
                break;
            }
            piece.flip();
            long written = target.copyWrite(pieces, targetOffset + done, done);
            done += written;
            if (written < read) {
                break;
            }
        }
        return done;
    }

    private long copyWrite(ByteBuffer[] pieces, long offset, long done) throws IOException {
        try {
            return writeAt(pieces, offset);
        } catch (IOException e) {
            if (done == 0) {
                throw e;
            }
            return 0; // what was copied counts, and the next call meets the error again
        }
    }

    private boolean isSameAs(NioFile other) {
        return this == other || key != null && key.equals(other.key);
    }

    // ---- locks and attributes ----

    @Override
    int lock(int type, long first, long end) throws IOException {
        return switch (type) {
            case LockRange.SHARED -> canRead() ? locks.take(first, end, true) : -Errno.EBADF;
            case LockRange.EXCLUSIVE -> canWrite() ? locks.take(first, end, false) : -Errno.EBADF;
            case LockRange.UNLOCKED -> locks.give(first, end);
            default -> -Errno.EINVAL;
        };
    }

    /** java.nio tells attributes by path alone. Where another file or none is there now, type and size are all there is. */
    @Override
    int stat(MemorySegment result) throws IOException {
        if (isInPlace()) {
            return NioStat.fill(path, true, result);
        }
        NioStat.fill(FileMode.REGULAR, result);
        Statx.size(result, channel.size());
        Statx.mask(result, StatxMask.TYPE | StatxMask.SIZE);
        return 0;
    }

    @Override
    Path place() throws IOException {
        if (!isInPlace()) {
            throw new NioRefusal(Errno.EOPNOTSUPP, "the call needs a file that is where it was opened: path=" + path);
        }
        return path;
    }

    private boolean isInPlace() throws IOException {
        try {
            return path != null && (key == null || key.equals(key(path)));
        } catch (FileSystemException e) {
            return false; // its path leads nowhere, or elsewhere: that is the answer
        }
    }

    @Override
    void close() throws IOException {
        channel.close();
    }
}
