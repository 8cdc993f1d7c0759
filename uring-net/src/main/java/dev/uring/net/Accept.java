package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.SocketConstant;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Takes a connection from a listening socket, and waits for one if there is none.
 *
 * <p>Kernel: ACCEPT, 5.5, io_uring_prep_accept(3), accept(2). Result: a descriptor. Errors: as accept(2) lists them, EMFILE
 * and ECONNABORTED among them, after which the next accept may succeed; as java.net's exceptions. Memory: none. A
 * connection that nobody takes is closed; a cancel that comes too late loses none.
 *
 * @param <S> what is made of the connection
 */
public final class Accept<S extends StreamSocket> extends Op<S> {
    private final Listener<S> listener;

    /** Describes an accept. */
    public Accept(Listener<S> listener) {
        this.listener = listener;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.ACCEPT)) {
            return false;
        }
        sqe.accept(listener.fd(), MemorySegment.NULL, MemorySegment.NULL, SocketConstant.CLOSE_ON_EXEC);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.READABLE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.accept(listener.fd());
    }

    @Override
    protected S decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return listener.accepted(res, runtime());
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
    protected Descriptor descriptor() {
        return listener;
    }

    @Override
    protected IOException failure(int errno) {
        return SocketErrors.of(operation(), operands(), errno);
    }

    @Override
    protected String operands() {
        return "fd=" + listener.fd();
    }
}
