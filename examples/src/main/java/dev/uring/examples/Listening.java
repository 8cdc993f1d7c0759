package dev.uring.examples;

import java.io.IOException;

/** A service that takes connections. */
interface Listening extends AutoCloseable {
    /** Answers where, with the port that the kernel chose. */
    String address();

    /** Takes no more, closes the connections, and waits for their handlers. */
    @Override
    void close() throws IOException;
}
