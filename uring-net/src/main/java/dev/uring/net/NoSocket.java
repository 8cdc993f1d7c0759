package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

/** A connect that has failed already, for want of a socket; it tells so in the way of all operations. */
final class NoSocket extends Op<TcpStream> {
    private final InetSocketAddress address;
    private final int result;

    /** Describes it by what socket(2) answered. */
    NoSocket(InetSocketAddress address, int result) {
        this.address = address;
        this.result = result;
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
        return result;
    }

    @Override
    protected TcpStream decode(int res, int flags) throws IOException {
        throw failure(-res);
    }

    @Override
    protected IOException failure(int errno) {
        return SocketErrors.of(operation(), operands(), errno);
    }

    @Override
    protected String operation() {
        return "connect";
    }

    @Override
    protected String operands() {
        return "address=" + address;
    }
}
