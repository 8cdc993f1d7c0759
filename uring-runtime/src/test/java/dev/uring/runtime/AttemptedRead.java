package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Sqe;
import java.lang.foreign.MemorySegment;

/** A read that no kernel has an opcode for: it waits for what the test says and reads by system call. */
final class AttemptedRead extends BufferOp {
    private final Readiness readiness;

    AttemptedRead(Descriptor descriptor, IoBuffer buffer, Readiness readiness) {
        super(descriptor, buffer);
        this.readiness = readiness;
    }

    @Override
    protected boolean fills() {
        return true;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        return false;
    }

    @Override
    protected Readiness readiness() {
        return readiness;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.read(descriptor().fd(), buffer().memory(), lengthBytes());
    }
}
