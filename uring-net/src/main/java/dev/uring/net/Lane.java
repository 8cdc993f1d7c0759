package dev.uring.net;

import dev.uring.ffi.Errno;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Tasks;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.Semaphore;

/**
 * One direction of a {@link Duplex}: a ring of bytes between one writer and one reader. The two counters are the truth, and
 * each has one side that moves it; the semaphores only tell the other side to look again. A permit too many costs a look; one
 * too few there cannot be, since it is given after the change and taken before the look.
 */
final class Lane {
    /** What one piece holds at most; a reader that wants more brings a buffer. */
    private static final int PIECE_BYTES_MAX = 64 << 10;
    private static final int END = 0;

    private final byte[] ring;
    /** Bytes since the start; moved by the writer, after the bytes themselves. */
    private volatile long written;
    /** Bytes since the start; moved by the reader, once it has its copy. */
    private volatile long taken;
    /** Set once, by any thread. */
    private volatile boolean finished;
    private volatile boolean writerClosed;
    private volatile boolean readerClosed;
    private final Semaphore changedForReader = new Semaphore(0);
    private final Semaphore changedForWriter = new Semaphore(0);

    Lane(int capacityBytes) {
        ring = new byte[capacityBytes];
    }

    // ---- the writer ----

    void write(IoBuffer buffer) throws IOException {
        int length = buffer.length();
        for (int from = 0; from < length;) {
            int at = (int) (written % ring.length);
            int bytes = Math.min(awaitRoom(), Math.min(length - from, ring.length - at));
            buffer.get(from, ring, at, bytes);
            from += bytes;
            written += bytes;
            changedForReader.release();
        }
    }

    private int awaitRoom() throws IOException {
        for (boolean waited = false;; waited = true) {
            if (writerClosed) {
                throw closed(waited);
            }
            if (readerClosed || finished) {
                throw SocketErrors.of("write", "capacityBytes=" + ring.length, Errno.EPIPE);
            }
            int room = ring.length - (int) (written - taken);
            if (room > 0) {
                return room;
            }
            await(changedForWriter, "write");
        }
    }

    void finish() {
        finished = true;
        changedForReader.release();
    }

    void closeWriter() {
        writerClosed = true;
        changedForWriter.release();
        finish();
    }

    // ---- the reader ----

    IoBuffer read() throws IOException {
        int bytes = Math.min(awaitBytes(), PIECE_BYTES_MAX);
        if (bytes == END) {
            return null;
        }
        IoBuffer piece = IoBuffer.allocate(bytes);
        take(piece, bytes);
        return piece;
    }

    int read(IoBuffer buffer) throws IOException {
        int bytes = Math.min(awaitBytes(), buffer.capacity());
        take(buffer, bytes);
        buffer.length(bytes);
        return bytes;
    }

    private void take(IoBuffer target, int bytes) {
        int at = (int) (taken % ring.length);
        int first = Math.min(bytes, ring.length - at);
        target.put(0, ring, at, first);
        target.put(first, ring, 0, bytes - first);
        taken += bytes;
        changedForWriter.release();
    }

    private int awaitBytes() throws IOException {
        for (boolean waited = false;; waited = true) {
            if (readerClosed) {
                throw closed(waited);
            }
            boolean last = finished; // before the look: what was written before it is there
            int bytes = (int) (written - taken);
            if (bytes > 0) {
                return bytes;
            }
            if (last) {
                return END;
            }
            await(changedForReader, "read");
        }
    }

    void closeReader() {
        readerClosed = true;
        changedForReader.release();
        changedForWriter.release();
    }

    // ---- both ----

    private static void await(Semaphore changed, String verb) throws InterruptedIOException {
        Tasks.requireMayWait(verb);
        try {
            changed.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(verb + " was interrupted");
        }
        changed.drainPermits();
    }

    private static ClosedChannelException closed(boolean waited) {
        return waited ? new AsynchronousCloseException() : new ClosedChannelException();
    }

    @Override
    public String toString() {
        return (written - taken) + "/" + ring.length + " bytes" + (finished ? " finished" : "")
                + (readerClosed ? " refused" : "");
    }
}
