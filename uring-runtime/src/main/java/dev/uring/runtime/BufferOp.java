package dev.uring.runtime;

import dev.uring.ffi.Errno;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CancellationException;

/** An operation that moves one buffer: into the kernel's hands at submission, back with the result. */
public abstract class BufferOp extends Op<BufResult> {
    private final Descriptor descriptor;
    private final IoBuffer buffer;
    /** The last result, answered again when the next one is equal, so that a reused operation allocates nothing. */
    private BufResult last;

    /**
     * Names the operands; nothing is queued yet.
     *
     * @param descriptor what is read from or written to
     * @param buffer what moves
     */
    protected BufferOp(Descriptor descriptor, IoBuffer buffer) {
        this.descriptor = descriptor;
        this.buffer = buffer;
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

    /** Answers the memory that moves. */
    protected final MemorySegment memory() {
        return buffer.memory();
    }

    /** Answers where the ring has that memory registered, or -1: then the kernel pins its pages each time. */
    protected final int registeredIndex() {
        return buffer.tableIndex(descriptor.runtime());
    }

    /** Answers how many bytes are asked for: the capacity to fill, or the length to send. */
    protected final int lengthBytes() {
        return fills() ? buffer.capacity() : buffer.lengthInFlight();
    }

    @Override
    void settle(int res, int completionFlags) {
        if (res >= 0 && fills()) {
            buffer.lengthInFlight(res);
        }
    }

    @Override
    protected final BufResult decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        BufResult result = last;
        if (result == null || result.bytes() != res) {
            result = new BufResult(res, buffer, null);
            last = result;
        }
        return result;
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
        return "fd=" + descriptor.fd() + " lengthBytes=" + (fills() ? buffer.capacity() : buffer.lengthInFlight());
    }
}
