package dev.uring.runtime;

import dev.uring.ffi.DescriptorCommand;
import dev.uring.ffi.Errno;
import dev.uring.ffi.FileMode;
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
 */
public final class LibcSys implements Sys {
    /** The only one: it holds no state. */
    public static final LibcSys INSTANCE = new LibcSys();

    /** PIPE_BUF: a pipe that is writable has room for this much (pipe(7)). */
    private static final int PIPE_BYTES = 4096;
    /** A terminal that is writable may have no room after the first byte (n_tty_write; seen on 6.18 with line feeds). */
    private static final int TERMINAL_BYTES = 1;
    /** How long a call that waits keeps a cancel from being heard. */
    private static final int WAIT_MILLIS = 20;

    private LibcSys() {
    }

    @Override
    public int read(int fd, MemorySegment buffer, int lengthBytes) {
        int result = (int) Libc.pread(fd, buffer, lengthBytes, -1, ReadWriteFlag.NO_WAIT);
        return switch (-result) {
            case Errno.EAGAIN -> isFile(fd) ? (int) Libc.read(fd, buffer, lengthBytes) : result; // not in the page cache
            case Errno.EOPNOTSUPP -> poll(fd, PollFlag.READABLE) == 0 ? -Errno.EAGAIN
                    : (int) Libc.read(fd, buffer, lengthBytes);
            default -> result;
        };
    }

    @Override
    public int write(int fd, MemorySegment buffer, int lengthBytes) {
        int result = (int) Libc.pwrite(fd, buffer, lengthBytes, -1, ReadWriteFlag.NO_WAIT);
        return switch (-result) {
            case Errno.EAGAIN -> isFile(fd) ? (int) Libc.write(fd, buffer, lengthBytes) : result;
            case Errno.EOPNOTSUPP -> poll(fd, PollFlag.WRITABLE) == 0 ? -Errno.EAGAIN
                    : (int) Libc.write(fd, buffer, Math.min(lengthBytes, roomBytes(fd)));
            default -> result;
        };
    }

    /** What lies on a disk is waited for, as O_NONBLOCK is without effect there, and poll always calls it ready. */
    private static boolean isFile(int fd) {
        int type = type(fd);
        return type == FileMode.REGULAR || type == FileMode.BLOCK_DEVICE;
    }

    /** How much a writable descriptor takes at once without waiting. */
    private static int roomBytes(int fd) {
        return switch (type(fd)) {
            case FileMode.PIPE -> PIPE_BYTES;
            case FileMode.CHARACTER_DEVICE -> Libc.isatty(fd) == 1 ? TERMINAL_BYTES : Integer.MAX_VALUE;
            default -> Integer.MAX_VALUE;
        };
    }

    /** One of {@link FileMode}'s types; 0 when it cannot be had. */
    private static int type(int fd) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment attributes = scope.allocate(Statx.SIZE, Long.BYTES);
            return LibcFile.fstat(fd, StatxMask.TYPE, attributes) < 0 ? 0
                    : Statx.mode(attributes) & FileMode.TYPE_MASK;
        }
    }

    @Override
    public int pread(int fd, MemorySegment buffer, int lengthBytes, long offset) {
        return (int) Libc.pread(fd, buffer, lengthBytes, offset);
    }

    @Override
    public int pwrite(int fd, MemorySegment buffer, int lengthBytes, long offset, int flags) {
        return (int) (flags == 0 && offset >= 0 ? Libc.pwrite(fd, buffer, lengthBytes, offset)
                : Libc.pwrite(fd, buffer, lengthBytes, offset, flags));
    }

    @Override
    public int preadv(int fd, MemorySegment[] pieces, long offset) {
        try (Arena scope = Arena.ofConfined()) {
            return (int) Libc.preadv2(fd, vectors(scope, pieces), pieces.length, offset, 0);
        }
    }

    @Override
    public int pwritev(int fd, MemorySegment[] pieces, long offset, int flags) {
        try (Arena scope = Arena.ofConfined()) {
            return (int) Libc.pwritev2(fd, vectors(scope, pieces), pieces.length, offset, flags);
        }
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
        return LibcFile.openat2(directory, path, how, OpenHow.SIZE);
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
        return LibcFile.statx(directory, path, flags, mask, result);
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
        try (Arena scope = Arena.ofConfined()) {
            return (int) LibcFile.copyFileRange(source, position(scope, sourceOffset), target,
                    position(scope, targetOffset), lengthBytes, 0);
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
        return flags == 0 ? LibcFile.renameat(directory, path, newDirectory, newPath)
                : LibcFile.renameat2(directory, path, newDirectory, newPath, flags);
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
