package dev.uring.runtime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;

/** Several operations at once. */
public final class Ops {
    private Ops() {
    }

    /**
     * Waits until all have ended.
     *
     * @throws IOException the first failure in the order given, the others suppressed in it
     */
    public static void joinAll(Op<?>... ops) throws IOException {
        Throwable first = null;
        for (Op<?> op : ops) {
            try {
                op.await();
            } catch (IOException | CancellationException e) {
                if (first == null) {
                    first = e;
                } else if (first != e) {
                    first.addSuppressed(e);
                }
            }
        }
        switch (first) {
            case null -> {
            }
            case IOException e -> throw e;
            case RuntimeException e -> throw e;
            default -> throw new AssertionError(first);
        }
    }

    /**
     * Waits until one has ended, with whatever result, then cancels the others and waits for them. Nothing that they
     * obtained is lost: see {@link Race}.
     *
     * @param ops at least one, all submitted
     */
    public static <T> Race<T> race(List<? extends Op<? extends T>> ops) throws IOException {
        if (ops.isEmpty()) {
            throw new IllegalArgumentException("race needs at least one operation");
        }
        Op<? extends T> winner = Op.awaitAny(ops);
        List<Op<? extends T>> losers = new ArrayList<>(ops.size() - 1);
        for (Op<? extends T> op : ops) {
            if (op != winner) {
                op.cancel();
                losers.add(op);
            }
        }
        losers.forEach(op -> op.awaitDone(0, false));
        return new Race<>(winner, losers);
    }

    /**
     * Submits operations as one chain: each starts when the one before has succeeded in full. A link breaks at an error,
     * and at a read or write that is short; the rest are then cancelled, and fail with ECANCELED. All of the chain is
     * admitted at once or none of it; on io_uring it is one chain of linked entries. While it waits for room, a cancel of
     * the first operation or an interrupt of the waiting task ends the whole chain.
     *
     * @param idle operations of one runtime that are not in flight, at least one
     * @throws BusyException in a callback, when there is no room for all
     * @throws IllegalArgumentException when the chain is longer than the queues
     */
    public static void link(Op<?>... idle) {
        if (idle.length == 0) {
            throw new IllegalArgumentException("link needs at least one operation");
        }
        new Chain(idle).submit();
    }
}
