package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;

/**
 * Notes the peer of a socket for datagrams, or that it has none: a call that waits for nothing.
 *
 * <p>Kernel: none, -, connect(2). Result: 0. Errors: as connect(2) lists them, ENETUNREACH above all, as java.net's
 * exceptions. Memory: the address, held here.
 */
public final class ConnectDatagram extends Op<Void> {
    private final MessageSocket<?> socket;
    /** Null for none. */
    private final SocketAddress peer;
    private final NativeAddress nativeAddress;

    ConnectDatagram(MessageSocket<?> socket, SocketAddress peer, NativeAddress nativeAddress) {
        this.socket = socket;
        this.peer = peer;
        this.nativeAddress = nativeAddress;
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
        return sys.connect(socket.fd(), nativeAddress.storage(), nativeAddress.lengthBytes());
    }

    @Override
    protected Void decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return null;
    }

    @Override
    protected Descriptor descriptor() {
        return socket;
    }

    @Override
    protected IOException failure(int errno) {
        return SocketErrors.of(operation(), operands(), errno);
    }

    @Override
    protected String operation() {
        return peer == null ? "disconnect" : "connect";
    }

    @Override
    protected String operands() {
        return "fd=" + socket.fd() + (peer == null ? "" : " address=" + peer);
    }
}
