package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Capability;
import dev.uring.ffi.SocketConstant;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.MultiOp;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Takes connection after connection from a Unix socket: ACCEPT with ACCEPT_MULTISHOT, 5.19. */
final class UnixIncoming extends MultiOp<UnixStream> {
    private final UnixListener listener;

    UnixIncoming(UnixListener listener) {
        this.listener = listener;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.has(Capability.ACCEPT_MULTISHOT)) {
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

    @Override
    protected UnixStream decode(int res, int flags) throws IOException {
        return new UnixStream(res, runtime());
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
