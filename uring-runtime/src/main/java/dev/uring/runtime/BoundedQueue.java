package dev.uring.runtime;

import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/**
 * A first-in first-out queue between tasks that holds a limited number of elements, and can be closed: what was put
 * before the close is still taken. Putting into a full queue waits, taking from an empty one waits; both for tasks and
 * platform threads, many of each. {@link #offer} and {@link #poll} do not wait and are for callbacks as well.
 *
 * @param <E> what the queue holds; never null
 */
public final class BoundedQueue<E> implements AutoCloseable {
    private static final int MANY = Integer.MAX_VALUE / 2;

    private final ConcurrentLinkedQueue<E> elements = new ConcurrentLinkedQueue<>();
    /** Free places; at the close so many more that nobody waits. */
    private final Semaphore room;
    /** Elements that can be taken; at the close so many more that nobody waits. */
    private final Semaphore available = new Semaphore(0);
    private final UseCount putters = new UseCount();

    /**
     * Makes an empty queue.
     *
     * @param capacity elements it holds, at least 1
     */
    public BoundedQueue(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity must be at least 1: capacity=" + capacity);
        }
        room = new Semaphore(capacity);
    }

    /**
     * Adds an element, waiting for room.
     *
     * @throws ClosedChannelException when the queue is closed, before or while waiting; the element is not in it
     * @throws InterruptedIOException when the thread is interrupted; the element is not in it
     */
    public void put(E element) throws ClosedChannelException, InterruptedIOException {
        Objects.requireNonNull(element);
        acquire(room, "put");
        if (!add(element)) {
            throw new ClosedChannelException();
        }
    }

    /** Adds an element if there is room; answers false when there is none or the queue is closed. */
    public boolean offer(E element) {
        Objects.requireNonNull(element);
        return room.tryAcquire() && add(element);
    }

    private boolean add(E element) {
        if (!putters.acquire()) {
            return false;
        }
        elements.add(element);
        available.release();
        if (putters.release()) {
            wakeTakers();
        }
        return true;
    }

    /**
     * Takes the oldest element, waiting for one; null once the queue is closed and empty.
     *
     * @throws InterruptedIOException when the thread is interrupted; nothing is taken
     */
    public E take() throws InterruptedIOException {
        acquire(available, "take");
        return removed(elements.poll());
    }

    /** Takes the oldest element, or answers null when there is none now. */
    public E poll() {
        return available.tryAcquire() ? removed(elements.poll()) : null;
    }

    private E removed(E element) {
        if (element != null) {
            room.release();
        }
        return element;
    }

    private static void acquire(Semaphore permits, String verb) throws InterruptedIOException {
        try {
            permits.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(verb + " was interrupted");
        }
    }

    /** Ends the queue: waiting putters fail, takers get what is left and then null. A second call does nothing. */
    @Override
    public void close() {
        if (putters.close()) {
            room.release(MANY);
            if (putters.count() == 0) {
                wakeTakers();
            } // else the last putter under way does it, after its element
        }
    }

    private void wakeTakers() {
        available.release(MANY);
    }

    /** Answers whether the queue is closed. */
    public boolean isClosed() {
        return putters.isClosed();
    }

    /** Answers how many elements are in the queue; out of date at once. */
    public int size() {
        return elements.size();
    }
}
