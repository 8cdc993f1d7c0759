package dev.uring.runtime;

import dev.uring.runtime.sim.MemorySys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Descriptors of a host in memory. */
public final class MemoryGround implements Ground {
    private final MemorySys host = new MemorySys();

    /** Answers the host, for the driver. */
    public MemorySys host() {
        return host;
    }

    @Override
    public int[] pipe() {
        return host.pipe();
    }

    @Override
    public int[] connection() {
        return host.pipe();
    }

    @Override
    public int file(byte[] content) {
        return host.file(content);
    }

    @Override
    public int directory() {
        return host.directory();
    }

    @Override
    public int missing() {
        return MemorySys.FIRST * 2;
    }

    @Override
    public int read(int fd, byte[] into) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment memory = scope.allocate(into.length);
            int result = host.read(fd, memory, into.length);
            if (result > 0) {
                MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, 0, into, 0, result);
            }
            return result;
        }
    }

    @Override
    public int write(int fd, byte[] bytes, int from) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment memory = scope.allocate(Math.max(bytes.length - from, 1));
            MemorySegment.copy(bytes, from, memory, ValueLayout.JAVA_BYTE, 0, bytes.length - from);
            return host.write(fd, memory, bytes.length - from);
        }
    }

    @Override
    public Object identity(int fd) {
        return host.identity(fd);
    }

    @Override
    public int pipeBytes() {
        return MemorySys.PIPE_BYTES;
    }

    @Override
    public void close() {
        if (host.count() != 0) {
            throw new AssertionError("the host in memory still has open numbers: count=" + host.count());
        }
    }

    @Override
    public String toString() {
        return "host in memory";
    }
}
