package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.SocketMessage;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Receives one datagram into a buffer, up to its capacity; waits if there is none. Sets its length.
 *
 * <p>Kernel: RECVMSG, 5.3, io_uring_prep_recvmsg(3), recvmsg(2). Result: bytes of the datagram, 0 to the capacity. Errors: as
 * recvmsg(2) lists them, ECONNREFUSED (once) above all, as java.net's exceptions. Memory: the buffer is the kernel's until
 * the terminal result; the header is held here.
 */
public final class ReceiveDatagram extends BufferOp {
    private final MessageSocket<?> socket;
    private final int flags;
    private final SocketMessage message = new SocketMessage(MemorySegment.NULL, MemorySegment.NULL);

    /**
     * Describes a receive.
     *
     * @param flags {@link dev.uring.ffi.MessageFlag}s, as PEEK
     */
    public ReceiveDatagram(MessageSocket<?> socket, IoBuffer buffer, int flags) {
        super(socket, buffer);
        this.socket = socket;
        this.flags = flags;
    }

    @Override
    protected boolean fills() {
        return true;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.RECVMSG)) {
            return false;
        }
        sqe.recvmsg(socket.fd(), message.piece(memory(), lengthBytes()).header(), flags);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.READABLE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.recvmsg(socket.fd(), message.piece(memory(), lengthBytes()), flags);
    }

    @Override
    protected IOException failure(int errno) {
        return socket.datagramFailure(operation(), operands(), errno);
    }
}
