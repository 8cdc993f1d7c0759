package dev.uring.net;

import dev.uring.runtime.Op;
import dev.uring.runtime.UringRuntime;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** A socket that takes TCP connections. For any thread; several accepts may wait at once. */
public final class TcpListener extends NetSocket {
    private static final int DEFAULT_BACKLOG = 1024;

    private final InetSocketAddress localAddress;

    TcpListener(int fd, UringRuntime runtime, InetSocketAddress localAddress) {
        super(fd, runtime);
        this.localAddress = localAddress;
    }

    /** Listens as {@link #bind(SocketAddress, int)} does, with room for 1024 connections that wait. */
    public static Op<TcpListener> bind(SocketAddress address) {
        return bind(address, DEFAULT_BACKLOG);
    }

    /**
     * Listens on an address: of IPv4 for its connections alone, of IPv6 for those of IPv4 too if it is the wildcard.
     * Addresses of connections that ended a moment ago are free for it (SO_REUSEADDR). Needs a current runtime.
     *
     * @param address a resolved {@link InetSocketAddress}; port 0 for any free one
     * @param backlog connections that wait to be accepted, at least 1; the kernel has an upper limit of its own
     * @return what answers the listener, or fails with {@link java.net.BindException}
     * @throws IllegalStateException when there is no runtime here
     * @throws java.nio.channels.UnresolvedAddressException if the host name was never looked up
     * @throws java.nio.channels.UnsupportedAddressTypeException for an address of another kind
     */
    public static Op<TcpListener> bind(SocketAddress address, int backlog) {
        return new Bind(NativeAddress.requireInet(address), backlog).submit();
    }

    /**
     * Waits for a connection and takes it. Cancelling loses none: what came all the same is handed over by
     * {@link Op#await()}, or closed where nobody takes it.
     */
    public Op<TcpStream> accept() {
        return Accept.tcp(this).submit();
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
