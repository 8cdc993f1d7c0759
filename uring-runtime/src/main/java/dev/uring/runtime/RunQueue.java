package dev.uring.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Continuations that are ready to run on one worker, in order. The worker that owns the queue adds at one end and takes
 * from the other; other workers take from that other end too, up to half at a time.
 *
 * <p>A ring of slots between two counters that only grow. Only the owner writes slots and {@link #tail}; whoever takes
 * moves {@link #head} by compare-and-set, and owns what lay between the two values. A slot that was read before the
 * compare-and-set is what it was, since the owner does not write it again before head has passed. When the ring is full
 * the owner copies it into a larger one; the old one stays as it is for a thief that still reads it.
 */
final class RunQueue {
    private static final int FIRST_SLOTS = 256;
    /** An empty ring larger than this is given up. */
    private static final int KEPT_SLOTS = 16 * FIRST_SLOTS;
    /** What one thief takes at most, so that it is not held up by copying. */
    private static final int STEAL_MAX = 256;

    private static final VarHandle HEAD;
    private static final VarHandle TAIL;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(RunQueue.class, "head", int.class);
            TAIL = lookup.findVarHandle(RunQueue.class, "tail", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Written by the owner, filled and before the {@link #tail} that needs it; a power of two long. */
    private volatile Runnable[] slots;
    private final int firstSlots;
    /** Taken so far; moved by owner and thieves, by compare-and-set. */
    private volatile int head;
    /** Added so far; written by the owner with release, after the slot. */
    private int tail;
    /** Slots below are null; owner only. A thief leaves its slots as they were, the owner clears them later. */
    private int cleared;

    RunQueue() {
        this(FIRST_SLOTS);
    }

    /** For tests of growth, whose queue is small. */
    RunQueue(int firstSlots) {
        this.firstSlots = firstSlots;
        slots = new Runnable[firstSlots];
    }

    /** Adds at the end; owner only. */
    void add(Runnable continuation) {
        Runnable[] ring = slots;
        int end = tail;
        if (end - head == ring.length) {
            ring = grow(ring, end);
        }
        clear(ring);
        ring[end & ring.length - 1] = continuation;
        TAIL.setRelease(this, end + 1);
    }

    /** Takes the oldest, or answers null; owner only. */
    Runnable poll() {
        Runnable[] ring = slots;
        int end = tail;
        while (true) {
            int first = head;
            if (first == end) {
                clear(ring);
                shrink(ring);
                return null;
            }
            Runnable continuation = ring[first & ring.length - 1];
            if (HEAD.compareAndSet(this, first, first + 1)) {
                return continuation;
            }
        }
    }

    /** Moves half of what is here, at least one, to another owner's queue; for that owner. Answers how many. */
    int stealInto(RunQueue thief) {
        while (true) {
            int first = head;
            int count = (int) TAIL.getAcquire(this) - first;
            if (count <= 0) {
                return 0; // negative: the owner took some between the two reads
            }
            count = Math.min(count - (count >> 1), STEAL_MAX);
            Runnable[] ring = slots; // as of that tail, or larger
            Runnable[] taken = new Runnable[count];
            for (int i = 0; i < count; i++) {
                taken[i] = ring[first + i & ring.length - 1];
            }
            if (HEAD.compareAndSet(this, first, first + count)) {
                for (Runnable continuation : taken) {
                    thief.add(continuation);
                }
                return count;
            }
        }
    }

    /** Answers how many are here; any thread, out of date at once. */
    int size() {
        return Math.max((int) TAIL.getAcquire(this) - head, 0);
    }

    /** Answers whether there are none; any thread, out of date at once. */
    boolean isEmpty() {
        return (int) TAIL.getAcquire(this) == head;
    }

    /** Forgets what was taken, so that no ended task is kept alive. */
    private void clear(Runnable[] ring) {
        int first = head;
        while (cleared != first) {
            ring[cleared & ring.length - 1] = null;
            cleared++;
        }
    }

    /** A burst is over: its ring is not kept for ever. */
    private void shrink(Runnable[] ring) {
        if (ring.length > KEPT_SLOTS) {
            slots = new Runnable[firstSlots];
        }
    }

    private Runnable[] grow(Runnable[] ring, int end) {
        Runnable[] larger = new Runnable[ring.length * 2];
        int first = head;
        for (int i = first; i != end; i++) {
            larger[i & larger.length - 1] = ring[i & ring.length - 1];
        }
        cleared = first;
        slots = larger;
        return larger;
    }
}
