package dev.uring.net;

import dev.uring.ffi.Capabilities;
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
 * Receives into several buffers, up to their capacities and in order, what is there; waits if nothing is. Sets their lengths.
 *
 * <p>Kernel: RECVMSG, 5.3, io_uring_prep_recvmsg(3), recvmsg(2). Result: bytes moved, 0 to the sum of the capacities (of the
 * first 1024 buffers); 0 is the end. Errors: as recvmsg(2) lists them, as java.net's exceptions. Memory: the buffers are
 * the kernel's until the terminal result; header and vectors are held here.
 */
public final class ReceiveVectored extends VectoredOp {
    private final SocketMessage message = new SocketMessage(MemorySegment.NULL, MemorySegment.NULL);

    /**
     * Describes a receive.
     *
     * @param buffers at least one, each once
     */
    public ReceiveVectored(Descriptor socket, List<IoBuffer> buffers) {
        super(socket, buffers);
    }

    @Override
    protected boolean fills() {
        return true;
    }

    @Override
    protected boolean takesWhatIsThere() {
        return true;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.RECVMSG)) {
            return false;
        }
        sqe.recvmsg(descriptor().fd(), describe().header(), 0);
        return true;
    }

    private SocketMessage describe() {
        MemorySegment[] pieces = pieces();
        return message.pieces(pieces, vectors(pieces));
    }

    @Override
    protected Readiness readiness() {
        return Readiness.READABLE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.recvmsg(descriptor().fd(), describe(), 0);
    }

    @Override
    protected IOException failure(int errno) {
        return SocketErrors.of(operation(), operands(), errno);
    }
}
