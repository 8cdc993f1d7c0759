package dev.uring.fs;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.RequestFlag;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.lang.foreign.MemorySegment;

/**
 * Makes what was written to a file durable. Covers writes that have completed; one still in flight may be missed.
 *
 * <p>Kernel: FSYNC, 5.1, io_uring_prep_fsync(3), fsync(2), fdatasync(2). Result: 0. Errors: EIO, ENOSPC, EDQUOT from
 * writes that failed in the background; EINVAL where the descriptor cannot be synced. Memory: none.
 */
public final class Fsync extends FileOp {
    private final boolean dataOnly;

    /**
     * Describes a sync.
     *
     * @param dataOnly leaves out metadata that reading the data does not need, such as times
     */
    public Fsync(Descriptor file, boolean dataOnly) {
        super(file);
        this.dataOnly = dataOnly;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.FSYNC)) {
            return false;
        }
        sqe.fsync(fd(), dataOnly ? RequestFlag.FSYNC_DATASYNC : 0);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return dataOnly ? sys.fdatasync(fd()) : sys.fsync(fd());
    }

    @Override
    protected String operation() {
        return dataOnly ? "fdatasync" : "fsync";
    }
}
