package dev.uring.net;

import dev.uring.runtime.IoBuffer;
import java.io.IOException;
import java.util.List;

/**
 * Where bytes go to, in order: a connection, a pipe, one half of either. Its methods wait: a task parks, any other thread
 * blocks. One writer at a time.
 */
public interface ByteSink {
    /** Writes all of the buffer's {@code [0, length)}; the buffer is the caller's again when the call returns or throws. */
    void write(IoBuffer buffer) throws IOException;

    /** Writes all of several buffers, one after the other, together where the sink can. */
    default void write(List<IoBuffer> buffers) throws IOException {
        for (IoBuffer each : buffers) {
            write(each);
        }
    }

    /** Tells the other side that no more comes, after what was written; what is read goes on. A second call does nothing. */
    void finish() throws IOException;
}
