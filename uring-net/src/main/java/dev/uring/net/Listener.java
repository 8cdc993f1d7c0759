package dev.uring.net;

import dev.uring.runtime.MultiOp;
import dev.uring.runtime.Op;
import dev.uring.runtime.UringRuntime;

/**
 * A socket that takes connections. For any thread; several accepts may wait at once.
 *
 * @param <S> what a connection is
 */
public abstract class Listener<S extends StreamSocket> extends NetSocket {
    Listener(int fd, UringRuntime runtime) {
        super(fd, runtime);
    }

    /** Makes a stream of a connection's number. */
    abstract S accepted(int fd, UringRuntime runtime);

    /**
     * Waits for a connection and takes it. Cancelling loses none: what came all the same is handed over by
     * {@link Op#await()}, or closed where nobody takes it.
     */
    public Op<S> accept() {
        return new Accept<>(this).submit();
    }

    /**
     * Accepts connection after connection, by one request of the kernel where it can. Started already; {@link MultiOp#next}
     * waits for the next, and {@link MultiOp#close} ends it: connections that came and that nobody took are closed then,
     * so it is to be closed, and before the listener or after. A close of the listener alone ends it with
     * {@link java.nio.channels.ClosedChannelException}, after the connections that had come.
     *
     * <p>When the process runs out of descriptors (EMFILE; likewise ENFILE, ENOBUFS, ENOMEM, or a connection that failed
     * before it was taken) one {@code next} throws it. It goes on all the same: accepting is tried again every 20
     * milliseconds, and the next {@code next} waits until that has succeeded. Connections wait in the backlog meanwhile.
     */
    public MultiOp<S> incoming() {
        return new AcceptMultishot<>(this).start();
    }
}
