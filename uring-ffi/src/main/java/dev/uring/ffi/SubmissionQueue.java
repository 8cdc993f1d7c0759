package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * The queue of entries on their way to the kernel: user space writes entries and the tail, the kernel reads them and
 * moves the head.
 *
 * <p>Used by one thread at a time. {@link #next()} hands out the next free entry, whose every byte the shape methods of
 * {@link Sqe} overwrite; the kernel sees it at the next {@link Ring#enter}. Indexes run freely through 32 bits and are
 * compared by subtraction only.
 */
public final class SubmissionQueue {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final VarHandle INT_AT = INT.varHandle().withInvokeExactBehavior();

    private final MemorySegment ring;
    private final long headOffset;
    private final long tailOffset;
    private final long flagsOffset;
    private final long droppedOffset;
    private final int entries;
    private final int mask;
    /** With a kernel thread that submits, the head moves on its own and must be read with acquire. */
    private final boolean kernelThread;
    private final Sqe sqe;
    /** The tail as this side knows it: entries up to here are handed out. Owner thread only. */
    private int tail;
    /** The kernel's head when last looked at; the head itself is there or further on. Owner thread only. */
    private int headSeen;
    /** The tail as the kernel was told. Owner thread only. */
    private int published;

    SubmissionQueue(MemorySegment ring, MemorySegment entryMemory, MemorySegment params) {
        this.ring = ring;
        headOffset = SubmissionRingOffsets.head(params);
        tailOffset = SubmissionRingOffsets.tail(params);
        flagsOffset = SubmissionRingOffsets.flags(params);
        droppedOffset = SubmissionRingOffsets.dropped(params);
        entries = Params.sqEntries(params);
        mask = ring.get(INT, SubmissionRingOffsets.mask(params));
        kernelThread = (Params.flags(params) & SetupFlag.SQPOLL) != 0;
        sqe = new Sqe(entryMemory);
        if ((Params.flags(params) & SetupFlag.NO_SQARRAY) == 0) {
            writeIdentityArray(SubmissionRingOffsets.array(params));
        }
    }

    /** Older kernels find an entry through an array of indexes; entry i is always in slot i, so it is written once. */
    private void writeIdentityArray(long arrayOffset) {
        for (int i = 0; i < entries; i++) {
            ring.set(INT, arrayOffset + (long) i * Integer.BYTES, i);
        }
    }

    /**
     * Answers the next free entry, or null when the queue is full and {@link Ring#submit} must make room first.
     *
     * @throws IllegalStateException when the ring is closed
     */
    public Sqe next() {
        if (tail - headSeen == entries && !lookForRoom()) {
            return null;
        }
        return sqe.at(tail++ & mask);
    }

    /** The kernel's head is looked at only when the queue seems full, and when it was closed. */
    private boolean lookForRoom() {
        try {
            headSeen = head();
        } catch (IllegalStateException e) {
            throw new IllegalStateException("submission queue used after its ring was closed", e);
        }
        return tail - headSeen < entries;
    }

    /** Makes the next {@link #next()} look, and so find out that the memory is gone. */
    void closed() {
        headSeen = tail - entries;
    }

    /**
     * Answers the next free entry.
     *
     * @throws IllegalStateException when the queue is full
     */
    public Sqe take() {
        Sqe entry = next();
        if (entry == null) {
            throw new IllegalStateException("submission queue full: entries=" + entries + " pending=" + pending()
                    + "; call submit() before the next entry, or make the ring larger");
        }
        return entry;
    }

    /** Takes back the entry that {@link #next()} handed out last, unless it is published already. */
    public void untake() {
        if (tail == published) {
            throw new IllegalStateException("no entry to take back: pending=" + pending());
        }
        tail--;
    }

    /** Answers how many entries {@link #next()} can hand out at once. */
    public int free() {
        return entries - (tail - head());
    }

    /** Answers how many entries are handed out and not yet taken by the kernel. */
    public int pending() {
        return tail - head();
    }

    /** Answers the size of the queue. */
    public int entries() {
        return entries;
    }

    /** Answers how many entries the kernel refused to look at, 0 unless the index array is broken. */
    public int dropped() {
        return ring.get(INT, droppedOffset);
    }

    /** Shows all entries handed out so far to the kernel. {@link Ring#enter} does it by itself. */
    void publish() {
        if (tail != published) {
            tailRelease(tail);
            published = tail;
        }
    }

    /** Answers the {@link RingFlag}s that the kernel raises: overflow, task work, a sleeping kernel thread. */
    int flags() {
        return (int) INT_AT.getOpaque(ring, flagsOffset);
    }

    /** Release: the kernel, having seen the tail, sees the entries below it (io_uring(7), liburing's queue.c). */
    private void tailRelease(int value) {
        INT_AT.setRelease(ring, tailOffset, value);
    }

    /** Without a kernel thread only our own enter moves the head, so a plain read is enough. */
    private int head() {
        return kernelThread ? (int) INT_AT.getAcquire(ring, headOffset) : ring.get(INT, headOffset);
    }
}
