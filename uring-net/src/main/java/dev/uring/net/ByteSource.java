package dev.uring.net;

import dev.uring.runtime.IoBuffer;
import java.io.IOException;

/**
 * Where bytes come from, in order: a connection, a pipe, one half of either. Its methods wait: a task parks, any other thread
 * blocks. One reader at a time.
 */
public interface ByteSource {
    /**
     * Waits for bytes, and answers what is there in a buffer of the source's choice, which the caller closes: only then can
     * the source use it again.
     *
     * @return at least one byte, in {@code [0, length)}; null at the end: the other side sends no more
     */
    IoBuffer read() throws IOException;

    /**
     * Waits for bytes, and fills the buffer from 0 on with what is there, up to its capacity; sets its length.
     *
     * @return bytes read, at least 1; 0 at the end
     */
    int read(IoBuffer buffer) throws IOException;
}
