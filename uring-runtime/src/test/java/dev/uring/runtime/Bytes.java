package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Sqe;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicLong;

/** Reads a stream byte by byte, each byte a result, without provided buffers and without an opcode of any kernel. */
final class Bytes extends MultiOp<Integer> {
    /** The result that stands for the end of the stream. */
    private static final int END = 256;

    private final Descriptor descriptor;
    private final MemorySegment one = Arena.ofAuto().allocate(1);
    /** Bytes that nobody took. */
    final AtomicLong discardedBytes = new AtomicLong();

    Bytes(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        return false;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.READABLE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        int result = sys.read(descriptor.fd(), one, 1);
        return result == 0 ? END : result < 0 ? result : one.get(ValueLayout.JAVA_BYTE, 0) & 0xff;
    }

    @Override
    protected boolean ends(int res) {
        return res < 0 || res == END;
    }

    @Override
    protected Integer decode(int res, int flags) throws IOException {
        return res;
    }

    @Override
    protected void discard(int res, int flags) {
        discardedBytes.incrementAndGet();
    }

    @Override
    protected Descriptor descriptor() {
        return descriptor;
    }
}
