package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import java.lang.foreign.MemorySegment;

/**
 * Reads from a descriptor into a buffer, at an offset of a file or from a stream; sets the buffer's length.
 *
 * <p>Kernel: READ, 5.6, io_uring_prep_read(3), read(2), pread(2). With a buffer of a registered pool: READ_FIXED, 5.1.
 * Result: bytes moved, 0 to the length asked for; 0 is the end. Errors: as the manual pages say. Memory: the buffer is
 * the kernel's until the terminal result. Without the opcode, a stream is read when it is readable, and never blocks the
 * worker whatever the descriptor's mode ({@link Sys#read}). An offset in a stream is ignored with the opcode, and ESPIPE
 * without.
 */
public final class Read extends BufferOp {
    /** The offset of a read that has none: a stream, or the file's own position. */
    public static final long NO_OFFSET = -1;

    private long offset;
    private boolean byCall;

    /**
     * Describes a read at an offset.
     *
     * @param offset bytes from the start of the file, or {@link #NO_OFFSET}
     */
    public Read(Descriptor descriptor, IoBuffer buffer, long offset) {
        super(descriptor, buffer);
        this.offset = requireOffset(offset);
    }

    private static long requireOffset(long offset) {
        if (offset < NO_OFFSET) {
            throw new IllegalArgumentException("offset must not be negative: offset=" + offset);
        }
        return offset;
    }

    /**
     * Describes another read, for the next submission, so that one object serves many.
     *
     * @throws IllegalStateException when the operation is under way; await it first
     */
    public void reset(Descriptor descriptor, IoBuffer buffer, long offset) {
        retarget(descriptor, buffer);
        this.offset = requireOffset(offset);
    }

    /**
     * Has a short read gone on from, so that the buffer is filled or the operation fails with EOFException; before the
     * submission.
     */
    public Read whole() {
        beWhole();
        return this;
    }

    /**
     * Has the system call made on a thread of the blocking pool, whatever the kernel's ring could do; before the submission.
     */
    public Read onBlockingPool() {
        byCall = true;
        return this;
    }

    private long offset() {
        return offset == NO_OFFSET ? NO_OFFSET : offset + bytesBefore();
    }

    @Override
    protected boolean fills() {
        return true;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.READ) || byCall) {
            return false;
        }
        int registered = registeredIndex();
        if (registered >= 0 && kernel.supports(Opcode.READ_FIXED)) {
            sqe.readFixed(descriptor().fd(), memory(), lengthBytes(), offset(), registered);
        } else {
            sqe.read(descriptor().fd(), memory(), lengthBytes(), offset());
        }
        return true;
    }

    @Override
    protected Readiness readiness() {
        return offset == NO_OFFSET && !byCall ? Readiness.READABLE : Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return offset == NO_OFFSET
                ? sys.read(descriptor().fd(), memory(), lengthBytes())
                : sys.pread(descriptor().fd(), memory(), lengthBytes(), offset());
    }

    @Override
    protected String operands() {
        return super.operands() + (offset == NO_OFFSET ? "" : " offset=" + offset);
    }
}
