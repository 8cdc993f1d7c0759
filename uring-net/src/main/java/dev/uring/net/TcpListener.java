package dev.uring.net;

import dev.uring.runtime.MultiOp;
import dev.uring.runtime.Op;
import dev.uring.runtime.UringRuntime;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** A socket that takes TCP connections. For any thread; several accepts may wait at once. */
public final class TcpListener extends NetSocket {
    private final InetSocketAddress localAddress;

    TcpListener(int fd, UringRuntime runtime, InetSocketAddress localAddress) {
        super(fd, runtime);
        this.localAddress = localAddress;
    }

    /** Listens as {@link #bind(SocketAddress, BindOptions)} does, with {@link BindOptions#DEFAULT}. */
    public static Op<TcpListener> bind(SocketAddress address) {
        return bind(address, BindOptions.DEFAULT);
    }

    /**
     * Listens as {@link #bind(SocketAddress, BindOptions)} does.
     *
     * @param backlog connections that wait to be accepted, at least 1; the kernel has an upper limit of its own
     */
    public static Op<TcpListener> bind(SocketAddress address, int backlog) {
        return bind(address, BindOptions.DEFAULT.withBacklog(backlog));
    }

    /**
     * Listens on an address: of IPv4 for its connections alone, of IPv6 for those of IPv4 too if it is the wildcard.
     * Addresses of connections that ended a moment ago are free for it (SO_REUSEADDR). Needs a current runtime.
     *
     * @param address a resolved {@link InetSocketAddress}; port 0 for any free one
     * @return what answers the listener, or fails with {@link java.net.BindException}; with UnsupportedOperationException
     *     when the kernel or driver has not one of the options
     * @throws IllegalStateException when there is no runtime here
     * @throws java.nio.channels.UnresolvedAddressException if the host name was never looked up
     * @throws java.nio.channels.UnsupportedAddressTypeException for an address of another kind
     */
    public static Op<TcpListener> bind(SocketAddress address, BindOptions options) {
        return new Bind(NativeAddress.requireInet(address), options).submit();
    }

    /**
     * Waits for a connection and takes it. Cancelling loses none: what came all the same is handed over by
     * {@link Op#await()}, or closed where nobody takes it.
     */
    public Op<TcpStream> accept() {
        return Accept.tcp(this).submit();
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
    public MultiOp<TcpStream> incoming() {
        return new AcceptMultishot(this).start();
    }

    /** Makes a stream of a connection's number; what the connection inherits is the kernel's to know, but for one thing. */
    TcpStream accepted(int fd, UringRuntime runtime) {
        TcpStream stream = new TcpStream(fd, runtime);
        stream.lingers(lingers());
        return stream;
    }

    /** Answers the address that it listens on, with the port that the kernel chose; also after the close. */
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    @Override
    public String toString() {
        return "TcpListener[" + localAddress + " fd=" + fd() + (isOpen() ? "" : " closed") + "]";
    }
}
