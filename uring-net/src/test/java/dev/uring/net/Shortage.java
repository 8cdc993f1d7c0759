package dev.uring.net;

import dev.uring.ffi.Libc;
import dev.uring.ffi.LibcProcess;
import dev.uring.ffi.LibcSocket;
import dev.uring.ffi.ResourceLimit;
import dev.uring.ffi.SocketConstant;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Takes the last free descriptor of the process, and gives all back. The limit is low from the beginning on, since an accept
 * on a ring goes by the limit at the time of its start. Whatever is needed in between must be loaded and open before.
 */
final class Shortage implements AutoCloseable {
    private static final int SPARE = 64;

    private final long limitBefore;
    private final List<Integer> fillers = new ArrayList<>();

    Shortage() throws IOException {
        long highest;
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            highest = open.mapToLong(each -> Long.parseLong(each.getFileName().toString())).max().orElseThrow();
        }
        limitBefore = limit(highest + 1 + SPARE);
    }

    /** From now on there is none. */
    void begin() {
        int filler;
        while ((filler = LibcSocket.socket(SocketConstant.FAMILY_UNIX, SocketConstant.STREAM, 0)) >= 0) {
            fillers.add(filler);
        }
    }

    private static long limit(long wanted) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment limit = scope.allocate(ResourceLimit.SIZE, Long.BYTES);
            if (LibcProcess.getrlimit(ResourceLimit.OPEN_FILES, limit) < 0) {
                throw new AssertionError("getrlimit failed");
            }
            long before = ResourceLimit.soft(limit);
            ResourceLimit.soft(limit, wanted);
            if (LibcProcess.setrlimit(ResourceLimit.OPEN_FILES, limit) < 0) {
                throw new AssertionError("setrlimit failed: wanted=" + wanted);
            }
            return before;
        }
    }

    /** There are some again. */
    void end() {
        fillers.forEach(Libc::close);
        fillers.clear();
    }

    @Override
    public void close() {
        end();
        limit(limitBefore);
    }
}
