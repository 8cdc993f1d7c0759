package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.CqeFlag;
import dev.uring.ffi.MessageFlag;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import java.lang.foreign.MemorySegment;

/** A send that may keep its buffer longer than it takes to answer; without the opcode, a write. */
final class ZeroCopySend extends BufferOp {
    ZeroCopySend(Descriptor descriptor, IoBuffer buffer) {
        super(descriptor, buffer);
    }

    @Override
    protected boolean fills() {
        return false;
    }

    @Override
    protected boolean isZeroCopy() {
        return true;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.SEND_ZC)) {
            return false;
        }
        sqe.sendZeroCopy(descriptor().fd(), memory(), lengthBytes(), MessageFlag.NO_SIGNAL, 0);
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

    /** Whether the result that is out said that a notification follows; false where the driver copies. */
    boolean hasNotification() {
        return (flags & CqeFlag.MORE) != 0;
    }
}
