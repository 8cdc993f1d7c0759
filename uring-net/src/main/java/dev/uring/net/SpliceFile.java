package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import dev.uring.runtime.UringException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Puts bytes of a file into an empty pipe without a copy; waits for the disk.
 *
 * <p>Kernel: SPLICE, 5.7, io_uring_prep_splice(3), splice(2). Result: bytes moved, fewer than asked for are no error; 0 at the
 * end of the file. Errors: as the manual page says. Memory: none.
 */
final class SpliceFile extends Op<Integer> {
    private static final long NO_OFFSET = -1;

    private final Descriptor file;
    private final Descriptor pipe;
    private long offset;
    private int lengthBytes;

    SpliceFile(Descriptor file, Descriptor pipe) {
        this.file = file;
        this.pipe = pipe;
    }

    /** Names what is to be moved at the next submission. */
    SpliceFile range(long nextOffset, int bytes) {
        offset = nextOffset;
        lengthBytes = bytes;
        return this;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.SPLICE)) {
            return false;
        }
        sqe.splice(file.fd(), offset, pipe.fd(), NO_OFFSET, lengthBytes, 0);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.splice(file.fd(), offset, pipe.fd(), NO_OFFSET, lengthBytes);
    }

    @Override
    protected Integer decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return res;
    }

    @Override
    protected Descriptor descriptor() {
        return file;
    }

    @Override
    protected Descriptor otherDescriptor() {
        return pipe;
    }

    @Override
    protected IOException failure(int errno) {
        return new UringException(operation(), operands(), errno);
    }

    @Override
    protected String operation() {
        return "splice";
    }

    @Override
    protected String operands() {
        return "fd=" + file.fd() + " offset=" + offset + " targetFd=" + pipe.fd() + " lengthBytes=" + lengthBytes;
    }
}
