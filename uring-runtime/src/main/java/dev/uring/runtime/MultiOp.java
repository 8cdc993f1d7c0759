package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.CqeFlag;
import dev.uring.ffi.Errno;
import dev.uring.ffi.Sqe;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;

/**
 * One request of the kernel that answers again and again: accepted connections, received buffers, readiness. It has the
 * faces of {@link Op}; its results wait in a bounded queue.
 *
 * <pre>
 * state      the request          left when
 * ARMED      in flight            a result without F_MORE comes: to ARMED again, STARVED, PAUSED or ENDED
 * STOPPING   being cancelled      its last result comes: to PAUSED, or to ENDED if closed meanwhile
 * PAUSED     none                 the consumer has taken half of what waits: to ARMED
 * STARVED    none                 provided buffers have come back: to ARMED
 * RETRYING   none                 a while after an error that passes: to ARMED
 * ENDED      none                 never: an error, the end of the stream, or close
 * </pre>
 *
 * <p>A consumer that is slower than the kernel stops the kernel: nothing is dropped, and nothing grows but by what was on
 * its way. One consumer at a time; {@link #close} is for any thread, also while the consumer is in {@link #next}: each
 * result that is left goes to one of the two.
 *
 * @param <T> what each result answers
 */
public abstract class MultiOp<T> implements AutoCloseable {
    private static final int QUEUE_LIMIT = 128;
    /** How long after an error that passes the request is made again: nothing tells that what was short is there. */
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private enum State { IDLE, ARMED, STOPPING, PAUSED, STARVED, RETRYING, ENDED }

    private final Shot shot = new Shot();
    private final BiConsumer<Void, IOException> afterShot = (_, _) -> shotEnded();
    private final ResultQueue results;
    /** Written by the worker (and by the thread that starts, before it submits). */
    private volatile State state = State.IDLE;
    /** The request has been in flight before; the worker's. */
    private boolean wasArmed;
    /** Why no more results come: null for the plain end; written before ENDED. */
    private IOException failure;
    /** The consumer that waits for a result; see {@link #awaitResult}. */
    private volatile Thread waiter;
    /** Threads that wait in {@link #close} for ENDED. */
    private final Queue<Thread> closers = new ConcurrentLinkedQueue<>();
    /** Called on the worker when there is something to take from the queue; written before the start. */
    private Runnable readyAction;
    /** The callback that takes results on the worker instead of the queue; written before the start. */
    private BiConsumer<? super T, ? super IOException> action;
    /** The error that passes was told, and no result has come since; worker only. */
    private boolean isErrorTold;
    /** Someone has called {@link #close}; written before that thread looks at the state. */
    private volatile boolean closed;

    /** For subclasses, which name their operands; nothing is started yet. At most 128 results wait for the consumer. */
    protected MultiOp() {
        this(QUEUE_LIMIT);
    }

    /**
     * As {@link #MultiOp()}, with less room, which each object has for as long as it lives.
     *
     * @param queueLimitMax the most that {@link #queueLimit} ever answers: a power of two
     */
    protected MultiOp(int queueLimitMax) {
        results = new ResultQueue(2 * queueLimitMax); // more may be on their way
    }

    // ---- faces ----

    /** See {@link Op#prepare}; false where this kernel has no multishot form. */
    protected abstract boolean prepare(Sqe sqe, Capabilities kernel);

    /** See {@link Op#readiness}; never BLOCKING. */
    protected abstract Readiness readiness();

    /** See {@link Op#attempt}: one result, or -EAGAIN. */
    protected abstract int attempt(Sys sys, MemorySegment selected);

    /** Turns one result into what the consumer gets. */
    protected abstract T decode(int res, int flags) throws IOException;

    /** Disposes of a result that nobody takes. */
    protected abstract void discard(int res, int flags);

    /** Answers the open thing that the request uses; null for none. */
    protected abstract Descriptor descriptor();

    /** Answers whether this result is the last: an error always is, for a stream also 0. */
    protected boolean ends(int res) {
        return res < 0;
    }

    /**
     * Answers how many results wait for the consumer before the request is stopped; it goes on when half of them are taken.
     */
    protected int queueLimit() {
        return results.capacity() / 2;
    }

    /**
     * Answers whether the request is to be armed anew after this result, because {@link #prepare} would fill its entry with
     * something else now. Called on the worker's thread, once for each result that others follow.
     */
    protected boolean changes(int res) {
        return false;
    }

    /** See {@link Op#drains}. */
    protected boolean drains(int res) {
        return false;
    }

