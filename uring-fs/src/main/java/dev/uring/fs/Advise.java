package dev.uring.fs;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.lang.foreign.MemorySegment;

/**
 * Tells the kernel how a range will be used, so that it reads ahead, or drops what it has cached.
 *
 * <p>Kernel: FADVISE, 5.6, io_uring_prep_fadvise(3), posix_fadvise(2). Result: 0. Errors: EINVAL for advice that it does not
 * know; ESPIPE for what is no file. Memory: none. Ranges of 4 GiB and more are told by the system call, since older kernels
 * lack the field.
 */
public final class Advise extends FileOp {
    private final long offset;
    private final long lengthBytes;
    private final int advice;

    /**
     * Describes advice.
     *
     * @param offset bytes from the start
     * @param lengthBytes 0 is to the end
     * @param advice one of {@link dev.uring.ffi.FileAdvice}
     */
    public Advise(Descriptor file, long offset, long lengthBytes, int advice) {
        super(file);
        this.offset = offset;
        this.lengthBytes = lengthBytes;
        this.advice = advice;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.FADVISE) || lengthBytes >>> Integer.SIZE != 0) {
            return false;
        }
        sqe.fadvise(fd(), offset, lengthBytes, advice);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.fadvise(fd(), offset, lengthBytes, advice);
    }

    @Override
    protected String operands() {
        return super.operands() + " offset=" + offset + " lengthBytes=" + lengthBytes + " advice=" + advice;
    }
}
