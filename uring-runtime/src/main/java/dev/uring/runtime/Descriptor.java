package dev.uring.runtime;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.ClosedChannelException;

/**
 * An open thing with a number: what files, sockets and pipes have in common. Counts the operations that use the number,
 * closes once, and closes in order: refuse new operations, cancel those in flight, wait until all have ended, and only
 * then give the number back to the kernel. So a number is never reused under a pending operation.
 *
 * <p>For any thread. An open descriptor keeps {@link UringRuntime#runUntilIdle} going.
 */
public abstract class Descriptor implements AutoCloseable {
    /** In {@link #use}: closing has begun; the lower bits go on counting. */
    private static final int CLOSING = 1 << 31;

    private static final VarHandle USE;

    static {
        try {
            USE = MethodHandles.lookup().findVarHandle(Descriptor.class, "use", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int fd;
    private final UringRuntime runtime;
    /** Operations that use the number, and CLOSING; changed by any thread, read-modify-write. */
    private volatile int use;
    /** The operation that closes; written by the thread that set CLOSING, before it publishes. */
    private volatile Close closing;

    /**
     * Takes charge of an open file descriptor.
     *
     * @param fd the number, which nobody else closes from now on
     * @param runtime the runtime whose workers carry the operations
     */
    @SuppressWarnings("this-escape") // the runtime only keeps the reference, to close it at its end
    protected Descriptor(int fd, UringRuntime runtime) {
        this.fd = fd;
        this.runtime = runtime;
        runtime.opened(this);
    }

    /** Answers the file descriptor's number; valid until closed. */
    public final int fd() {
        return fd;
    }

    /** Answers the runtime that the descriptor belongs to. */
    public final UringRuntime runtime() {
        return runtime;
    }

    /** Answers whether {@link #close()} or {@link #closeAsync()} was called. */
    public final boolean isOpen() {
        return use >= 0;
    }

    /** Counts one operation more; answers false once closing has begun. */
    final boolean acquire() {
        int before;
        do {
            before = use;
            if (before < 0) {
                return false;
            }
        } while (!USE.compareAndSet(this, before, before + 1));
        return true;
    }

    /** Counts one operation less; the last one of a closing descriptor starts the close. */
    final void release() {
        int before = (int) USE.getAndAdd(this, -1);
        assert (before & ~CLOSING) > 0 : "released more often than acquired: fd=" + fd;
        if (before == (CLOSING | 1)) {
            startClose();
        }
    }

    /** Answers how many operations use the number now. */
    final int useCount() {
        return use & ~CLOSING;
    }

    /** What an operation gets that comes after the close. */
    IOException closedException() {
        return new ClosedChannelException();
    }

    /**
     * Starts the close: no new operation is accepted, pending ones are cancelled, and the number is closed when the last
     * has ended. Every call answers the same operation.
     */
    public final Op<Void> closeAsync() {
        int before;
        do {
            before = use;
            if (before < 0) {
                return awaitClosing();
            }
        } while (!USE.compareAndSet(this, before, before | CLOSING));
        Close close = new Close(this);
        close.queued(runtime.anyWorker());
        closing = close;
        if (before == 0) {
            startClose();
        } else {
            runtime.cancelAll(this);
            // The last operation may have ended between the mark and the assignment: then nobody else starts the close.
            if (use == CLOSING) {
                startClose();
            }
        }
        return close;
    }

    /** Another thread is between its mark and its assignment, a few instructions. */
    private Close awaitClosing() {
        Close close = closing;
        while (close == null) {
            Thread.onSpinWait();
            close = closing;
        }
        return close;
    }

    private void startClose() {
        Close close = closing;
        if (close != null && close.startOnce()) {
            runtime.closeNow(this, close);
        }
    }

    /**
     * Closes and waits for it; see {@link #closeAsync()}. A second call waits for the first.
     *
     * @throws IOException if the kernel reports an error that an earlier write left behind; the number is closed all the
     *     same
     */
    @Override
    public void close() throws IOException {
        closeAsync().await();
    }
}
