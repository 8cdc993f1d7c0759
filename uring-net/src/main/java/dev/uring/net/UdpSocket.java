package dev.uring.net;

import dev.uring.ffi.SocketConstant;
import dev.uring.runtime.Op;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** A UDP socket, connected to a peer or not. */
public final class UdpSocket extends MessageSocket<InetSocketAddress> {
    /** Of the socket: one of IPv6 wants IPv4 addresses in their mapped form. */
    private volatile int family;

    UdpSocket(int fd, UringRuntime runtime) {
        super(fd, runtime);
    }

    /**
     * Makes a socket that receives at an address: of IPv4 alone, or of IPv6, and then of IPv4 too if it is the wildcard.
     * Needs a current runtime.
     *
     * @param address a resolved {@link InetSocketAddress}; port 0 for any free one
     * @return what answers the socket, or fails with {@link java.net.BindException}
     * @throws IllegalStateException when there is no runtime here
     * @throws java.nio.channels.UnresolvedAddressException if the host name was never looked up
     * @throws java.nio.channels.UnsupportedAddressTypeException for an address of another kind
     */
    public static Op<UdpSocket> bind(SocketAddress address) {
        return new BindUdp(NativeAddress.requireInet(address)).submit();
    }

    /**
     * Answers the address that it receives at, with the port that the kernel chose.
     *
     * @throws java.nio.channels.ClosedChannelException after the close
     */
    public InetSocketAddress localAddress() throws IOException {
        return local().decode();
    }

    private NativeAddress local() throws IOException {
        NativeAddress address = new NativeAddress();
        askFor("getsockname", sys -> sys.getsockname(fd(), address.storage(), address.length()));
        return address;
    }

    /**
     * Answers the peer that it is connected to.
     *
     * @throws java.net.SocketException ENOTCONN: to none
     * @throws java.nio.channels.ClosedChannelException after the close
     */
    public InetSocketAddress remoteAddress() throws IOException {
        NativeAddress address = new NativeAddress();
        askFor("getpeername", sys -> sys.getpeername(fd(), address.storage(), address.length()));
        return address.decode();
    }

    @Override
    NativeAddress encode(InetSocketAddress address) {
        return NativeAddress.of(address, family());
    }

    /** Asks the kernel once; a socket that is closed has any family, since nothing is sent any more. */
    private int family() {
        int known = family;
        if (known == 0) {
            try {
                known = local().family();
                family = known;
            } catch (IOException _) {
                return SocketConstant.FAMILY_INET6; // the operation itself tells that it is closed
            }
        }
        return known;
    }

    @Override
    InetSocketAddress decode(MemorySegment address, int addressBytes) {
        return NativeAddress.decode(address, addressBytes);
    }

    @Override
    public String toString() {
        return "UdpSocket[fd=" + fd() + (isOpen() ? "" : " closed") + "]";
    }
}
