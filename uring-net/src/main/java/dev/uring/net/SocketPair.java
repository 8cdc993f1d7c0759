package dev.uring.net;

import java.io.IOException;

/**
 * Two sockets that are connected to one another.
 *
 * @param <S> what they are
 */
public final class SocketPair<S extends NetSocket> implements AutoCloseable {
    private final S first;
    private final S second;

    SocketPair(S first, S second) {
        this.first = first;
        this.second = second;
    }

    /** Answers one of them. */
    public S first() {
        return first;
    }

    /** Answers the other. */
    public S second() {
        return second;
    }

    /** Closes both and waits for it; one that is closed already stays so. */
    @Override
    public void close() throws IOException {
        try (first) {
            second.close();
        }
    }

    @Override
    public String toString() {
        return "SocketPair[" + first + " " + second + "]";
    }
}
