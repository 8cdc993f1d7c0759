package dev.uring.net;

import dev.uring.runtime.IoBuffer;
import java.io.IOException;
import java.util.List;

/**
 * The sending half of a stream, see {@link StreamSocket#split}. Its writes throw {@link
 * java.nio.channels.ClosedChannelException} after its close. For one writer at a time; closed from any thread.
 */
public final class WriteHalf implements ByteSink, AutoCloseable {
    private final Split split;

    WriteHalf(Split split) {
        this.split = split;
    }

    Split split() {
        return split;
    }

    @Override
    public void write(IoBuffer buffer) throws IOException {
        split.stream(Split.WRITING).write(buffer);
    }

    @Override
    public void write(List<IoBuffer> buffers) throws IOException {
        split.stream(Split.WRITING).write(buffers);
    }

    /** Tells the peer that no more comes, as {@link #close} does; the half stays open, if of little use. */
    @Override
    public void finish() throws IOException {
        split.stream(Split.WRITING).finish();
    }

    /** Answers the whole stream, for its addresses and options. */
    public StreamSocket stream() {
        return split.stream();
    }

    /** Answers whether neither this half nor the stream is closed, and the halves were not reunited. */
    public boolean isOpen() {
        return split.isOpen(Split.WRITING);
    }

    /**
     * Tells the peer that no more comes (FIN), and closes the stream if the read half is closed. A second call does
     * nothing.
     */
    @Override
    public void close() throws IOException {
        split.closeWriting();
    }

    @Override
    public String toString() {
        return "WriteHalf[" + split.stream() + (isOpen() ? "" : " closed") + "]";
    }
}
