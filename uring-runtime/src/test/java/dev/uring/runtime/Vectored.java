package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** A transfer of several buffers, by opcode or by system call. */
final class Vectored extends VectoredOp {
    private final boolean fills;
    private final boolean attempted;
    private final long offset;

    private Vectored(Descriptor descriptor, List<IoBuffer> buffers, long offset, boolean fills, boolean attempted) {
        super(descriptor, buffers);
        this.offset = offset;
        this.fills = fills;
        this.attempted = attempted;
    }

    static Vectored read(Descriptor descriptor, List<IoBuffer> buffers, long offset, boolean attempted) {
        return new Vectored(descriptor, buffers, offset, true, attempted);
    }

    static Vectored write(Descriptor descriptor, List<IoBuffer> buffers, long offset, boolean attempted) {
        return new Vectored(descriptor, buffers, offset, false, attempted);
    }

    @Override
    protected boolean fills() {
        return fills;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (attempted || !kernel.supports(fills ? Opcode.READV : Opcode.WRITEV)) {
            return false;
        }
        MemorySegment[] pieces = pieces();
        if (fills) {
            sqe.readv(descriptor().fd(), vectors(pieces), pieces.length, offset + bytesBefore());
        } else {
            sqe.writev(descriptor().fd(), vectors(pieces), pieces.length, offset + bytesBefore());
        }
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return fills ? sys.preadv(descriptor().fd(), pieces(), offset + bytesBefore())
                : sys.pwritev(descriptor().fd(), pieces(), offset + bytesBefore(), 0);
    }

    @Override
    protected String operation() {
        return fills ? "readv" : "writev";
    }
}
