package dev.uring.net;

import dev.uring.ffi.Linger;
import dev.uring.ffi.PollFlag;
import dev.uring.ffi.SocketConstant;
import dev.uring.ffi.SocketOption;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Op;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ByteChannel;
import java.util.List;

/**
 * One end of a connection that carries a stream of bytes each way. Every method that returns an operation has queued it
 * already; those of {@link ByteSource} and {@link ByteSink} wait. For any thread; several receives and sends may be in
 * flight at once, but which of two sends goes first is settled only once the first has ended.
 *
 * <p>A close ends what is in flight and lets the kernel deliver what was sent; if it finds bytes that nobody received, the
 * peer sees a reset (tcp(7)).
 */
public abstract class StreamSocket extends NetSocket implements ByteSource, ByteSink {
    /** Below so many bytes a copy is cheaper than the notification that spares it. */
    private static final int ZERO_COPY_BYTES_MIN = 16 * 1024;

    private final ReceiveSizes receives = new ReceiveSizes();
    /** Made with the first buffer that is handed over; the one writer's. */
    private volatile SendQueue queue;

    StreamSocket(int fd, UringRuntime runtime) {
        super(fd, runtime);
    }

    final ReceiveSizes receives() {
        return receives;
    }

    // ---- receiving ----

    /**
     * Receives into the buffer, up to its capacity, as much as is there; waits if nothing is. Sets the buffer's length. 0
     * bytes are the end: the peer sends no more. Cancelling loses no byte.
     */
    public BufferOp receive(IoBuffer buffer) {
        Receive receive = new Receive(this, buffer);
        receive.submit();
        return receive;
    }

    /** Receives until the buffer is full; fails with EOFException if the peer ends before. Its length says how much came. */
    public BufferOp receiveExactly(IoBuffer buffer) {
        Receive receive = new Receive(this, buffer).whole();
        receive.submit();
        return receive;
    }

    /** Copies what the next receive will get into the buffer, up to its capacity; waits if nothing is there. */
    public BufferOp peek(IoBuffer buffer) {
        Receive receive = new Receive(this, buffer).peek();
        receive.submit();
        return receive;
    }

    /**
     * Receives what is there into a buffer of the worker's, which the caller closes; waits if nothing is, and holds no memory
     * meanwhile. Answers null at the end. Cancelling loses no byte.
     */
    public Op<IoBuffer> receive() {
        return new ReceiveProvided(this).submit();
    }

    /**
     * Receives by one request until the end, as {@link ReceiveMultishot} says: the cheapest way for a stream that is read on
     * and on. Nothing else may receive from this socket until it is closed.
     */
    public ReceiveMultishot receiveMultishot() {
        var receives = new ReceiveMultishot(this);
        receives.start();
        return receives;
    }

    /**
     * Receives into several buffers, up to their capacities and in order, as much as is there; waits if nothing is. Sets
     * their lengths. 0 bytes are the end.
     *
     * @param buffers at least one, each once
     */
    public Op<Long> receive(List<IoBuffer> buffers) {
        return new ReceiveVectored(this, buffers).submit();
    }

    @Override
    public IoBuffer read() throws IOException {
        return receive().await();
    }

    @Override
    public int read(IoBuffer buffer) throws IOException {
        return receive(buffer).await().bytes();
    }

    // ---- sending ----

    /** Sends the buffer's bytes, up to its length; waits if there is no room. Fewer may be taken than asked for. */
    public BufferOp send(IoBuffer buffer) {
        Send send = new Send(this, buffer);
        send.submit();
        return send;
    }

    /** Sends all of the buffer's bytes, up to its length; waits for room as often as it takes. */
    public BufferOp sendAll(IoBuffer buffer) {
        Send send = new Send(this, buffer).whole();
        send.submit();
        return send;
    }

    /**
     * Sends all of the buffer's bytes without a copy where that pays: from 16 KiB on, on kernels that can. The result comes as
     * soon as the kernel has taken the bytes over, and the buffer later, when the peer has acknowledged them: only then may it
     * be touched, see {@link IoBuffer#awaitOwned}.
     */
    public BufferOp sendZeroCopy(IoBuffer buffer) {
        if (!canSendZeroCopy() || buffer.length() < ZERO_COPY_BYTES_MIN) {
            return sendAll(buffer);
        }
        SendZeroCopy send = new SendZeroCopy(this, buffer);
        send.submit();
        return send;
    }

    /** Answers whether the protocol can send from the caller's memory: Unix sockets cannot. */
    abstract boolean canSendZeroCopy();

