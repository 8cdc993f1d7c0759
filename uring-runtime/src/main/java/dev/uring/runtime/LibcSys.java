package dev.uring.runtime;

import dev.uring.ffi.Libc;
import dev.uring.ffi.LibcFile;
import dev.uring.ffi.PollDescriptor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The system calls of Linux, through the C library. */
public final class LibcSys implements Sys {
    /** The only one: it holds no state. */
    public static final LibcSys INSTANCE = new LibcSys();

    private LibcSys() {
    }

    @Override
    public int read(int fd, MemorySegment buffer, int lengthBytes) {
        return (int) Libc.read(fd, buffer, lengthBytes);
    }

    @Override
    public int write(int fd, MemorySegment buffer, int lengthBytes) {
        return (int) Libc.write(fd, buffer, lengthBytes);
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
}
