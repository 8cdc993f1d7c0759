package dev.uring.runtime.sim;

import dev.uring.ffi.AllocateFlag;
import dev.uring.ffi.CString;
import dev.uring.ffi.DirectoryEntry;
import dev.uring.ffi.Errno;
import dev.uring.ffi.FileAdvice;
import dev.uring.ffi.FileMode;
import dev.uring.ffi.LockRange;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.OpenHow;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.PollFlag;
import dev.uring.ffi.ReadWriteFlag;
import dev.uring.ffi.RenameFlag;
import dev.uring.ffi.SeekOrigin;
import dev.uring.ffi.Statx;
import dev.uring.ffi.Timespec;
import dev.uring.runtime.SocketMessage;
import dev.uring.runtime.Sys;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/**
 * A host in memory: pipes, files and directories behind numbers that are no descriptors of the process. Nothing in it
 * waits. Like the kernel it gives away the lowest free number. For any thread.
 *
 * <p>Files are a page cache over a disk. What a sync covers survives a {@link #crash}: fsync and fdatasync of a file all
 * that was written before, and its own creation; a write with RWF_DSYNC, RWF_SYNC or to a file that is open so, its bytes
 * and a size that covers them; fsync of a directory its names. fdatasync is as strong as fsync here.
 */
public final class MemorySys implements Sys {
    /** The first number, far above any real descriptor. */
    public static final int FIRST = 1 << 20;
    /** What a pipe holds, as on Linux (pipe(7)). */
    public static final int PIPE_BYTES = 65536;
    /** A write of at most this much is whole or nothing (pipe(7), PIPE_BUF). */
    private static final int ATOMIC_BYTES = 4096;
    private static final int FILE_BYTES_MAX = Integer.MAX_VALUE;
    /** UIO_MAXIOV: the most pieces of one call. */
    private static final int PIECES_MAX = 1024;
    private static final int SYNC_FLAGS = ReadWriteFlag.DATA_SYNC | ReadWriteFlag.SYNC;
    private static final int WRITE_FLAGS = SYNC_FLAGS | ReadWriteFlag.APPEND;
    private static final int ALLOCATE_FLAGS = AllocateFlag.KEEP_SIZE | AllocateFlag.PUNCH_HOLE | AllocateFlag.ZERO_RANGE;
    /** The bit of O_TMPFILE that O_DIRECTORY is not. */
    private static final int NAMELESS = OpenFlag.TEMPORARY_FILE & ~OpenFlag.DIRECTORY;

    /** What a number stands for. */
    private sealed interface Open {
    }

    private record ReadEnd(Pipe pipe) implements Open {
    }

    private record WriteEnd(Pipe pipe) implements Open {
    }

    private static final class Directory implements Open {
        private final MemoryDirectory directory;
        /** What is still to be told by getdents64, from the first call on. */
        private List<String> names;
        private int position;

        Directory(MemoryDirectory directory) {
            this.directory = directory;
        }
    }

    private static final class OpenFile implements Open {
        private final MemoryFile file;
        private final int flags;
        private long position;

        OpenFile(MemoryFile file, int flags) {
            this.file = file;
            this.flags = flags;
        }

        boolean canRead() {
            return (flags & OpenFlag.ACCESS_MODE) != OpenFlag.WRITE_ONLY;
        }

        boolean canWrite() {
            return (flags & OpenFlag.ACCESS_MODE) != OpenFlag.READ_ONLY;
        }
    }

    private static final class Pipe {
        private final byte[] bytes = new byte[PIPE_BYTES];
        private int start;
        private int length;
        private boolean readerOpen = true;
        private boolean writerOpen = true;
    }

    private final TreeMap<Integer, Open> open = new TreeMap<>();
    private final MemoryTree tree = new MemoryTree();
    /** The lowest number; after a crash above all that were given before, which nothing stands behind for ever. */
    private int first = FIRST;
    private int highest = FIRST - 1;

    /** Makes a pipe: the end to read, the end to write. */
    public synchronized int[] pipe() {
        Pipe pipe = new Pipe();
        return new int[] {add(new ReadEnd(pipe)), add(new WriteEnd(pipe))};
    }

    /** Opens a nameless file for reading and writing. */
    public synchronized int file(byte[] content) {
        return add(new OpenFile(new MemoryFile(tree.nextInode(), 0600, content), OpenFlag.READ_WRITE));
    }

    /** Opens the directory in which paths begin. */
    public synchronized int directory() {
        return add(new Directory(tree.root));
    }

