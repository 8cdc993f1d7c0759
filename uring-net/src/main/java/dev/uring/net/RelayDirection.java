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
    /** What an unprivileged user may have; a quarter of it takes half as much CPU again for each byte. */
    private static final int PIPE_BYTES = 1 << 20;
    /** Pieces fill the largest buffer: then a pipe costs half. At 32 KiB it costs 1.4 times as much, at 64 KiB about the same. */
    private static final int PIPE_FROM_BYTES = 56 << 10;
    /** Far enough below for changes of mind to be rare. */
    private static final int BUFFERS_BELOW_BYTES = 32 << 10;
    /** How many pieces the choice goes by, about. */
    private static final int AVERAGE_OF = 8;

    /** How the next bytes go, if there are any. */
    private enum Way { BUFFERS, PIPE, END }

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
    /** Of the pieces that moved lately. */
    private int averageBytes;
    private CopyOptions.Splice splice;
    private boolean finished;

    RelayDirection(Relay relay, StreamSocket source, StreamSocket target, CopyOptions.Splice splice,
                   IntConsumer progress) {
        this.splice = splice;
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
        try {
            copyAll();
        } catch (IOException e) {
            tell(e);
        } catch (CancellationException e) {
            if (!relay.isStopped()) { // nobody but the close of a socket cancels then
                IOException closed = new AsynchronousCloseException();
                closed.initCause(e);
                tell(closed);
            }
        } catch (RuntimeException | Error e) {
            relay.stop();
            throw e;
        }
        return null;
    }

    private void tell(IOException error) {
        boolean isFromOutside = error instanceof RuntimeShutdownException
                || error instanceof InterruptedIOException && !(error instanceof SocketTimeoutException);
        if (isFromOutside) {
            relay.end(error);
        } else {
            relay.failed(this, side, error);
        }
    }

    private void copyAll() throws IOException {
        Way way = splice == CopyOptions.Splice.ALWAYS ? Way.PIPE : Way.BUFFERS;
        while (way != Way.END) {
            way = way == Way.PIPE ? copyThroughPipe() : copyThroughBuffers();
        }
        await(target, new Shutdown(target, SocketConstant.SHUTDOWN_WRITE));
        finished = true;
    }

    /** Answers how to go on. While it waits for bytes it holds no memory. */
    private Way copyThroughBuffers() throws IOException {
        ReceiveProvided receive = new ReceiveProvided(source);
        while (true) {
            try (IoBuffer piece = await(source, receive)) {
                if (piece == null) {
                    return Way.END;
                }
                int count = received(piece.length());
                await(target, new Send(target, piece).whole());
                moved(count);
            }
            if (averageBytes >= PIPE_FROM_BYTES && splice == CopyOptions.Splice.AUTO) {
                return Way.PIPE;
            }
        }
    }

    /** Answers how to go on. Bytes that it leaves in the pipe when it fails are lost with it. */
    private Way copyThroughPipe() throws IOException {
        side = source;
        try (SplicePipe pipe = openPipe()) {
            if (pipe == null) {
                return Way.BUFFERS;
            }
            SpliceNow fill = SpliceNow.fill(source, pipe.input());
            SpliceNow empty = SpliceNow.empty(pipe.output(), target);
            while (true) {
                int count = received(await(source, fill.lengthBytes(pipe.capacityBytes())));
                if (count == 0) {
                    return Way.END;
                }
                for (int left = count; left > 0;) {
                    int taken = await(target, empty.lengthBytes(left));
                    left -= taken;
                    moved(taken);
                }
                if (averageBytes < BUFFERS_BELOW_BYTES && splice == CopyOptions.Splice.AUTO) {
                    return Way.BUFFERS;
                }
            }
        }
    }

    /** Answers null where there is no pipe to be had, and from then on none is looked for. */
    private SplicePipe openPipe() throws IOException {
        boolean ofOneRuntime = target.runtime() == source.runtime();
        if (splice == CopyOptions.Splice.ALWAYS) {
            if (!ofOneRuntime) {
                throw new IOException("splice failed: both sockets must be of one runtime: source=" + source + " target="
                        + target);
            }
            return SplicePipe.open(source.runtime(), PIPE_BYTES);
        }
        SplicePipe pipe = ofOneRuntime ? SplicePipe.openOrNull(source.runtime(), PIPE_BYTES) : null;
        if (pipe == null) {
            splice = CopyOptions.Splice.NEVER;
        }
        return pipe;
    }

    private void moved(int count) {
        bytes += count;
        progress.accept(count);
        relay.moved();
    }

    /** Answers how much was received, after it is noted. */
    private int received(int count) {
        averageBytes += (count - averageBytes) / AVERAGE_OF;
        return count;
    }

    /** Submits and waits. Whoever stops the relay either cancels what is noted here, or is seen afterwards. */
    private <T> T await(StreamSocket of, Op<T> op) throws IOException {
        if (relay.isStopped()) { // a driver that finds bytes at once would never come to the cancel
            throw new CancellationException("the copy was stopped");
        }
        if (Thread.currentThread().isInterrupted()) { // for the same reason
            throw new InterruptedIOException("the copy was interrupted");
        }
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
