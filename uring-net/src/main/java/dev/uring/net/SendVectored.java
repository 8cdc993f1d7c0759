package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.MessageFlag;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.SocketMessage;
import dev.uring.runtime.Sys;
import dev.uring.runtime.VectoredOp;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Sends several buffers, up to their lengths and in order, on a connected stream: all of them, or it fails.
 *
 * <p>Kernel: SENDMSG, 5.3, io_uring_prep_sendmsg(3), sendmsg(2). Result: bytes moved; what the socket has no room for yet,
 * and a total beyond 1024 buffers, takes several requests. Errors: as sendmsg(2) lists them, EPIPE (never with a signal) and
 * ECONNRESET above all, as java.net's exceptions. Memory: the buffers are the kernel's until the terminal result; header and
 * vectors are held here.
 */
public final class SendVectored extends VectoredOp {
    private final SocketMessage message = new SocketMessage(MemorySegment.NULL, MemorySegment.NULL);

    /**
     * Describes a send.
     *
     * @param buffers at least one, each once
     */
    public SendVectored(Descriptor socket, List<IoBuffer> buffers) {
        super(socket, buffers);
    }

    @Override
    protected boolean fills() {
        return false;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.SENDMSG)) {
            return false;
        }
        sqe.sendmsg(descriptor().fd(), describe().header(), MessageFlag.NO_SIGNAL);
        return true;
    }

    private SocketMessage describe() {
        MemorySegment[] pieces = pieces();
        return message.pieces(pieces, vectors(pieces));
    }

    @Override
    protected Readiness readiness() {
        return Readiness.WRITABLE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.sendmsg(descriptor().fd(), describe(), MessageFlag.NO_SIGNAL);
    }

    @Override
    protected IOException failure(int errno) {
        return SocketErrors.of(operation(), operands(), errno);
    }
}