    /** Answers the group of provided buffers that results take theirs from, or -1. */
    protected int bufferGroup() {
        return -1;
    }

    /** See {@link Op#operands}. */
    protected String operands() {
        return "";
    }

    /** See {@link Op#failure}. */
    protected IOException failure(int errno) {
        return new UringException(shot.operation(), operands(), errno);
    }

    /**
     * Answers whether an error ends this request but not the stream, as when the process has no descriptor left for a moment.
     * It is told once, like a result, and {@link #decode} throws it; the request is made again by and by until it answers.
     */
    protected boolean passes(int errno) {
        return false;
    }

    /** Answers the worker that has the request; for {@link #decode} and {@link #discard}. */
    protected final UringRuntime runtime() {
        return shot.runtime();
    }

    /** See {@link Op#discardDescriptor}. */
    protected final void discardDescriptor(int fd) {
        shot.discardDescriptor(fd);
    }

    /** Answers the provided buffer that a result came in, {@code res} bytes long. */
    protected final IoBuffer providedBuffer(int res, int flags) {
        return shot.providedBuffer(res, flags);
    }

    /** Puts back the provided buffer of a result that nobody takes. */
    protected final void discardBuffer(int flags) {
        shot.discardBuffer(flags);
    }

    // ---- the request ----

    /** The request in flight: an operation whose results are this object's. */
    private final class Shot extends Op<Void> {
        @Override
        Class<?> kind() {
            return MultiOp.this.getClass();
        }

        @Override
        protected boolean prepare(Sqe sqe, Capabilities kernel) {
            return MultiOp.this.prepare(sqe, kernel);
        }

        @Override
        protected Readiness readiness() {
            return MultiOp.this.readiness();
        }

        @Override
        protected int attempt(Sys sys, MemorySegment selected) {
            return MultiOp.this.attempt(sys, selected);
        }

        @Override
        protected Void decode(int res, int flags) {
            return null; // the results were taken as they came
        }

        @Override
        protected Descriptor descriptor() {
            return MultiOp.this.descriptor();
        }

        @Override
        protected int bufferGroup() {
            return MultiOp.this.bufferGroup();
        }

        @Override
        protected boolean isMultishot() {
            return true;
        }

        @Override
        protected boolean ends(int res) {
            return MultiOp.this.ends(res);
        }

        @Override
        protected boolean drains(int res) {
            return MultiOp.this.drains(res);
        }

        @Override
        protected String operation() {
            return MultiOp.this.getClass().getSimpleName().toLowerCase(Locale.ROOT);
        }

        @Override
        protected String operands() {
            return MultiOp.this.operands();
        }

        @Override
        void more(int res, int flags) {
            boolean changes = MultiOp.this.changes(res);
            result(res, flags);
            if (state == State.ARMED && (changes || results.size() >= queueLimit())) {
                state = State.STOPPING;
                cancel();
            }
        }
    }

    /** Starts the request; results wait for {@link #next}. */
    public final MultiOp<T> start() {
        if (state != State.IDLE) {
            throw new IllegalStateException(shot.describe() + " was started before");
        }
        state = State.ARMED;
        shot.submit();
        shot.onComplete(afterShot);
        return this;
    }

    /**
     * Starts the request and calls {@code action} on the worker with every result; with nulls at the plain end, with the
     * exception at any other. There is no queue, so {@link #next} must not be called.
     */
    public final MultiOp<T> start(BiConsumer<? super T, ? super IOException> action) {
        this.action = Objects.requireNonNull(action);
        return start();
    }

    /**
     * Starts the request and calls {@code ready} on the worker when results wait in the queue, or the end does: once for
     * each that comes, though others may wait already. Takes with {@link #pollInto} until there is none.
     */
    public final MultiOp<T> start(Runnable ready) {
        readyAction = Objects.requireNonNull(ready);
        return start();
    }

    /** Takes one result, on the worker's thread. */
    private void result(int res, int flags) {
        isErrorTold = res < 0;
        if (action != null) {
            call(res, flags);
            return;
        }
        results.put(res, flags);
        wakeConsumer();
    }

    private void call(int res, int flags) {
        T value;
        try {
            value = decode(res, flags);
        } catch (IOException e) {
            action.accept(null, e);
            return;
        }
        action.accept(value, null);
    }

