package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Moves bytes between a socket and a pipe without a copy through the process: what is there, or what there is room for. Waits
 * for the socket alone: a pipe that is filled has room, and one that is emptied has bytes.
 *
 * <p>Kernel: none, since the ring hands SPLICE to a thread of the kernel each time; splice(2), when the socket is ready.
 * Result: bytes moved, fewer than asked for are no error; 0 at the end of the source. Errors: as the manual page says, and
 * those of recv(2) and send(2), as java.net's exceptions; EOPNOTSUPP where there is no splice. Memory: none. One that is
 * cancelled has moved nothing.
 */
final class SpliceNow extends Op<Integer> {
    private final Descriptor source;
    private final Descriptor target;
    private final boolean fills;
    private int lengthBytes;

    private SpliceNow(Descriptor source, Descriptor target, boolean fills) {
        this.source = source;
        this.target = target;
        this.fills = fills;
    }

    /** Describes a move into an empty pipe. */
    static SpliceNow fill(StreamSocket socket, Descriptor pipe) {
        return new SpliceNow(socket, pipe, true);
    }

    /** Describes a move out of a pipe that has the bytes. */
    static SpliceNow empty(Descriptor pipe, StreamSocket socket) {
        return new SpliceNow(pipe, socket, false);
    }

    /** Names how much is to be moved at the next submission, at least 1 byte. */
    SpliceNow lengthBytes(int bytes) {
        lengthBytes = bytes;
        return this;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        return false;
    }

    @Override
    protected Readiness readiness() {
        return fills ? Readiness.READABLE : Readiness.WRITABLE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.spliceNow(source.fd(), target.fd(), lengthBytes);
    }

    @Override
    protected Integer decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return res;
    }

    @Override
    protected Descriptor descriptor() {
        return fills ? source : target;
    }

    @Override
    protected Descriptor otherDescriptor() {
        return fills ? target : source;
    }

    @Override
    protected IOException failure(int errno) {
        return SocketErrors.of(operation(), operands(), errno);
    }

    @Override
    protected String operation() {
        return "splice";
    }

    @Override
    protected String operands() {
        return "fd=" + source.fd() + " targetFd=" + target.fd() + " lengthBytes=" + lengthBytes;
    }
}
