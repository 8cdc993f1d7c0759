package dev.uring.runtime;

import dev.uring.ffi.DescriptorCommand;
import dev.uring.ffi.Errno;
import dev.uring.ffi.FileMode;
import dev.uring.ffi.IoVector;
import dev.uring.ffi.Libc;
import dev.uring.ffi.LibcFile;
import dev.uring.ffi.LibcSocket;
import dev.uring.ffi.MessageFlag;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PollDescriptor;
import dev.uring.ffi.PollFlag;
import dev.uring.ffi.ReadWriteFlag;
import dev.uring.ffi.SocketConstant;
import dev.uring.ffi.Statx;
import dev.uring.ffi.StatxMask;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

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

    private LibcSys() {
    }

    @Override
    public int read(int fd, MemorySegment buffer, int lengthBytes) {
        int result = readNow(fd, buffer, lengthBytes);
        return switch (-result) {
            case Errno.EAGAIN -> isFile(fd) ? (int) Libc.read(fd, buffer, lengthBytes) : result; // not in the page cache
            case Errno.EOPNOTSUPP -> poll(fd, PollFlag.READABLE) == 0 ? -Errno.EAGAIN
                    : (int) Libc.read(fd, buffer, lengthBytes);
            default -> result;
        };
    }

    private static int readNow(int fd, MemorySegment buffer, int lengthBytes) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment vector = scope.allocate(IoVector.SIZE, Long.BYTES);
            IoVector.set(vector, 0, buffer, lengthBytes);
            return (int) Libc.preadv2(fd, vector, 1, -1, ReadWriteFlag.NO_WAIT);
        }
    }

    @Override
    public int write(int fd, MemorySegment buffer, int lengthBytes) {
        int result = writeNow(fd, buffer, lengthBytes);
        return switch (-result) {
            case Errno.EAGAIN -> isFile(fd) ? (int) Libc.write(fd, buffer, lengthBytes) : result;
            case Errno.EOPNOTSUPP -> poll(fd, PollFlag.WRITABLE) == 0 ? -Errno.EAGAIN
                    : (int) Libc.write(fd, buffer, Math.min(lengthBytes, roomBytes(fd)));
            default -> result;
        };
    }

    private static int writeNow(int fd, MemorySegment buffer, int lengthBytes) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment vector = scope.allocate(IoVector.SIZE, Long.BYTES);
            IoVector.set(vector, 0, buffer, lengthBytes);
            return (int) Libc.pwritev2(fd, vector, 1, -1, ReadWriteFlag.NO_WAIT);
        }
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
    public int pwrite(int fd, MemorySegment buffer, int lengthBytes, long offset) {
        return (int) Libc.pwrite(fd, buffer, lengthBytes, offset);
    }

    @Override
    public int close(int fd) {
        return Libc.close(fd);
    }

    @Override
    public int poll(int fd, int events) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment descriptor = scope.allocate(PollDescriptor.SIZE, Integer.BYTES);
            PollDescriptor.fd(descriptor, 0, fd);
            PollDescriptor.events(descriptor, 0, events);
            int result = Libc.poll(descriptor, 1, 0);
            return result <= 0 ? result : PollDescriptor.result(descriptor, 0);
        }
    }

    @Override
    public int openat(int directory, MemorySegment path, int flags, int mode) {
        return LibcFile.openat(directory, path, flags, mode);
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
    public int socket(int family, int type, int protocol) {
        return LibcSocket.socket(family, type, protocol);
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

    /** accept4(2) and connect(2) have no flag for one call, so the open file description is changed, for good. */
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
