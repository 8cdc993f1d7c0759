package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Capability;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/** Reads a stream again and again into provided buffers, up to its end. */
final class Receives extends MultiOp<IoBuffer> {
    private final Descriptor descriptor;
    private final int group;
    /** Bytes that nobody took. */
    final AtomicLong discardedBytes = new AtomicLong();

    Receives(Descriptor descriptor, int group) {
        this.descriptor = descriptor;
        this.group = group;
    }

    int next(IoBuffer into) throws IOException {
        return nextInto(into);
    }

    int poll(IoBuffer into) throws IOException {
        return pollInto(into);
    }

    /** READ_MULTISHOT, 6.7; it takes its buffers from a ring and from nowhere else. */
    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.READ_MULTISHOT) || !kernel.has(Capability.BUFFER_RING)) {
            return false;
        }
        sqe.readMultishot(descriptor.fd(), 0, 0, group);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.READABLE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.read(descriptor.fd(), selected, (int) selected.byteSize());
    }

    @Override
    protected boolean ends(int res) {
        return res <= 0;
    }

    @Override
    protected int bufferGroup() {
        return group;
    }

    @Override
    protected IoBuffer decode(int res, int flags) throws IOException {
        return providedBuffer(res, flags);
    }

    @Override
    protected void discard(int res, int flags) {
        discardedBytes.addAndGet(res);
        discardBuffer(flags);
    }

    @Override
    protected Descriptor descriptor() {
        return descriptor;
    }
}
