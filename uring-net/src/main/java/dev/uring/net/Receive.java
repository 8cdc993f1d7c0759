package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Capability;
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
 * Receives from a connected socket into a buffer, as much as is there, and waits if nothing is; sets the buffer's length.
 *
 * <p>Kernel: RECV, 5.6, io_uring_prep_recv(3), recv(2). Result: bytes received, 0 to the buffer's capacity; 0 is the end:
 * the peer sends no more. Errors: as recv(2) lists them, ECONNRESET above all, as java.net's exceptions. Memory: the buffer is
 * the kernel's until the terminal result. A receive that is cancelled has taken no byte.
 */
public final class Receive extends BufferOp {
    private int flags;

    /** Describes a receive. */
    public Receive(Descriptor socket, IoBuffer buffer) {
        super(socket, buffer);
    }

    /**
     * Has a short receive gone on from, so that the buffer is filled or the operation fails with EOFException; before the
     * submission.
     */
    public Receive whole() {
        beWhole();
        flags = MessageFlag.WAIT_ALL;
        return this;
    }

    /** Has the bytes stay where they are, for the next receive; before the submission. */
    public Receive peek() {
        flags = MessageFlag.PEEK;
        return this;
    }

    /**
     * Describes another receive, for the next submission, so that one object serves many.
     *
     * @throws IllegalStateException when the operation is under way; await it first
     */
    public void reset(IoBuffer buffer) {
        retarget(descriptor(), buffer);
    }

    @Override
    protected boolean fills() {
        return true;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.RECV)) {
            return false;
        }
        sqe.recv(descriptor().fd(), memory(), lengthBytes(), flagsFor(kernel));
        return true;
    }

    /**
     * Before 6.0 a kernel that gathers all, and is asked to cancel, forgets what it has taken by then (seen on 5.10.262):
     * there a short receive ends, and another one goes on from it.
     */
    private int flagsFor(Capabilities kernel) {
        return kernel.has(Capability.RECV_MULTISHOT) ? flags : flags & ~MessageFlag.WAIT_ALL;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.READABLE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.receive(descriptor().fd(), memory(), lengthBytes(), flags & MessageFlag.PEEK);
    }

    @Override
    protected boolean drains(int res) {
        return flags != MessageFlag.PEEK && res < lengthBytes();
    }

    @Override
    protected IOException failure(int errno) {
        return SocketErrors.of(operation(), operands(), errno);
    }
}
