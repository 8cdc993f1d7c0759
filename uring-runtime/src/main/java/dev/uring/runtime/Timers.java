package dev.uring.runtime;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The deadlines of one worker: a heap of four children to a node, deadlines and entries side by side, so that sifting
 * reads one or two cache lines per level. Worker only. Deadlines are values of {@link System#nanoTime()} and compared by
 * subtraction.
 */
final class Timers {
    /** What {@link #nanosToNext} answers when there is no timer. */
    static final long NONE = Long.MAX_VALUE;
    private static final int FIRST_CAPACITY = 16;

    private long[] deadlines = new long[FIRST_CAPACITY];
    private Timed[] entries = new Timed[FIRST_CAPACITY];
    private int count;

    /** Adds an entry that is in no heap. */
    void add(Timed entry, long deadlineNanos) {
        assert entry.timerIndex() < 0 : "timer is started twice: " + entry;
        if (count == entries.length) {
            deadlines = Arrays.copyOf(deadlines, count * 2);
            entries = Arrays.copyOf(entries, count * 2);
        }
        siftUp(count++, entry, deadlineNanos);
    }

    /** Takes an entry out; answers false when it was in no heap, because it expired or was never added. */
    boolean remove(Timed entry) {
        int index = entry.timerIndex();
        if (index < 0) {
            return false;
        }
        assert entries[index] == entry : "timer of another worker: " + entry;
        entry.timerIndex(-1);
        count--;
        Timed last = entries[count];
        long lastDeadline = deadlines[count];
        entries[count] = null;
        if (last != entry) {
            if (index > 0 && lastDeadline - deadlines[(index - 1) >> 2] < 0) {
                siftUp(index, last, lastDeadline);
            } else {
                siftDown(index, last, lastDeadline);
            }
        }
        return true;
    }

    /** Answers how long until the next deadline, at least 0, or {@link #NONE}. */
    long nanosToNext(long nowNanos) {
        return count == 0 ? NONE : Math.max(deadlines[0] - nowNanos, 0);
    }

    /** Calls every entry whose deadline is not after {@code nowNanos}. */
    void expire(long nowNanos, Worker worker) {
        while (count > 0 && deadlines[0] - nowNanos <= 0) {
            Timed due = entries[0];
            remove(due);
            due.expire(worker);
        }
    }

    /** Calls {@code action} for every entry; it must not add or remove any. */
    void forEach(Consumer<Timed> action) {
        for (int i = 0; i < count; i++) {
            action.accept(entries[i]);
        }
    }

    boolean isEmpty() {
        return count == 0;
    }

    int count() {
        return count;
    }

    private void siftUp(int start, Timed entry, long deadline) {
        int index = start;
        while (index > 0) {
            int parent = (index - 1) >> 2;
            if (deadline - deadlines[parent] >= 0) {
                break;
            }
            place(index, entries[parent], deadlines[parent]);
            index = parent;
        }
        place(index, entry, deadline);
    }

    private void siftDown(int start, Timed entry, long deadline) {
        int index = start;
        while (true) {
            int first = (index << 2) + 1;
            if (first >= count) {
                break;
            }
            int least = first;
            int end = Math.min(first + 4, count);
            for (int child = first + 1; child < end; child++) {
                if (deadlines[child] - deadlines[least] < 0) {
                    least = child;
                }
            }
            if (deadline - deadlines[least] <= 0) {
                break;
            }
            place(index, entries[least], deadlines[least]);
            index = least;
        }
        place(index, entry, deadline);
    }

    private void place(int index, Timed entry, long deadline) {
        entries[index] = entry;
        deadlines[index] = deadline;
        entry.timerIndex(index);
    }
}
