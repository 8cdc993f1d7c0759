package dev.uring.net;

import dev.uring.runtime.Op;
import java.io.IOException;

/** The two ends of a pipe: what is written to one is read from the other, in order. For any thread. */
public final class Pipe implements AutoCloseable {
    private final PipeReader reader;
    private final PipeWriter writer;

    Pipe(PipeReader reader, PipeWriter writer) {
        this.reader = reader;
        this.writer = writer;
    }

    /**
     * Makes a pipe. Needs a current runtime.
     *
     * @return what answers it, or fails where the process has no room for two more open files
     * @throws IllegalStateException when there is no runtime here
     */
    public static Op<Pipe> open() {
        return new OpenPipe().submit();
    }

    /** Answers the end to read from. */
    public PipeReader reader() {
        return reader;
    }

    /** Answers the end to write to. */
    public PipeWriter writer() {
        return writer;
    }

    /** Closes both ends and waits for it; one that is closed already stays so. */
    @Override
    public void close() throws IOException {
        try (reader) {
            writer.close();
        }
    }

    @Override
    public String toString() {
        return "Pipe[" + reader + " " + writer + "]";
    }
}
