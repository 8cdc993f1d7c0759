package dev.uring.bench;

import dev.uring.runtime.Notify;
import java.io.IOException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/** Something that one of two threads has, and hands to the other, which waits for it. */
sealed interface Baton {
    /** Hands it to side 0 or 1. */
    void pass(int side) throws InterruptedException;

    /** Waits, as side 0 or 1, until it comes. */
    void take(int side) throws IOException, InterruptedException;

    /**
     * Makes one.
     *
     * @param way {@code notify} (the runtime's {@link Notify}), {@code queue} ({@link SynchronousQueue}) or {@code park}
     *            ({@link LockSupport})
     */
    static Baton of(String way) {
        return switch (way) {
            case "notify" -> new ByNotify(new Notify(), new Notify());
            case "queue" -> new ByQueue(new SynchronousQueue<>(), new SynchronousQueue<>());
            case "park" -> new ByPark();
            default -> throw new IllegalArgumentException("no such baton: way=" + way);
        };
    }

    /** One notification a side. */
    record ByNotify(Notify first, Notify second) implements Baton {
        @Override
        public void pass(int side) {
            (side == 0 ? first : second).notifyOne();
        }

        @Override
        public void take(int side) throws IOException {
            (side == 0 ? first : second).await();
        }
    }

    /** One queue a side. */
    record ByQueue(SynchronousQueue<Boolean> first, SynchronousQueue<Boolean> second) implements Baton {
        @Override
        public void pass(int side) throws InterruptedException {
            (side == 0 ? first : second).put(true);
        }

        @Override
        public void take(int side) throws InterruptedException {
            (side == 0 ? first : second).take();
        }
    }

    /** A word that says whose it is, and a permit to park. */
    final class ByPark implements Baton {
        private static final int NOBODY = -1;

        private final AtomicReferenceArray<Thread> threads = new AtomicReferenceArray<>(2);
        private volatile int holder = NOBODY;

        @Override
        public void pass(int side) {
            holder = side;
            LockSupport.unpark(threads.get(side)); // null: its first look is still to come, and will see the holder
        }

        @Override
        public void take(int side) {
            if (threads.get(side) == null) {
                threads.set(side, Thread.currentThread());
            }
            while (holder != side) {
                LockSupport.park(this);
            }
            holder = NOBODY;
        }
    }
}
