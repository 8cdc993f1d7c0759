package dev.uring.net;

import dev.uring.runtime.Op;
import dev.uring.runtime.UringRuntime;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** A socket that takes TCP connections. For any thread; several accepts may wait at once. */
public final class TcpListener extends Listener<TcpStream> {
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

    /** What the connection inherits is the kernel's to know, but for one thing. */
    @Override
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
