package dev.uring.runtime;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The operations that one worker has in flight, each in a numbered slot. Worker only.
 *
 * <p>An operation is known to the driver by slot and generation in one {@code long}; the generation grows each time the
 * slot is given away, so that a late word about an earlier operation cannot reach a later one. Slots are given away
 * last-in first-out, which keeps the used ones few and warm. The table grows up to its limit: as many operations as the
 * completion queue has room for.
 */
final class OperationTable {
    /** What {@link #add} answers when the table is full. */
    static final long FULL = -1;
    private static final int FIRST_SLOTS = 64;

    private final int limit;
    private Op<?>[] ops;
    private int[] generations;
    /** Free slots; the first {@link #freeCount} elements count. */
    private int[] free;
    private int freeCount;
    private int slots;

    OperationTable(int limit) {
        this.limit = limit;
        slots = Math.min(FIRST_SLOTS, limit);
        ops = new Op<?>[slots];
        generations = new int[slots];
        free = new int[slots];
        for (int slot = slots - 1; slot >= 0; slot--) {
            free[freeCount++] = slot;
        }
    }

    /** Gives the operation a slot; answers its id, or {@link #FULL}. */
    long add(Op<?> op) {
        if (freeCount == 0 && !grow()) {
            return FULL;
        }
        int slot = free[--freeCount];
        assert ops[slot] == null : "slot taken: slot=" + slot + " op=" + ops[slot];
        ops[slot] = op;
        op.slot = slot;
        return id(slot);
    }

    private boolean grow() {
        if (slots == limit) {
            return false;
        }
        int more = Math.min(slots * 2, limit);
        ops = Arrays.copyOf(ops, more);
        generations = Arrays.copyOf(generations, more);
        free = Arrays.copyOf(free, more);
        for (int slot = more - 1; slot >= slots; slot--) {
            free[freeCount++] = slot;
        }
        slots = more;
        return true;
    }

    /** Answers the id of the operation in {@code slot}. */
    long id(int slot) {
        return (long) generations[slot] << 32 | slot;
    }

    /**
     * Answers the operation that has this id.
     *
     * @throws AssertionError when the slot belongs to another by now: a driver delivered twice
     */
    Op<?> get(long id) {
        int slot = (int) id;
        Op<?> op = ops[slot];
        if (op == null || generations[slot] != (int) (id >>> 32)) {
            throw new AssertionError("result for an operation that is not in flight: slot=" + slot + " generation="
                    + (id >>> 32) + " current=" + generations[slot] + " op=" + op);
        }
        return op;
    }

    /** Answers the operation that has this id, as {@link #get}, and frees its slot: its terminal result has come. */
    Op<?> take(long id) {
        Op<?> op = get(id);
        remove(id);
        return op;
    }

    /** Answers the operation that has this id, or null when it has ended. */
    Op<?> find(long id) {
        int slot = (int) id;
        return generations[slot] == (int) (id >>> 32) ? ops[slot] : null;
    }

    /** Answers whether the operation is in flight here. */
    boolean holds(Op<?> op) {
        return op.slot < slots && ops[op.slot] == op;
    }

    /** Frees the slot of an operation whose terminal result has come. */
    private void remove(long id) {
        int slot = (int) id;
        ops[slot] = null;
        // 31 bits: the sign stays clear, so that ids of operations are never negative.
        generations[slot] = (int) (id >>> 32) + 1 & 0x7fffffff;
        free[freeCount++] = slot;
    }

    /** Answers how many operations are in flight. */
    int count() {
        return slots - freeCount;
    }

    /** Answers how many may be. */
    int limit() {
        return limit;
    }

    /** Answers how many more may be. */
    int room() {
        return limit - count();
    }

    /** Answers whether {@link #add} would answer {@link #FULL}. */
    boolean isFull() {
        return freeCount == 0 && slots == limit;
    }

    /** Calls {@code action} for every operation in flight; it must not add or remove any. */
    void forEach(Consumer<Op<?>> action) {
        for (Op<?> op : ops) {
            if (op != null) {
                action.accept(op);
            }
        }
    }
}
