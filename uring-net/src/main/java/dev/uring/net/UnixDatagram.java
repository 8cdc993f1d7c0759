package dev.uring.net;

import dev.uring.runtime.Op;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;

/**
 * A Unix socket for datagrams, connected to a peer or not. Nothing is lost on the way, and a sender waits where the receiver
 * has no room. The file of its path stays when it is closed. On Linux alone: java.nio has none.
 */
public final class UnixDatagram extends MessageSocket<UnixAddress> {
    UnixDatagram(int fd, UringRuntime runtime) {
        super(fd, runtime);
    }

    /**
     * Makes a socket that receives at an address. Needs a current runtime.
     *
     * @param address a {@link UnixAddress} or {@link java.net.UnixDomainSocketAddress}; unnamed for any abstract name
     * @return what answers the socket, or fails with {@link java.net.BindException}, also where a file has the path
     * @throws IllegalStateException when there is no runtime here
     * @throws java.nio.channels.UnsupportedAddressTypeException for an address of another kind
     */
    public static Op<UnixDatagram> bind(SocketAddress address) {
        return BindUnix.datagram(UnixAddress.from(address)).submit();
    }

    /** Makes two sockets that are connected to one another. Needs a current runtime. */
    public static Op<SocketPair<UnixDatagram>> pair() {
        return OpenPair.datagrams().submit();
    }

    /**
     * Answers the address that it receives at; unnamed for none.
     *
     * @throws java.nio.channels.ClosedChannelException after the close
     */
    public UnixAddress localAddress() throws IOException {
        return UnixNames.local(this);
    }

    /**
     * Answers the peer that it is connected to; unnamed for one without a name.
     *
     * @throws java.net.SocketException ENOTCONN: to none
     * @throws java.nio.channels.ClosedChannelException after the close
     */
    public UnixAddress remoteAddress() throws IOException {
        return UnixNames.peer(this);
    }

    @Override
    NativeAddress encode(UnixAddress address) {
        return NativeAddress.of(address);
    }

    @Override
    UnixAddress decode(MemorySegment address, int addressBytes) {
        return NativeAddress.decodeUnix(address, addressBytes);
    }

    @Override
    boolean waitsForReceivers() {
        return true;
    }

    @Override
    public String toString() {
        return "UnixDatagram[fd=" + fd() + (isOpen() ? "" : " closed") + "]";
    }
}
