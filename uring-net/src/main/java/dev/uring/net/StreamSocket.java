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
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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
    StreamSocket(int fd, UringRuntime runtime) {
        super(fd, runtime);
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
        IoBuffer buffer = IoBuffer.allocate(4096);
        return read(buffer) == 0 ? null : buffer;
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
        sendAll(buffer).await();
    }

    @Override
    public void write(List<IoBuffer> buffers) throws IOException {
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

    @Override
    public void finish() throws IOException {
        shutdownOutput().await();
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
