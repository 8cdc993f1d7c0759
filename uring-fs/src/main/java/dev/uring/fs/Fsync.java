package dev.uring.fs;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.RequestFlag;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Makes what was written to a file durable. Covers writes that have completed; one still in flight may be missed.
 *
 * <p>Kernel: FSYNC, 5.1, io_uring_prep_fsync(3), fsync(2), fdatasync(2). Result: 0. Errors: EIO, ENOSPC, EDQUOT from
 * writes that failed in the background; EINVAL where the descriptor cannot be synced. Memory: none.
 */
public final class Fsync extends Op<Void> {
    private final Descriptor file;
    private final boolean dataOnly;

    /**
     * Describes a sync.
     *
     * @param dataOnly leaves out metadata that reading the data does not need, such as times
     */
    public Fsync(Descriptor file, boolean dataOnly) {
        this.file = file;
        this.dataOnly = dataOnly;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.FSYNC)) {
            return false;
        }
        sqe.fsync(file.fd(), dataOnly ? RequestFlag.FSYNC_DATASYNC : 0);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return dataOnly ? sys.fdatasync(file.fd()) : sys.fsync(file.fd());
    }

    @Override
    protected Void decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return null;
    }

    @Override
    protected Descriptor descriptor() {
        return file;
    }

    @Override
    protected String operation() {
        return dataOnly ? "fdatasync" : "fsync";
    }

    @Override
    protected String operands() {
        return "fd=" + file.fd();
    }
}
