package dev.uring.runtime;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers that any thread may take and give back without locks or allocation. The head carries a count of changes beside
 * the number, so that a number which was taken and given back in between is not mistaken for one that never moved.
 */
final class SlotStack {
    private static final long NUMBER = 0xffffffffL;

    /** Below each number the one under it, both plus one; 0 is the bottom. Written before the head that exposes it. */
    private final int[] under;
    /** Changes so far, and the top number plus one. */
    private final AtomicLong head = new AtomicLong();

    /** Holds the numbers from 0 to {@code count - 1}, the lowest on top. */
    SlotStack(int count) {
        under = new int[count];
        for (int slot = count - 1; slot >= 0; slot--) {
            give(slot);
        }
    }

    /** Takes the number on top, or answers -1 when there is none. */
    int take() {
        while (true) {
            long before = head.get();
            int top = (int) (before & NUMBER);
            if (top == 0) {
                return -1;
            }
            long after = (before & ~NUMBER) + (1L << 32) | under[top - 1];
            if (head.compareAndSet(before, after)) {
                return top - 1;
            }
        }
    }

    /** Puts a number back. */
    void give(int slot) {
        while (true) {
            long before = head.get();
            under[slot] = (int) (before & NUMBER);
            if (head.compareAndSet(before, (before & ~NUMBER) + (1L << 32) | slot + 1)) {
                return;
            }
        }
    }
}
