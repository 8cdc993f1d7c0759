package dev.uring.net;

import dev.uring.ffi.Errno;
import dev.uring.ffi.MessageFlag;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.MultiOp;
import dev.uring.runtime.Op;
import dev.uring.runtime.UringException;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.PortUnreachableException;
import java.net.SocketAddress;

/**
 * A socket for datagrams: each send is one, and so is each receive. A datagram of 0 bytes is one like any other, and no end.
 * Methods that return an operation have queued it already. For any thread; several operations may be in flight at once.
 *
 * @param <A> the kind of address
 */
public abstract class MessageSocket<A extends SocketAddress> extends NetSocket {
    MessageSocket(int fd, UringRuntime runtime) {
        super(fd, runtime);
    }

    // ---- connecting ----

    /**
     * Has the socket send to one peer and receive from it alone, in place of any before. Nothing is sent for it.
     *
     * @return what ends when it is done, at once
     */
    public Op<Void> connect(A peer) {
        return new ConnectDatagram(this, peer, encode(peer)).submit();
    }

    /** Has the socket receive from everybody again, and send to nobody without an address. */
    public Op<Void> disconnect() {
        return new ConnectDatagram(this, null, NativeAddress.unspecified()).submit();
    }

    // ---- sending ----

    /** Sends the buffer's bytes, up to its length, to the peer that the socket is connected to; waits for room. */
    public BufferOp send(IoBuffer buffer) {
        SendDatagram send = new SendDatagram(this, buffer, null, null);
        send.submit();
        return send;
    }

    /**
     * Sends the buffer's bytes, up to its length, to an address; waits for room. Fails with EMSGSIZE when they are too many
     * for one datagram.
     */
    public BufferOp sendTo(IoBuffer buffer, A target) {
        SendDatagram send = new SendDatagram(this, buffer, target, encode(target));
        send.submit();
        return send;
    }

    // ---- receiving ----

    /**
     * Receives a datagram into the buffer; waits for one. Sets the buffer's length; what is longer than the capacity is cut,
     * which only {@link #receiveFrom} tells. Fails with {@link PortUnreachableException} when the peer that the socket is
     * connected to has told that nobody listens there: once, and the socket goes on. Cancelling loses no datagram.
     */
    public BufferOp receive(IoBuffer buffer) {
        return received(buffer, 0);
    }

    /** Receives as {@link #receive} does, and leaves the datagram for the next receive. Not with the driver nio. */
    public BufferOp peek(IoBuffer buffer) {
        return received(buffer, MessageFlag.PEEK);
    }

    private BufferOp received(IoBuffer buffer, int flags) {
        ReceiveDatagram receive = new ReceiveDatagram(this, buffer, flags);
        receive.submit();
        return receive;
    }

    /** Receives as {@link #receive} does, and tells who sent it, and whether it was cut. */
    public Op<Datagram<A>> receiveFrom(IoBuffer buffer) {
        return new ReceiveFrom<>(this, buffer, 0).submit();
    }

    /** Receives as {@link #receiveFrom} does, and leaves the datagram for the next receive. Not with the driver nio. */
    public Op<Datagram<A>> peekFrom(IoBuffer buffer) {
        return new ReceiveFrom<>(this, buffer, MessageFlag.PEEK).submit();
    }

    /** Receives as {@link #receiveMultishot(int)} does, datagrams of up to 1500 bytes, as networks carry them whole. */
    public MultiOp<Datagram<A>> receiveMultishot() {
        return receiveMultishot(DatagramBuffers.USUAL_BYTES);
    }

    /**
     * Receives datagram after datagram into buffers of the runtime, each of which is the receiver's until it is closed. While
     * 128 wait to be taken, the kernel keeps those that follow, as far as it has room. An error, such as
     * {@link PortUnreachableException}, ends it; another may be started then.
     *
     * @param bytesMax how long datagrams are expected to be, 1 to 65392: what is longer than the buffers, which may have
     *     more room, is cut
     */
    public MultiOp<Datagram<A>> receiveMultishot(int bytesMax) {
        return new ReceiveDatagrams<>(this, DatagramBuffers.group(bytesMax)).start();
    }

    // ---- addresses ----

    abstract NativeAddress encode(A address);

    /** Decodes what the kernel wrote, with its size. */
    abstract A decode(MemorySegment address, int addressBytes);

    /**
     * Answers whether a send may have to wait for the receiver's room, and not for its own alone: see {@link SendDatagram}.
     */
    boolean waitsForReceivers() {
        return false;
    }

    /** Answers the exception for a failed operation; java.net has one of its own for ECONNREFUSED here. */
    final IOException datagramFailure(String operation, String operands, int errno) {
        return errno == Errno.ECONNREFUSED
                ? new PortUnreachableException(UringException.message(operation, operands, errno))
                : SocketErrors.of(operation, operands, errno);
    }
}
