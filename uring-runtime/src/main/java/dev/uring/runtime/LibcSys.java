package dev.uring.runtime;

import dev.uring.ffi.CString;
import dev.uring.ffi.DescriptorCommand;
import dev.uring.ffi.Errno;
import dev.uring.ffi.FileMode;
import dev.uring.ffi.FileStatus;
import dev.uring.ffi.IoVector;
import dev.uring.ffi.Libc;
import dev.uring.ffi.LibcFile;
import dev.uring.ffi.LibcSocket;
import dev.uring.ffi.LockRange;
import dev.uring.ffi.MessageFlag;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.OpenHow;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.PollDescriptor;
import dev.uring.ffi.PollFlag;
import dev.uring.ffi.ReadWriteFlag;
import dev.uring.ffi.SocketConstant;
import dev.uring.ffi.SpliceFlag;
import dev.uring.ffi.Statx;
import dev.uring.ffi.StatxMask;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The system calls of Linux, through the C library.
 *
 * <p>A stream that blocks is read and written with RWF_NOWAIT. Pipes (6.4) and sockets know it; for named pipes,
 * terminals and older kernels the call looks with poll(2) first, and writes no more than what poll promises room for.
 * That falls short in one way: a second reader or writer that is quicker than the call makes it wait.
 *
 * <p>Calls that an old kernel lacks, or a seccomp filter hides, are tried once ({@link YoungCall}) and then done without:
 * <ul>
 * <li>preadv2, pwritev2 and their flags: streams as above. RWF_DSYNC and RWF_SYNC become a write and a sync, which takes
 * along what others have written. RWF_APPEND is to be had where the file was opened with O_APPEND; anything else would be
 * no append if another wrote at the same time. Other flags answer EOPNOTSUPP, as the kernels do that lack them.
 * <li>statx: newfstatat, which knows neither birth, mount, attributes nor the alignment of O_DIRECT; the mask says so.
 * <li>openat2: openat, if the path may lead anywhere. A restriction such as RESOLVE_BENEATH is a promise that no other call
 * keeps, so such an open fails with ENOSYS.
 * <li>renameat2: renameat, if there are no flags; else ENOSYS, because to look first is another promise, and the caller's to
 * weaken. copy_file_range: ENOSYS, and the caller copies.
 * </ul>
 */
public final class LibcSys implements Sys {
    /** The one of this process; all it holds is which calls this host lacks. */
    public static final LibcSys INSTANCE = new LibcSys();

    /** PIPE_BUF: a pipe that is writable has room for this much (pipe(7)). */
    private static final int PIPE_BYTES = 4096;
    /** A terminal that is writable may have no room after the first byte (n_tty_write; seen on 6.18 with line feeds). */
    private static final int TERMINAL_BYTES = 1;
    /** How long a call that waits keeps a cancel from being heard. */
    private static final int WAIT_MILLIS = 20;
    private static final int SYNC_FLAGS = ReadWriteFlag.DATA_SYNC | ReadWriteFlag.SYNC;

    private final YoungCall preadv2 = new YoungCall("preadv2", "4.6", "streams are looked at with poll first");
    private final YoungCall pwritev2 = new YoungCall("pwritev2", "4.6", "streams are looked at with poll first, durable "
            + "writes are a write and a sync, and appends need a file that was opened for appending");
    private final YoungCall statx = new YoungCall("statx", "4.11",
            "times of creation and what O_DIRECT must be aligned to are unknown");
    private final YoungCall openat2 = new YoungCall("openat2", "5.6",
            "no path can be kept from leading out of its directory");
    private final YoungCall renameat2 = new YoungCall("renameat2", "3.15", "a move that is not to replace looks first");
    private final YoungCall copyFileRange = new YoungCall("copy_file_range", "4.5", "files are copied through buffers");
    /** Whether RWF_NOWAIT means something to preadv2 and pwritev2; null until one of them answers EINVAL. */
    private Boolean knowsNoWait;

