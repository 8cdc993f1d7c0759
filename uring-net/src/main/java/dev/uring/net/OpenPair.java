package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.SocketConstant;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.BiFunction;

/**
 * Makes two Unix sockets that are connected to one another and have no names.
 *
 * <p>Kernel: none, -, socketpair(2). Result: 0. Errors: EMFILE, ENFILE; with the driver nio EOPNOTSUPP for datagrams. Memory:
 * the two numbers, held here. A pair that nobody takes is closed. BLOCKING, since java.nio has the two meet in a folder.
 *
 * @param <S> what is made of each
 */
public final class OpenPair<S extends NetSocket> extends Op<SocketPair<S>> {
    private final int type;
    private final BiFunction<Integer, UringRuntime, S> end;
    private final MemorySegment pair = Arena.ofAuto().allocate(ValueLayout.JAVA_INT, 2);

    /** Describes a pair of streams. */
    public static OpenPair<UnixStream> streams() {
        return new OpenPair<>(SocketConstant.STREAM, UnixStream::new);
    }

    /** Describes a pair of sockets for datagrams. */
    public static OpenPair<UnixDatagram> datagrams() {
        return new OpenPair<>(SocketConstant.DATAGRAM, UnixDatagram::new);
    }

    private OpenPair(int type, BiFunction<Integer, UringRuntime, S> end) {
        this.type = type;
        this.end = end;
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
        return sys.socketpair(SocketConstant.FAMILY_UNIX, type | SocketConstant.CLOSE_ON_EXEC, 0, pair);
    }

    @Override
    protected SocketPair<S> decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return new SocketPair<>(end.apply(fd(0), runtime()), end.apply(fd(1), runtime()));
    }

    private int fd(int index) {
        return pair.getAtIndex(ValueLayout.JAVA_INT, index);
    }

    @Override
    protected boolean obtains() {
        return true;
    }

    @Override
    protected void discard(int res, int flags) {
        discardDescriptor(fd(0));
        discardDescriptor(fd(1));
    }

    @Override
    protected IOException failure(int errno) {
        return SocketErrors.of(operation(), operands(), errno);
    }

    @Override
    protected String operation() {
        return "socketpair";
    }

    @Override
    protected String operands() {
        return "type=" + type;
    }
}
