package dev.uring.net;

import dev.uring.runtime.IoBuffer;
import java.net.SocketAddress;

/**
 * A datagram that was received. Its buffer's length is that of the datagram, which may be 0.
 *
 * @param buffer the receiver's, who closes one that the runtime provided
 * @param sender who sent it; of a Unix socket that has no name {@link UnixAddress#unnamed}
 * @param truncated whether there was no room for all of it: the rest is lost
 * @param <A> the kind of address
 */
public record Datagram<A extends SocketAddress>(IoBuffer buffer, A sender, boolean truncated) implements AutoCloseable {
    /** Closes the buffer. */
    @Override
    public void close() {
        buffer.close();
    }
}
