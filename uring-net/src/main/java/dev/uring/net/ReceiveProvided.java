package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Capability;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.RequestFlag;
import dev.uring.ffi.Sqe;
import dev.uring.ffi.SqeFlag;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Op;
import dev.uring.runtime.ProvidedBuffers;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Receives from a connected socket into a buffer of the worker's, which is chosen when bytes are there: a receive that waits
 * holds no memory. The buffer is the caller's, and goes back to the worker when it is closed, on any thread.
 *
 * <p>Kernel: RECV, 5.6, io_uring_prep_recv(3), io_uring_register_buf_ring(3), recv(2). The kernel chooses the buffer where it
 * has rings of them (5.19), an attempt elsewhere. Result: a buffer of at least one byte; null at the end: the peer sends no
 * more. While all buffers are out it waits for one. Errors: as recv(2) lists them, ECONNRESET above all, as java.net's
 * exceptions. Memory: provided; a buffer that nobody takes goes back. A receive that is cancelled has taken no byte.
 */
public final class ReceiveProvided extends Op<IoBuffer> {
    private final StreamSocket socket;
    private int group;

    /** Describes a receive. */
    public ReceiveProvided(StreamSocket socket) {
        this.socket = socket;
    }

    /** What came last says how large the next one may be. */
    @Override
    protected void restarted() {
        group = socket.receives().group();
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.RECV) || !kernel.has(Capability.BUFFER_RING)) {
            return false;
        }
        // Up to Linux 5.19 a length of 0 is taken at its word, and not for that of the buffer.
        sqe.recv(socket.fd(), MemorySegment.NULL, ProvidedBuffers.bufferBytes(group), 0)
                .flags(SqeFlag.BUFFER_SELECT).bufferGroup(group);
        if (!socket.receives().hasMore()) {
            sqe.ioPriority(RequestFlag.RECVSEND_POLL_FIRST);
        }
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
    protected int bufferGroup() {
        return group;
    }

    @Override
    protected IoBuffer decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        if (res == 0) {
            discardBuffer(flags);
            return null;
        }
        socket.receives().came(group, res, flags);
        return providedBuffer(res, flags);
    }

    @Override
    protected void discard(int res, int flags) {
        discardBuffer(flags);
    }

    @Override
    protected boolean obtains() {
        return true;
    }

    @Override
    protected Descriptor descriptor() {
        return socket;
    }

    @Override
    protected IOException failure(int errno) {
        return SocketErrors.of(operation(), operands(), errno);
    }

    @Override
    protected String operands() {
        return "fd=" + socket.fd();
    }
}
