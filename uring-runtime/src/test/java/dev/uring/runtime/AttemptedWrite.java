package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Sqe;
import java.lang.foreign.MemorySegment;

/** A write that no kernel has an opcode for. */
final class AttemptedWrite extends BufferOp {
    AttemptedWrite(Descriptor descriptor, IoBuffer buffer) {
        super(descriptor, buffer);
    }

    @Override
    protected boolean fills() {
        return false;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        return false;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.WRITABLE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.write(descriptor().fd(), buffer().memory(), lengthBytes());
    }
}
