package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.SocketConstant;
import dev.uring.ffi.SocketOption;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.Objects;

/**
 * Makes a listening socket: socket, SO_REUSEADDR and other options, bind, listen, one after the other, since none of them
 * waits.
 *
 * <p>Kernel: none, -, socket(2), setsockopt(2), bind(2), listen(2), getsockname(2). Result: a descriptor. Errors: as the
 * manual pages list them, EADDRINUSE and EADDRNOTAVAIL above all, as java.net's exceptions. Memory: addresses, held here. A
 * socket that nobody takes is closed.
 */
public final class Bind extends Op<TcpListener> {
    private final InetSocketAddress address;
    private final BindOptions options;
    private final NativeAddress wanted;
    /** What the kernel made of it: the port, where none was asked for. */
    private final NativeAddress bound = new NativeAddress();
    /** The option that could not be set; written by whoever attempted, before the result is out. */
    private OptionSettings.Refusal refusal;

    /**
     * Describes a listening socket of the address's family.
     *
     * @param address resolved; port 0 for any free one
     * @throws java.nio.channels.UnresolvedAddressException if the host name was never looked up
     */
    public Bind(InetSocketAddress address, BindOptions options) {
        this.address = address;
        this.options = Objects.requireNonNull(options);
        wanted = NativeAddress.of(address);
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        return false;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.IMMEDIATE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        int fd = sys.socket(wanted.family(), SocketConstant.STREAM | SocketConstant.CLOSE_ON_EXEC, 0);
        if (fd < 0) {
            return fd;
        }
        int result = attemptListen(sys, fd);
        if (result < 0) {
            sys.close(fd);
            return result;
        }
        return fd;
    }

    private int attemptListen(Sys sys, int fd) {
        int result = reuseAddress(sys, fd);
        if (result >= 0) {
            refusal = options.settings().apply(sys, fd);
            result = refusal == null ? 0 : refusal.result();
        }
        if (result >= 0) {
            result = sys.bind(fd, wanted.storage(), wanted.lengthBytes());
        }
        if (result >= 0) {
            result = sys.listen(fd, options.backlog());
        }
        if (result >= 0) {
            bound.clear();
            result = sys.getsockname(fd, bound.storage(), bound.length());
        }
        return result;
    }

    /** Else connections of an earlier listener, which the kernel remembers for a minute, keep the port. */
    private static int reuseAddress(Sys sys, int fd) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment value = scope.allocateFrom(ValueLayout.JAVA_INT, 1);
            return sys.setsockopt(fd, SocketOption.LEVEL_SOCKET, SocketOption.REUSE_ADDRESS, value, Integer.BYTES);
        }
    }

    @Override
    protected TcpListener decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        TcpListener listener = new TcpListener(res, runtime(), bound.decode());
        listener.lingers(options.settings().linger());
        return listener;
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
        return refusal == null ? SocketErrors.of(operation(), operands(), errno)
                : NetSocket.optionFailure(operation(), operands() + " " + refusal.setting(), errno);
    }

    @Override
    protected String operands() {
        return "address=" + address + " backlog=" + options.backlog();
    }
}
