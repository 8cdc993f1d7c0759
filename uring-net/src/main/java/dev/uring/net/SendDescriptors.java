package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.ControlMessage;
import dev.uring.ffi.MessageFlag;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.SocketOption;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.SocketMessage;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Sends all of a buffer's bytes, and with the first of them descriptors. Made by {@link UnixStream#sendDescriptors} only,
 * which keeps copies of the descriptors open until it has ended.
 *
 * <p>Kernel: SENDMSG, 5.3, io_uring_prep_sendmsg(3), sendmsg(2), unix(7). Result: bytes taken over. Errors: as sendmsg(2)
 * lists them, EPIPE (never with a signal) and ETOOMANYREFS, as java.net's exceptions; EOPNOTSUPP with the driver nio.
 * Memory: the buffer is the kernel's until the terminal result; header and control data are held here.
 */
public final class SendDescriptors extends BufferOp {
    private final int[] copies;
    private final SocketMessage message;

    /**
     * Describes a send.
     *
     * @param copies numbers that stay open until it has ended
     */
        SendDescriptors(UnixStream stream, IoBuffer buffer, int[] copies) {
        super(stream, buffer);
        this.copies = copies;
        int dataBytes = copies.length * Integer.BYTES;
        MemorySegment control = Arena.ofAuto().allocate(ControlMessage.space(dataBytes), Long.BYTES);
        ControlMessage.put(control, 0, SocketOption.LEVEL_SOCKET, ControlMessage.RIGHTS, dataBytes);
        MemorySegment.copy(copies, 0, ControlMessage.data(control, 0), ValueLayout.JAVA_INT, 0, copies.length);
        message = new SocketMessage(MemorySegment.NULL, control);
        beWhole();
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

    /** What is left after a short send goes without the descriptors, which the peer has by then. */
    private SocketMessage describe() {
        return message.piece(memory(), lengthBytes()).controlBytes(bytesBefore() > 0 ? 0 : message.control().byteSize());
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

    @Override
    protected String operands() {
        return super.operands() + " descriptors=" + copies.length;
    }
}
