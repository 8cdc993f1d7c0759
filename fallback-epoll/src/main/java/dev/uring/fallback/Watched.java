package dev.uring.fallback;

import dev.uring.ffi.PollFlag;
import dev.uring.runtime.Op;

/**
 * What a {@link ReadinessDriver} knows of one descriptor: the operations that wait for it, in order, and whether the next
 * attempt may succeed. Belongs to the worker's thread.
 *
 * <p>Readers wait for input, writers for room, and a few wait for events of their own choice.
 */
final class Watched {
    static final int READERS = 0;
    static final int WRITERS = 1;
    static final int OTHERS = 2;
    /** What {@link #queueOf} distinguishes. */
    static final int QUEUES = 3;

    /** Events after which a reader may get on, and those after which a writer may. */
    private static final int READER_EVENTS =
            PollFlag.READABLE | PollFlag.PEER_FINISHED | PollFlag.HANG_UP | PollFlag.ERROR;
    private static final int WRITER_EVENTS = PollFlag.WRITABLE | PollFlag.HANG_UP | PollFlag.ERROR;
    /** What may follow a short result unannounced: the end, or the bytes behind an urgent one, at which receives stop. */
    private static final int END_EVENTS =
            PollFlag.PEER_FINISHED | PollFlag.HANG_UP | PollFlag.ERROR | PollFlag.PRIORITY;

    final int fd;
    /** What the poller keeps here. */
    Object handle;
    /** Whether the poller can tell of this descriptor; where it cannot, attempts may block and go to the pool. */
    boolean isPollable = true;
    /** Whether it is in the driver's list of those to be looked at again. */
    boolean isListed;
    private final Waiter[] first = new Waiter[QUEUES];
    private final Waiter[] last = new Waiter[QUEUES];
    /** By queue, one bit each: the next attempt may succeed. At first nobody knows. */
    private int ready = 1 << READERS | 1 << WRITERS | 1 << OTHERS;
    /** The other side has finished or failed: a short result is no sign that nothing follows, the end does. */
    private boolean ended;

    /** One operation that waits; used again for the next one, since an operation may wait every few microseconds. */
    static final class Waiter {
        Op<?> op;
        long id;
        /** The {@link PollFlag}s that it waits for. */
        int events;
        Waiter next;

        Waiter of(Op<?> nextOp, long nextId, int nextEvents) {
            op = nextOp;
            id = nextId;
            events = nextEvents;
            next = null;
            return this;
        }
    }

    Watched(int fd) {
        this.fd = fd;
    }

    /** Answers which queue an operation belongs to that waits for these events. */
    static int queueOf(int pollEvents) {
        return switch (pollEvents) {
            case PollFlag.READABLE -> READERS;
            case PollFlag.WRITABLE -> WRITERS;
            default -> OTHERS;
        };
    }

    boolean isReady(int queue) {
        return (ready & 1 << queue) != 0;
    }

    /** Takes note of events that were reported. */
    void report(int events) {
        ready |= ((events & READER_EVENTS) != 0 ? 1 << READERS : 0) | ((events & WRITER_EVENTS) != 0 ? 1 << WRITERS : 0)
                | 1 << OTHERS;
        ended |= (events & END_EVENTS) != 0;
    }

    /** An attempt had to wait. That of a writer says nothing of the end: the other side may have finished sending. */
    void blocked(int queue) {
        ready &= ~(1 << queue);
        if (queue == READERS) {
            ended = false; // it was the end of something before, such as of a socket that was not connected
        }
    }

    /** An attempt got everything there was. */
    void drained(int queue) {
        if (!ended) {
            ready &= ~(1 << queue);
        }
    }

    Waiter first(int queue) {
        return first[queue];
    }

    boolean isWaiting(int queue) {
        return first[queue] != null;
    }

    /** Answers the {@link PollFlag}s that somebody waits for. */
    int awaitedEvents() {
        int events = (isWaiting(READERS) ? PollFlag.READABLE : 0) | (isWaiting(WRITERS) ? PollFlag.WRITABLE : 0);
        for (Waiter each = first[OTHERS]; each != null; each = each.next) {
            events |= each.events;
        }
        return events;
    }

    void add(int queue, Waiter waiter) {
        if (first[queue] == null) {
            first[queue] = waiter;
        } else {
            last[queue].next = waiter;
        }
        last[queue] = waiter;
    }

    /** Takes an operation out; answers null when it does not wait here. */
    Waiter remove(int queue, long id) {
        Waiter before = null;
        for (Waiter each = first[queue]; each != null; each = each.next) {
            if (each.id == id) {
                if (before == null) {
                    first[queue] = each.next;
                } else {
                    before.next = each.next;
                }
                if (each == last[queue]) {
                    last[queue] = before;
                }
                return each;
            }
            before = each;
        }
        return null;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("fd=" + fd + " ready=" + Integer.toBinaryString(ready)
                + (ended ? " ended" : "") + (isPollable ? "" : " not pollable"));
        for (int queue = 0; queue < QUEUES; queue++) {
            for (Waiter each = first[queue]; each != null; each = each.next) {
                text.append("\n    ").append(each.op);
            }
        }
        return text.toString();
    }
}
