package dev.uring.runtime.sim;

import dev.uring.ffi.Errno;
import dev.uring.ffi.PollFlag;
import dev.uring.runtime.Sys;
import java.lang.foreign.MemorySegment;

/**
 * System calls that do not wait even on a descriptor that would: a read or write of a stream looks first. One thread
 * at a time, since a second reader could take the bytes between the look and the read.
 */
final class ProbingSys implements Sys {
    /** A pipe that is writable has room for this much (pipe(7), PIPE_BUF). */
    private static final int WRITE_BYTES_MAX = 4096;

    private final Sys host;
    /** The host without faults. */
    private final Sys probe;

    ProbingSys(Sys host, Sys probe) {
        this.host = host;
        this.probe = probe;
    }

    @Override
    public int read(int fd, MemorySegment buffer, int lengthBytes) {
        return isReady(fd, PollFlag.READABLE) ? host.read(fd, buffer, lengthBytes) : -Errno.EAGAIN;
    }

    private boolean isReady(int fd, int event) {
        return probe.poll(fd, event) != 0;
    }

    @Override
    public int write(int fd, MemorySegment buffer, int lengthBytes) {
        return isReady(fd, PollFlag.WRITABLE) ? host.write(fd, buffer, Math.min(lengthBytes, WRITE_BYTES_MAX))
                : -Errno.EAGAIN;
    }

    @Override
    public int pread(int fd, MemorySegment buffer, int lengthBytes, long offset) {
        return host.pread(fd, buffer, lengthBytes, offset);
    }

    @Override
    public int pwrite(int fd, MemorySegment buffer, int lengthBytes, long offset) {
        return host.pwrite(fd, buffer, lengthBytes, offset);
    }

    @Override
    public int close(int fd) {
        return host.close(fd);
    }

    @Override
    public int poll(int fd, int events) {
        return host.poll(fd, events);
    }

    @Override
    public int openat(int directory, MemorySegment path, int flags, int mode) {
        return host.openat(directory, path, flags, mode);
    }

    @Override
    public int fsync(int fd) {
        return host.fsync(fd);
    }

    @Override
    public int fdatasync(int fd) {
        return host.fdatasync(fd);
    }
}
