package dev.uring.net;

import dev.uring.runtime.IoBuffer;
import java.io.IOException;

/**
 * One end of a connection in memory, with no socket behind it: for tests of protocols, and between tasks. What one end
 * writes, the other reads; a writer waits while the reader is a given number of bytes behind.
 *
 * <p>After an end's {@link #finish} or close, the other reads what was written before and then the end. After an end's close,
 * what the other writes fails as on a socket whose peer is gone: {@link java.net.SocketException} with EPIPE.
 *
 * <p>One reader and one writer at a time at each end, tasks or threads, of any runtime or none; closed from any thread. An
 * interrupt ends a wait with an {@link java.io.InterruptedIOException}.
 */
public final class Duplex implements ByteSource, ByteSink, AutoCloseable {
    private final Lane in;
    private final Lane out;

    /**
     * Two ends of one connection.
     *
     * @param first one of them
     * @param second the other
     */
    public record Pair(Duplex first, Duplex second) {
    }

    private Duplex(Lane in, Lane out) {
        this.in = in;
        this.out = out;
    }

    /**
     * Makes a connection.
     *
     * @param capacityBytes how far a writer may be ahead of its reader, each way, 1 or more; taken from the heap at once
     */
    public static Pair pair(int capacityBytes) {
        if (capacityBytes < 1) {
            throw new IllegalArgumentException("capacityBytes must be at least 1: capacityBytes=" + capacityBytes);
        }
        var there = new Lane(capacityBytes);
        var back = new Lane(capacityBytes);
        return new Pair(new Duplex(back, there), new Duplex(there, back));
    }

    /**
     * {@inheritDoc}
     *
     * @throws java.nio.channels.ClosedChannelException after this end's close
     */
    @Override
    public IoBuffer read() throws IOException {
        return in.read();
    }

    /**
     * {@inheritDoc}
     *
     * @throws java.nio.channels.ClosedChannelException after this end's close
     */
    @Override
    public int read(IoBuffer buffer) throws IOException {
        return in.read(buffer);
    }

    /**
     * {@inheritDoc}
     *
     * @throws java.net.SocketException EPIPE: the other end is closed, or this one has finished
     * @throws java.nio.channels.ClosedChannelException after this end's close
     */
    @Override
    public void write(IoBuffer buffer) throws IOException {
        out.write(buffer);
    }

    @Override
    public void finish() {
        out.finish();
    }

    /**
     * Finishes, and refuses what the other end still writes; its bytes that were not read are dropped. Calls that wait at this
     * end throw {@link java.nio.channels.AsynchronousCloseException}. A second call does nothing.
     */
    @Override
    public void close() {
        out.closeWriter();
        in.closeReader();
    }

    @Override
    public String toString() {
        return "Duplex[in=" + in + " out=" + out + "]";
    }
}
