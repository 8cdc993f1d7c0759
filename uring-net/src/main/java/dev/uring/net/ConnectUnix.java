package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Errno;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;

/**
 * Connects a new Unix socket to a listener; waits where as many wait there already as it has room for. Made by
 * {@link UnixStream#connect} only, since it owns the socket until somebody takes the stream.
 *
 * <p>Kernel: CONNECT, 5.5, io_uring_prep_connect(3), connect(2), unix(7). Result: 0. Errors: as connect(2) lists them, ENOENT
 * and ECONNREFUSED above all, as java.net's exceptions. Memory: the address, held here. Without the opcode, a listener that
 * has no room is asked again every millisecond: the kernel tells nobody who does not wait inside when there is some.
 */
public final class ConnectUnix extends Op<UnixStream> {
    private static final long PAUSE_NANOS = 1_000_000;

    /** Null where there is no socket: then the operation fails with what socket(2) answered. */
    private final UnixStream stream;
    private final int fd;
    private final UnixAddress address;
    private final NativeAddress nativeAddress;
    /** The stream is the caller's; written by whoever takes it, before it can be submitted once more. */
    private boolean isTaken;

    ConnectUnix(UnixStream stream, int fd, UnixAddress address, NativeAddress nativeAddress) {
        this.stream = stream;
        this.fd = fd;
        this.address = address;
        this.nativeAddress = nativeAddress;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.CONNECT) || stream == null) {
            return false;
        }
        sqe.connect(fd, nativeAddress.storage(), nativeAddress.lengthBytes());
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        if (stream == null) {
            return fd;
        }
        int result = sys.connect(fd, nativeAddress.storage(), nativeAddress.lengthBytes());
        return switch (-result) {
            case Errno.EAGAIN, Errno.EINPROGRESS, Errno.EALREADY -> {
                LockSupport.parkNanos(PAUSE_NANOS);
                yield -Errno.EINTR; // whoever calls again looks for a cancel first
            }
            default -> result;
        };
    }

    @Override
    protected UnixStream decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        isTaken = true;
        return stream;
    }

    @Override
    protected boolean obtains() {
        return true;
    }

    @Override
    protected void discard(int res, int flags) {
        stream.closeAsync();
    }

    @Override
    protected void failed() {
        if (!isTaken && stream != null) {
            stream.closeAsync();
        }
    }

    @Override
    protected Descriptor descriptor() {
        return stream;
    }

    @Override
    protected IOException failure(int errno) {
        return SocketErrors.of(operation(), operands(), errno);
    }

    @Override
    protected String operation() {
        return "connect";
    }

    @Override
    protected String operands() {
        return "address=" + address + (stream == null ? "" : " fd=" + fd);
    }
}