    /**
     * Hands a buffer over to be sent and closed, and does not wait, unless 16 buffers are queued already. They are sent in
     * order, each as a whole; what a peer that is gone makes fail is told by the next call, by {@link #flush}, {@link #finish}
     * or {@link #close}. The cheapest way to answer, above all with a buffer that was received. One writer at a time, not in a
     * callback; a {@link #send} or {@link #write} of another kind comes after {@link #flush}.
     *
     * @throws IOException what an earlier buffer failed with; this one is closed in any case
     */
    public void sendAndClose(IoBuffer buffer) throws IOException {
        SendQueue sends = queue;
        if (sends == null) {
            sends = new SendQueue(this);
            queue = sends;
        }
        sends.add(buffer);
    }

    /**
     * Waits until all is sent that was handed over by {@link #sendAndClose}.
     *
     * @throws IOException what a buffer failed with
     */
    public void flush() throws IOException {
        SendQueue sends = queue;
        if (sends != null) {
            sends.flush();
        }
    }

    /**
     * Sends all bytes of several buffers, up to their lengths and in order, in as few segments as can be; waits for room as
     * often as it takes.
     *
     * @param buffers at least one, each once
     */
    public Op<Long> sendAll(List<IoBuffer> buffers) {
        return new SendVectored(this, buffers).submit();
    }

    @Override
    public void write(IoBuffer buffer) throws IOException {
        flush();
        sendAll(buffer).await();
    }

    @Override
    public void write(List<IoBuffer> buffers) throws IOException {
        flush();
        if (!buffers.isEmpty()) {
            sendAll(buffers).await();
        }
    }

    /**
     * Sends a range of a file, and waits until all of it is handed to the kernel: past the process where the driver can and
     * the range is long, without keeping the worker for the disk in any case. The file's own position stays. An interrupt
     * or an abort ends it somewhere in the middle.
     *
     * @param file a file that can be read, open on any runtime
     * @param offset bytes from the start of the file, at least 0
     * @param count bytes, at least 0
     * @return {@code count}
     * @throws java.io.EOFException when the file ends before the range does; what was there was sent, and the message says
     *     how much
     */
    public long sendFile(Descriptor file, long offset, long count) throws IOException {
        return new FileSender(file, offset, count, this).send();
    }

    /** Tells the peer that no more will be sent, after what was sent; receiving goes on. */
    public Op<Void> shutdownOutput() {
        return new Shutdown(this, SocketConstant.SHUTDOWN_WRITE).submit();
    }

    /** Receives no more: what still comes is dropped by the kernel; sending goes on. */
    public Op<Void> shutdownInput() {
        return new Shutdown(this, SocketConstant.SHUTDOWN_READ).submit();
    }

    /** Tells the peer that no more comes; does nothing where the connection is gone, since nothing comes then. */
    @Override
    public void finish() throws IOException {
        flush();
        new Shutdown(this, SocketConstant.SHUTDOWN_WRITE).lenient().submit().await();
    }

    // ---- views ----

    /**
     * Splits the stream into halves that share it: closing the write half tells the peer that no more comes, closing both
     * closes the stream. Whoever splits leaves the stream itself alone from then on, but for its addresses and options.
     */
    public Halves split() {
        return Halves.of(this);
    }

    /** Answers the stream as an input stream, whose close closes it; see {@link ByteStreams#inputStream}. */
    public InputStream inputStream() {
        return ByteStreams.inputStream(this);
    }

    /** Answers the stream as an output stream, whose close closes it; see {@link ByteStreams#outputStream}. */
    public OutputStream outputStream() {
        return ByteStreams.outputStream(this);
    }

    /** Answers the stream as a channel in blocking mode, whose close closes it; see {@link ByteStreams#channel}. */
    public ByteChannel channel() {
        return ByteStreams.channel(this, this);
    }

    // ---- closing ----

    /**
     * Waits until all is sent that was handed over by {@link #sendAndClose}, and closes. {@link #closeAsync} does not wait for
     * it, and drops what was not sent.
     *
     * @throws IOException what a buffer that was handed over failed with; the socket is closed all the same
     */
    @Override
    public void close() throws IOException {
        SendQueue sends = queue;
        try {
            if (sends != null && sends.isBusy() && isOpen()) {
                sends.flush();
            }
        } finally {
            super.close();
        }
    }

    // ---- for copies ----

    /** Answers whether neither side can send any more: it was reset, or both have finished; also once it is closed. */
    final boolean isHungUp() {
        try {
            long events = call(sys -> sys.poll(fd(), PollFlag.HANG_UP));
            return events > 0 && (events & PollFlag.HANG_UP) != 0;
        } catch (IOException e) {
            return true; // it is being closed
        }
    }

    /** Has the close drop what was not sent yet, and the peer see a reset; without effect on what cannot do so. */
    final void resetOnClose() {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment linger = scope.allocate(Linger.SIZE, Integer.BYTES);
            Linger.enabled(linger, 1);
            Linger.seconds(linger, 0);
            call(sys -> sys.setsockopt(fd(), SocketOption.LEVEL_SOCKET, SocketOption.LINGER, linger,
                    (int) Linger.SIZE));
        } catch (IOException e) {
            // it is being closed already, as the caller saw fit
        }
    }
}
