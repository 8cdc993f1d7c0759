package dev.uring.fs;

import dev.uring.runtime.Handle;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A call of an {@link UringAsynchronousFileChannel} that a task makes: tells a handler, or is the future.
 *
 * <p>A cancel interrupts the task, so that the operation it waits for is cancelled in the kernel; the future is done
 * when the task has come back from that. For any thread.
 */
final class PendingCall<V, A> implements Future<V>, Callable<Void> {
    private final AsyncFile file;
    private final UringAsynchronousFileChannel.Waiting<V> what;
    private final A attachment;
    private final CompletionHandler<V, ? super A> handler;
    private final CompletableFuture<V> outcome = new CompletableFuture<>();
    /** Orders an interrupt before the moment from which the task does something else. */
    private final ReentrantLock lock = new ReentrantLock();
    /** The task while it makes the call; under the lock. */
    private Thread caller;
    /** Under the lock. */
    private boolean cancelAsked;
    /** Under the lock. */
    private boolean begun;
    /** Whether the channel was closed when it was called; what it fails with then is not the same. */
    private final boolean late;

    PendingCall(AsyncFile file, UringAsynchronousFileChannel.Waiting<V> what, A attachment,
            CompletionHandler<V, ? super A> handler) {
        this.file = file;
        this.what = what;
        this.attachment = attachment;
        this.handler = handler;
        late = !file.isOpen();
    }

    /** A task that the runtime does not run, since it is at its end, tells that the channel is closed: the file is. */
    void start(Handle runtime) {
        runtime.spawn(this).toCompletableFuture().whenComplete((_, _) -> {
            if (begin()) {
                end();
                giveUp();
                tell(null, late ? new ClosedChannelException() : new AsynchronousCloseException());
            }
        });
    }

    @Override
    public Void call() {
        if (!begin()) {
            return null;
        }
        V result = null;
        Throwable failure = null;
        try {
            if (late) {
                throw new ClosedChannelException();
            }
            if (isCancelAsked()) {
                giveUp();
                throw new CancellationException("call was cancelled before it began");
            }
            result = what.call();
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
        boolean cancelled = end();
        tell(result, failure == null ? null : meaning(failure, cancelled));
        return null;
    }

    /** Answers true once. */
    private boolean begin() {
        lock.lock();
        try {
            if (begun) {
                return false;
            }
            begun = true;
            caller = Thread.currentThread();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean isCancelAsked() {
        lock.lock();
        try {
            return cancelAsked;
        } finally {
            lock.unlock();
        }
    }

    private void giveUp() {
        if (what instanceof UringAsynchronousFileChannel.Locking locking) {
            locking.giveUp();
        }
    }

    /** Answers whether the task was interrupted by a cancel; the handler starts without that. */
    private boolean end() {
        lock.lock();
        try {
            caller = null;
            return cancelAsked && Thread.interrupted();
        } finally {
            lock.unlock();
        }
    }

    private Throwable meaning(Throwable failure, boolean cancelled) {
        if (cancelled && failure instanceof InterruptedIOException) {
            var cancellation = new CancellationException("call was cancelled");
            cancellation.initCause(failure);
            return cancellation;
        }
        if (late) {
            return failure;
        }
        boolean ended = failure instanceof ClosedChannelException || failure instanceof CancellationException
                || failure instanceof InterruptedIOException;
        return ended && !file.isOpen() ? closedMeanwhile((Exception) failure) : failure;
    }

    static AsynchronousCloseException closedMeanwhile(Exception cause) {
        var closed = new AsynchronousCloseException();
        closed.initCause(cause);
        return closed;
    }

    private void tell(V result, Throwable failure) {
        if (handler == null) {
            if (failure == null) {
                outcome.complete(result);
            } else {
                outcome.completeExceptionally(failure);
            }
        } else {
            tellHandler(result, failure);
        }
    }

    /** What a handler throws is the thread's, as in the JDK: nobody waits for it here. */
    private void tellHandler(V result, Throwable failure) {
        try {
            if (failure == null) {
                handler.completed(result, attachment);
            } else {
                handler.failed(failure, attachment);
            }
        } catch (RuntimeException | Error e) {
            Thread self = Thread.currentThread();
            self.getUncaughtExceptionHandler().uncaughtException(self, e);
        }
    }

    // ---- the future ----

    /** Asks for the cancel, whether or not the call has begun; answers false once it is done. */
    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        lock.lock();
        try {
            if (outcome.isDone()) {
                return false;
            }
            cancelAsked = true;
            if (caller != null) {
                caller.interrupt();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isCancelled() {
        return outcome.isCancelled();
    }

    @Override
    public boolean isDone() {
        return outcome.isDone();
    }

    @Override
    public V get() throws InterruptedException, ExecutionException {
        return outcome.get();
    }

    @Override
    public V get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        return outcome.get(timeout, unit);
    }
}
