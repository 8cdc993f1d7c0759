package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The queue of results: the kernel writes entries and the tail, user space reads them and moves the head.
 *
 * <p>Used by one thread at a time. The loop is {@code ready()}, then {@code userData(i)}, {@code result(i)} and
 * {@code flags(i)} for i below that count, then {@code advance(count)}: entries are the kernel's again after it.
 */
public final class CompletionQueue {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final VarHandle INT_AT = INT.varHandle().withInvokeExactBehavior();

    private final MemorySegment ring;
    private final long headOffset;
    private final long tailOffset;
    private final long overflowOffset;
    private final long entriesOffset;
    private final int entries;
    private final int mask;
    /** The head as this side knows it: only this side moves it. Owner thread only. */
    private int head;

    CompletionQueue(MemorySegment ring, MemorySegment params) {
        this.ring = ring;
        headOffset = CompletionRingOffsets.head(params);
        tailOffset = CompletionRingOffsets.tail(params);
        overflowOffset = CompletionRingOffsets.overflow(params);
        entriesOffset = CompletionRingOffsets.completions(params);
        entries = Params.cqEntries(params);
        mask = ring.get(INT, CompletionRingOffsets.mask(params));
        head = ring.get(INT, headOffset);
    }

    /**
     * Answers how many results can be read now, 0 to {@link #entries()}.
     *
     * @throws IllegalStateException when the ring is closed
     */
    public int ready() {
        try {
            return tailAcquire() - head;
        } catch (IllegalStateException e) {
            throw new IllegalStateException("completion queue used after its ring was closed", e);
        }
    }

    /** Answers what the entry's {@link Sqe#userData(long)} was; {@code index} is below {@link #ready()}. */
    public long userData(int index) {
        return CompletionEntry.userData(ring, entry(index));
    }

    /** Answers the result: a value of at least 0, or -errno. */
    public int result(int index) {
        return CompletionEntry.result(ring, entry(index));
    }

    /** Answers the {@link CqeFlag}s, with a buffer id in the upper half. */
    public int flags(int index) {
        return CompletionEntry.flags(ring, entry(index));
    }

    /** Gives the first {@code count} results back to the kernel. */
    public void advance(int count) {
        assert count >= 0 && count <= ready() : "count=" + count + " ready=" + ready();
        head += count;
        headRelease(head);
    }

    /** Answers the size of the queue. */
    public int entries() {
        return entries;
    }

    /** Answers how many results were lost because the kernel had no memory for them; 0 in a healthy process. */
    public int overflow() {
        return (int) INT_AT.getOpaque(ring, overflowOffset);
    }

    private long entry(int index) {
        return entriesOffset + (long) ((head + index) & mask) * CompletionEntry.SIZE;
    }

    /** Acquire: pairs with the kernel's release of the tail, so that the entries below it are seen. */
    private int tailAcquire() {
        return (int) INT_AT.getAcquire(ring, tailOffset);
    }

    /** Release: our reads of the entries are done before the kernel may write them again. */
    private void headRelease(int value) {
        INT_AT.setRelease(ring, headOffset, value);
    }
}
