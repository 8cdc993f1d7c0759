package dev.uring.net;

import dev.uring.runtime.IoBuffer;
import java.io.IOException;

/** Moves all bytes of a source to a sink, through buffers of the source's choice. */
final class Transfer {
    private Transfer() {
    }

    /** Copies until the source's end, and finishes nothing; answers how many bytes. */
    static long transfer(ByteSource source, ByteSink sink) throws IOException {
        for (long total = 0;;) {
            try (IoBuffer piece = source.read()) {
                if (piece == null) {
                    return total;
                }
                int bytes = piece.length();
                sink.write(piece);
                total += bytes;
            }
        }
    }
}
