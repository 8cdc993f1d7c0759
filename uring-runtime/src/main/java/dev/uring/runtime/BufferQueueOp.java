package dev.uring.runtime;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * An operation that moves buffers of a queue, one after the other and each as a whole, and closes each when it has moved.
 * {@link #add} hands a buffer over and waits only when the queue is full: the operation is started when there is something
 * to move, goes on by itself ({@link Op#continues}) while there is more, and ends with the queue empty.
 *
 * <pre>
 * running   by                                                       when
 * true      the writer, who then submits the operation               it has added a buffer and found false
 * false     the worker, which then ends the operation                the last buffer has moved
 * true      the worker, which goes on                                it finds a buffer after all, and nobody was quicker
 * </pre>
 *
 * <p>A failure closes all that is queued and stays: the writer learns of it from its next call. One writer at a time; it may
 * be any thread but a callback.
 */
public abstract class BufferQueueOp extends Op<Void> {
    static final int CAPACITY = 16;
    private static final VarHandle HEAD;
    private static final VarHandle TAIL;
    private static final VarHandle RUNNING;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(BufferQueueOp.class, "head", int.class);
            TAIL = lookup.findVarHandle(BufferQueueOp.class, "tail", int.class);
            RUNNING = lookup.findVarHandle(BufferQueueOp.class, "running", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Descriptor descriptor;
    private final IoBuffer[] slots = new IoBuffer[CAPACITY];
    /** Moved so far, by the worker; after a failure by whoever disposes of the rest, hence by compare-and-set. */
    private int head;
    /** Added so far, by the writer. */
    private int tail;
    private volatile boolean running;
    /** An operation has failed: nothing moves any more. */
    private volatile boolean failed;
    /** Someone was told why: who closes need not tell it again. */
    private volatile boolean told;
    /** The worker is gone: nothing moves any more, and nothing is closed either, since the kernel may have it. */
    private volatile boolean lost;
    /** The writer that waits for room. */
    private volatile Thread waiter;
    /** Bytes of the first buffer that have moved; the worker's. */
    private int done;

    /** Names the operands; nothing is queued yet. */
    protected BufferQueueOp(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    @Override
    protected final Descriptor descriptor() {
        return descriptor;
    }

    // ---- the writer ----

    /**
     * Hands a buffer over: its {@code [0, length)} will move, and it is closed then, or when anything fails. Waits while 16
     * buffers are queued.
     *
     * @throws IOException what an earlier buffer failed with; this one is closed, and nothing of it has moved
     * @throws InterruptedIOException when the thread was interrupted while it waited: this buffer is closed
     */
    public final void add(IoBuffer buffer) throws IOException {
        if (buffer.length() == 0) {
            buffer.close();
            return;
        }
        try {
            awaitRoom();
        } catch (IOException e) {
            buffer.close();
            throw e;
        }
        if (failed || lost) {
            buffer.close();
            awaitAndTell(); // throws why
            throw new IOException(describe() + " failed before");
        }
        if (put(buffer)) {
            start();
        }
    }

    /** Adds a buffer, for which there is room; answers whether the operation has ended, and the caller is to start it. */
    final boolean put(IoBuffer buffer) {
        buffer.move(this);
        slots[tail & CAPACITY - 1] = buffer;
        TAIL.setRelease(this, tail + 1);
        VarHandle.fullFence();
        if (failed) {
            closeQueued();
            return false;
        }
        return !running && RUNNING.compareAndSet(this, false, true);
    }

    private void start() throws IOException {
        if (isUnderWay()) {
            awaitAndTell(); // the worker has said that it ends, and is about to
        }
        submit();
        if (refusal() != null) {
            awaitAndTell(); // throws it
        }
    }

    /**
     * Waits until all that was added has moved.
     *
     * @throws IOException what a buffer failed with
     */
    public final void flush() throws IOException {
        if (tail != 0) {
            awaitAndTell();
        }
    }

    private void awaitAndTell() throws IOException {
        try {
            await();
        } catch (IOException | RuntimeException e) {
            told = true;
            throw e;
        }
    }

    /**
     * Answers whether something that was added has not moved, or has failed and nobody was told: whether {@link #flush} would
     * wait, or tell something new. Any thread, and out of date at once.
     */
    public final boolean needsFlush() {
        return failed ? !told : running;
    }

    private boolean isFull() {
        return tail - (int) HEAD.getAcquire(this) == CAPACITY;
    }

    private void awaitRoom() throws IOException {
        if (!isFull()) {
            return;
        }
        Worker.requireNoCallback(operation());
        waiter = Thread.currentThread();
        try {
            boolean stuck = false;
            while (isFull() && !failed && !lost) {
                stuck = Worker.park(this, stuck, worker, () -> !isFull() || failed || lost);
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException(describe() + " was interrupted while waiting for room");
                }
            }
        } finally {
            waiter = null;
        }
    }

    // ---- the worker ----

    @Override
    final boolean mayContinue() {
        return true;
    }

    @Override
    protected final void restarted() {
        done = 0;
    }

    @Override
    protected final boolean continues(int res) {
        IoBuffer current = slots[head & CAPACITY - 1];
        done += res;
        if (done < current.lengthInFlight()) {
            return true;
        }
        slots[head & CAPACITY - 1] = null;
        current.giveBack(this);
        current.close();
        done = 0;
        HEAD.setRelease(this, head + 1);
        VarHandle.fullFence(); // orders the room before the look: who waits for it stores itself before it looks
        Thread waiting = waiter;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
        if (isQueued(1)) {
            return true;
        }
        running = false;
        VarHandle.fullFence(); // the writer adds before it looks, and this looks after it has said so
        return isQueued(1) && RUNNING.compareAndSet(this, false, true);
    }

    private boolean isQueued(int count) {
        return (int) TAIL.getAcquire(this) - head >= count;
    }

    /** Answers whether more is queued behind the buffer that moves now. */
    protected final boolean hasMore() {
        return isQueued(2);
    }

    /** Answers the memory that is to move now. */
    protected final MemorySegment memory() {
        MemorySegment memory = slots[head & CAPACITY - 1].memory();
        return done == 0 ? memory : memory.asSlice(done);
    }

    /** Answers how many bytes are to move now. */
    protected final int lengthBytes() {
        return slots[head & CAPACITY - 1].lengthInFlight() - done;
    }

    /** No operation will start any more, since {@code running} stays true. */
    @Override
    protected final void failed() {
        failed = true;
        VarHandle.fullFence();
        closeQueued();
        Thread waiting = waiter;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }

    @Override
    final void lost() {
        lost = true;
        Thread waiting = waiter;
        if (waiting != null) {
            LockSupport.unpark(waiting);
        }
    }

    /** After a failure; by the worker, and by a writer that has added meanwhile: each buffer by one of them. */
    private void closeQueued() {
        for (int at = (int) HEAD.getAcquire(this); at != (int) TAIL.getAcquire(this); at = (int) HEAD.getAcquire(this)) {
            IoBuffer buffer = slots[at & CAPACITY - 1];
            if (HEAD.compareAndSet(this, at, at + 1)) {
                slots[at & CAPACITY - 1] = null;
                buffer.giveBack(this);
                buffer.close();
            }
        }
    }

    // ---- words ----

    @Override
    protected final Void decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return null;
    }

    @Override
    protected final IOException failure(int errno) {
        return descriptor.failure(operation(), operands(), errno);
    }

    @Override
    protected final String operands() {
        return "fd=" + descriptor.fd() + " buffers=" + Math.max(tail - head, 0);
    }
}
