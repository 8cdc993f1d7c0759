package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import java.lang.foreign.MemorySegment;

/**
 * Writes a buffer's bytes, up to its length, to a descriptor, at an offset of a file or to a stream.
 *
 * <p>Kernel: WRITE, 5.6, io_uring_prep_write(3), write(2), pwrite(2). With a buffer of a registered pool: WRITE_FIXED, 5.1.
 * Result: bytes moved, 0 to the length asked for; fewer is not an error. Errors: as the manual pages say. Memory: the buffer is
 * the kernel's until the terminal result. Without the opcode, a stream takes what it has room for, even where its
 * descriptor blocks and the kernel would wait to write all of it ({@link Sys#write}). An offset in a stream is ignored
 * with the opcode, and ESPIPE without.
 */
public final class Write extends BufferOp {
    /** The offset of a write that has none: a stream, or the file's own position. */
    public static final long NO_OFFSET = -1;

    private long offset;
    private boolean byCall;
    private int flags;

    /**
     * Describes a write at an offset.
     *
     * @param offset bytes from the start of the file, or {@link #NO_OFFSET}
     */
    public Write(Descriptor descriptor, IoBuffer buffer, long offset) {
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
     * Describes another write, for the next submission, so that one object serves many.
     *
     * @throws IllegalStateException when the operation is under way; await it first
     */
    public void reset(Descriptor descriptor, IoBuffer buffer, long offset) {
        retarget(descriptor, buffer);
        this.offset = requireOffset(offset);
    }

    /** Has a short write gone on from, so that all is written or the operation fails; before the submission. */
    public Write whole() {
        beWhole();
        return this;
    }

    /**
     * Sets how it is written, by {@link dev.uring.ffi.ReadWriteFlag}s such as DATA_SYNC; before the submission. What they
     * ask for holds for each part of a {@link #whole} write.
     */
    public Write flags(int flags) {
        this.flags = flags;
        return this;
    }

    /**
     * Has the system call made on a thread of the blocking pool, whatever the kernel's ring could do; before the submission.
     */
    public Write onBlockingPool() {
        byCall = true;
        return this;
    }

    private long offset() {
        return offset == NO_OFFSET ? NO_OFFSET : offset + bytesBefore();
    }

    @Override
    protected boolean fills() {
        return false;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.WRITE) || byCall) {
            return false;
        }
        int registered = registeredIndex();
        if (registered >= 0 && kernel.supports(Opcode.WRITE_FIXED)) {
            sqe.writeFixed(descriptor().fd(), memory(), lengthBytes(), offset(), registered);
        } else {
            sqe.write(descriptor().fd(), memory(), lengthBytes(), offset());
        }
        if (flags != 0) {
            sqe.operationFlags(flags);
        }
        return true;
    }

    @Override
    protected Readiness readiness() {
        return offset == NO_OFFSET && flags == 0 && !byCall ? Readiness.WRITABLE : Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return offset == NO_OFFSET && flags == 0
                ? sys.write(descriptor().fd(), memory(), lengthBytes())
                : sys.pwrite(descriptor().fd(), memory(), lengthBytes(), offset(), flags);
    }

    @Override
    protected String operands() {
        return super.operands() + (offset == NO_OFFSET ? "" : " offset=" + offset)
                + (flags == 0 ? "" : " flags=0x" + Integer.toHexString(flags));
    }
}
