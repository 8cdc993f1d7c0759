package dev.uring.runtime.sim;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Chance from a seed. For any thread: two threads share one sequence, so with threads a seed gives the same kinds of
 * trouble again, not the same run step by step.
 */
public final class Dice {
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private final AtomicLong state;

    /** Starts the sequence of {@code seed}. */
    public Dice(long seed) {
        state = new AtomicLong(seed);
    }

    /** Answers a number from 0 to {@code bound - 1}. */
    public int below(int bound) {
        return (int) Long.remainderUnsigned(next(), bound);
    }

    /** Answers true once in {@code count} times. */
    public boolean oneIn(int count) {
        return below(count) == 0;
    }

    /** SplitMix64, Steele, Lea and Flood 2014. */
    private long next() {
        long z = state.addAndGet(GOLDEN_GAMMA);
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
