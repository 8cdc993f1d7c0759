package dev.uring.runtime;

import dev.uring.ffi.IoVector;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * An operation that moves several buffers at once: all into the kernel's hands at submission, all back with the result.
 * Answers how many bytes were moved, which may be more than one call of the kernel moves (0x7ffff000 bytes, 1024 buffers):
 * the operation goes on until all is moved or a result is 0, unless it {@link #takesWhatIsThere takes what is there}.
 */
public abstract class VectoredOp extends Op<Long> {
    /** IOV_MAX: the most pieces of one call (readv(2)). */
    private static final int PIECES_MAX = 1024;

    private final Descriptor descriptor;
    private final IoBuffer[] buffers;
    /** The pieces as the kernel reads them, for one call; reachable as long as the operation is. */
    private final MemorySegment vectors;
    /** Bytes asked for in all, at the submission, and moved before the last result; the latter by the worker. */
    private long wholeBytes;
    private long done;
    /** The first buffer that was not moved whole, and how much of it was: to count them anew would be quadratic. */
    private int first;
    private long doneOfFirst;

    /**
     * Names the operands; nothing is queued yet.
     *
     * @param buffers what moves, in order; at least one, each once
     */
    protected VectoredOp(Descriptor descriptor, List<IoBuffer> buffers) {
        if (buffers.isEmpty()) {
            throw new IllegalArgumentException("a vectored operation needs at least one buffer");
        }
        this.descriptor = descriptor;
        this.buffers = buffers.toArray(IoBuffer[]::new);
        vectors = Arena.ofAuto().allocate(IoVector.SIZE * Math.min(this.buffers.length, PIECES_MAX), Long.BYTES);
    }

    /** Answers whether the operation fills the buffers, so that its result becomes their lengths. */
    protected abstract boolean fills();

    /** Answers whether the first result ends the operation, however much is left to fill. */
    protected boolean takesWhatIsThere() {
        return false;
    }

    @Override
    protected final Descriptor descriptor() {
        return descriptor;
    }

    /** Moves all or none. */
    @Override
    final void moveBuffer() {
        int moved = 0;
        try {
            while (moved < buffers.length) {
                buffers[moved].move(this);
                moved++;
            }
        } finally {
            if (moved < buffers.length) {
                giveBack(moved);
            }
        }
        wholeBytes = 0;
        for (IoBuffer each : buffers) {
            wholeBytes += bytesOf(each);
        }
    }

    @Override
    final void giveBackBuffer() {
        giveBack(buffers.length);
    }

    private void giveBack(int count) {
        for (int i = 0; i < count; i++) {
            buffers[i].giveBack(this);
        }
    }

    private int bytesOf(IoBuffer buffer) {
        return fills() ? buffer.capacity() : buffer.lengthInFlight();
    }

    @Override
    protected final void restarted() {
        done = 0;
        first = 0;
        doneOfFirst = 0;
    }

    @Override
    final boolean mayContinue() {
        return !takesWhatIsThere();
    }

    @Override
    protected final boolean continues(int res) {
        if (res == 0 || done + res == wholeBytes || fills() && (done + res) % descriptor.transferUnit() != 0) {
            return false;
        }
        done += res;
        doneOfFirst += res;
        return true;
    }

    /** Answers how many bytes of this submission have moved before its last result. */
    protected final long bytesBefore() {
        return done;
    }

    /** Answers what is still to move, in order, as far as one call takes it. */
    protected final MemorySegment[] pieces() {
        while (first < buffers.length && doneOfFirst >= bytesOf(buffers[first])) {
            doneOfFirst -= bytesOf(buffers[first++]);
        }
        long before = doneOfFirst;
        MemorySegment[] pieces = new MemorySegment[Math.min(buffers.length - first, PIECES_MAX)];
        for (int i = 0; i < pieces.length; i++) {
            IoBuffer buffer = buffers[first + i];
            pieces[i] = buffer.memory().asSlice(before, bytesOf(buffer) - before);
            before = 0;
        }
        return pieces;
    }

    /** Answers the same as an array of {@link IoVector}, whose length {@link #pieces} has. */
    protected final MemorySegment vectors(MemorySegment[] pieces) {
        for (int i = 0; i < pieces.length; i++) {
            IoVector.set(vectors, i, pieces[i]);
        }
        return vectors;
    }

    @Override
    void settle(int res, int completionFlags) {
        if (!fills() || res < 0 && done == 0) {
            return;
        }
        long filled = done + Math.max(res, 0);
        for (IoBuffer each : buffers) {
            int bytes = (int) Math.min(filled, each.capacity());
            each.lengthInFlight(bytes);
            filled -= bytes;
        }
    }

    @Override
    protected final Long decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        long bytes = done + res;
        if (bytes < wholeBytes && !fills()) {
            throw new IOException(operation() + " ended early: " + descriptor.name() + operands());
        }
        return bytes;
    }

    @Override
    protected boolean breaksLink(int res) {
        return res < 0 || done + res < wholeBytes && !takesWhatIsThere();
    }

    @Override
    protected IOException failure(int errno) {
        return descriptor.failure(operation(), operands(), errno);
    }

    @Override
    protected String operands() {
        return "fd=" + descriptor.fd() + " buffers=" + buffers.length + " lengthBytes=" + wholeBytes
                + (done == 0 ? "" : " doneBytes=" + done);
    }
}
