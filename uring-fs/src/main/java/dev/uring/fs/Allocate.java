package dev.uring.fs;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.lang.foreign.MemorySegment;

/**
 * Reserves, zeroes, punches, collapses or inserts a range of a file.
 *
 * <p>Kernel: FALLOCATE, 5.6, io_uring_prep_fallocate(3), fallocate(2). Result: 0. Errors: ENOSPC, EFBIG; EOPNOTSUPP where
 * the file system lacks the mode; EINVAL for a range that is empty or, where blocks are moved, no multiple of them. Memory:
 * none.
 */
public final class Allocate extends FileOp {
    private final int mode;
    private final long offset;
    private final long lengthBytes;

    /**
     * Describes a change of what is reserved.
     *
     * @param mode {@link dev.uring.ffi.AllocateFlag}s; 0 reserves, and grows the file where the range reaches beyond its end
     * @param offset bytes from the start
     * @param lengthBytes more than 0
     */
    public Allocate(Descriptor file, int mode, long offset, long lengthBytes) {
        super(file);
        this.mode = mode;
        this.offset = offset;
        this.lengthBytes = lengthBytes;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.FALLOCATE)) {
            return false;
        }
        sqe.fallocate(fd(), mode, offset, lengthBytes);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.fallocate(fd(), mode, offset, lengthBytes);
    }

    @Override
    protected String operands() {
        return super.operands() + " mode=0x" + Integer.toHexString(mode) + " offset=" + offset + " lengthBytes=" + lengthBytes;
    }
}
