package dev.uring.net;

import dev.uring.runtime.IoBuffer;
import java.io.IOException;

/**
 * Copies from one connection to another, and between two of them both ways, as proxies do. The calls wait: a task parks,
 * any other thread blocks.
 */
public final class Copy {
    private Copy() {
    }

    /**
     * Copies until the source ends. The sink stays as it is: whoever wants its other side to see the end calls
     * {@link ByteSink#finish()}.
     *
     * @return bytes copied
     * @throws IOException what either failed with; bytes that were read by then and not written are lost
     */
    public static long copy(ByteSource source, ByteSink sink) throws IOException {
        long copied = 0;
        while (true) {
            try (IoBuffer piece = source.read()) {
                if (piece == null) {
                    return copied;
                }
                sink.write(piece);
                copied += piece.length();
            }
        }
    }

    /** Copies both ways as {@link #bidirectional(StreamSocket, StreamSocket, CopyOptions)} does, with the usual options. */
    public static CopyResult bidirectional(StreamSocket a, StreamSocket b) throws IOException {
        return bidirectional(a, b, CopyOptions.DEFAULT);
    }

    /**
     * Copies both ways at once until both sides have ended, one has failed, or nothing has moved for the time set. The end
     * of one side is passed on to the other ({@link ByteSink#finish()}), and the other way goes on. An error ends both
     * ways, but what has come from a side before it failed is still handed to the other socket.
     *
     * <p>The sockets stay open and are the caller's to close. After anything but a clean end they are good for nothing
     * else, since bytes may be on the way between them; a side that was not told of the end, and after an error either,
     * then sees a reset where its socket can give one (SO_LINGER of 0): no stream that was cut off looks complete. The reset
     * drops what that side has not received by then.
     *
     * <p>Nobody else reads or writes the sockets meanwhile. An interrupt, an abort of the task, and the end of the runtime
     * end both ways, and the call returns when nothing of either is left. Closing one of the sockets ends it with that
     * side's error.
     *
     * @return bytes and errors of each side; errors of the sockets are answered, not thrown
     * @throws java.io.InterruptedIOException when the thread was interrupted; its status stays
     * @throws dev.uring.runtime.RuntimeShutdownException when the runtime is being shut down
     * @throws IllegalArgumentException when both are the same socket
     * @throws IllegalStateException in a callback on a worker; where timers are disabled, with a time limit
     */
    public static CopyResult bidirectional(StreamSocket a, StreamSocket b, CopyOptions options) throws IOException {
        return new Relay(a, b, options).run();
    }
}
