package dev.uring.fs;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Copies from one file to another inside the kernel; where the file system can, both then share the blocks.
 *
 * <p>Kernel: none, -, copy_file_range(2). Result: bytes copied, fewer than asked for are no error; 0 at the end of the source.
 * Errors: EXDEV, EINVAL, EOPNOTSUPP where these two files cannot be copied so; ENOSPC, EFBIG. Memory: none.
 */
public final class CopyRange extends Op<Integer> {
    private final AsyncFile source;
    private final long sourceOffset;
    private final AsyncFile target;
    private final long targetOffset;
    private final int lengthBytes;

    /**
     * Describes a copy.
     *
     * @param lengthBytes 1 to 0x7ffff000
     */
    public CopyRange(AsyncFile source, long sourceOffset, AsyncFile target, long targetOffset, int lengthBytes) {
        this.source = source;
        this.sourceOffset = AsyncFile.requireOffset(sourceOffset);
        this.target = target;
        this.targetOffset = AsyncFile.requireOffset(targetOffset);
        if (lengthBytes < 1) {
            throw new IllegalArgumentException("lengthBytes must be positive: lengthBytes=" + lengthBytes);
        }
        this.lengthBytes = lengthBytes;
    }

    /** The kernel has no opcode for it. */
    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        return false;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.copyFileRange(source.fd(), sourceOffset, target.fd(), targetOffset, lengthBytes);
    }

    @Override
    protected Integer decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return res;
    }

    @Override
    protected AsyncFile descriptor() {
        return source;
    }

    @Override
    protected AsyncFile otherDescriptor() {
        return target;
    }

    @Override
    protected IOException failure(int errno) {
        return source.failure(operation(), operands(), errno);
    }

    @Override
    protected String operation() {
        return "copy_file_range";
    }

    @Override
    protected String operands() {
        return "fd=" + source.fd() + " offset=" + sourceOffset + " target=" + target.path() + " targetFd=" + target.fd()
                + " targetOffset=" + targetOffset + " lengthBytes=" + lengthBytes;
    }
}
