package dev.uring.net;

import dev.uring.runtime.IoBuffer;
import java.io.IOException;

/**
 * The receiving half of a stream, see {@link StreamSocket#split}. Its reads throw {@link
 * java.nio.channels.ClosedChannelException} after its close. For one reader at a time; closed from any thread.
 */
public final class ReadHalf implements ByteSource, AutoCloseable {
    private final Split split;

    ReadHalf(Split split) {
        this.split = split;
    }

    @Override
    public IoBuffer read() throws IOException {
        return split.stream(Split.READING).read();
    }

    @Override
    public int read(IoBuffer buffer) throws IOException {
        return split.stream(Split.READING).read(buffer);
    }

    /** Answers the whole stream, for its addresses and options. */
    public StreamSocket stream() {
        return split.stream();
    }

    /** Answers whether neither this half nor the stream is closed, and the halves were not reunited. */
    public boolean isOpen() {
        return split.isOpen(Split.READING);
    }

    /**
     * Makes the stream whole again; the halves are of no use then, and closing them does nothing.
     *
     * @return the stream
     * @throws IllegalArgumentException if the other half is of another stream
     * @throws IllegalStateException if a half is closed, or they were reunited before
     */
    public StreamSocket reunite(WriteHalf other) {
        if (other.split() != split) {
            throw new IllegalArgumentException("halves of two streams cannot be reunited: reading=" + split.stream()
                    + " writing=" + other.stream());
        }
        return split.reunite();
    }

    /**
     * Lets go of the stream, and closes it if the write half is closed. Alone it tells the peer nothing: what still comes
     * is received by nobody, and a read that waits elsewhere goes on. A second call does nothing.
     */
    @Override
    public void close() throws IOException {
        split.closeReading();
    }

    @Override
    public String toString() {
        return "ReadHalf[" + split.stream() + (isOpen() ? "" : " closed") + "]";
    }
}