    /** The request has answered its last, on the worker's thread. */
    private void shotEnded() {
        int res = shot.result;
        boolean stopped = state == State.STOPPING;
        // Refused at submission: the operation never ran, and its own exception says why.
        IOException refusal = shot.refusal();
        if (refusal == null && res >= 0 && !ends(res)) {
            result(res, shot.flags);
        } else if (refusal == null && res >= 0) {
            discardBuffer(shot.flags);
        }
        if (closed) {
            end(new ClosedChannelException());
        } else if (refusal != null) {
            end(wasArmed && refusal instanceof ClosedChannelException ? new ClosedInUseException(shot.describe()) : refusal);
        } else if (res < 0 && passes(-res)) {
            retryLater(res);
        } else if (res == -Errno.ENOBUFS) {
            state = State.STARVED;
            shot.worker.operations().isResting(this, true);
            shot.worker.provided().whenRefilled(bufferGroup(), this::rearm);
        } else if (res == -Errno.ECANCELED && shot.isCancelAskedByClose()) {
            end(new ClosedInUseException(shot.describe()));
        } else if (res == -Errno.ECANCELED && (stopped || shot.isCancelAsked())) {
            pauseOrRearm();
        } else if (res < 0) {
            end(failure(-res));
        } else if (ends(res)) {
            end(null);
        } else {
            pauseOrRearm();
        }
    }

    /** Tells the error, unless it has lasted since it was told, and waits without a request. */
    private void retryLater(int res) {
        if (!isErrorTold) {
            result(res, 0);
        }
        state = State.RETRYING;
        shot.worker.operations().isResting(this, true);
        shot.worker.timers().add(new Retry(), shot.worker.runtime().nanoTime() + RETRY_NANOS);
    }

    /** The next try, at its time; too late for a stream that was closed meanwhile. */
    private final class Retry implements Timed {
        private int index = -1;

        @Override
        public void expire(Worker worker) {
            if (state == State.RETRYING) {
                rearm();
            }
        }

        @Override
        public void timerIndex(int index) {
            this.index = index;
        }

        @Override
        public int timerIndex() {
            return index;
        }
    }

    private void pauseOrRearm() {
        if (results.size() >= queueLimit() || results.hasSpilt()) {
            state = State.PAUSED;
            shot.worker.operations().isResting(this, true);
            // The consumer may have emptied the queue before it could see the pause.
            VarHandle.fullFence();
            if (results.size() <= queueLimit() / 2) {
                resume();
            }
        } else {
            rearm();
        }
    }

    /** Starts the request again, on the worker's thread. */
    private void rearm() {
        if (state == State.ENDED) {
            return; // closed while it waited for buffers
        }
        if (closed) {
            end(new ClosedChannelException());
            return;
        }
        if (shot.worker.runtime().isClosing()) {
            end(new RuntimeShutdownException(shot.describe())); // whose end has closed the descriptor too, or is about to
            return;
        }
        shot.worker.operations().isResting(this, false);
        state = State.ARMED;
        wasArmed = true;
        shot.submitAgain();
        shot.onComplete(afterShot);
    }

    /** The consumer has made room; on the worker's thread. */
    private void resume() {
        if (state == State.ENDED) {
            return; // the spill is the consumer's now
        }
        results.unspill();
        wakeConsumer();
        if (state == State.PAUSED && !results.hasSpilt()) {
            rearm();
        }
    }

    /** The runtime ends while no request is in flight that could tell. */
    void endResting() {
        end(new RuntimeShutdownException(shot.describe()));
    }

    private void end(IOException reason) {
        if (shot.worker != null) {
            shot.worker.operations().isResting(this, false);
        }
        failure = reason;
        state = State.ENDED;
        wakeConsumer();
        closers.forEach(LockSupport::unpark);
        // A close that this look is too early to see finds the end by itself.
        if (closed) {
            discardAll();
        }
        if (action != null) {
            action.accept(null, reason);
        }
    }

    private void wakeConsumer() {
        if (readyAction != null) {
            readyAction.run();
            return;
        }
        // Orders the put before the look: the consumer stores itself before it looks at the queue.
        VarHandle.fullFence();
        Thread waiting = waiter;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }

    // ---- the consumer ----

    /**
     * Answers the next result, waiting for it; null at the end.
     *
     * @throws IOException what ended the request, after all results before it; what {@link #decode} throws for this one; an
     *     error that passes, after which {@link #isOver} is false and more may come
     * @throws InterruptedIOException when the thread is interrupted; no result is lost
     */
    public final T next() throws IOException {
        long result = awaitedResult();
        if (result == ResultQueue.EMPTY) {
            return null;
        }
        taken();
        return decode(ResultQueue.res(result), ResultQueue.flags(result));
    }