    /** Answers what the number stands for, to be compared by identity; null for nothing. */
    public synchronized Object identity(int fd) {
        return open.get(fd);
    }

    /** Answers how many numbers are in use. */
    public synchronized int count() {
        return open.size();
    }

    /**
     * Takes the power away and gives it back. What a sync that has answered covers is there; of all else the dice leave
     * some: of names the changes up to a point, of content each sector of {@link MemoryFile#SECTOR_BYTES} bytes as one of
     * the writes since the last sync left it, or the sync, and the size alike. All numbers are closed, and never given
     * again. Runtimes on this host see errors from now on; close them and make new ones.
     */
    public synchronized void crash(Dice dice) {
        open.clear();
        first = highest + 1;
        tree.crash(dice);
    }

    private int add(Open what) {
        int fd = first;
        for (int taken : open.keySet()) {
            if (taken != fd) {
                break;
            }
            fd++;
        }
        open.put(fd, what);
        highest = Math.max(highest, fd);
        return fd;
    }

    // ---- pipes, and what reads and writes both ----

    @Override
    public synchronized int read(int fd, MemorySegment buffer, int lengthBytes) {
        return switch (open.get(fd)) {
            case ReadEnd(Pipe pipe) -> readPipe(pipe, buffer, lengthBytes);
            case OpenFile file when file.canRead() -> {
                int result = file.file.read(buffer, lengthBytes, file.position);
                file.position += result;
                yield result;
            }
            case Directory _ -> -Errno.EISDIR;
            case WriteEnd _, OpenFile _ -> -Errno.EBADF;
            case null -> -Errno.EBADF;
        };
    }

    private static int readPipe(Pipe pipe, MemorySegment buffer, int lengthBytes) {
        if (pipe.length == 0 && lengthBytes > 0) {
            return pipe.writerOpen ? -Errno.EAGAIN : 0;
        }
        int count = Math.min(lengthBytes, pipe.length);
        int first = Math.min(count, PIPE_BYTES - pipe.start);
        MemorySegment.copy(pipe.bytes, pipe.start, buffer, ValueLayout.JAVA_BYTE, 0, first);
        MemorySegment.copy(pipe.bytes, 0, buffer, ValueLayout.JAVA_BYTE, first, count - first);
        pipe.start = (pipe.start + count) % PIPE_BYTES;
        pipe.length -= count;
        return count;
    }

    @Override
    public synchronized int write(int fd, MemorySegment buffer, int lengthBytes) {
        return switch (open.get(fd)) {
            case WriteEnd(Pipe pipe) -> writePipe(pipe, buffer, lengthBytes);
            case OpenFile file when file.canWrite() ->
                    writeFile(file, new MemorySegment[] {buffer.asSlice(0, lengthBytes)}, -1, 0);
            case ReadEnd _, OpenFile _, Directory _ -> -Errno.EBADF;
            case null -> -Errno.EBADF;
        };
    }

