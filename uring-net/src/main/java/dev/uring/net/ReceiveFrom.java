package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.MessageFlag;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.MessageOp;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.SocketMessage;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;

/**
 * Receives one datagram into a buffer, up to its capacity, with the address of its sender; waits if there is none.
 *
 * <p>Kernel: RECVMSG, 5.3, io_uring_prep_recvmsg(3), recvmsg(2). Result: bytes of the datagram, 0 to the capacity. Errors: as
 * recvmsg(2) lists them, ECONNREFUSED (once) above all, as java.net's exceptions. Memory: the buffer is the kernel's until
 * the terminal result; header and address are held here.
 *
 * @param <A> the kind of address
 */
public final class ReceiveFrom<A extends SocketAddress> extends MessageOp<Datagram<A>> {
    private final MessageSocket<A> socket;
    private final int flags;
    private final SocketMessage message = new SocketMessage(new NativeAddress().storage(), MemorySegment.NULL);

    /**
     * Describes a receive.
     *
     * @param flags {@link MessageFlag}s, as PEEK
     */
    public ReceiveFrom(MessageSocket<A> socket, IoBuffer buffer, int flags) {
        super(socket, buffer);
        this.socket = socket;
        this.flags = flags;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.RECVMSG)) {
            return false;
        }
        sqe.recvmsg(socket.fd(), describe().header(), flags);
        return true;
    }

    private SocketMessage describe() {
        return message.piece(memory(), (int) memory().byteSize()).nameBytes(DatagramBuffers.NAME_BYTES);
    }

    @Override
    protected Readiness readiness() {
        return Readiness.READABLE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.recvmsg(socket.fd(), describe(), flags);
    }

    @Override
    protected Datagram<A> decode(int res, int completionFlags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return new Datagram<>(buffer(), socket.decode(message.name(), message.nameBytes()), (message.flags() & MessageFlag.TRUNCATED) != 0);
    }

    @Override
    protected IOException failure(int errno) {
        return socket.datagramFailure(operation(), operands(), errno);
    }
}
