package dev.uring.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What other threads hand to one worker, and the word by which they wake it.
 *
 * <p>A stack that many threads push onto and the worker empties in one exchange, so that no element is popped alone and
 * none can be seen twice. The worker turns the order round: messages of one thread arrive in the order they were posted.
 *
 * <p>Sleeping: the worker stores ASLEEP, then a full fence, then looks at the stack once more before it waits in the
 * driver. A poster pushes, then looks at the word. One of the two sees the other (Dekker), so no wake-up is lost; and
 * of many posters only the one that turns ASLEEP into another word wakes.
 */
final class Inbox {
    private static final int AWAKE = 0;
    private static final int ASLEEP = 1;
    /** Woken to look for tasks elsewhere, and counted as a searcher by whoever woke it. */
    private static final int SEARCHING = 2;

    private static final VarHandle HEAD;
    private static final VarHandle SLEEP;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(Inbox.class, "head", Message.class);
            SLEEP = lookup.findVarHandle(Inbox.class, "sleep", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Newest message; pushed by any thread, emptied by the worker. */
    private volatile Message head;
    /** AWAKE, ASLEEP or SEARCHING; the worker writes the first two, others turn ASLEEP into AWAKE or SEARCHING. */
    private volatile int sleep;
    /** A sleep was announced and its end was not. Worker only. */
    private boolean announced;
    /** Sleeps that another thread ended; written by the worker, read by any thread. */
    private long wakeUps;

    /**
     * Hands over a message; any thread.
     *
     * @return whether the caller must now wake the worker
     */
    boolean post(Message message) {
        Message top;
        do {
            top = head;
            message.next = top;
        } while (!HEAD.compareAndSet(this, top, message));
        return claimWake();
    }

    /** Answers whether the worker sleeps and this caller is the one to wake it; any thread. */
    boolean claimWake() {
        // The push before, or whatever else the caller published, must be ordered before this look.
        VarHandle.fullFence();
        return sleep == ASLEEP && SLEEP.compareAndSet(this, ASLEEP, AWAKE);
    }

    /** Answers whether the worker sleeps; any thread. */
    boolean isAsleep() {
        return sleep == ASLEEP;
    }

    /** Answers whether the worker sleeps and this caller is the one to wake it, to search; any thread. */
    boolean claimSearch() {
        return SLEEP.compareAndSet(this, ASLEEP, SEARCHING);
    }

    /** Answers whether there may be messages; worker only. */
    boolean isEmpty() {
        return head == null;
    }

    /** Takes all messages in the order they were posted, linked by {@link Message#next}; worker only. */
    Message take() {
        if (head == null) {
            return null;
        }
        Message newest = (Message) HEAD.getAndSet(this, null);
        Message oldest = null;
        while (newest != null) {
            Message before = newest.next;
            newest.next = oldest;
            oldest = newest;
            newest = before;
        }
        return oldest;
    }

    /** Announces that the worker is about to wait; it must look for work once more before it does. Worker only. */
    void fallAsleep() {
        announced = true;
        sleep = ASLEEP;
        VarHandle.fullFence();
    }

    /** Announces that the worker no longer waits; answers whether it was woken to search. Worker only. */
    boolean wakeUp() {
        if (!announced) {
            return false;
        }
        announced = false;
        int before = sleep == AWAKE ? AWAKE : (int) SLEEP.getAndSet(this, AWAKE);
        if (before != ASLEEP) {
            wakeUps++;
        }
        return before == SEARCHING;
    }

    /** Answers how many sleeps another thread has ended. Any thread, without order. */
    long wakeUps() {
        return wakeUps;
    }
}
