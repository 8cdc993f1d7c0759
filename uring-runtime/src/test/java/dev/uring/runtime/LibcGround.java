package dev.uring.runtime;

import dev.uring.ffi.Errno;
import dev.uring.ffi.Libc;
import dev.uring.ffi.LibcFile;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.PollFlag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Descriptors of the kernel. */
public final class LibcGround implements Ground {
    private static final int PIPE_BUF = 4096;
    private static final int MISSING = 1 << 20;

    private final boolean nonBlocking;

    /**
     * Says how pipes are opened.
     *
     * @param nonBlocking whether with O_NONBLOCK
     */
    public LibcGround(boolean nonBlocking) {
        this.nonBlocking = nonBlocking;
    }

    @Override
    public int[] pipe() {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment pair = scope.allocate(ValueLayout.JAVA_INT, 2);
            int result = Libc.pipe2(pair, OpenFlag.CLOSE_ON_EXEC | (nonBlocking ? OpenFlag.NON_BLOCKING : 0));
            if (result < 0) {
                throw new IllegalStateException("pipe2 failed: errno=" + -result);
            }
            return new int[] {pair.getAtIndex(ValueLayout.JAVA_INT, 0), pair.getAtIndex(ValueLayout.JAVA_INT, 1)};
        }
    }

    @Override
    public int file(byte[] content) {
        try {
            Path path = Files.createTempFile("uring-contract", null);
            try {
                Files.write(path, content);
                return open(path, OpenFlag.READ_WRITE);
            } finally {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int directory() {
        return open(Path.of("/"), OpenFlag.READ_ONLY | OpenFlag.DIRECTORY);
    }

    private static int open(Path path, int flags) {
        try (Arena scope = Arena.ofConfined()) {
            int fd = LibcFile.openat(PathFlag.CURRENT_DIRECTORY, scope.allocateFrom(path.toString()),
                    flags | OpenFlag.CLOSE_ON_EXEC, 0);
            if (fd < 0) {
                throw new IllegalStateException("openat failed: path=" + path + " errno=" + -fd);
            }
            return fd;
        }
    }

    @Override
    public int missing() {
        return MISSING;
    }

    @Override
    public int read(int fd, byte[] into) {
        if (LibcSys.INSTANCE.poll(fd, PollFlag.READABLE) == 0) {
            return -Errno.EAGAIN;
        }
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment memory = scope.allocate(into.length);
            int result = LibcSys.INSTANCE.read(fd, memory, into.length);
            if (result > 0) {
                MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, 0, into, 0, result);
            }
            return result;
        }
    }

    @Override
    public int write(int fd, byte[] bytes, int from) {
        if (LibcSys.INSTANCE.poll(fd, PollFlag.WRITABLE) == 0) {
            return -Errno.EAGAIN;
        }
        int length = Math.min(bytes.length - from, PIPE_BUF);
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment memory = scope.allocate(Math.max(length, 1));
            MemorySegment.copy(bytes, from, memory, ValueLayout.JAVA_BYTE, 0, length);
            return LibcSys.INSTANCE.write(fd, memory, length);
        }
    }

    /** The kernel's name of a pipe carries its inode, that of a nameless file its random path. */
    @Override
    public Object identity(int fd) {
        try {
            return List.of(Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString(),
                    Files.readString(Path.of("/proc/self/fdinfo/" + fd)).lines().filter(line -> line.startsWith("flags"))
                            .toList());
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int pipeBytes() {
        return 65536;
    }

    @Override
    public void close() {
        // Whoever wrapped a number closes it.
    }

    @Override
    public String toString() {
        return nonBlocking ? "non-blocking pipes" : "blocking pipes";
    }
}
