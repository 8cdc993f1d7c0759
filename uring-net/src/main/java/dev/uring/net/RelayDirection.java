package dev.uring.net;

import dev.uring.ffi.SocketConstant;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Op;
import dev.uring.runtime.RuntimeShutdownException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.IntConsumer;

/** One way of a {@link Relay}: moves what the source sends to the target, piece by piece, and the end after it. */
final class RelayDirection implements Callable<Void> {
    private static final int PIECE_BYTES = 64 << 10;

    private final Relay relay;
    private final StreamSocket source;
    private final StreamSocket target;
    private final IntConsumer progress;
    /** What is waited for, to be cancelled by any thread; null before the first. */
    private volatile Op<?> current;
    /** Whose operation that is: to know whose error it is. */
    private StreamSocket side;
    /** Written by the task that copies; read once it has ended. */
    private long bytes;
    private boolean finished;

    RelayDirection(Relay relay, StreamSocket source, StreamSocket target, IntConsumer progress) {
        this.relay = relay;
        this.source = source;
        this.target = target;
        this.progress = progress;
    }

    StreamSocket target() {
        return target;
    }

    /** Answers how many bytes the target has taken; once the direction has ended. */
    long bytes() {
        return bytes;
    }

    /** Answers whether the end came, and was passed on; once the direction has ended. */
    boolean isFinished() {
        return finished;
    }

    /** Copies until the end, an error, or the end of the relay; the relay is told which. */
    @Override
    public Void call() {
        boolean told = false;
        try {
            copyAll();
            told = true;
        } catch (SocketTimeoutException e) {
            relay.failed(this, side, e);
            told = true;
        } catch (InterruptedIOException | RuntimeShutdownException e) {
            relay.end(e);
            told = true;
        } catch (IOException e) {
            relay.failed(this, side, e);
            told = true;
        } catch (CancellationException e) {
            if (!relay.isStopped()) { // nobody but the close of a socket cancels then
                IOException closed = new AsynchronousCloseException();
                closed.initCause(e);
                relay.failed(this, side, closed);
            }
            told = true;
        } finally {
            if (!told) {
                relay.stop(); // an error of this program; the task tells it
            }
        }
        return null;
    }

    private void copyAll() throws IOException {
        try (IoBuffer buffer = IoBuffer.allocate(PIECE_BYTES)) {
            Receive receive = new Receive(source, buffer);
            Send send = new Send(target, buffer).whole();
            while (await(source, receive).bytes() > 0) {
                moved(await(target, send).bytes());
            }
        }
        await(target, new Shutdown(target, SocketConstant.SHUTDOWN_WRITE));
        finished = true;
    }

    private void moved(int count) {
        bytes += count;
        progress.accept(count);
        relay.moved();
    }

    /** Submits and waits. Whoever stops the relay either cancels what is noted here, or is seen afterwards. */
    private <T> T await(StreamSocket of, Op<T> op) throws IOException {
        side = of;
        current = op;
        op.submit();
        if (relay.isStopped()) {
            op.cancel();
        }
        return op.await();
    }

    /** Cancels what is waited for. For any thread. */
    void cancel() {
        Op<?> waitedFor = current;
        if (waitedFor != null) {
            waitedFor.cancel();
        }
    }
}
