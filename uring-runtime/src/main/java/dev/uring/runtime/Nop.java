package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Does nothing, through the whole way that an operation takes; for measuring and testing.
 *
 * <p>Kernel: NOP, 5.1, io_uring_prep_nop(3). Result: 0. Errors: none. Memory: none.
 */
public final class Nop extends Op<Void> {
    /** Describes a no-op; nothing is queued yet. */
    public Nop() {
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.NOP)) {
            return false;
        }
        sqe.nop();
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.IMMEDIATE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return 0;
    }

    @Override
    protected Void decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return null;
    }
}
