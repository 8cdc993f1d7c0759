package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.MessageFlag;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.BufferQueueOp;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.lang.foreign.MemorySegment;

/**
 * Sends buffers that were handed over, each as a whole and in order, and closes each when it is sent.
 *
 * <p>Kernel: SEND, 5.6, io_uring_prep_send(3), send(2). Result: none. Errors: as send(2) lists them, EPIPE (never with a
 * signal) and ECONNRESET above all, as java.net's exceptions, told by the next call. Memory: each buffer is the kernel's until
 * it is sent. While more is queued the kernel is told so (MSG_MORE), and fills its packets.
 */
public final class SendQueue extends BufferQueueOp {
    /** Describes an empty queue. */
    public SendQueue(StreamSocket socket) {
        super(socket);
    }

    private int flags() {
        return MessageFlag.NO_SIGNAL | (hasMore() ? MessageFlag.MORE : 0);
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.SEND)) {
            return false;
        }
        sqe.send(descriptor().fd(), memory(), lengthBytes(), flags());
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.WRITABLE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.send(descriptor().fd(), memory(), lengthBytes(), flags());
    }

    @Override
    protected String operation() {
        return "send";
    }
}
