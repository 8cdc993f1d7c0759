package dev.uring.net;

import dev.uring.runtime.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ByteChannel;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/**
 * Sources and sinks as the streams and channels of the JDK, for code that knows only those. Bytes are copied once, between
 * the caller's array and native memory; direct buffers are used in place.
 *
 * <p>The views hold nothing between calls, so that they may be mixed with other ways to use the same source or sink. Their
 * calls wait: a task parks, any other thread blocks; an interrupt ends the wait with an {@link
 * java.io.InterruptedIOException}, and closes nothing. Closing a view closes what is behind it, as with java.net.Socket, if
 * that can be closed. One reader and one writer at a time; closed from any thread.
 */
public final class ByteStreams {
    private ByteStreams() {
    }

    /**
     * Answers a source as an input stream. {@code transferTo} moves the source's own pieces. Each read is one of the
     * source's: to read little at a time, or to let many streams wait for little memory, put a {@link StreamReader}
     * between.
     */
    public static InputStream inputStream(ByteSource source) {
        return new SourceInputStream(source);
    }

    /**
     * Answers a sink as an output stream. Each write is one of the sink's, and nothing is left to flush: to write little at
     * a time, put a {@link java.io.BufferedOutputStream} around it.
     */
    public static OutputStream outputStream(ByteSink sink) {
        return new SinkOutputStream(sink);
    }

    /**
     * Answers a source and a sink, or what is both, as a channel. It waits as a channel in blocking mode does: a read for at
     * least one byte, or -1 for the end, and a write for room for all. A call that another thread's close ends throws
     * {@link AsynchronousCloseException}.
     */
    public static ByteChannel channel(ByteSource source, ByteSink sink) {
        return new StreamChannel(source, sink);
    }

    /** Answers whether an end is open, as far as that can be told. */
    static boolean isOpen(Object end) {
        return !(end instanceof Descriptor descriptor) || descriptor.isOpen();
    }

    /** Closes an end, if it can be. */
    static void close(Object end) throws IOException {
        Objects.requireNonNull(end);
        if (end instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (IOException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IOException("close failed: " + end, e);
            }
        }
    }

    /** What the JDK's streams know instead: only a close from elsewhere cancels what a view waits for. */
    static AsynchronousCloseException closedMeanwhile(CancellationException e) {
        return (AsynchronousCloseException) new AsynchronousCloseException().initCause(e);
    }
}
