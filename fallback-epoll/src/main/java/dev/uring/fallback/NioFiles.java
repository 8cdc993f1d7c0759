package dev.uring.fallback;

import dev.uring.ffi.CString;
import dev.uring.ffi.Errno;
import dev.uring.ffi.FileAdvice;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.OpenHow;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.PollFlag;
import dev.uring.ffi.SyncRangeFlag;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The calls of files, paths and pipes: finds what a number or path stands for, and turns exceptions into numbers. */
abstract class NioFiles extends NioNumbers {
    /** UIO_MAXIOV: the most pieces of one call. */
    private static final int PIECES_MAX = 1024;
    private static final int RESOLVE_FLAGS = OpenHow.NO_MOUNT_CROSSING | OpenHow.NO_MAGIC_LINKS
            | OpenHow.NO_SYMBOLIC_LINKS | OpenHow.BENEATH | OpenHow.IN_ROOT | OpenHow.CACHED;

    /** A call of what a number stands for. */
    private interface Call {
        long on(NioOpened opened) throws IOException;
    }

    private long on(int fd, Call call) {
        NioOpened opened = opened(fd);
        try {
            return opened == null ? -Errno.EBADF : call.on(opened);
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    /** A call of a path. */
    private interface PathCall {
        int at(Path path) throws IOException;
    }

    private int at(int directory, MemorySegment path, PathCall call) {
        try {
            return call.at(resolve(directory, CString.decode(path, 0)));
        } catch (NoSuchFileException e) {
            return missing(e);
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    private int missing(NoSuchFileException thrown) {
        try {
            return thrown.getOtherFile() != null ? -Errno.ENOENT // the kernel's own word, and about either path
                    : -NioPaths.errnoOfMissing(Path.of(thrown.getFile()), NioPaths.LINKS_MAX);
        } catch (IOException e) { // it has changed in between, so that the first answer is as good
            thrown.addSuppressed(e);
            return failed(thrown);
        }
    }

    /**
     * Answers where a path leads. java.nio drops a slash at its end, so that it does not demand a directory as it does on
     * Linux.
     */
    private Path resolve(int directory, String path) {
        if (path.isEmpty()) {
            throw new NioRefusal(Errno.ENOENT, "an empty path");
        }
        Path given = Path.of(path);
        if (given.isAbsolute() || directory == PathFlag.CURRENT_DIRECTORY) {
            return given;
        }
        return switch (opened(directory)) {
            case null -> throw new NioRefusal(Errno.EBADF, "no such directory: fd=" + directory);
            case NioDirectory start -> start.path().resolve(given);
            default -> throw new NioRefusal(Errno.ENOTDIR, "not a directory: fd=" + directory);
        };
    }

    /** Makes the call at a path, or, when it is empty, of the number itself; the working directory has none. */
    private int atOrOn(int directory, MemorySegment path, PathCall call, Call ofNumber) {
        return isEmpty(path) && directory != PathFlag.CURRENT_DIRECTORY ? (int) on(directory, ofNumber)
                : at(directory, path, call);
    }

    private static boolean isEmpty(MemorySegment path) {
        return path.get(ValueLayout.JAVA_BYTE, 0) == 0;
    }

    // ---- bytes ----

    static ByteBuffer bytes(MemorySegment buffer, int lengthBytes) {
        return buffer.asSlice(0, lengthBytes).asByteBuffer();
    }

    static ByteBuffer[] bytes(MemorySegment[] pieces) {
        if (pieces.length > PIECES_MAX) {
            throw new NioRefusal(Errno.EINVAL, "too many pieces for one call: pieces=" + pieces.length);
        }
        ByteBuffer[] bytes = new ByteBuffer[pieces.length];
        for (int i = 0; i < pieces.length; i++) {
            bytes[i] = pieces[i].asByteBuffer();
        }
        return bytes;
    }

    @Override
    public int read(int fd, MemorySegment buffer, int lengthBytes) {
        return (int) on(fd, opened -> opened.read(bytes(buffer, lengthBytes)));
    }

    @Override
    public int write(int fd, MemorySegment buffer, int lengthBytes) {
        return (int) on(fd, opened -> opened.write(bytes(buffer, lengthBytes)));
    }

    @Override
    public int pread(int fd, MemorySegment buffer, int lengthBytes, long offset) {
        return onAt(fd, offset, 0, opened -> opened.pread(bytes(buffer, lengthBytes), offset));
    }

    @Override
    public int pwrite(int fd, MemorySegment buffer, int lengthBytes, long offset, int flags) {
        return onAt(fd, offset, NioOpened.NO_OFFSET, opened ->
                opened.write(new ByteBuffer[] {bytes(buffer, lengthBytes)}, offset, flags));
    }

    @Override
    public int preadv(int fd, MemorySegment[] pieces, long offset) {
        return onAt(fd, offset, NioOpened.NO_OFFSET, opened -> opened.read(bytes(pieces), offset));
    }

    @Override
    public int pwritev(int fd, MemorySegment[] pieces, long offset, int flags) {
        return onAt(fd, offset, NioOpened.NO_OFFSET, opened -> opened.write(bytes(pieces), offset, flags));
    }

    /** A wrong offset is wrong also where nothing is open. */
    private int onAt(int fd, long offset, long least, Call call) {
        return offset < least ? failed(new NioRefusal(Errno.EINVAL, "a negative offset: offset=" + offset))
                : (int) on(fd, call);
    }

    @Override
    public long lseek(int fd, long offset, int origin) {
        return on(fd, opened -> opened.seek(offset, origin));
    }

    @Override
    public int close(int fd) {
        NioOpened removed = remove(fd);
        try {
            if (removed == null) {
                return -Errno.EBADF;
            }
            removed.close();
            return 0;
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    @Override
    public int poll(int fd, int events) {
        NioOpened opened = opened(fd);
        try {
            return opened == null ? PollFlag.INVALID : opened.poll(events);
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    // ---- open files ----

    @Override
    public int openat(int directory, MemorySegment path, int flags, int mode) {
        return at(directory, path, at -> add(NioOpening.open(at, flags, mode)));
    }

    @Override
    public int openat2(int directory, MemorySegment path, MemorySegment how) {
        long flags = OpenHow.flags(how);
        long mode = OpenHow.mode(how);
        long resolve = OpenHow.resolve(how);
        boolean creates = (flags & (OpenFlag.CREATE | NioOpening.NAMELESS)) != 0;
        if ((flags & ~NioOpening.FLAGS) != 0 || (mode & ~07777) != 0 || mode != 0 && !creates
                || (resolve & ~RESOLVE_FLAGS) != 0) {
            return failed(new NioRefusal(Errno.EINVAL, "openat2 knows no such operands: flags=0x"
                    + Long.toHexString(flags) + " mode=0" + Long.toOctalString(mode) + " resolve=0x"
                    + Long.toHexString(resolve)));
        }
        if (resolve != 0) { // java.nio takes one step at a time, and somebody may move what lies between them
            return failed(new NioRefusal(Errno.EOPNOTSUPP, "openat2 cannot promise how a path is resolved: resolve=0x"
                    + Long.toHexString(resolve)));
        }
        return openat(directory, path, (int) flags, (int) mode);
    }

    @Override
    public int fsync(int fd) {
        return (int) on(fd, opened -> opened.sync(true));
    }

    @Override
    public int fdatasync(int fd) {
        return (int) on(fd, opened -> opened.sync(false));
    }

    /** All of the file is written where a range is to be, which the caller may not rely on. */
    @Override
    public int syncFileRange(int fd, long offset, long lengthBytes, int flags) {
        int known = SyncRangeFlag.WAIT_BEFORE | SyncRangeFlag.WRITE | SyncRangeFlag.WAIT_AFTER;
        return (int) on(fd, opened -> {
            if ((flags & ~known) != 0 || offset < 0 || lengthBytes < 0 || offset + lengthBytes < 0) {
                return -Errno.EINVAL;
            }
            return opened.fileType() == NioStat.PIPE || opened.fileType() == NioStat.SOCKET ? -Errno.ESPIPE
                    : flags == 0 ? 0 : opened.sync(false);
        });
    }

    @Override
    public int fallocate(int fd, int mode, long offset, long lengthBytes) {
        return (int) on(fd, opened -> offset < 0 || lengthBytes <= 0 ? -Errno.EINVAL
                : opened.allocate(mode, offset, lengthBytes));
    }

    @Override
    public int ftruncate(int fd, long lengthBytes) {
        return lengthBytes < 0 ? -Errno.EINVAL : (int) on(fd, opened -> opened.truncate(lengthBytes));
    }

    /** Takes no advice, but a wrong one is wrong. */
    @Override
    public int fadvise(int fd, long offset, long lengthBytes, int advice) {
        return (int) on(fd, opened -> opened.fileType() == NioStat.PIPE || opened.fileType() == NioStat.SOCKET ? -Errno.ESPIPE
                : lengthBytes < 0 || advice < FileAdvice.NORMAL || advice > FileAdvice.NO_REUSE ? -Errno.EINVAL : 0);
    }

    @Override
    public int lock(int fd, int type, long offset, long lengthBytes) {
        return (int) on(fd, opened -> {
            if (offset < 0 || lengthBytes > 0 && offset + lengthBytes - 1 < 0 || offset + lengthBytes < 0) {
                return lengthBytes > 0 && offset >= 0 ? -Errno.EOVERFLOW : -Errno.EINVAL;
            }
            long first = lengthBytes < 0 ? offset + lengthBytes : offset;
            long end = lengthBytes == 0 ? Long.MAX_VALUE : first + Math.abs(lengthBytes);
            return opened.lock(type, first, end);
        });
    }

    @Override
    public int copyFileRange(int source, long sourceOffset, int target, long targetOffset, int lengthBytes) {
        return (int) on(source, from -> on(target, to -> switch (from) {
            case NioDirectory _ -> -Errno.EISDIR;
            case NioFile _ when to instanceof NioDirectory -> -Errno.EISDIR;
            case NioFile in when to instanceof NioFile out -> in.copyTo(out, sourceOffset, targetOffset, lengthBytes);
            default -> -Errno.EINVAL;
        }));
    }

    @Override
    public int splice(int source, long sourceOffset, int target, long targetOffset, int lengthBytes) {
        return (int) on(source, from -> on(target, to -> {
            if (from.fileType() != NioStat.PIPE && to.fileType() != NioStat.PIPE) {
                return -Errno.EINVAL;
            }
            // What was read from a pipe could not be put back when the other side takes less.
            throw new NioRefusal(Errno.EOPNOTSUPP, "splice is not there, read and write instead: source=" + source
                    + " target=" + target);
        }));
    }

    @Override
    public int spliceNow(int source, int target, int lengthBytes) {
        return lengthBytes == 0 ? -Errno.EOPNOTSUPP : splice(source, -1, target, -1, lengthBytes);
    }

    @Override
    public int getdents64(int fd, MemorySegment buffer, int lengthBytes) {
        return (int) on(fd, opened -> opened.entries(buffer, lengthBytes));
    }

    /** Two ends that never block, whatever the flags say; a channel has neither exec nor packets. */
    @Override
    public int pipe2(MemorySegment pair, int flags) {
        try {
            if ((flags & ~(OpenFlag.CLOSE_ON_EXEC | OpenFlag.NON_BLOCKING)) != 0) {
                throw new NioRefusal(Errno.EINVAL, "pipe2 knows no such flags: flags=0x" + Integer.toHexString(flags));
            }
            return hand(pair, pipe());
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    @Override
    public int fcntl(int fd, int command, int argument) {
        return opened(fd) == null ? -Errno.EBADF : failed(new NioRefusal(Errno.EOPNOTSUPP,
                "java.nio has neither flags of open files nor sizes of pipes: fd=" + fd + " command=" + command));
    }

    static int hand(MemorySegment pair, int[] numbers) {
        pair.setAtIndex(ValueLayout.JAVA_INT, 0, numbers[0]);
        pair.setAtIndex(ValueLayout.JAVA_INT, 1, numbers[1]);
        return 0;
    }

    /** pipe(2): the number to read from, and the one to write to. */
    int[] pipe() throws IOException {
        Pipe pipe = Pipe.open();
        return new int[] {add(new NioPipe(pipe.source())), add(new NioPipe(pipe.sink()))};
    }

    // ---- paths ----

    @Override
    public int statx(int directory, MemorySegment path, int flags, int mask, MemorySegment result) {
        if ((flags & ~NioStat.FLAGS) != 0 || (flags & NioStat.SYNC_FLAGS) == NioStat.SYNC_FLAGS || mask < 0) {
            return -Errno.EINVAL;
        }
        boolean follows = (flags & PathFlag.NO_FOLLOW) == 0;
        if ((flags & PathFlag.EMPTY_PATH) == 0 || !isEmpty(path)) {
            return at(directory, path, at -> NioStat.fill(at, follows, result));
        }
        return directory == PathFlag.CURRENT_DIRECTORY
                ? at(directory, CString.encode(Arena.ofAuto(), "."), at -> NioStat.fill(at, true, result))
                : (int) on(directory, opened -> opened.stat(result));
    }

    @Override
    public int unlinkat(int directory, MemorySegment path, int flags) {
        return (flags & ~PathFlag.REMOVE_DIRECTORY) != 0 ? -Errno.EINVAL
                : at(directory, path, at -> NioPaths.remove(at, flags != 0));
    }

    @Override
    public int renameat(int directory, MemorySegment path, int newDirectory, MemorySegment newPath, int flags) {
        return NioPaths.isWrongRename(flags) ? -Errno.EINVAL
                : at(directory, path, from -> {
                    if (isEmpty(newPath)) {
                        NioPaths.findParent(from); // the kernel comes here first
                    }
                    return at(newDirectory, newPath, to -> NioPaths.rename(from, to, flags));
                });
    }

    @Override
    public int mkdirat(int directory, MemorySegment path, int mode) {
        return at(directory, path, at -> NioPaths.makeDirectory(at, mode));
    }

    @Override
    public int symlinkat(MemorySegment target, int directory, MemorySegment path) {
        return at(directory, path, at -> NioPaths.symbolicLink(CString.decode(target, 0), at));
    }

    @Override
    public int linkat(int directory, MemorySegment path, int newDirectory, MemorySegment newPath, int flags) {
        if ((flags & ~(PathFlag.FOLLOW | PathFlag.EMPTY_PATH)) != 0) {
            return -Errno.EINVAL;
        }
        if ((flags & PathFlag.EMPTY_PATH) != 0 && isEmpty(path)) {
            return failed(new NioRefusal(Errno.EOPNOTSUPP, "link needs a name of the file: fd=" + directory));
        }
        boolean follows = (flags & PathFlag.FOLLOW) != 0;
        return at(directory, path, from -> {
            NioStat.find(from, follows); // the kernel looks for the file before it looks at the other path
            return at(newDirectory, newPath, to -> NioPaths.link(from, to, follows));
        });
    }

    @Override
    public int readlinkat(int directory, MemorySegment path, MemorySegment buffer, int lengthBytes) {
        return lengthBytes <= 0 ? -Errno.EINVAL
                : at(directory, path, at -> NioPaths.readLink(at, buffer, lengthBytes));
    }

    @Override
    public int fchmodat(int directory, MemorySegment path, int mode) {
        return atOrOn(directory, path, at -> NioPaths.changeMode(at, mode),
                opened -> NioPaths.changeMode(opened.place(), mode));
    }

    @Override
    public int utimensat(int directory, MemorySegment path, MemorySegment times, int flags) {
        if ((flags & ~(PathFlag.NO_FOLLOW | PathFlag.EMPTY_PATH)) != 0) {
            return -Errno.EINVAL;
        }
        boolean follows = (flags & PathFlag.NO_FOLLOW) == 0;
        return NioTimes.areOmitted(times) ? 0 : atOrOn(directory, path, at -> NioTimes.set(at, times, follows),
                opened -> NioTimes.set(opened.place(), times, true));
    }
}
