package dev.uring.fs;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.lang.foreign.MemorySegment;

/**
 * Starts the writing of a range to the device, or waits for it. It makes nothing durable: neither the metadata that reading
 * the range needs nor what the device keeps in a cache of its own.
 *
 * <p>Kernel: SYNC_FILE_RANGE, 5.2, io_uring_prep_sync_file_range(3), sync_file_range(2). Result: 0. Errors: EIO, ENOSPC;
 * EINVAL for a range that does not fit; ESPIPE for what is no file. Memory: none.
 */
public final class SyncRange extends FileOp {
    private final long offset;
    private final long lengthBytes;
    private final int flags;

    /**
     * Describes a write-back.
     *
     * @param offset bytes from the start
     * @param lengthBytes 0 is to the end
     * @param flags steps of {@link dev.uring.ffi.SyncRangeFlag}
     */
    public SyncRange(Descriptor file, long offset, long lengthBytes, int flags) {
        super(file);
        this.offset = offset;
        this.lengthBytes = lengthBytes;
        this.flags = flags;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.SYNC_FILE_RANGE) || lengthBytes >>> Integer.SIZE != 0) {
            return false;
        }
        sqe.syncFileRange(fd(), offset, (int) lengthBytes, flags);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.syncFileRange(fd(), offset, lengthBytes, flags);
    }

    @Override
    protected String operands() {
        return super.operands() + " offset=" + offset + " lengthBytes=" + lengthBytes + " flags=0x"
                + Integer.toHexString(flags);
    }
}