    private LibcSys() {
    }

    /** Answers another one, which does without all that may be missing, for tests. */
    static LibcSys ofOldKernel() {
        LibcSys old = new LibcSys();
        for (YoungCall each : old.youngCalls()) {
            each.miss();
        }
        return old;
    }

    private YoungCall[] youngCalls() {
        return new YoungCall[] {preadv2, pwritev2, statx, openat2, renameat2, copyFileRange};
    }

    @Override
    public int read(int fd, MemorySegment buffer, int lengthBytes) {
        int result = preadv2.isMissing() ? -Errno.ENOSYS
                : (int) Libc.pread(fd, buffer, lengthBytes, -1, ReadWriteFlag.NO_WAIT);
        if (lacksNoWait(preadv2, result)) {
            return isReady(fd, PollFlag.READABLE) ? (int) Libc.read(fd, buffer, lengthBytes) : -Errno.EAGAIN;
        }
        return result == -Errno.EAGAIN && isFile(fd) ? (int) Libc.read(fd, buffer, lengthBytes) // not in the page cache
                : result;
    }

    @Override
    public int write(int fd, MemorySegment buffer, int lengthBytes) {
        int result = pwritev2.isMissing() ? -Errno.ENOSYS
                : (int) Libc.pwrite(fd, buffer, lengthBytes, -1, ReadWriteFlag.NO_WAIT);
        if (lacksNoWait(pwritev2, result)) {
            return isReady(fd, PollFlag.WRITABLE) ? writeReady(fd, buffer, lengthBytes) : -Errno.EAGAIN;
        }
        return result == -Errno.EAGAIN && isFile(fd) ? (int) Libc.write(fd, buffer, lengthBytes) : result;
    }

    /** Answers whether the call, or RWF_NOWAIT for this descriptor, is not to be had. */
    private boolean lacksNoWait(YoungCall call, int result) {
        return switch (-result) {
            case Errno.EOPNOTSUPP -> true;
            case Errno.ENOSYS -> call.isMissing(result);
            case Errno.EINVAL -> !knowsNoWait(); // an unknown flag before 4.13, or what was wrong all along
            default -> false;
        };
    }

    /** Finds out with an empty pipe, which may say anything of the flag but EINVAL. */
    private boolean knowsNoWait() {
        if (knowsNoWait == null) {
            try (Arena scope = Arena.ofConfined()) {
                MemorySegment pair = scope.allocate(ValueLayout.JAVA_INT, 2);
                if (Libc.pipe2(pair, OpenFlag.CLOSE_ON_EXEC | OpenFlag.NON_BLOCKING) < 0) {
                    return true; // no descriptor left to ask with: another time
                }
                int reader = pair.getAtIndex(ValueLayout.JAVA_INT, 0);
                knowsNoWait = Libc.pread(reader, scope.allocate(1), 1, -1, ReadWriteFlag.NO_WAIT) != -Errno.EINVAL;
                Libc.close(reader);
                Libc.close(pair.getAtIndex(ValueLayout.JAVA_INT, 1));
            }
        }
        return knowsNoWait;
    }

    /** What lies on a disk is waited for, as O_NONBLOCK is without effect there, and poll always calls it ready. */
    private boolean isFile(int fd) {
        int type = type(fd);
        return type == FileMode.REGULAR || type == FileMode.BLOCK_DEVICE;
    }

    /** Answers whether the call would not wait; one that fails does not, and poll(2) tells neither of its reasons. */
    private boolean isReady(int fd, int events) {
        if (fd < 0 || poll(fd, events) != 0) {
            return true;
        }
        int access = Libc.fcntl(fd, DescriptorCommand.GET_STATUS_FLAGS, 0) & OpenFlag.ACCESS_MODE;
        return access == (events == PollFlag.READABLE ? OpenFlag.WRITE_ONLY : OpenFlag.READ_ONLY);
    }

