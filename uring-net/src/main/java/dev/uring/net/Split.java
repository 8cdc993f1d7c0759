package dev.uring.net;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What two halves share: the stream, and who still has it.
 *
 * <pre>
 * from                to                  by                                    who does it then
 * READING | WRITING   READING|FINISHING   close of the write half               sends the end
 * READING|FINISHING   READING             the same, once that is done           -
 * ... | READING       ...                 close of the read half                -
 * any last bit        0                   whoever clears it                     closes the stream
 * READING | WRITING   REUNITED            reunite                               owns the stream
 * </pre>
 */
final class Split {
    static final int READING = 1;
    static final int WRITING = 2;
    /** The write half is being closed, and the stream must not be before that is done. */
    private static final int FINISHING = 4;
    private static final int REUNITED = 8;

    private final StreamSocket stream;
    /** Any thread. */
    private final AtomicInteger held = new AtomicInteger(READING | WRITING);

    Split(StreamSocket stream) {
        this.stream = stream;
    }

    StreamSocket stream() {
        return stream;
    }

    /** Answers the stream to a half that is open. */
    StreamSocket stream(int half) throws ClosedChannelException {
        int now = held.get();
        requireNotReunited(now);
        if ((now & half) == 0) {
            throw new ClosedChannelException();
        }
        return stream;
    }

    private void requireNotReunited(int now) {
        if (now == REUNITED) {
            throw new IllegalStateException("the halves were reunited: use the stream: " + stream);
        }
    }

    boolean isOpen(int half) {
        return (held.get() & half) != 0 && stream.isOpen();
    }

    StreamSocket reunite() {
        if (!held.compareAndSet(READING | WRITING, REUNITED)) {
            requireNotReunited(held.get());
            throw new IllegalStateException("a half is closed, and its stream cannot be whole again: " + stream);
        }
        return stream;
    }

    void closeReading() throws IOException {
        letGo(READING);
    }

    void closeWriting() throws IOException {
        int before = held.getAndUpdate(now -> (now & WRITING) == 0 ? now : now & ~WRITING | FINISHING);
        if ((before & WRITING) == 0) {
            return;
        }
        try {
            if ((before & READING) != 0 && stream.isOpen()) {
                stream.finish(); // else the close does it
            }
        } catch (ClosedChannelException e) {
            if (stream.isOpen()) {
                throw e;
            } // somebody closed the stream meanwhile, which has ended it
        } finally {
            letGo(FINISHING);
        }
    }

    private void letGo(int half) throws IOException {
        int before = held.getAndUpdate(now -> now & ~half);
        if (before == half) {
            stream.close();
        }
    }
}
