package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Capability;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.MultiOp;
import dev.uring.runtime.ProvidedBuffers;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Receives again and again by one request, into buffers of the worker's; each is the taker's, and goes back when it is closed,
 * on any thread. Bytes are received before they are asked for, up to 32 buffers and 256 KiB: then the request stops until half
 * of them are taken. So nothing else may receive from the socket meanwhile, and {@link #close} drops what was received and not taken.
 *
 * <p>Kernel: RECV, 5.6, io_uring_prep_recv_multishot(3), recv(2). Multishot since 6.0, with rings of buffers; elsewhere an
 * attempt for each result. Result: a buffer of at least one byte; null at the end: the peer sends no more. Errors: as recv(2)
 * lists them, ECONNRESET above all, after all bytes before it, as java.net's exceptions. Memory: provided.
 */
public final class ReceiveMultishot extends MultiOp<IoBuffer> implements ByteSource {
    private static final int QUEUED_BYTES_MAX = 256 * 1024;
    private static final int QUEUED_MAX = 32;

    private final StreamSocket socket;
    /** As the request in flight has it; the worker's. */
    private int group;
    /** What {@link #read(IoBuffer)} has copied in part: a slice with the rest. */
    private final AtomicReference<IoBuffer> rest = new AtomicReference<>();
    private volatile boolean closed;

    /** Describes a receive; nothing is started yet. */
    public ReceiveMultishot(StreamSocket socket) {
        super(QUEUED_MAX);
        this.socket = socket;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.RECV) || !kernel.has(Capability.BUFFER_RING) || !kernel.has(Capability.RECV_MULTISHOT)) {
            return false;
        }
        sqe.recvMultishot(socket.fd(), 0, 0, group);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.READABLE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.receive(socket.fd(), selected, (int) selected.byteSize(), 0);
    }

    @Override
    protected boolean drains(int res) {
        return res < ProvidedBuffers.bufferBytes(group);
    }

    @Override
    protected boolean ends(int res) {
        return res <= 0;
    }

    @Override
    protected int bufferGroup() {
        return group;
    }

    @Override
    protected int queueLimit() {
        return Math.min(super.queueLimit(), QUEUED_BYTES_MAX / ProvidedBuffers.bufferBytes(group));
    }

    @Override
    protected boolean changes(int res) {
        if (!socket.receives().came(group, res, 0)) {
            return false;
        }
        group = socket.receives().group();
        return true;
    }

    @Override
    protected IoBuffer decode(int res, int flags) throws IOException {
        return providedBuffer(res, flags);
    }

    @Override
    protected void discard(int res, int flags) {
        discardBuffer(flags);
    }

    @Override
    protected Descriptor descriptor() {
        return socket;
    }

    // ---- taking ----

    @Override
    public IoBuffer read() throws IOException {
        IoBuffer left = rest.getAndSet(null);
        return left != null ? left : next();
    }

    /** Copies; {@link #read()} does not. What does not fit is for the next call of either, and not for {@link #next}. */
    @Override
    public int read(IoBuffer buffer) throws IOException {
        buffer.length(0); // before anything is received: one that is in flight is refused, and nothing is lost
        IoBuffer from = read();
        if (from == null) {
            return 0;
        }
        int bytes = Math.min(from.length(), buffer.capacity());
        MemorySegment.copy(from.segment(), 0, buffer.segment(), 0, bytes);
        buffer.length(bytes);
        if (bytes == from.length()) {
            from.close();
        } else {
            rest.set(from.slice(bytes, from.length()));
            closeRestIfClosed();
        }
        return bytes;
    }

    /** Ends the request, as {@link MultiOp#close} says. */
    @Override
    public void close() {
        closed = true;
        closeRestIfClosed();
        super.close();
    }

    private void closeRestIfClosed() {
        if (closed) {
            IoBuffer left = rest.getAndSet(null);
            if (left != null) {
                left.close();
            }
        }
    }

    /**
     * Waits for the next result as {@link #next()} does, and fills a buffer that has no memory of its own with it, so that no
     * object is made.
     *
     * @param into from {@link IoBuffer#empty}, and closed since it was filled last
     * @return bytes, at least 1; 0 at the end
     */
    public int next(IoBuffer into) throws IOException {
        return nextInto(into);
    }

    /** As {@link #next(IoBuffer)}, without waiting: -1 when nothing has come yet. For callbacks, {@link #start(Runnable)}. */
    public int poll(IoBuffer into) throws IOException {
        return pollInto(into);
    }

    @Override
    protected IOException failure(int errno) {
        return SocketErrors.of("receive", operands(), errno);
    }

    @Override
    protected String operands() {
        return "fd=" + socket.fd();
    }
}
