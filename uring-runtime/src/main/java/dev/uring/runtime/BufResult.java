package dev.uring.runtime;

import java.io.IOException;

/**
 * What a buffer operation came to, with its buffer.
 *
 * @param bytes how many bytes were moved, 0 at the end of a file or stream and when {@code error} is set
 * @param buffer the very buffer that was handed in, owned by the caller again
 * @param error why the operation failed, or null
 */
public record BufResult(int bytes, IoBuffer buffer, IOException error) {
    /** Answers the bytes, or throws the error. */
    public int orThrow() throws IOException {
        if (error != null) {
            throw error;
        }
        return bytes;
    }
}
