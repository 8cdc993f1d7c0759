package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.MessageFlag;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Sends a buffer's bytes, up to its length, on a connected socket; waits for room if there is none.
 *
 * <p>Kernel: SEND, 5.6, io_uring_prep_send(3), send(2). Result: bytes taken over, 0 to the length asked for; fewer is not an
 * error. Errors: as send(2) lists them, EPIPE (never with a signal) and ECONNRESET above all, as java.net's exceptions.
 * Memory: the buffer is the kernel's until the terminal result.
 */
public final class Send extends BufferOp {
    /** Describes a send. */
    public Send(Descriptor socket, IoBuffer buffer) {
        super(socket, buffer);
    }

    /** Has a short send gone on from, so that all is sent or the operation fails; before the submission. */
    public Send whole() {
        beWhole();
        return this;
    }

    /**
     * Describes another send, for the next submission, so that one object serves many.
     *
     * @throws IllegalStateException when the operation is under way; await it first
     */
    public void reset(IoBuffer buffer) {
        retarget(descriptor(), buffer);
    }

    @Override
    protected boolean fills() {
        return false;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.SEND)) {
            return false;
        }
        sqe.send(descriptor().fd(), memory(), lengthBytes(), MessageFlag.NO_SIGNAL);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.WRITABLE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.send(descriptor().fd(), memory(), lengthBytes(), MessageFlag.NO_SIGNAL);
    }

    @Override
    protected IOException failure(int errno) {
        return SocketErrors.of(operation(), operands(), errno);
    }
}