    /** Writes what a writable descriptor takes at once without waiting. */
    private int writeReady(int fd, MemorySegment buffer, int lengthBytes) {
        return switch (type(fd)) {
            case FileMode.SOCKET -> send(fd, buffer, lengthBytes, 0);
            case FileMode.PIPE -> (int) Libc.write(fd, buffer, Math.min(lengthBytes, PIPE_BYTES));
            case FileMode.CHARACTER_DEVICE -> (int) Libc.write(fd, buffer,
                    Libc.isatty(fd) == 1 ? Math.min(lengthBytes, TERMINAL_BYTES) : lengthBytes);
            default -> (int) Libc.write(fd, buffer, lengthBytes);
        };
    }

    /** One of {@link FileMode}'s types; 0 when it cannot be had. */
    private int type(int fd) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment attributes = scope.allocate(Statx.SIZE, Long.BYTES);
            return statx(fd, CString.EMPTY, PathFlag.EMPTY_PATH, StatxMask.TYPE, attributes) < 0 ? 0
                    : Statx.mode(attributes) & FileMode.TYPE_MASK;
        }
    }

    @Override
    public int pread(int fd, MemorySegment buffer, int lengthBytes, long offset) {
        return (int) Libc.pread(fd, buffer, lengthBytes, offset);
    }

    @Override
    public int pwrite(int fd, MemorySegment buffer, int lengthBytes, long offset, int flags) {
        if (flags == 0) {
            return (int) (offset == -1 ? Libc.write(fd, buffer, lengthBytes)
                    : Libc.pwrite(fd, buffer, lengthBytes, offset));
        }
        int result = pwritev2.isMissing() ? -Errno.ENOSYS : (int) Libc.pwrite(fd, buffer, lengthBytes, offset, flags);
        if (!lacksFlags(result)) {
            return result;
        }
        int refusal = refusal(fd, flags);
        return refusal < 0 ? refusal : synced(fd, flags, pwrite(fd, buffer, lengthBytes, offset, 0));
    }

    @Override
    public int preadv(int fd, MemorySegment[] pieces, long offset) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment vectors = vectors(scope, pieces);
            return (int) (offset == -1 ? Libc.readv(fd, vectors, pieces.length)
                    : Libc.preadv(fd, vectors, pieces.length, offset));
        }
    }

    @Override
    public int pwritev(int fd, MemorySegment[] pieces, long offset, int flags) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment vectors = vectors(scope, pieces);
            if (flags == 0) {
                return pwritev(fd, vectors, pieces.length, offset);
            }
            int result = pwritev2.isMissing() ? -Errno.ENOSYS
                    : (int) Libc.pwritev2(fd, vectors, pieces.length, offset, flags);
            if (!lacksFlags(result)) {
                return result;
            }
            int refusal = refusal(fd, flags);
            return refusal < 0 ? refusal : synced(fd, flags, pwritev(fd, vectors, pieces.length, offset));
        }
    }

    private static int pwritev(int fd, MemorySegment vectors, int count, long offset) {
        return (int) (offset == -1 ? Libc.writev(fd, vectors, count) : Libc.pwritev(fd, vectors, count, offset));
    }

    private boolean lacksFlags(int result) {
        return pwritev2.isMissing(result) || result == -Errno.EOPNOTSUPP;
    }

    /** Answers 0 where other calls together do what the flags ask of a write, else -errno. */
    private static int refusal(int fd, int flags) {
        int rest = flags & ~SYNC_FLAGS;
        if (rest == 0) {
            return 0;
        }
        int opened = Libc.fcntl(fd, DescriptorCommand.GET_STATUS_FLAGS, 0);
        boolean appends = rest == ReadWriteFlag.APPEND && (opened & OpenFlag.APPEND) != 0;
        return opened < 0 ? opened : appends ? 0 : -Errno.EOPNOTSUPP;
    }

    /** Syncs what was written; an error of the sync is the error of the write, which may not count on anything. */
    private static int synced(int fd, int flags, int result) {
        if (result <= 0 || (flags & SYNC_FLAGS) == 0) {
            return result;
        }
        int sync = (flags & ReadWriteFlag.SYNC) != 0 ? LibcFile.fsync(fd) : LibcFile.fdatasync(fd);
        return sync < 0 ? sync : result;
    }

    private static MemorySegment vectors(Arena scope, MemorySegment[] pieces) {
        MemorySegment vectors = scope.allocate(IoVector.SIZE * pieces.length, Long.BYTES);
        for (int i = 0; i < pieces.length; i++) {
            IoVector.set(vectors, i, pieces[i]);
        }
        return vectors;
    }

    @Override
    public int pipe2(MemorySegment pair, int flags) {
        return Libc.pipe2(pair, flags);
    }

    @Override
    public int fcntl(int fd, int command, int argument) {
        return Libc.fcntl(fd, command, argument);
    }

    @Override
    public long lseek(int fd, long offset, int origin) {
        return Libc.lseek(fd, offset, origin);
    }

    @Override
    public int close(int fd) {
        return Libc.close(fd);
    }

    @Override
    public int poll(int fd, int events) {
        return Libc.pollNow(fd, events);
    }

    @Override
    public int openat(int directory, MemorySegment path, int flags, int mode) {
        return LibcFile.openat(directory, path, flags, mode);
    }

    @Override
    public int openat2(int directory, MemorySegment path, MemorySegment how) {
        int result = openat2.isMissing() ? -Errno.ENOSYS : LibcFile.openat2(directory, path, how, OpenHow.SIZE);
        return openat2.isMissing(result) && OpenHow.resolve(how) == 0
                ? LibcFile.openat(directory, path, (int) OpenHow.flags(how), (int) OpenHow.mode(how)) : result;
    }

    @Override
    public int fsync(int fd) {
        return LibcFile.fsync(fd);
    }

    @Override
    public int fdatasync(int fd) {
        return LibcFile.fdatasync(fd);
    }

    @Override
    public int syncFileRange(int fd, long offset, long lengthBytes, int flags) {
        return LibcFile.syncFileRange(fd, offset, lengthBytes, flags);
    }

    @Override
    public int fallocate(int fd, int mode, long offset, long lengthBytes) {
        return LibcFile.fallocate(fd, mode, offset, lengthBytes);
    }

    @Override
    public int ftruncate(int fd, long lengthBytes) {
        return LibcFile.ftruncate(fd, lengthBytes);
    }

    @Override
    public int fadvise(int fd, long offset, long lengthBytes, int advice) {
        return LibcFile.posixFadvise(fd, offset, lengthBytes, advice);
    }

    @Override
    public int statx(int directory, MemorySegment path, int flags, int mask, MemorySegment result) {
        int answer = statx.isMissing() ? -Errno.ENOSYS : LibcFile.statx(directory, path, flags, mask, result);
        return statx.isMissing(answer) ? statBefore(directory, path, flags, result) : answer;
    }

    private static int statBefore(int directory, MemorySegment path, int flags, MemorySegment result) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment status = scope.allocate(FileStatus.SIZE, Long.BYTES);
            int before = LibcFile.newfstatat(directory, path, status, flags);
            if (before == 0) {
                FileStatus.toStatx(status, result);
            }
            return before;
        }
    }

    @Override
    public int lock(int fd, int type, long offset, long lengthBytes) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment lock = scope.allocate(LockRange.SIZE, Long.BYTES);
            LockRange.set(lock, type, offset, lengthBytes);
            return Libc.fcntl(fd, LockRange.SET_FOR_DESCRIPTION, lock);
        }
    }

    @Override
    public int copyFileRange(int source, long sourceOffset, int target, long targetOffset, int lengthBytes) {
        if (copyFileRange.isMissing()) {
            return -Errno.ENOSYS;
        }
        try (Arena scope = Arena.ofConfined()) {
            int result = (int) LibcFile.copyFileRange(source, position(scope, sourceOffset), target,
                    position(scope, targetOffset), lengthBytes, 0);
            copyFileRange.isMissing(result);
            return result;
        }
    }

    /** Waits in poll(2) and not in splice(2), from which no cancel could bring a thread back. */
    @Override
    public int splice(int source, long sourceOffset, int target, long targetOffset, int lengthBytes) {
        try (Arena scope = Arena.ofConfined()) {
            if (!isReadySoon(scope, source, PollFlag.READABLE) || !isReadySoon(scope, target, PollFlag.WRITABLE)) {
                return -Errno.EINTR;
            }
            int result = (int) Libc.splice(source, position(scope, sourceOffset), target, position(scope, targetOffset),
                    lengthBytes, SpliceFlag.NON_BLOCKING);
            return result == -Errno.EAGAIN ? -Errno.EINTR : result; // another was quicker
        }
    }

    /** SPLICE_F_NONBLOCK is for pipes alone: a socket is asked what its description says (tcp_splice_read, 6.18). */
    @Override
    public int spliceNow(int source, int target, int lengthBytes) {
        if (lengthBytes == 0) {
            return 0;
        }
        int result = neverBlock(source);
        if (result >= 0) {
            result = neverBlock(target);
        }
        return result < 0 ? result : (int) Libc.splice(source, MemorySegment.NULL, target, MemorySegment.NULL, lengthBytes,
                SpliceFlag.NON_BLOCKING);
    }

    private static boolean isReadySoon(Arena scope, int fd, int events) {
        MemorySegment descriptor = scope.allocate(PollDescriptor.SIZE, Integer.BYTES);
        PollDescriptor.fd(descriptor, 0, fd);
        PollDescriptor.events(descriptor, 0, events);
        return Libc.poll(descriptor, 1, WAIT_MILLIS) > 0;
    }

    private static MemorySegment position(Arena scope, long offset) {
        return offset < 0 ? MemorySegment.NULL : scope.allocateFrom(ValueLayout.JAVA_LONG, offset);
    }

    @Override
    public int unlinkat(int directory, MemorySegment path, int flags) {
        return LibcFile.unlinkat(directory, path, flags);
    }

    @Override
    public int renameat(int directory, MemorySegment path, int newDirectory, MemorySegment newPath, int flags) {
        if (flags == 0) {
            return LibcFile.renameat(directory, path, newDirectory, newPath);
        }
        int result = renameat2.isMissing() ? -Errno.ENOSYS
                : LibcFile.renameat2(directory, path, newDirectory, newPath, flags);
        renameat2.isMissing(result);
        return result;
    }

    @Override
    public int mkdirat(int directory, MemorySegment path, int mode) {
        return LibcFile.mkdirat(directory, path, mode);
    }

    @Override
    public int symlinkat(MemorySegment target, int directory, MemorySegment path) {
        return LibcFile.symlinkat(target, directory, path);
    }

    @Override
    public int linkat(int directory, MemorySegment path, int newDirectory, MemorySegment newPath, int flags) {
        return LibcFile.linkat(directory, path, newDirectory, newPath, flags);
    }

    @Override
    public int readlinkat(int directory, MemorySegment path, MemorySegment buffer, int lengthBytes) {
        return (int) LibcFile.readlinkat(directory, path, buffer, lengthBytes);
    }

    @Override
    public int fchmodat(int directory, MemorySegment path, int mode) {
        return isSelf(directory, path) ? LibcFile.fchmod(directory, mode) : LibcFile.fchmodat(directory, path, mode, 0);
    }

    @Override
    public int utimensat(int directory, MemorySegment path, MemorySegment times, int flags) {
        // The GNU C library refuses a path of NULL, by which the kernel means the descriptor (glibc 2.36).
        return isSelf(directory, path) ? LibcFile.futimens(directory, times)
                : LibcFile.utimensat(directory, path, times, flags);
    }

    /** The directory of the process has no number, and an empty path there is nothing. */
    private static boolean isSelf(int directory, MemorySegment path) {
        return directory != PathFlag.CURRENT_DIRECTORY && path.get(ValueLayout.JAVA_BYTE, 0) == 0;
    }

    @Override
    public int getdents64(int fd, MemorySegment buffer, int lengthBytes) {
        return (int) LibcFile.getdents64(fd, buffer, lengthBytes);
    }

    @Override
    public int socket(int family, int type, int protocol) {
        return LibcSocket.socket(family, type, protocol);
    }

    @Override
    public int socketpair(int family, int type, int protocol, MemorySegment pair) {
        return LibcSocket.socketpair(family, type, protocol, pair);
    }

    @Override
    public int bind(int fd, MemorySegment address, int addressBytes) {
        return LibcSocket.bind(fd, address, addressBytes);
    }

    @Override
    public int listen(int fd, int backlog) {
        return LibcSocket.listen(fd, backlog);
    }

    @Override
    public int accept(int fd) {
        int result = neverBlock(fd);
        return result < 0 ? result : LibcSocket.accept4(fd, MemorySegment.NULL, MemorySegment.NULL,
                SocketConstant.CLOSE_ON_EXEC);
    }

    @Override
    public int connect(int fd, MemorySegment address, int addressBytes) {
        int result = neverBlock(fd);
        return result < 0 ? result : LibcSocket.connect(fd, address, addressBytes);
    }

    /** Some calls have no flag for one time, so the open file description is changed, for good. */
    private static int neverBlock(int fd) {
        int flags = Libc.fcntl(fd, DescriptorCommand.GET_STATUS_FLAGS, 0);
        return flags < 0 || (flags & OpenFlag.NON_BLOCKING) != 0 ? flags
                : Libc.fcntl(fd, DescriptorCommand.SET_STATUS_FLAGS, flags | OpenFlag.NON_BLOCKING);
    }

    @Override
    public int send(int fd, MemorySegment buffer, int lengthBytes, int flags) {
        return (int) LibcSocket.send(fd, buffer, lengthBytes, flags | MessageFlag.DONT_WAIT | MessageFlag.NO_SIGNAL);
    }

    @Override
    public int receive(int fd, MemorySegment buffer, int lengthBytes, int flags) {
        return (int) LibcSocket.recv(fd, buffer, lengthBytes, flags | MessageFlag.DONT_WAIT);
    }

    @Override
    public int sendmsg(int fd, SocketMessage message, int flags) {
        return (int) LibcSocket.sendmsg(fd, message.header(), flags | MessageFlag.DONT_WAIT | MessageFlag.NO_SIGNAL);
    }

    @Override
    public int recvmsg(int fd, SocketMessage message, int flags) {
        return (int) LibcSocket.recvmsg(fd, message.header(), flags | MessageFlag.DONT_WAIT);
    }

    @Override
    public int shutdown(int fd, int how) {
        return LibcSocket.shutdown(fd, how);
    }

    @Override
    public int getsockname(int fd, MemorySegment address, MemorySegment addressBytes) {
        return LibcSocket.getsockname(fd, address, addressBytes);
    }

    @Override
    public int getpeername(int fd, MemorySegment address, MemorySegment addressBytes) {
        return LibcSocket.getpeername(fd, address, addressBytes);
    }

    @Override
    public int setsockopt(int fd, int level, int option, MemorySegment value, int valueBytes) {
        return LibcSocket.setsockopt(fd, level, option, value, valueBytes);
    }

    @Override
    public int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment valueBytes) {
        return LibcSocket.getsockopt(fd, level, option, value, valueBytes);
    }
}
