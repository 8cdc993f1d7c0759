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
 * Reads from a file into several buffers, in order; sets their lengths. Ends early at the end of the file.
 *
 * <p>Kernel: READV, 5.1, io_uring_prep_readv(3), preadv(2). Result: bytes moved; a total beyond 0x7ffff000 bytes or
 * 1024 buffers takes several requests. Errors: as the manual pages say. Memory: the buffers are the kernel's until the
 * terminal result, and the vectors are held here.
 */
public final class ReadVectored extends VectoredOp {
    private final long offset;

    /**
     * Describes a transfer.
     *
     * @param buffers at least one, each once
     * @param offset bytes from the start of the file, not negative
     */
    public ReadVectored(Descriptor file, List<IoBuffer> buffers, long offset) {
        super(file, buffers);
        this.offset = AsyncFile.requireOffset(offset);
    }

    @Override
    protected boolean fills() {
        return true;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.READV)) {
            return false;
        }
        MemorySegment[] pieces = pieces();
        sqe.readv(descriptor().fd(), vectors(pieces), pieces.length, offset + bytesBefore());
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.preadv(descriptor().fd(), pieces(), offset + bytesBefore());
    }

    @Override
    protected String operation() {
        return "readv";
    }

    @Override
    protected String operands() {
        return super.operands() + " offset=" + offset;
    }
}
