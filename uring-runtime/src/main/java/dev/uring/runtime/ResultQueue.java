package dev.uring.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;

/**
 * Results on their way from one worker to one consumer, each a {@code (res, flags)} pair in one {@code long}. The ring
 * is bounded; what the kernel still delivers after it was asked to stop goes to a spill that only the worker touches,
 * and moves into the ring when there is room. At the end whoever closes takes what is left, while the consumer may still
 * be taking: so takers are safe against each other, and each result goes to one of them.
 */
final class ResultQueue {
    /** What {@link #poll} answers when there is nothing: no operation has this result. */
    static final long EMPTY = (long) Integer.MIN_VALUE << 32;

    private static final VarHandle HEAD;
    private static final VarHandle TAIL;
    private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(long[].class);

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(ResultQueue.class, "head", int.class);
            TAIL = lookup.findVarHandle(ResultQueue.class, "tail", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long[] slots;
    /** Taken so far; a taker moves it by compare-and-set after it has read the slot, the worker reads with acquire. */
    private int head;
    /** Put so far; the worker writes it with release after the slot, the consumer reads with acquire. */
    private int tail;
    /** The worker's until the end, then the takers', under the monitor. */
    private final ArrayDeque<Long> spill = new ArrayDeque<>(1); // mostly empty

    ResultQueue(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity must be a power of two: capacity=" + capacity);
        }
        slots = new long[capacity];
    }

    static int res(long result) {
        return (int) (result >> 32);
    }

    static int flags(long result) {
        return (int) result;
    }

    /**
     * As {@link #poll}, and then what has spilt, once the worker will neither put nor unspill again. Who holds the monitor
     * has all that is left to itself but for a poll in progress.
     */
    synchronized long pollAfterEnd() {
        long result = poll();
        return result != EMPTY || spill.isEmpty() ? result : spill.poll();
    }

    /** Adds a result; worker only. */
    void put(int res, int flags) {
        long result = (long) res << 32 | flags & 0xffffffffL;
        if (!spill.isEmpty() || !offer(result)) {
            spill.add(result);
        }
    }

    private boolean offer(long result) {
        if (tail - (int) HEAD.getAcquire(this) == slots.length) {
            return false;
        }
        SLOT.setOpaque(slots, tail & slots.length - 1, result);
        TAIL.setRelease(this, tail + 1);
        return true;
    }

    /** Moves spilt results into the ring; worker only. */
    void unspill() {
        while (!spill.isEmpty() && offer(spill.peek())) {
            spill.poll();
        }
    }

    /** Takes the oldest result, or {@link #EMPTY}; the consumer, or whoever closes. */
    long poll() {
        while (true) { // ends: who fails has seen another take one, and at the end nobody adds any
            int taken = (int) HEAD.getAcquire(this);
            if (taken == (int) TAIL.getAcquire(this)) {
                return EMPTY;
            }
            long result = (long) SLOT.getOpaque(slots, taken & slots.length - 1);
            if (HEAD.compareAndSet(this, taken, taken + 1)) {
                return result; // the slot was not put again meanwhile, since it was not free
            }
        }
    }

    /** Answers how many results wait in the ring, for either side; out of date at once. */
    int size() {
        return (int) TAIL.getAcquire(this) - (int) HEAD.getAcquire(this);
    }

    /** Answers whether the spill holds results; worker only. */
    boolean hasSpilt() {
        return !spill.isEmpty();
    }

    int capacity() {
        return slots.length;
    }
}