    private static int writePipe(Pipe pipe, MemorySegment buffer, int lengthBytes) {
        if (lengthBytes == 0) {
            return 0;
        }
        if (!pipe.readerOpen) {
            return -Errno.EPIPE;
        }
        int room = PIPE_BYTES - pipe.length;
        if (room == 0 || lengthBytes <= ATOMIC_BYTES && room < lengthBytes) {
            return -Errno.EAGAIN;
        }
        int count = Math.min(lengthBytes, room);
        int end = (pipe.start + pipe.length) % PIPE_BYTES;
        int first = Math.min(count, PIPE_BYTES - end);
        MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, pipe.bytes, end, first);
        MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, first, pipe.bytes, 0, count - first);
        pipe.length += count;
        return count;
    }

    @Override
    public int pread(int fd, MemorySegment buffer, int lengthBytes, long offset) {
        return offset < 0 ? -Errno.EINVAL : preadv(fd, new MemorySegment[] {buffer.asSlice(0, lengthBytes)}, offset);
    }

    @Override
    public int pwrite(int fd, MemorySegment buffer, int lengthBytes, long offset, int flags) {
        return pwritev(fd, new MemorySegment[] {buffer.asSlice(0, lengthBytes)}, offset, flags);
    }

    @Override
    public synchronized int preadv(int fd, MemorySegment[] pieces, long offset) {
        if (offset < -1 || pieces.length > PIECES_MAX) {
            return -Errno.EINVAL;
        }
        return switch (open.get(fd)) {
            case OpenFile file when file.canRead() -> readFile(file, pieces, offset);
            case ReadEnd(Pipe pipe) -> offset >= 0 ? -Errno.ESPIPE : eachPiece(pieces, piece -> readPipe(pipe, piece,
                    (int) piece.byteSize()));
            case Directory _ -> -Errno.EISDIR;
            case WriteEnd _ -> offset >= 0 ? -Errno.ESPIPE : -Errno.EBADF;
            case OpenFile _ -> -Errno.EBADF;
            case null -> -Errno.EBADF;
        };
    }

    @Override
    public synchronized int pwritev(int fd, MemorySegment[] pieces, long offset, int flags) {
        if (offset < -1 || pieces.length > PIECES_MAX) {
            return -Errno.EINVAL;
        }
        return switch (open.get(fd)) {
            case OpenFile file when file.canWrite() -> writeFile(file, pieces, offset, flags);
            case WriteEnd(Pipe pipe) -> offset >= 0 ? -Errno.ESPIPE : eachPiece(pieces, piece -> writePipe(pipe, piece,
                    (int) piece.byteSize()));
            case ReadEnd _ -> offset >= 0 ? -Errno.ESPIPE : -Errno.EBADF;
            case OpenFile _, Directory _ -> -Errno.EBADF;
            case null -> -Errno.EBADF;
        };
    }

    /** Moves pieces until one moves in part. */
    private static int eachPiece(MemorySegment[] pieces, ToIntFunction<MemorySegment> call) {
        int done = 0;
        for (MemorySegment piece : pieces) {
            int result = call.applyAsInt(piece);
            if (result < piece.byteSize()) {
                return result >= 0 ? done + result : done > 0 ? done : result;
            }
            done += result;
        }
        return done;
    }

    private static int readFile(OpenFile open, MemorySegment[] pieces, long offset) {
        long at = offset < 0 ? open.position : offset;
        int done = 0;
        for (MemorySegment piece : pieces) {
            done += open.file.read(piece, (int) piece.byteSize(), at + done); // answers 0 from the end on
        }
        if (offset < 0) {
            open.position += done;
        }
        return done;
    }

    private static int writeFile(OpenFile open, MemorySegment[] pieces, long offset, int flags) {
        boolean appends = (open.flags & OpenFlag.APPEND) != 0 || (flags & ReadWriteFlag.APPEND) != 0;
        long at = appends ? open.file.size() : offset < 0 ? open.position : offset;
        long bytes = 0;
        for (MemorySegment piece : pieces) {
            bytes += piece.byteSize();
        }
        if (bytes == 0) {
            return 0;
        }
        if ((flags & ~WRITE_FLAGS) != 0) {
            return -Errno.EOPNOTSUPP;
        }
        if (at + bytes > FILE_BYTES_MAX) {
            return -Errno.EFBIG;
        }
        byte[] whole = new byte[(int) bytes];
        int filled = 0;
        for (MemorySegment piece : pieces) {
            MemorySegment.copy(piece, ValueLayout.JAVA_BYTE, 0, whole, filled, (int) piece.byteSize());
            filled += (int) piece.byteSize();
        }
        open.file.write(whole, (int) at);
        if ((open.flags & OpenFlag.DATA_SYNC) != 0 || (flags & SYNC_FLAGS) != 0) {
            open.file.persist((int) at, filled);
        }
        if (offset < 0) {
            open.position = at + bytes;
        }
        return filled;
    }

    @Override
    public synchronized int close(int fd) {
        Open closed = open.remove(fd);
        switch (closed) {
            case ReadEnd(Pipe pipe) -> pipe.readerOpen = false;
            case WriteEnd(Pipe pipe) -> pipe.writerOpen = false;
            case OpenFile file -> file.file.locks.removeIf(lock -> lock.owner() == file);
            case Directory _ -> {
            }
            case null -> {
                return -Errno.EBADF;
            }
        }
        return 0;
    }

    @Override
    public synchronized int poll(int fd, int events) {
        int ready = switch (open.get(fd)) {
            case ReadEnd(Pipe pipe) -> (pipe.length > 0 ? PollFlag.READABLE : 0)
                    | (pipe.writerOpen ? 0 : PollFlag.HANG_UP);
            case WriteEnd(Pipe pipe) -> (PIPE_BYTES - pipe.length >= ATOMIC_BYTES ? PollFlag.WRITABLE : 0)
                    | (pipe.readerOpen ? 0 : PollFlag.ERROR);
            case OpenFile _, Directory _ -> PollFlag.READABLE | PollFlag.WRITABLE;
            case null -> PollFlag.INVALID;
        };
        return ready & (events | PollFlag.ERROR | PollFlag.HANG_UP | PollFlag.INVALID);
    }

    // ---- open files ----

    private interface Call {
        long make();
    }

    /** Makes a call of paths. */
    private synchronized int at(Call call) {
        try {
            return (int) call.make();
        } catch (MemoryTree.Failed e) {
            return -e.errno;
        }
    }

    private MemoryTree.Place find(int directory, MemorySegment path) {
        String text = CString.decode(path, 0);
        if (directory == PathFlag.CURRENT_DIRECTORY || text.startsWith("/") || text.isEmpty()) {
            return tree.find(tree.root, text);
        }
        return switch (open.get(directory)) {
            case Directory start -> tree.find(start.directory, text);
            case null -> throw new MemoryTree.Failed(Errno.EBADF);
            default -> throw new MemoryTree.Failed(Errno.ENOTDIR);
        };
    }

    /** What a path stands for, or the number itself for an empty path where that is asked for. */
    private MemoryNode node(int directory, MemorySegment path, boolean mayBeEmpty) {
        if (!mayBeEmpty || path.get(ValueLayout.JAVA_BYTE, 0) != 0) {
            return find(directory, path).found();
        }
        if (directory == PathFlag.CURRENT_DIRECTORY) {
            return tree.root;
        }
        return switch (open.get(directory)) {
            case Directory found -> found.directory;
            case OpenFile found -> found.file;
            case null -> throw new MemoryTree.Failed(Errno.EBADF);
            case ReadEnd _, WriteEnd _ -> throw new MemoryTree.Failed(Errno.EOPNOTSUPP);
        };
    }

    @Override
    public int openat(int directory, MemorySegment path, int flags, int mode) {
        return at(() -> open(find(directory, path), CString.decode(path, 0).endsWith("/"), flags, mode));
    }

    private int open(MemoryTree.Place place, boolean wantsDirectory, int flags, int mode) {
        boolean creates = (flags & OpenFlag.CREATE) != 0;
        boolean writes = (flags & OpenFlag.ACCESS_MODE) != OpenFlag.READ_ONLY;
        if ((flags & NAMELESS) != 0) {
            if (!(place.found() instanceof MemoryDirectory)) {
                return -Errno.ENOTDIR;
            }
            return writes ? add(new OpenFile(new MemoryFile(tree.nextInode(), mode & 07777, new byte[0]), flags))
                    : -Errno.EINVAL;
        }
        if (place.node() == null && creates) {
            if (wantsDirectory) {
                return -Errno.EISDIR;
            }
            MemoryFile made = new MemoryFile(tree.nextInode(), mode & 07777, new byte[0]);
            tree.make(place.free(), made);
            return add(new OpenFile(made, flags));
        }
        if (creates && (flags & OpenFlag.EXCLUSIVE) != 0) {
            return -Errno.EEXIST;
        }
        return switch (place.found()) {
            case MemoryDirectory found -> writes || creates ? -Errno.EISDIR : add(new Directory(found));
            case MemoryFile found -> {
                if ((flags & OpenFlag.DIRECTORY) != 0) {
                    yield -Errno.ENOTDIR;
                }
                if ((flags & OpenFlag.TRUNCATE) != 0) {
                    found.truncate(0);
                }
                yield add(new OpenFile(found, flags));
            }
        };
    }

    @Override
    public int openat2(int directory, MemorySegment path, MemorySegment how) {
        int flags = (int) OpenHow.flags(how);
        boolean creates = (flags & (OpenFlag.CREATE | NAMELESS)) != 0;
        return OpenHow.mode(how) != 0 && !creates ? -Errno.EINVAL : OpenHow.resolve(how) != 0 ? -Errno.EOPNOTSUPP
                : openat(directory, path, flags, (int) OpenHow.mode(how));
    }

    /** Makes durable what was completed before, and of a new file its name too. */
    @Override
    public synchronized int fsync(int fd) {
        return switch (open.get(fd)) {
            case OpenFile file -> {
                file.file.persist();
                tree.persist(file.file);
                yield 0;
            }
            case Directory directory -> {
                tree.persist(directory.directory);
                yield 0;
            }
            case ReadEnd _, WriteEnd _ -> -Errno.EINVAL;
            case null -> -Errno.EBADF;
        };
    }

    @Override
    public int fdatasync(int fd) {
        return fsync(fd);
    }

    /** Makes nothing durable, as its manual page warns. */
    @Override
    public synchronized int syncFileRange(int fd, long offset, long lengthBytes, int flags) {
        return switch (open.get(fd)) {
            case OpenFile _, Directory _ -> (flags & ~7) != 0 || offset < 0 || lengthBytes < 0
                    || offset + lengthBytes < 0 ? -Errno.EINVAL : 0;
            case ReadEnd _, WriteEnd _ -> -Errno.ESPIPE;
            case null -> -Errno.EBADF;
        };
    }

    @Override
    public int pipe2(MemorySegment pair, int flags) {
        int[] ends = pipe();
        pair.setAtIndex(ValueLayout.JAVA_INT, 0, ends[0]);
        pair.setAtIndex(ValueLayout.JAVA_INT, 1, ends[1]);
        return 0;
    }

    @Override
    public synchronized int fcntl(int fd, int command, int argument) {
        return open.containsKey(fd) ? -Errno.EINVAL : -Errno.EBADF;
    }

    @Override
    public synchronized long lseek(int fd, long offset, int origin) {
        return switch (open.get(fd)) {
            case OpenFile file -> seek(file, offset, origin);
            case Directory directory -> {
                if (origin != SeekOrigin.START || offset != 0) {
                    yield -Errno.EINVAL;
                }
                directory.names = null;
                directory.position = 0;
                yield 0;
            }
            case ReadEnd _, WriteEnd _ -> -Errno.ESPIPE;
            case null -> -Errno.EBADF;
        };
    }

    /** All of a file is data. */
    private static long seek(OpenFile open, long offset, int origin) {
        long size = open.file.size();
        if ((origin == SeekOrigin.DATA || origin == SeekOrigin.HOLE) && (offset < 0 || offset >= size)) {
            return -Errno.ENXIO;
        }
        long position = switch (origin) {
            case SeekOrigin.START, SeekOrigin.DATA -> offset;
            case SeekOrigin.CURRENT -> open.position + offset;
            case SeekOrigin.END -> size + offset;
            case SeekOrigin.HOLE -> size;
            default -> -1;
        };
        if (position < 0) {
            return -Errno.EINVAL;
        }
        open.position = position;
        return position;
    }

    @Override
    public synchronized int fallocate(int fd, int mode, long offset, long lengthBytes) {
        boolean punches = (mode & AllocateFlag.PUNCH_HOLE) != 0;
        boolean zeroes = (mode & AllocateFlag.ZERO_RANGE) != 0;
        boolean keepsSize = (mode & AllocateFlag.KEEP_SIZE) != 0;
        Open opened = open.get(fd);
        if (opened == null) {
            return -Errno.EBADF;
        }
        if (offset < 0 || lengthBytes <= 0) {
            return -Errno.EINVAL;
        }
        if ((mode & ~ALLOCATE_FLAGS) != 0 || punches && (zeroes || !keepsSize)) {
            return -Errno.EOPNOTSUPP;
        }
        if (!(opened instanceof OpenFile file)) {
            return opened instanceof Directory || opened instanceof ReadEnd ? -Errno.EBADF : -Errno.ESPIPE;
        }
        long end = offset + lengthBytes;
        if (!file.canWrite()) {
            return -Errno.EBADF;
        }
        if (end < 0 || end > FILE_BYTES_MAX) {
            return -Errno.EFBIG;
        }
        int size = (int) file.file.size();
        if (punches || zeroes) {
            file.file.zero((int) offset, (int) Math.min(end, size), size);
        }
        if (!keepsSize && end > size) {
            file.file.truncate((int) end);
        }
        return 0;
    }

    @Override
    public synchronized int ftruncate(int fd, long lengthBytes) {
        if (lengthBytes < 0) {
            return -Errno.EINVAL;
        }
        return switch (open.get(fd)) {
            case OpenFile file when file.canWrite() -> {
                if (lengthBytes > FILE_BYTES_MAX) {
                    yield -Errno.EFBIG;
                }
                file.file.truncate((int) lengthBytes);
                yield 0;
            }
            case null -> -Errno.EBADF;
            case OpenFile _, Directory _, ReadEnd _, WriteEnd _ -> -Errno.EINVAL;
        };
    }

    @Override
    public synchronized int fadvise(int fd, long offset, long lengthBytes, int advice) {
        return switch (open.get(fd)) {
            case OpenFile _, Directory _ -> lengthBytes < 0 || advice < 0 || advice > FileAdvice.NO_REUSE
                    ? -Errno.EINVAL : 0;
            case ReadEnd _, WriteEnd _ -> -Errno.ESPIPE;
            case null -> -Errno.EBADF;
        };
    }

    @Override
    public synchronized int lock(int fd, int type, long offset, long lengthBytes) {
        if (!(open.get(fd) instanceof OpenFile file)) {
            return open.containsKey(fd) ? -Errno.EINVAL : -Errno.EBADF;
        }
        long end = lengthBytes == 0 ? Long.MAX_VALUE : offset + lengthBytes;
        if (offset < 0 || lengthBytes < 0 || end < 0 || type < LockRange.SHARED || type > LockRange.UNLOCKED) {
            return -Errno.EINVAL;
        }
        if (type == LockRange.SHARED && !file.canRead() || type == LockRange.EXCLUSIVE && !file.canWrite()) {
            return -Errno.EBADF;
        }
        List<MemoryFile.Lock> locks = file.file.locks;
        boolean isShared = type == LockRange.SHARED;
        for (MemoryFile.Lock each : locks) {
            if (type != LockRange.UNLOCKED && each.owner() != file && each.first() < end && each.end() > offset
                    && !(isShared && each.isShared())) {
                return -Errno.EAGAIN;
            }
        }
        for (MemoryFile.Lock each : List.copyOf(locks)) {
            if (each.owner() == file && each.first() < end && each.end() > offset) {
                locks.remove(each);
                if (each.first() < offset) {
                    locks.add(new MemoryFile.Lock(file, each.first(), offset, each.isShared()));
                }
                if (each.end() > end) {
                    locks.add(new MemoryFile.Lock(file, end, each.end(), each.isShared()));
                }
            }
        }
        if (type != LockRange.UNLOCKED) {
            locks.add(new MemoryFile.Lock(file, offset, end, isShared));
        }
        return 0;
    }

    @Override
    public synchronized int copyFileRange(int source, long sourceOffset, int target, long targetOffset, int lengthBytes) {
        Open from = open.get(source);
        Open to = open.get(target);
        if (from == null || to == null) {
            return -Errno.EBADF;
        }
        if (from instanceof Directory || to instanceof Directory) {
            return -Errno.EISDIR;
        }
        if (!(from instanceof OpenFile in) || !(to instanceof OpenFile out)) {
            return -Errno.EINVAL;
        }
        if (!in.canRead() || !out.canWrite() || (out.flags & OpenFlag.APPEND) != 0) {
            return -Errno.EBADF;
        }
        if (sourceOffset < 0 || targetOffset < 0 || lengthBytes < 0) {
            return -Errno.EINVAL;
        }
        int bytes = Math.clamp(in.file.size() - sourceOffset, 0, lengthBytes);
        if (in.file == out.file && sourceOffset < targetOffset + bytes && targetOffset < sourceOffset + bytes) {
            return -Errno.EINVAL;
        }
        if (targetOffset + bytes > FILE_BYTES_MAX) {
            return -Errno.EFBIG;
        }
        byte[] copy = new byte[bytes];
        in.file.read(MemorySegment.ofArray(copy), bytes, sourceOffset);
        out.file.write(copy, (int) targetOffset);
        return bytes;
    }

    /** It has no second host to move bytes to. */
    @Override
    public synchronized int splice(int source, long sourceOffset, int target, long targetOffset, int lengthBytes) {
        return open.containsKey(source) && open.containsKey(target) ? -Errno.EINVAL : -Errno.EBADF;
    }

    @Override
    public synchronized int spliceNow(int source, int target, int lengthBytes) {
        return splice(source, -1, target, -1, lengthBytes);
    }

    @Override
    public synchronized int getdents64(int fd, MemorySegment buffer, int lengthBytes) {
        return switch (open.get(fd)) {
            case Directory directory -> entries(directory, buffer, lengthBytes);
            case OpenFile _, ReadEnd _, WriteEnd _ -> -Errno.ENOTDIR;
            case null -> -Errno.EBADF;
        };
    }

    private static int entries(Directory open, MemorySegment buffer, int lengthBytes) {
        MemoryDirectory directory = open.directory;
        if (directory.parent == null) {
            return -Errno.ENOENT;
        }
        if (open.names == null) {
            open.names = new ArrayList<>(List.of(".", ".."));
            open.names.addAll(directory.entries.keySet());
        }
        int filled = 0;
        while (open.position < open.names.size()) {
            String name = open.names.get(open.position);
            byte[] bytes = CString.bytes(name);
            if (DirectoryEntry.length(bytes.length) > lengthBytes - filled) {
                return filled == 0 ? -Errno.EINVAL : filled;
            }
            open.position++;
            MemoryNode node = name.equals(".") ? directory : name.equals("..") ? directory.parent
                    : directory.entries.get(name);
            if (node != null) {
                DirectoryEntry.set(buffer, filled, node.inode, open.position, node instanceof MemoryDirectory
                        ? DirectoryEntry.DIRECTORY : DirectoryEntry.REGULAR, bytes);
                filled += DirectoryEntry.length(bytes.length);
            }
        }
        return filled;
    }

    // ---- paths ----

    @Override
    public int statx(int directory, MemorySegment path, int flags, int mask, MemorySegment result) {
        return at(() -> {
            switch (open.get(directory)) {
                case ReadEnd _ when path.get(ValueLayout.JAVA_BYTE, 0) == 0 -> Statx.mode(result, FileMode.PIPE);
                case WriteEnd _ when path.get(ValueLayout.JAVA_BYTE, 0) == 0 -> Statx.mode(result, FileMode.PIPE);
                case null, default -> node(directory, path, (flags & PathFlag.EMPTY_PATH) != 0).stat(result);
            }
            return 0;
        });
    }

    @Override
    public int unlinkat(int directory, MemorySegment path, int flags) {
        return (flags & ~PathFlag.REMOVE_DIRECTORY) != 0 ? -Errno.EINVAL
                : at(() -> unlink(find(directory, path), flags != 0));
    }

    private int unlink(MemoryTree.Place place, boolean isDirectory) {
        if (place.isDot()) {
            return !isDirectory ? -Errno.EISDIR : place.name().isEmpty() ? -Errno.EBUSY
                    : place.name().equals(".") ? -Errno.EINVAL : -Errno.ENOTEMPTY;
        }
        switch (place.found()) {
            case MemoryDirectory _ when !isDirectory -> {
                return -Errno.EISDIR;
            }
            case MemoryDirectory found when !found.entries.isEmpty() -> {
                return -Errno.ENOTEMPTY;
            }
            case MemoryFile _ when isDirectory -> {
                return -Errno.ENOTDIR;
            }
            case MemoryDirectory _, MemoryFile _ -> tree.remove(place);
        }
        return 0;
    }

    @Override
    public int renameat(int directory, MemorySegment path, int newDirectory, MemorySegment newPath, int flags) {
        int known = RenameFlag.NO_REPLACE | RenameFlag.EXCHANGE;
        return (flags & ~known) != 0 || flags == known ? -Errno.EINVAL
                : at(() -> rename(find(directory, path), find(newDirectory, newPath), flags));
    }

    private int rename(MemoryTree.Place from, MemoryTree.Place to, int flags) {
        boolean exchanges = flags == RenameFlag.EXCHANGE;
        if (from.isDot() || to.isDot()) {
            return !from.isDot() && flags == RenameFlag.NO_REPLACE ? -Errno.EEXIST : -Errno.EBUSY;
        }
        MemoryNode moved = from.found();
        to.check();
        if (to.node() != null && flags == RenameFlag.NO_REPLACE) {
            return -Errno.EEXIST;
        }
        if (exchanges) {
            to.found();
        } else if (to.node() == null) {
            to.free();
        }
        if (to.directory().isBelow(moved)) {
            return -Errno.EINVAL;
        }
        if (to.node() != null && from.directory().isBelow(to.node())) {
            return exchanges ? -Errno.EINVAL : -Errno.ENOTEMPTY;
        }
        if (moved == to.node()) {
            return 0;
        }
        if (exchanges) {
            tree.exchange(from, to);
            return 0;
        }
        if (to.node() != null && moved instanceof MemoryDirectory != to.node() instanceof MemoryDirectory) {
            return moved instanceof MemoryDirectory ? -Errno.ENOTDIR : -Errno.EISDIR;
        }
        if (to.node() instanceof MemoryDirectory replaced && !replaced.entries.isEmpty()) {
            return -Errno.ENOTEMPTY;
        }
        tree.move(from, to);
        return 0;
    }

    @Override
    public int mkdirat(int directory, MemorySegment path, int mode) {
        return at(() -> {
            MemoryTree.Place place = find(directory, path).free();
            tree.make(place, new MemoryDirectory(tree.nextInode(), mode & 01777, place.directory()));
            return 0;
        });
    }

    /** There are no symbolic links here. */
    @Override
    public int symlinkat(MemorySegment target, int directory, MemorySegment path) {
        return at(() -> {
            find(directory, path).free();
            return -Errno.EOPNOTSUPP;
        });
    }

    @Override
    public int linkat(int directory, MemorySegment path, int newDirectory, MemorySegment newPath, int flags) {
        return (flags & ~(PathFlag.FOLLOW | PathFlag.EMPTY_PATH)) != 0 ? -Errno.EINVAL : at(() -> {
            MemoryNode node = node(directory, path, (flags & PathFlag.EMPTY_PATH) != 0);
            MemoryTree.Place place = find(newDirectory, newPath).free();
            if (node instanceof MemoryDirectory) {
                return -Errno.EPERM;
            }
            tree.make(place, node);
            return 0;
        });
    }

    @Override
    public int readlinkat(int directory, MemorySegment path, MemorySegment buffer, int lengthBytes) {
        return lengthBytes <= 0 ? -Errno.EINVAL : at(() -> {
            find(directory, path).found();
            return -Errno.EINVAL;
        });
    }

    @Override
    public int fchmodat(int directory, MemorySegment path, int mode) {
        return at(() -> {
            node(directory, path, true).mode = mode & 07777;
            return 0;
        });
    }

    @Override
    public int utimensat(int directory, MemorySegment path, MemorySegment times, int flags) {
        long access = Timespec.nanos(times);
        long modification = Timespec.nanos(times.asSlice(Timespec.SIZE));
        if ((flags & ~(PathFlag.NO_FOLLOW | PathFlag.EMPTY_PATH)) != 0) {
            return -Errno.EINVAL;
        }
        return access == Timespec.OMIT && modification == Timespec.OMIT ? 0 : at(() -> {
            MemoryNode node = node(directory, path, true);
            if (isWrong(access) || isWrong(modification)) {
                return -Errno.EINVAL;
            }
            if (access != Timespec.OMIT) {
                node.accessSeconds = access == Timespec.NOW ? tree.nextInode() : Timespec.seconds(times);
                node.accessNanos = access == Timespec.NOW ? 0 : (int) access;
            }
            if (modification != Timespec.OMIT) {
                node.modificationSeconds = modification == Timespec.NOW ? tree.nextInode()
                        : Timespec.seconds(times.asSlice(Timespec.SIZE));
                node.modificationNanos = modification == Timespec.NOW ? 0 : (int) modification;
            }
            return 0;
        });
    }

    private static boolean isWrong(long nanos) {
        return (nanos < 0 || nanos > 999_999_999) && nanos != Timespec.NOW && nanos != Timespec.OMIT;
    }

    // ---- it has no sockets ----

    @Override
    public int socket(int family, int type, int protocol) {
        return -Errno.EAFNOSUPPORT;
    }

    @Override
    public int socketpair(int family, int type, int protocol, MemorySegment pair) {
        return -Errno.EAFNOSUPPORT;
    }

    @Override
    public int bind(int fd, MemorySegment address, int addressBytes) {
        return noSocket(fd);
    }

    @Override
    public int listen(int fd, int backlog) {
        return noSocket(fd);
    }

    @Override
    public int accept(int fd) {
        return noSocket(fd);
    }

    @Override
    public int connect(int fd, MemorySegment address, int addressBytes) {
        return noSocket(fd);
    }

    @Override
    public int send(int fd, MemorySegment buffer, int lengthBytes, int flags) {
        return noSocket(fd);
    }

    @Override
    public int receive(int fd, MemorySegment buffer, int lengthBytes, int flags) {
        return noSocket(fd);
    }

    @Override
    public int sendmsg(int fd, SocketMessage message, int flags) {
        return noSocket(fd);
    }

    @Override
    public int recvmsg(int fd, SocketMessage message, int flags) {
        return noSocket(fd);
    }

    @Override
    public int shutdown(int fd, int how) {
        return noSocket(fd);
    }

    @Override
    public int getsockname(int fd, MemorySegment address, MemorySegment addressBytes) {
        return noSocket(fd);
    }

    @Override
    public int getpeername(int fd, MemorySegment address, MemorySegment addressBytes) {
        return noSocket(fd);
    }

    @Override
    public int setsockopt(int fd, int level, int option, MemorySegment value, int valueBytes) {
        return noSocket(fd);
    }

    @Override
    public int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment valueBytes) {
        return noSocket(fd);
    }

    private synchronized int noSocket(int fd) {
        return open.containsKey(fd) ? -Errno.ENOTSOCK : -Errno.EBADF;
    }
}
