package dev.uring.runtime;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * An operation that fills one buffer, and answers more than how far: a sender, descriptors. The buffer is the kernel's from
 * submission to the terminal result, whose bytes become its length.
 *
 * @param <T> what the operation answers
 */
public abstract class MessageOp<T> extends Op<T> {
    private final Descriptor descriptor;
    private final IoBuffer buffer;

    /** Names the operands; nothing is queued yet. */
    protected MessageOp(Descriptor descriptor, IoBuffer buffer) {
        this.descriptor = descriptor;
        this.buffer = buffer;
    }

    @Override
    protected final Descriptor descriptor() {
        return descriptor;
    }

    @Override
    protected final IoBuffer buffer() {
        return buffer;
    }

    /** Answers the memory to fill. */
    protected final MemorySegment memory() {
        return buffer.memory();
    }

    @Override
    void settle(int res, int completionFlags) {
        if (res >= 0) {
            buffer.lengthInFlight(Math.min(res, buffer.capacity()));
        }
    }

    @Override
    protected IOException failure(int errno) {
        return descriptor.failure(operation(), operands(), errno);
    }

    @Override
    protected String operands() {
        return "fd=" + descriptor.fd() + " lengthBytes=" + buffer.capacity();
    }
}
