package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import java.lang.foreign.MemorySegment;

/** Writes a queue of buffers to a stream. */
final class QueuedWrites extends BufferQueueOp {
    QueuedWrites(Descriptor descriptor) {
        super(descriptor);
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.WRITE)) {
            return false;
        }
        sqe.write(descriptor().fd(), memory(), lengthBytes(), Write.NO_OFFSET);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.WRITABLE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.write(descriptor().fd(), memory(), lengthBytes());
    }
}
