package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import dev.uring.runtime.Timeout;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * Connects a new socket. Made by {@link TcpStream#connect} only, since it owns the socket until somebody takes the stream:
 * whatever else becomes of it, the socket is closed.
 *
 * <p>Kernel: CONNECT, 5.5, io_uring_prep_connect(3), connect(2). Result: 0. Errors: as connect(2) lists them, ECONNREFUSED,
 * ETIMEDOUT and EHOSTUNREACH above all, as java.net's exceptions. Memory: the address, held here.
 */
public final class Connect extends Op<TcpStream> {
    private final TcpStream stream;
    private final InetSocketAddress address;
    /** The address as the kernel reads it; reachable as long as the operation is. */
    private final NativeAddress nativeAddress;
    /** When it has taken too long; null without a limit. Written by the submitting thread, after the submission. */
    private volatile Timeout timer;
    private volatile Duration limit;
    /** The limit has come before the connection; written by the worker of the timer, before it cancels. */
    private volatile boolean isExpired;
    /** The stream is the caller's; written by whoever takes it, before it can be submitted once more. */
    private boolean isTaken;

    Connect(TcpStream stream, InetSocketAddress address, NativeAddress nativeAddress) {
        this.stream = stream;
        this.address = address;
        this.nativeAddress = nativeAddress;
    }

    /**
     * Ends the submission of the moment with {@link SocketTimeoutException} at a limit, unless it has ended by then.
     *
     * @throws IllegalStateException when timers are disabled
     */
    void endAfter(Duration limit) {
        this.limit = limit;
        Timeout timeout = new Timeout(limit);
        timeout.submit((_, early) -> {
            if (early == null) {
                isExpired = true;
                cancel();
            }
        });
        timer = timeout;
        if (isDone()) {
            stopTimer();
        }
    }

    private void stopTimer() {
        Timeout started = timer;
        if (started != null) {
            started.cancel();
        }
    }

    @Override
    protected void restarted() {
        isExpired = false;
    }

    @Override
    protected IOException cancelReason() {
        return isExpired ? new SocketTimeoutException(operation() + " timed out: " + operands() + " timeout=" + limit) : null;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.CONNECT)) {
            return false;
        }
        sqe.connect(stream.fd(), nativeAddress.storage(), nativeAddress.lengthBytes());
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.WRITABLE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.connect(stream.fd(), nativeAddress.storage(), nativeAddress.lengthBytes());
    }

    @Override
    protected TcpStream decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        stopTimer();
        isTaken = true;
        return stream;
    }

    @Override
    protected boolean obtains() {
        return true;
    }

    @Override
    protected void discard(int res, int flags) {
        stopTimer();
        stream.closeAsync();
    }

    @Override
    protected void failed() {
        stopTimer();
        if (!isTaken) {
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
    protected String operands() {
        return "address=" + address + " fd=" + stream.fd();
    }
}
