package dev.uring.fs;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import dev.uring.runtime.VectoredOp;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Writes several buffers, up to their lengths and in order, to a file: all of them, or it fails.
 *
 * <p>Kernel: WRITEV, 5.1, io_uring_prep_writev(3), pwritev(2). Result: bytes moved; a total beyond 0x7ffff000 bytes or
 * 1024 buffers takes several requests. Errors: as the manual pages say. Memory: the buffers are the kernel's until the
 * terminal result, and the vectors are held here.
 */
public final class WriteVectored extends VectoredOp {
    private final long offset;

    /**
     * Describes a transfer.
     *
     * @param buffers at least one, each once
     * @param offset bytes from the start of the file, not negative
     */
    public WriteVectored(Descriptor file, List<IoBuffer> buffers, long offset) {
        super(file, buffers);
        this.offset = AsyncFile.requireOffset(offset);
    }

    @Override
    protected boolean fills() {
        return false;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.WRITEV)) {
            return false;
        }
        MemorySegment[] pieces = pieces();
        sqe.writev(descriptor().fd(), vectors(pieces), pieces.length, offset + bytesBefore());
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.pwritev(descriptor().fd(), pieces(), offset + bytesBefore(), 0);
    }

    @Override
    protected String operation() {
        return "writev";
    }

    @Override
    protected String operands() {
        return super.operands() + " offset=" + offset;
    }
}
