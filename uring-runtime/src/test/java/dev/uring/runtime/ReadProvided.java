package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Capability;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.ffi.SqeFlag;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Reads a stream once, into a provided buffer; null at the end. */
final class ReadProvided extends Op<IoBuffer> {
    private final Descriptor descriptor;
    private final int group;

    ReadProvided(Descriptor descriptor, int group) {
        this.descriptor = descriptor;
        this.group = group;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.READ) || !kernel.has(Capability.BUFFER_RING)) {
            return false;
        }
        sqe.read(descriptor.fd(), MemorySegment.NULL, ProvidedBuffers.bufferBytes(group), Read.NO_OFFSET)
                .flags(SqeFlag.BUFFER_SELECT).bufferGroup(group);
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
    protected int bufferGroup() {
        return group;
    }

    @Override
    protected IoBuffer decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        if (res == 0) {
            discardBuffer(flags);
            return null;
        }
        return providedBuffer(res, flags);
    }

    @Override
    protected void discard(int res, int flags) {
        discardBuffer(flags);
    }

    @Override
    protected Descriptor descriptor() {
        return descriptor;
    }
}
