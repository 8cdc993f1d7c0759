package dev.uring.runtime.sim;

import dev.uring.ffi.Errno;
import dev.uring.runtime.SocketMessage;
import dev.uring.runtime.Sys;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * System calls that are interrupted, and that move less than was asked for, as often as the dice say. Nothing is made up:
 * whatever is answered, the host has done.
 */
final class FaultySys implements Sys {
    private static final int INTERRUPTED_ONE_IN = 16;
    private static final int SHORT_ONE_IN = 3;

    private final Sys host;
    private final Dice dice;

    FaultySys(Sys host, Dice dice) {
        this.host = host;
        this.dice = dice;
    }

    private boolean interrupted() {
        return dice.oneIn(INTERRUPTED_ONE_IN);
    }

    private int shortened(int lengthBytes) {
        return lengthBytes > 1 && dice.oneIn(SHORT_ONE_IN) ? 1 + dice.below(lengthBytes - 1) : lengthBytes;
    }

    @Override
    public int read(int fd, MemorySegment buffer, int lengthBytes) {
        return interrupted() ? -Errno.EINTR : host.read(fd, buffer, shortened(lengthBytes));
    }

    @Override
    public int write(int fd, MemorySegment buffer, int lengthBytes) {
        return interrupted() ? -Errno.EINTR : host.write(fd, buffer, shortened(lengthBytes));
    }

    @Override
    public int pread(int fd, MemorySegment buffer, int lengthBytes, long offset) {
        return interrupted() ? -Errno.EINTR : host.pread(fd, buffer, shortened(lengthBytes), offset);
    }

    @Override
    public int pwrite(int fd, MemorySegment buffer, int lengthBytes, long offset, int flags) {
        return interrupted() ? -Errno.EINTR : host.pwrite(fd, buffer, shortened(lengthBytes), offset, flags);
    }

    @Override
    public int preadv(int fd, MemorySegment[] pieces, long offset) {
        return interrupted() ? -Errno.EINTR : host.preadv(fd, shortened(pieces), offset);
    }

    @Override
    public int pwritev(int fd, MemorySegment[] pieces, long offset, int flags) {
        return interrupted() ? -Errno.EINTR : host.pwritev(fd, shortened(pieces), offset, flags);
    }

    /** Some of the first pieces, of which the last is cut. */
    private MemorySegment[] shortened(MemorySegment[] pieces) {
        if (pieces.length == 0 || !dice.oneIn(SHORT_ONE_IN)) {
            return pieces;
        }
        MemorySegment[] fewer = Arrays.copyOf(pieces, 1 + dice.below(pieces.length));
        int last = fewer.length - 1;
        fewer[last] = fewer[last].asSlice(0, shortened((int) fewer[last].byteSize()));
        for (MemorySegment each : fewer) {
            if (each.byteSize() > 0) {
                return fewer;
            }
        }
        return pieces; // nothing moved would be an end
    }

    @Override
    public int pipe2(MemorySegment pair, int flags) {
        return host.pipe2(pair, flags);
    }

    @Override
    public int fcntl(int fd, int command, int argument) {
        return host.fcntl(fd, command, argument);
    }

    @Override
    public long lseek(int fd, long offset, int origin) {
        return host.lseek(fd, offset, origin);
    }

    /** Never interrupted: on Linux the number is gone then, and a second try could close a stranger's (close(2)). */
    @Override
    public int close(int fd) {
        return host.close(fd);
    }

    @Override
    public int poll(int fd, int events) {
        return interrupted() ? -Errno.EINTR : host.poll(fd, events);
    }

    @Override
    public int openat(int directory, MemorySegment path, int flags, int mode) {
        return interrupted() ? -Errno.EINTR : host.openat(directory, path, flags, mode);
    }

    @Override
    public int fsync(int fd) {
        return interrupted() ? -Errno.EINTR : host.fsync(fd);
    }

    @Override
    public int fdatasync(int fd) {
        return interrupted() ? -Errno.EINTR : host.fdatasync(fd);
    }

    @Override
    public int openat2(int directory, MemorySegment path, MemorySegment how) {
        return interrupted() ? -Errno.EINTR : host.openat2(directory, path, how);
    }

    @Override
    public int syncFileRange(int fd, long offset, long lengthBytes, int flags) {
        return interrupted() ? -Errno.EINTR : host.syncFileRange(fd, offset, lengthBytes, flags);
    }

    @Override
    public int fallocate(int fd, int mode, long offset, long lengthBytes) {
        return interrupted() ? -Errno.EINTR : host.fallocate(fd, mode, offset, lengthBytes);
    }

    @Override
    public int ftruncate(int fd, long lengthBytes) {
        return interrupted() ? -Errno.EINTR : host.ftruncate(fd, lengthBytes);
    }

    @Override
    public int fadvise(int fd, long offset, long lengthBytes, int advice) {
        return host.fadvise(fd, offset, lengthBytes, advice);
    }

