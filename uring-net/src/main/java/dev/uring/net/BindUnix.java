package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.SocketConstant;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Makes a Unix socket that has a name: socket, bind, and listen for one of streams. Making the file of a path may take a
 * disk's time.
 *
 * <p>Kernel: none, -, socket(2), bind(2), listen(2), getsockname(2). Result: a descriptor. Errors: as the manual pages list
 * them, EADDRINUSE above all, also where a file is left from an earlier socket, as java.net's exceptions. Memory: addresses,
 * held here. A socket that nobody takes is closed; the file stays.
 *
 * @param <S> what is made of the socket
 */
public final class BindUnix<S extends NetSocket> extends Op<S> {
    private final UnixAddress address;
    private final int type;
    /** 0 for a socket that does not listen. */
    private final int backlog;
    private final Bound<S> made;
    private final NativeAddress wanted;
    /** What the kernel made of it: an abstract name, where none was given. */
    private final NativeAddress bound = new NativeAddress();

    /** Makes something of a socket that has a name. */
    private interface Bound<S> {
        S of(int fd, UringRuntime runtime, UnixAddress address);
    }

    /** Describes a listener. */
    static BindUnix<UnixListener> listener(UnixAddress address, int backlog) {
        if (backlog < 1) {
            throw new IllegalArgumentException("backlog must be at least 1: backlog=" + backlog);
        }
        return new BindUnix<>(address, SocketConstant.STREAM, backlog, UnixListener::new);
    }

    /** Describes a socket of datagrams. */
    static BindUnix<UnixDatagram> datagram(UnixAddress address) {
        return new BindUnix<>(address, SocketConstant.DATAGRAM, 0, (fd, runtime, _) -> new UnixDatagram(fd, runtime));
    }

    private BindUnix(UnixAddress address, int type, int backlog, Bound<S> made) {
        this.address = address;
        this.type = type;
        this.backlog = backlog;
        this.made = made;
        wanted = NativeAddress.of(address);
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        return false;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        int fd = sys.socket(SocketConstant.FAMILY_UNIX, type | SocketConstant.CLOSE_ON_EXEC, 0);
        if (fd < 0) {
            return fd;
        }
        int result = attemptBind(sys, fd);
        if (result < 0) {
            sys.close(fd);
            return result;
        }
        return fd;
    }

    private int attemptBind(Sys sys, int fd) {
        int result = sys.bind(fd, wanted.storage(), wanted.lengthBytes());
        if (result >= 0 && backlog > 0) {
            result = sys.listen(fd, backlog);
        }
        if (result >= 0) {
            bound.clear();
            result = sys.getsockname(fd, bound.storage(), bound.length());
        }
        return result;
    }

    @Override
    protected S decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return made.of(res, runtime(), bound.decodeUnix());
    }

    @Override
    protected boolean obtains() {
        return true;
    }

    @Override
    protected void discard(int res, int flags) {
        discardDescriptor(res);
    }

    @Override
    protected IOException failure(int errno) {
        return SocketErrors.of(operation(), operands(), errno);
    }

    @Override
    protected String operation() {
        return "bind";
    }

    @Override
    protected String operands() {
        return "address=" + address + (backlog == 0 ? "" : " backlog=" + backlog);
    }
}
