package dev.uring.fallback;

import dev.uring.ffi.Errno;
import dev.uring.runtime.Sys;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicBoolean;

/** The numbers that {@link NioSys} gives, what they stand for, and the words behind the last error. For any thread. */
abstract class NioNumbers implements Sys {
    private static final int FIRST_NUMBERS = 64;

    /** Inside, the table changes: for the time of a few stores, so that nobody waits but on the processor. */
    private final AtomicBoolean busy = new AtomicBoolean();
    private final BitSet used = new BitSet();
    /** By number. Who has a number has it from the thread that stored here, so elements may be plain. */
    private volatile NioOpened[] table = new NioOpened[FIRST_NUMBERS];
    private final ThreadLocal<Exception> failure = new ThreadLocal<>();

    // ---- numbers ----

    /** Answers what a number stands for, or null. */
    final NioOpened opened(int fd) {
        NioOpened[] all = table;
        return fd >= 0 && fd < all.length ? all[fd] : null;
    }

    /** Answers how many numbers are open. */
    final int count() {
        enter();
        try {
            return used.cardinality();
        } finally {
            busy.set(false);
        }
    }

    private void enter() {
        while (!busy.compareAndSet(false, true)) { // ends: nobody stays
            Thread.onSpinWait();
        }
    }

    /** Gives the lowest free number. */
    final int add(NioOpened opened) {
        enter();
        try {
            int fd = used.nextClearBit(0);
            used.set(fd);
            if (fd == table.length) {
                table = Arrays.copyOf(table, 2 * fd);
            }
            table[fd] = opened;
            return fd;
        } finally {
            busy.set(false);
        }
    }

    final NioOpened remove(int fd) {
        enter();
        try {
            NioOpened removed = opened(fd);
            if (removed != null) {
                table[fd] = null;
                used.clear(fd);
            }
            return removed;
        } finally {
            busy.set(false);
        }
    }

    // ---- errors ----

    /** Keeps the exception where its number says too little; those numbers come from here alone. */
    final int failed(Exception thrown) {
        int errno = NioErrno.of(thrown);
        if (errno == Errno.EIO || errno == Errno.EINVAL || errno == Errno.EOPNOTSUPP) {
            failure.set(thrown);
        }
        return -errno;
    }

    @Override
    public final Throwable failure() {
        Exception last = failure.get();
        failure.remove();
        return last;
    }
}
