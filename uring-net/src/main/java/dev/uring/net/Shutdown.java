package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Errno;
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
 * Ends receiving, sending or both on a connected socket, which stays open.
 *
 * <p>Kernel: SHUTDOWN, 5.11, io_uring_prep_shutdown(3), shutdown(2). Result: 0. Errors: ENOTCONN, as java.net's exceptions.
 * Memory: none.
 */
public final class Shutdown extends Op<Void> {
    private final Descriptor socket;
    private final int how;
    /** Whether a connection that is gone has ended as well. */
    private boolean lenient;

    /**
     * Describes a shutdown.
     *
     * @param how {@link SocketConstant#SHUTDOWN_READ}, SHUTDOWN_WRITE or SHUTDOWN_BOTH
     */
    public Shutdown(Descriptor socket, int how) {
        this.socket = socket;
        this.how = how;
    }

    /** Has ENOTCONN, what a connection answers after a reset, be no error; before the submission. */
    Shutdown lenient() {
        lenient = true;
        return this;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.SHUTDOWN)) {
            return false;
        }
        sqe.shutdown(socket.fd(), how);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.IMMEDIATE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.shutdown(socket.fd(), how);
    }

    @Override
    protected Void decode(int res, int flags) throws IOException {
        if (res < 0 && !(lenient && res == -Errno.ENOTCONN)) {
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
    protected String operands() {
        return "fd=" + socket.fd() + " how=" + how;
    }
}
