package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.SocketConstant;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

/**
 * Makes a UDP socket: socket, bind, one after the other, since neither waits.
 *
 * <p>Kernel: none, -, socket(2), bind(2). Result: a descriptor. Errors: as the manual pages list them, EADDRINUSE and
 * EADDRNOTAVAIL above all, as java.net's exceptions. Memory: the address, held here. A socket that nobody takes is closed.
 */
public final class BindUdp extends Op<UdpSocket> {
    private final InetSocketAddress address;
    private final NativeAddress wanted;

    /**
     * Describes a socket of the address's family.
     *
     * @param address resolved; port 0 for any free one
     * @throws java.nio.channels.UnresolvedAddressException if the host name was never looked up
     */
    public BindUdp(InetSocketAddress address) {
        this.address = address;
        wanted = NativeAddress.of(address);
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        return false;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.IMMEDIATE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        int fd = sys.socket(wanted.family(), SocketConstant.DATAGRAM | SocketConstant.CLOSE_ON_EXEC, 0);
        if (fd < 0) {
            return fd;
        }
        int result = sys.bind(fd, wanted.storage(), wanted.lengthBytes());
        if (result < 0) {
            sys.close(fd);
            return result;
        }
        return fd;
    }

    @Override
    protected UdpSocket decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return new UdpSocket(res, runtime());
    }

    @Override
    protected boolean obtains() {
        return true;
    }

    @Override
    protected void discard(int res, int flags) {
        discardDescriptor(res);
    }

    @Override
    protected IOException failure(int errno) {
        return SocketErrors.of(operation(), operands(), errno);
    }

    @Override
    protected String operation() {
        return "bind";
    }

    @Override
    protected String operands() {
        return "address=" + address;
    }
}
