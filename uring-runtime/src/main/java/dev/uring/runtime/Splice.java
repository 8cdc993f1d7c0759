package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Moves bytes between a pipe and another descriptor without a copy through the process; waits for the other side.
 *
 * <p>Kernel: SPLICE, 5.7, io_uring_prep_splice(3), splice(2). Result: bytes moved, fewer than asked for are no error; 0 at the
 * end of the source. Errors: as the manual page says; EINVAL when neither is a pipe; with the opcode, EAGAIN where a pipe that
 * does not block has nothing. Memory: none.
 */
public final class Splice extends Op<Integer> {
    /** The offset of a pipe, and of a file that is used at its own position. */
    public static final long NO_OFFSET = -1;

    private final Descriptor source;
    private final long sourceOffset;
    private final Descriptor target;
    private final long targetOffset;
    private final int lengthBytes;

    /**
     * Describes a move.
     *
     * @param sourceOffset bytes from the start, or {@link #NO_OFFSET}
     * @param targetOffset the same of the target
     * @param lengthBytes 1 to 0x7ffff000
     */
    public Splice(Descriptor source, long sourceOffset, Descriptor target, long targetOffset, int lengthBytes) {
        this.source = source;
        this.sourceOffset = sourceOffset;
        this.target = target;
        this.targetOffset = targetOffset;
        this.lengthBytes = lengthBytes;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.SPLICE)) {
            return false;
        }
        sqe.splice(source.fd(), sourceOffset, target.fd(), targetOffset, lengthBytes, 0);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.splice(source.fd(), sourceOffset, target.fd(), targetOffset, lengthBytes);
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
        return source;
    }

    @Override
    protected Descriptor otherDescriptor() {
        return target;
    }

    @Override
    protected IOException failure(int errno) {
        return new UringException(operation(), operands(), errno);
    }

    @Override
    protected String operands() {
        return "fd=" + source.fd() + " offset=" + sourceOffset + " targetFd=" + target.fd() + " targetOffset="
                + targetOffset + " lengthBytes=" + lengthBytes;
    }
}