    /**
     * As {@link #next()}, for results in provided buffers: fills a buffer without memory of its own, and makes no object.
     *
     * @param into from {@link IoBuffer#empty}, and closed since it was filled last
     * @return bytes, at least 1; 0 at the end
     */
    protected final int nextInto(IoBuffer into) throws IOException {
        into.requireFillable();
        long result = awaitedResult();
        if (result == ResultQueue.EMPTY) {
            return 0;
        }
        fill(into, result);
        return into.length();
    }

    /** As {@link #nextInto}, without waiting: -1 when there is no result yet. */
    protected final int pollInto(IoBuffer into) throws IOException {
        into.requireFillable();
        long result = results.poll();
        if (result == ResultQueue.EMPTY) {
            if (state != State.ENDED) {
                if (state == State.PAUSED) {
                    shot.worker.call(this::resume);
                }
                return -1;
            }
            result = resultAfterEnd();
            if (result == ResultQueue.EMPTY) {
                return 0;
            }
        }
        fill(into, result);
        return into.length();
    }

    private void fill(IoBuffer into, long result) {
        taken();
        shot.worker.provided().take(ResultQueue.flags(result) >>> CqeFlag.BUFFER_SHIFT, ResultQueue.res(result), into);
    }

    /** Answers the next result, waiting for it; EMPTY at the plain end. */
    private long awaitedResult() throws IOException {
        long result = results.poll();
        while (result == ResultQueue.EMPTY) {
            if (state == State.ENDED) {
                return resultAfterEnd();
            }
            awaitResult();
            result = results.poll();
        }
        return result;
    }

    private long resultAfterEnd() throws IOException {
        long result = results.pollAfterEnd();
        if (result == ResultQueue.EMPTY && failure != null) {
            throw failure;
        }
        return result;
    }

    /** A result was taken: a request that was stopped for want of room goes on. */
    private void taken() {
        if (state == State.PAUSED && results.size() <= queueLimit() / 2) {
            shot.worker.call(this::resume);
        }
    }

    private void awaitResult() throws InterruptedIOException {
        waiter = Thread.currentThread();
        // The store above is a full barrier: a pause that next() was too early to see is seen here.
        if (state == State.PAUSED) {
            shot.worker.call(this::resume);
        }
        try {
            boolean stuck = false;
            while (results.size() == 0 && state != State.ENDED) {
                stuck = Worker.park(this, stuck, shot.worker, () -> results.size() > 0 || state == State.ENDED);
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException(shot.describe() + " was interrupted while waiting for a result");
                }
            }
        } finally {
            waiter = null;
        }
    }

    /**
     * Ends the request, waits until the kernel has let go of it, and disposes of results that nobody took. A consumer that
     * waits gets {@link ClosedChannelException}. In a callback it does not wait: the worker disposes of them later. A
     * second call does nothing.
     */
    @Override
    public void close() {
        closed = true;
        if (state == State.IDLE) {
            state = State.ENDED;
            return;
        }
        Worker worker = shot.worker;
        if (worker == null) {
            discardAll(); // refused at its start
            return;
        }
        if (state != State.ENDED) {
            worker.call(this::closeOnWorker);
            Worker here = Worker.current();
            if (here != null && here.isLoop()) {
                return; // this thread has work to do, whichever runtime's it is
            }
            awaitEnd();
        }
        discardAll();
    }

    private void awaitEnd() {
        boolean interrupted = false;
        boolean stuck = false;
        closers.add(Thread.currentThread());
        while (state != State.ENDED) {
            stuck = Worker.park(this, stuck, shot.worker, () -> state == State.ENDED);
            interrupted |= Thread.interrupted();
        }
        closers.remove(Thread.currentThread());
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void closeOnWorker() {
        switch (state) {
            case ARMED, STOPPING -> shot.cancel();
            case PAUSED, STARVED, RETRYING, IDLE -> end(new ClosedChannelException());
            case ENDED -> {
            }
        }
    }

    /** Once ENDED; by any thread, and when it returns all are disposed of, whoever has begun. */
    private void discardAll() {
        synchronized (results) {
            for (long result = results.pollAfterEnd(); result != ResultQueue.EMPTY; result = results.pollAfterEnd()) {
                if (ResultQueue.res(result) >= 0) { // else an error that was to pass
                    discard(ResultQueue.res(result), ResultQueue.flags(result));
                }
            }
        }
    }

    /** Answers whether no more results come, now or ever: {@link #next} would answer null, or throw why. */
    public final boolean isOver() {
        return state == State.ENDED && results.size() == 0;
    }

    @Override
    public String toString() {
        return shot.describe() + " (" + state + ")";
    }
}
