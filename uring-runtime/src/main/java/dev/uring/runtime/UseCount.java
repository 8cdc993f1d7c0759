package dev.uring.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A count of users that can be closed: from then on nobody is admitted, and exactly one party learns that the last user
 * has gone. For any thread, without locks.
 */
public final class UseCount {
    /** The sign bit: closed; the lower bits go on counting. */
    private static final int CLOSED = 1 << 31;

    private static final VarHandle WORD;

    static {
        try {
            WORD = MethodHandles.lookup().findVarHandle(UseCount.class, "word", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile int word;

    /** Makes an open count of nobody. */
    public UseCount() {
    }

    /** Admits one user; answers false once closed. */
    public boolean acquire() {
        int before;
        do {
            before = word;
            if (before < 0) {
                return false;
            }
        } while (!WORD.compareAndSet(this, before, before + 1));
        return true;
    }

    /** Lets one user go; answers true to the last one of a closed count. */
    public boolean release() {
        int before = (int) WORD.getAndAdd(this, -1);
        assert (before & ~CLOSED) > 0 : "released more often than acquired";
        return before == (CLOSED | 1);
    }

    /** Closes the count; answers true to the one caller that closed it. */
    public boolean close() {
        return (int) WORD.getAndBitwiseOr(this, CLOSED) >= 0;
    }

    /** Answers whether {@link #close()} was called. */
    public boolean isClosed() {
        return word < 0;
    }

    /** Answers how many users there are now. */
    public int count() {
        return word & ~CLOSED;
    }
}
