package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Capability;
import dev.uring.ffi.Errno;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.SocketConstant;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.MultiOp;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Takes connection after connection from a listening socket.
 *
 * <p>Kernel: ACCEPT with ACCEPT_MULTISHOT, 5.19, io_uring_prep_multishot_accept(3), accept(2). Result: a descriptor each.
 * Errors: as of {@link Accept}. Memory: none. A connection that nobody takes is closed.
 *
 * @param <S> what is made of a connection
 */
final class AcceptMultishot<S extends StreamSocket> extends MultiOp<S> {
    private final Listener<S> listener;

    AcceptMultishot(Listener<S> listener) {
        this.listener = listener;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.ACCEPT) || !kernel.has(Capability.ACCEPT_MULTISHOT)) {
            return false;
        }
        sqe.acceptMultishot(listener.fd(), SocketConstant.CLOSE_ON_EXEC);
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

    /** What is short may be had again, and what became of one connection says nothing of the next (accept(2)). */
    @Override
    protected boolean passes(int errno) {
        return switch (errno) {
            case Errno.EMFILE, Errno.ENFILE, Errno.ENOBUFS, Errno.ENOMEM, Errno.ECONNABORTED, Errno.EPERM, Errno.EPROTO,
                    Errno.ENETDOWN, Errno.ENETUNREACH, Errno.EHOSTDOWN, Errno.EHOSTUNREACH, Errno.ENOPROTOOPT -> true;
            default -> false;
        };
    }

    @Override
    protected S decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return listener.accepted(res, runtime());
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
        return SocketErrors.of("accept", operands(), errno);
    }

    @Override
    protected String operands() {
        return "fd=" + listener.fd();
    }
}
