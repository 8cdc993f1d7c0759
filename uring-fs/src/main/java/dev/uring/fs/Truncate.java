package dev.uring.fs;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.lang.foreign.MemorySegment;

/**
 * Sets the size of a file: what is beyond is lost, what is new reads as zeros.
 *
 * <p>Kernel: FTRUNCATE, 6.9, io_uring_prep_ftruncate(3), ftruncate(2). Result: 0. Errors: EFBIG; EINVAL where the file is not
 * open for writing or is no file; EPERM where the file system cannot. Memory: none.
 */
public final class Truncate extends FileOp {
    private final long size;

    /**
     * Describes a new size.
     *
     * @param size bytes, not negative
     */
    public Truncate(Descriptor file, long size) {
        super(file);
        this.size = size;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.FTRUNCATE)) {
            return false;
        }
        sqe.ftruncate(fd(), size);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.ftruncate(fd(), size);
    }

    @Override
    protected String operands() {
        return super.operands() + " size=" + size;
    }
}
