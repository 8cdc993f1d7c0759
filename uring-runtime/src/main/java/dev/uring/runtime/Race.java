package dev.uring.runtime;

import java.io.IOException;
import java.util.List;

/**
 * What came of {@link Ops#race}: all operations have ended, and none of their results is lost.
 *
 * @param winner the one that ended first
 * @param losers the others, cancelled or, where the cancel came too late, completed: whoever does not take their results
 *     calls {@link Op#abandon()}, which closes and releases them
 * @param <T> what the operations answer
 */
public record Race<T>(Op<? extends T> winner, List<Op<? extends T>> losers) {
    /** Answers what the winner answered, or throws what it threw. */
    public T value() throws IOException {
        return winner.await();
    }

    /** Disposes of the losers' results, and answers the winner's. */
    public T valueOnly() throws IOException {
        losers.forEach(Op::abandon);
        return value();
    }
}