    @Override
    public int statx(int directory, MemorySegment path, int flags, int mask, MemorySegment result) {
        return host.statx(directory, path, flags, mask, result);
    }

    @Override
    public int lock(int fd, int type, long offset, long lengthBytes) {
        return host.lock(fd, type, offset, lengthBytes);
    }

    @Override
    public int copyFileRange(int source, long sourceOffset, int target, long targetOffset, int lengthBytes) {
        return interrupted() ? -Errno.EINTR
                : host.copyFileRange(source, sourceOffset, target, targetOffset, shortened(lengthBytes));
    }

    @Override
    public int splice(int source, long sourceOffset, int target, long targetOffset, int lengthBytes) {
        return interrupted() ? -Errno.EINTR
                : host.splice(source, sourceOffset, target, targetOffset, shortened(lengthBytes));
    }

    @Override
    public int spliceNow(int source, int target, int lengthBytes) {
        return lengthBytes > 0 && interrupted() ? -Errno.EINTR
                : host.spliceNow(source, target, shortened(lengthBytes));
    }

    @Override
    public int unlinkat(int directory, MemorySegment path, int flags) {
        return host.unlinkat(directory, path, flags);
    }

    @Override
    public int renameat(int directory, MemorySegment path, int newDirectory, MemorySegment newPath, int flags) {
        return host.renameat(directory, path, newDirectory, newPath, flags);
    }

    @Override
    public int mkdirat(int directory, MemorySegment path, int mode) {
        return host.mkdirat(directory, path, mode);
    }

    @Override
    public int symlinkat(MemorySegment target, int directory, MemorySegment path) {
        return host.symlinkat(target, directory, path);
    }

    @Override
    public int linkat(int directory, MemorySegment path, int newDirectory, MemorySegment newPath, int flags) {
        return host.linkat(directory, path, newDirectory, newPath, flags);
    }

    @Override
    public int readlinkat(int directory, MemorySegment path, MemorySegment buffer, int lengthBytes) {
        return host.readlinkat(directory, path, buffer, lengthBytes);
    }

    @Override
    public int fchmodat(int directory, MemorySegment path, int mode) {
        return host.fchmodat(directory, path, mode);
    }

    @Override
    public int utimensat(int directory, MemorySegment path, MemorySegment times, int flags) {
        return host.utimensat(directory, path, times, flags);
    }

    @Override
    public int getdents64(int fd, MemorySegment buffer, int lengthBytes) {
        return interrupted() ? -Errno.EINTR : host.getdents64(fd, buffer, lengthBytes);
    }

    @Override
    public int socket(int family, int type, int protocol) {
        return host.socket(family, type, protocol);
    }

    @Override
    public int socketpair(int family, int type, int protocol, MemorySegment pair) {
        return host.socketpair(family, type, protocol, pair);
    }

    @Override
    public int bind(int fd, MemorySegment address, int addressBytes) {
        return host.bind(fd, address, addressBytes);
    }

    @Override
    public int listen(int fd, int backlog) {
        return host.listen(fd, backlog);
    }

    @Override
    public int accept(int fd) {
        return interrupted() ? -Errno.EINTR : host.accept(fd);
    }

    @Override
    public int connect(int fd, MemorySegment address, int addressBytes) {
        return interrupted() ? -Errno.EINTR : host.connect(fd, address, addressBytes);
    }

    @Override
    public int send(int fd, MemorySegment buffer, int lengthBytes, int flags) {
        return interrupted() ? -Errno.EINTR : host.send(fd, buffer, shortened(lengthBytes), flags);
    }

    @Override
    public int receive(int fd, MemorySegment buffer, int lengthBytes, int flags) {
        return interrupted() ? -Errno.EINTR : host.receive(fd, buffer, shortened(lengthBytes), flags);
    }

    @Override
    public int sendmsg(int fd, SocketMessage message, int flags) {
        return interrupted() ? -Errno.EINTR : host.sendmsg(fd, message, flags);
    }

    @Override
    public int recvmsg(int fd, SocketMessage message, int flags) {
        return interrupted() ? -Errno.EINTR : host.recvmsg(fd, message, flags);
    }

    @Override
    public int shutdown(int fd, int how) {
        return host.shutdown(fd, how);
    }

    @Override
    public int getsockname(int fd, MemorySegment address, MemorySegment addressBytes) {
        return host.getsockname(fd, address, addressBytes);
    }

    @Override
    public int getpeername(int fd, MemorySegment address, MemorySegment addressBytes) {
        return host.getpeername(fd, address, addressBytes);
    }

    @Override
    public int setsockopt(int fd, int level, int option, MemorySegment value, int valueBytes) {
        return host.setsockopt(fd, level, option, value, valueBytes);
    }

    @Override
    public int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment valueBytes) {
        return host.getsockopt(fd, level, option, value, valueBytes);
    }
}
