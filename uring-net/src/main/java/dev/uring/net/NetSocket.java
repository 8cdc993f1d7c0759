package dev.uring.net;

import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Sys;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.util.function.ToLongFunction;

/** A socket of any kind: what its addresses, options and errors have in common. For any thread. */
public abstract class NetSocket extends Descriptor {
    NetSocket(int fd, UringRuntime runtime) {
        super(fd, runtime);
    }

    /** Throws what a call on this socket failed with. */
    final void require(String operation, long result) throws IOException {
        if (result < 0) {
            throw SocketErrors.of(operation, "fd=" + fd(), (int) -result);
        }
    }

    /** Makes a call that does not wait, and throws what it failed with. */
    final long askFor(String operation, ToLongFunction<Sys> call) throws IOException {
        long result = call(call);
        require(operation, result);
        return result;
    }

    @Override
    protected boolean closeMayBlock() {
        return false;
    }

    @Override
    protected IOException failure(String operation, String operands, int errno) {
        return SocketErrors.of(operation, operands, errno);
    }
}
