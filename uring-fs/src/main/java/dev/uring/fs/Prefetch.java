package dev.uring.fs;

import dev.uring.runtime.BufferOp;
import dev.uring.runtime.IoBuffer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A read that is under way before its bytes are needed: start it, do something else, take the bytes or close it. For any
 * thread, and not only the one that started it.
 *
 * <pre>
 * state     event   next      who closes the buffer
 * STARTED   take    TAKEN     the caller, which has it; or this, when the read failed or was cancelled
 * STARTED   close   CLOSED    this, with the terminal result of the read
 * TAKEN     close   TAKEN     as before: a take that still waits is cancelled, one that is over keeps its buffer
 * </pre>
 */
public final class Prefetch implements AutoCloseable {
    private final BufferOp read;
    private final IoBuffer buffer;
    private final AtomicReference<State> state = new AtomicReference<>(State.STARTED);

    private enum State {
        STARTED, TAKEN, CLOSED
    }

    private Prefetch(BufferOp read, IoBuffer buffer) {
        this.read = read;
        this.buffer = buffer;
    }

    /**
     * Starts to read into memory of its own.
     *
     * @param offset bytes from the start of the file, not negative
     * @param lengthBytes 1 to 1 GiB
     */
    public static Prefetch start(AsyncFile file, long offset, int lengthBytes) {
        AsyncFile.requireOffset(offset);
        return start(file, offset, IoBuffer.allocate(lengthBytes));
    }

    /**
     * Starts to fill a buffer, such as one of a {@link dev.uring.runtime.BufferPool}, or one that is aligned for O_DIRECT.
     * The buffer is this object's from now on: whoever takes it closes it, and if nobody does, {@link #close} does.
     *
     * @param offset bytes from the start of the file, not negative
     */
    public static Prefetch start(AsyncFile file, long offset, IoBuffer buffer) {
        // With O_DIRECT only the end of the file makes a read short, and to go on from there would not be aligned.
        return new Prefetch(file.options().isDirect() ? file.readAt(buffer, offset) : file.readExactlyAt(buffer, offset),
                buffer);
    }

    /** Answers whether {@link #take} would not wait. */
    public boolean isDone() {
        return read.isDone();
    }

    /**
     * Waits for the bytes and answers the buffer, which is the caller's. Its length says how many there are: fewer than
     * asked for, or 0, only where the file ends. Parks a task, blocks any other thread; once.
     *
     * @throws ClosedChannelException when the file was closed before the read was started
     * @throws InterruptedIOException when the thread was interrupted and the read was cancelled for it
     * @throws CancellationException when another thread closed this meanwhile, or closed the file
     * @throws IOException when the read failed
     * @throws IllegalStateException when it was taken or closed before, or in a callback on a worker
     */
    public IoBuffer take() throws IOException {
        State before = state.compareAndExchange(State.STARTED, State.TAKEN);
        if (before != State.STARTED) {
            throw new IllegalStateException("prefetch was " + (before == State.TAKEN ? "taken" : "closed") + " before");
        }
        boolean answered = false;
        try {
            read.await();
            answered = true;
        } catch (EOFException e) {
            answered = true; // the length says so
        } finally {
            if (!answered) {
                recycle();
            }
        }
        return buffer;
    }

    /** Cancels the read unless it was taken; does not wait for it. The buffer is closed once the kernel is done with it. */
    @Override
    public void close() {
        if (state.compareAndSet(State.STARTED, State.CLOSED)) {
            recycle();
        } else {
            read.cancel();
        }
    }

    private void recycle() {
        read.cancel();
        read.onComplete((_, _) -> buffer.close());
    }

    @Override
    public String toString() {
        return "Prefetch[" + read + " " + state + "]";
    }
}
