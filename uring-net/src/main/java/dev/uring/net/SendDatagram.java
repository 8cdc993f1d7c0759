package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Errno;
import dev.uring.ffi.MessageFlag;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.SocketMessage;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends a buffer's bytes, up to its length, as one datagram, to an address or to the socket's peer; waits for room.
 *
 * <p>Kernel: SENDMSG, 5.3, io_uring_prep_sendmsg(3), sendmsg(2). Result: the buffer's length. Errors: as sendmsg(2) lists
 * them, EMSGSIZE, EDESTADDRREQ and ECONNREFUSED (of an earlier datagram) above all, as java.net's exceptions. Memory: the
 * buffer is the kernel's until the terminal result; header and address are held here.
 *
 * <p>On a Unix socket the opcode is not used: where the receiver has no room, unix_dgram_sendmsg has taken the bytes off the
 * request before it says so, and the kernel's second try sends a datagram of none (seen on 6.18). A send to an address asks
 * again every millisecond instead, since a socket that is not connected is told nothing of its receiver's room.
 */
public final class SendDatagram extends BufferOp {
    private static final long PAUSE_NANOS = 1_000_000;

    private final MessageSocket<?> socket;
    /** Null for the peer. */
    private final SocketAddress target;
    private final SocketMessage message;
    private final int nameBytes;

    SendDatagram(MessageSocket<?> socket, IoBuffer buffer, SocketAddress target, NativeAddress nativeTarget) {
        super(socket, buffer);
        this.socket = socket;
        this.target = target;
        message = new SocketMessage(nativeTarget == null ? MemorySegment.NULL : nativeTarget.storage(),
                MemorySegment.NULL);
        nameBytes = nativeTarget == null ? 0 : nativeTarget.lengthBytes();
    }

    @Override
    protected boolean fills() {
        return false;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.SENDMSG) || socket.waitsForReceivers()) {
            return false;
        }
        sqe.sendmsg(socket.fd(), describe().header(), MessageFlag.NO_SIGNAL);
        return true;
    }

    private SocketMessage describe() {
        return message.piece(memory(), lengthBytes()).nameBytes(nameBytes);
    }

    @Override
    protected Readiness readiness() {
        return polls() ? Readiness.BLOCKING : Readiness.WRITABLE;
    }

    private boolean polls() {
        return target != null && socket.waitsForReceivers();
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        int result = sys.sendmsg(socket.fd(), describe(), MessageFlag.NO_SIGNAL);
        if (result == -Errno.EAGAIN && polls()) {
            LockSupport.parkNanos(PAUSE_NANOS);
            return -Errno.EINTR; // whoever calls again looks for a cancel first
        }
        return result;
    }

    @Override
    protected IOException failure(int errno) {
        return socket.datagramFailure(operation(), operands(), errno);
    }

    @Override
    protected String operands() {
        return super.operands() + (target == null ? "" : " address=" + target);
    }
}
