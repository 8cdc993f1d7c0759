package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Capability;
import dev.uring.ffi.MessageFlag;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.ReceiveMessageOut;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.MultiOp;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.SocketMessage;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;

/**
 * Receives datagram after datagram into provided buffers: RECVMSG with RECV_MULTISHOT, 6.0, io_uring_prep_recvmsg_multishot(3).
 * A result is a buffer laid out as {@link DatagramBuffers} says, by the kernel or by {@link #attempt}. The kernel ends the
 * request with a datagram of 0 bytes; then it is armed again.
 *
 * @param <A> the kind of address
 */
final class ReceiveDatagrams<A extends SocketAddress> extends MultiOp<Datagram<A>> {
    private final MessageSocket<A> socket;
    private final int group;
    /** Of one attempt. */
    private final SocketMessage message = new SocketMessage(new NativeAddress().storage(), MemorySegment.NULL);
    /** The only thing that the kernel reads of it is how much room there is for an address. */
    private final SocketMessage layout = new SocketMessage(new NativeAddress().storage(), MemorySegment.NULL)
            .nameBytes(DatagramBuffers.NAME_BYTES);

    ReceiveDatagrams(MessageSocket<A> socket, int group) {
        this.socket = socket;
        this.group = group;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.RECVMSG) || !kernel.has(Capability.RECV_MULTISHOT)
                || !kernel.has(Capability.BUFFER_RING)) {
            return false;
        }
        sqe.recvmsgMultishot(socket.fd(), layout.header(), 0, group);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.READABLE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        MemorySegment payload = selected.asSlice(DatagramBuffers.HEAD_BYTES);
        message.piece(payload, (int) payload.byteSize()).nameBytes(DatagramBuffers.NAME_BYTES);
        int result = sys.recvmsg(socket.fd(), message, 0);
        if (result < 0) {
            return result;
        }
        ReceiveMessageOut.set(selected, message.nameBytes(), 0, result, message.flags());
        MemorySegment.copy(message.name(), 0, selected, ReceiveMessageOut.SIZE, DatagramBuffers.NAME_BYTES);
        return DatagramBuffers.HEAD_BYTES + result;
    }

    @Override
    protected int bufferGroup() {
        return group;
    }

    @Override
    protected Datagram<A> decode(int res, int flags) throws IOException {
        IoBuffer whole = providedBuffer(res, flags);
        MemorySegment out = whole.segment();
        A sender = socket.decode(out.asSlice(ReceiveMessageOut.SIZE, DatagramBuffers.NAME_BYTES),
                ReceiveMessageOut.nameLength(out));
        boolean truncated = (ReceiveMessageOut.flags(out) & MessageFlag.TRUNCATED) != 0;
        // Slice and whole have one owner: the close of either gives the buffer back.
        return new Datagram<>(whole.slice(DatagramBuffers.HEAD_BYTES, res), sender, truncated);
    }

    @Override
    protected void discard(int res, int flags) {
        discardBuffer(flags);
    }

    @Override
    protected Descriptor descriptor() {
        return socket;
    }

    @Override
    protected IOException failure(int errno) {
        return socket.datagramFailure("receive", operands(), errno);
    }

    @Override
    protected String operands() {
        return "fd=" + socket.fd();
    }
}
