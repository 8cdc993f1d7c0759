package dev.uring.runtime;

import dev.uring.ffi.Errno;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CancellationException;

/** An operation that moves one buffer: into the kernel's hands at submission, back with the result. */
public abstract class BufferOp extends Op<BufResult> {
    private Descriptor descriptor;
    private IoBuffer buffer;
    /** The last result, answered again when the next one is equal, so that a reused operation allocates nothing. */
    private BufResult last;
    /** Whether a short result is gone on from; set before the first submission. */
    private boolean wholly;
    /** Bytes asked for, as of the submission: the buffer may be the caller's again, and changed, before the result is taken. */
    private int wholeBytes;
    /** How many bytes of this submission have moved; by the worker. */
    private int done;

    /**
     * Names the operands; nothing is queued yet.
     *
     * @param descriptor what is read from or written to
     * @param buffer what moves
     */
    protected BufferOp(Descriptor descriptor, IoBuffer buffer) {
        this.descriptor = descriptor;
        this.buffer = buffer;
        wholeBytes = buffer.lengthInFlight(); // for messages about an operation that was never submitted
    }

    /**
     * Names other operands, for the next submission.
     *
     * @throws IllegalStateException when the operation is under way
     */
    protected final void retarget(Descriptor descriptor, IoBuffer buffer) {
        if (isUnderWay()) {
            throw new IllegalStateException(operation() + " cannot be changed: it is under way");
        }
        this.descriptor = descriptor;
        this.buffer = buffer;
    }

    @Override
    final int outcome() {
        int last = super.outcome();
        return last < 0 ? last : done + last;
    }

    /** Answers whether the operation fills the buffer, so that its result becomes the buffer's length. */
    protected abstract boolean fills();

    @Override
    protected final Descriptor descriptor() {
        return descriptor;
    }

    @Override
    protected final IoBuffer buffer() {
        return buffer;
    }

    /** Has a short result gone on from until all is moved, or a result is 0. */
    protected final void beWhole() {
        wholly = true;
    }

    /** Answers whether all is to be moved before the operation ends. */
    protected final boolean isWhole() {
        return wholly;
    }

    @Override
    final void moveBuffer() {
        super.moveBuffer();
        wholeBytes = fills() ? buffer.capacity() : buffer.lengthInFlight();
    }

    @Override
    protected final void restarted() {
        done = 0;
    }

    @Override
    final boolean mayContinue() {
        return wholly;
    }

    @Override
    protected final boolean continues(int res) {
        done += res;
        if (res == 0 || lengthBytes() == 0 || fills() && done % descriptor.transferUnit() != 0) {
            done -= res; // the last result is counted where it is decoded
            return false;
        }
        return true;
    }

    /** Answers how many bytes of this submission have moved before its last result. */
    protected final int bytesBefore() {
        return done;
    }

    /** Answers the memory that is still to move. */
    protected final MemorySegment memory() {
        MemorySegment memory = buffer.memory();
        return done == 0 ? memory : memory.asSlice(done);
    }

    /** Answers where the ring has that memory registered, or -1: then the kernel pins its pages each time. */
    protected final int registeredIndex() {
        return buffer.tableIndex(descriptor.runtime());
    }

    /** Answers how many bytes are still asked for: of the capacity to fill, or of the length to send. */
    protected final int lengthBytes() {
        return wholeBytes - done;
    }

    @Override
    void settle(int res, int completionFlags) {
        if (fills() && (res >= 0 || done > 0)) {
            buffer.lengthInFlight(done + Math.max(res, 0));
        }
    }

    @Override
    protected final BufResult decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        int bytes = done + res;
        if (wholly && bytes < wholeBytes) {
            throw shortOf(bytes);
        }
        BufResult result = last;
        if (result == null || result.bytes() != bytes || result.buffer() != buffer) {
            result = new BufResult(bytes, buffer, null);
            last = result;
        }
        return result;
    }

    /** The exception for an operation that was to move all and found an end. */
    private IOException shortOf(int bytes) {
        String message = operation() + " ended early: " + descriptor.name() + operands() + " bytes=" + bytes;
        return fills() ? new EOFException(message) : new IOException(message);
    }

    @Override
    protected IOException failure(int errno) {
        return descriptor.failure(operation(), operands(), errno);
    }

    /** Waits as {@link #await()} does, and answers an error instead of throwing it; the buffer comes with it. */
    public final BufResult awaitResult() {
        try {
            return await();
        } catch (IOException e) {
            return new BufResult(0, buffer, e);
        } catch (CancellationException e) {
            return new BufResult(0, buffer, new UringException(operation(), operands(), Errno.ECANCELED));
        }
    }

    @Override
    protected boolean breaksLink(int res) {
        return res < lengthBytes();
    }

    @Override
    protected String operands() {
        return "fd=" + descriptor.fd() + " lengthBytes=" + wholeBytes + (done == 0 ? "" : " doneBytes=" + done);
    }
}
