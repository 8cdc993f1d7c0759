package dev.uring.bench;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Errno;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * One system call on files as an operation that leaves the choice to {@link Choice}, unlike those of the library, which
 * make it. Used again and again, by one task. What it refers to is held by {@link ChoiceLane}.
 */
final class CallOp extends Op<Void> {
    private final String name;
    private final int opcode;
    private final Consumer<Sqe> entry;
    private final LongSupplier call;
    private int result;

    /**
     * Describes a call.
     *
     * @param opcode one of {@link dev.uring.ffi.Opcode}; where the ring has it not, the call is made by the blocking pool
     * @param entry  fills the entry for the ring
     * @param call   makes the call, and answers its result or -errno
     */
    CallOp(String name, int opcode, Consumer<Sqe> entry, LongSupplier call) {
        this.name = name;
        this.opcode = opcode;
        this.entry = entry;
        this.call = call;
    }

    /** Gives the call to the ring, or where it must not to the blocking pool, and waits; answers its result. */
    int await(boolean inline) throws IOException {
        if (inline) {
            return inline();
        }
        submit().await();
        return result;
    }

    /** Makes the call here and now; answers its result. */
    int inline() throws IOException {
        return decoded((int) call.getAsLong());
    }

    private int decoded(int res) throws IOException {
        if (res < 0) {
            throw new IOException(name + " failed: errno=" + Errno.describe(-res));
        }
        result = res;
        return res;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(opcode)) {
            return false;
        }
        entry.accept(sqe);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.BLOCKING;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return (int) call.getAsLong();
    }

    @Override
    protected Void decode(int res, int flags) throws IOException {
        decoded(res);
        return null;
    }

    @Override
    protected String operation() {
        return name;
    }
}
