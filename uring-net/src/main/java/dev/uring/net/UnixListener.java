package dev.uring.net;

import dev.uring.runtime.Op;
import dev.uring.runtime.UringRuntime;
import java.net.SocketAddress;

/**
 * A Unix socket that takes connections. The file of its path is the kernel's work at bind, and nobody's at close: it stays
 * until it is deleted, and no other socket can bind to it before. For any thread; several accepts may wait at once.
 */
public final class UnixListener extends Listener<UnixStream> {
    private static final int DEFAULT_BACKLOG = 1024;

    private final UnixAddress localAddress;

    UnixListener(int fd, UringRuntime runtime, UnixAddress localAddress) {
        super(fd, runtime);
        this.localAddress = localAddress;
    }

    /** Listens as {@link #bind(SocketAddress, int)} does, with room for 1024 connections that wait. */
    public static Op<UnixListener> bind(SocketAddress address) {
        return bind(address, DEFAULT_BACKLOG);
    }

    /**
     * Listens on an address. Needs a current runtime.
     *
     * @param address a {@link UnixAddress} or {@link java.net.UnixDomainSocketAddress}; unnamed for any abstract name
     * @param backlog connections that wait to be accepted, at least 1; the kernel caps it at net.core.somaxconn
     * @return what answers the listener, or fails with {@link java.net.BindException}, also where a file has the path
     * @throws IllegalStateException when there is no runtime here
     * @throws java.nio.channels.UnsupportedAddressTypeException for an address of another kind
     */
    public static Op<UnixListener> bind(SocketAddress address, int backlog) {
        return BindUnix.listener(UnixAddress.from(address), backlog).submit();
    }

    @Override
    UnixStream accepted(int fd, UringRuntime runtime) {
        return new UnixStream(fd, runtime);
    }

    /** Answers the address that it listens on, with the name that the kernel chose; also after the close. */
    public UnixAddress localAddress() {
        return localAddress;
    }

    @Override
    public String toString() {
        return "UnixListener[" + localAddress + " fd=" + fd() + (isOpen() ? "" : " closed") + "]";
    }
}
