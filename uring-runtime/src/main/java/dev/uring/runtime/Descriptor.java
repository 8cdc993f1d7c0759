package dev.uring.runtime;

import dev.uring.ffi.DescriptorCommand;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.ClosedChannelException;
import java.util.function.ToLongFunction;

/**
 * An open thing with a number: what files, sockets and pipes have in common. Counts the operations that use the number,
 * closes once, and closes in order: refuse new operations, cancel those in flight, wait until all have ended, and only
 * then give the number back to the kernel. So a number is never reused under a pending operation.
 *
 * <p>For any thread.
 */
public abstract class Descriptor implements AutoCloseable {
    private static final VarHandle WATCHERS;

    static {
        try {
            WATCHERS = MethodHandles.lookup().findVarHandle(Descriptor.class, "watchers", Watcher.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final int fd;
    private final UringRuntime runtime;
    /** Operations that use the number; closed when closing begins. */
    private final UseCount uses = new UseCount();
    /** The operation that closes; written by the thread that closed the count. */
    private volatile Close closing;
    /** Whose drivers keep something for the number, see {@link Driver#watches}; null for none. */
    private volatile Watcher watchers;

    /** One of several workers. */
    record Watcher(Worker worker, Watcher next) {
    }

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
        return !uses.isClosed();
    }

    /**
     * Answers whether close(2) may take its time, as where it writes data back; then a thread of the blocking pool makes
     * it. False for sockets that do not linger, and for pipes.
     */
    protected boolean closeMayBlock() {
        return true;
    }

    /**
     * Answers whether close(2) waits for another side, as of a socket that lingers: then a thread of the blocking pool makes
     * it on every driver, since the kernel closes for a ring on the thread of its worker.
     */
    protected boolean closesOnPool() {
        return false;
    }

    /**
     * Makes a system call that does not wait, on the calling thread. The number is not closed meanwhile.
     *
     * @return what the call answered
     * @throws ClosedChannelException when closing has begun
     */
    protected final long call(ToLongFunction<Sys> call) throws IOException {
        if (!acquire()) {
            throw closedException();
        }
        try {
            return call.applyAsLong(sys(runtime));
        } finally {
            release();
        }
    }

    /**
     * Makes another number for what a descriptor stands for, closed on exec; with its own position in nothing, and its own
     * close (F_DUPFD_CLOEXEC of fcntl(2)).
     *
     * @return the number, which nobody closes yet, or -errno: EMFILE, and EOPNOTSUPP with the driver nio
     * @throws ClosedChannelException when closing has begun
     */
    protected static int duplicate(Descriptor descriptor) throws IOException {
        return (int) descriptor.call(sys -> sys.fcntl(descriptor.fd, DescriptorCommand.DUPLICATE_CLOSE_ON_EXEC, 0));
    }

    /** Answers the system calls of a runtime's driver, for subclasses that have a number before they have an operation. */
    protected static Sys sys(UringRuntime runtime) {
        return runtime.sys();
    }

    /**
     * Answers the current runtime, for the same subclasses; see {@link Handle#current}.
     *
     * @param operation what is about to be done
     * @throws IllegalStateException when there is none, or it was built without I/O
     */
    protected static UringRuntime currentRuntime(String operation) {
        UringRuntime runtime = Handle.current().runtime();
        runtime.requireIo("operation=" + operation);
        return runtime;
    }

    /** Counts one operation more; answers false once closing has begun. */
    final boolean acquire() {
        return uses.acquire();
    }

    /** Counts one operation less; the last one of a closing descriptor starts the close. */
    final void release() {
        if (uses.release()) {
            startClose();
        }
    }

    /** Answers how many operations use the number now. */
    final int useCount() {
        return uses.count();
    }

    /**
     * Answers what must have moved in multiples of, so that a short read can be gone on from: with O_DIRECT a read that ends
     * inside a block has found the end of the file, and the rest of the block cannot be asked for.
     */
    protected int transferUnit() {
        return 1;
    }

    /**
     * Answers the exception for a failed operation on this descriptor; subclasses know its path or peer.
     *
     * @param operands as {@code name=value} pairs
     * @param errno the positive error number
     */
    protected IOException failure(String operation, String operands, int errno) {
        return new UringException(operation, operands, errno);
    }

    /** Answers what it is, as {@code name=value} pairs each with a space behind, for messages; empty for none. */
    protected String name() {
        return "";
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
        if (!uses.close()) {
            return awaitClosing();
        }
        Close close = new Close(this);
        close.queued(runtime.anyWorker());
        closing = close;
        // Whoever let go last before the assignment found nothing to start; whoever comes after it starts the close.
        if (uses.count() == 0) {
            startClose();
        } else {
            runtime.cancelAll(this);
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
            closeNow(close);
        }
    }

    /** Hands the close to a worker, once, when nothing uses the number any more. */
    void closeNow(Close close) {
        Watcher last = watchers;
        if (last == null) {
            runtime.closeNow(this, close);
        } else {
            runtime.forget(this, close, last);
        }
    }

    /** Notes a worker whose driver must forget the number before it is closed; while an operation uses the number. */
    final void watchedBy(Worker worker) {
        Watcher before;
        do {
            before = watchers;
        } while (!WATCHERS.compareAndSet(this, before, new Watcher(worker, before)));
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
