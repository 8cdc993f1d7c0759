package dev.uring.runtime;

import dev.uring.ffi.EventCounter;
import dev.uring.ffi.SystemCallException;

/**
 * An eventfd by which any thread wakes the one that waits for it, and which may be closed while others are about to: a
 * thread that is held up on its way must not write to the number of another file.
 */
public final class WakeUp implements AutoCloseable {
    private final EventCounter counter;
    /** Threads that are about to wake. */
    private final UseCount wakers = new UseCount();

    /**
     * Makes one that nobody has signalled.
     *
     * @throws SystemCallException EMFILE, ENFILE, ENOMEM
     */
    public WakeUp() throws SystemCallException {
        counter = EventCounter.create();
    }

    /** Answers the descriptor to wait on, see {@link EventCounter#fd()}. */
    public int fd() {
        return counter.fd();
    }

    /** Makes the descriptor readable, and wakes whoever waits on it; without effect once closed. Any thread. */
    public void signal() {
        if (wakers.acquire()) {
            counter.increment();
            wakers.release();
        }
    }

    /** Closes the descriptor, once nobody is about to signal; its owner's thread. */
    @Override
    public void close() {
        wakers.close();
        while (wakers.count() > 0) {
            Thread.yield(); // a write to an eventfd does not wait, so this ends
        }
        counter.close();
    }
}
