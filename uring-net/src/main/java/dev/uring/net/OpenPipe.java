package dev.uring.net;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Op;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Sys;
import dev.uring.runtime.UringException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Makes a pipe.
 *
 * <p>Kernel: PIPE, 6.16, io_uring_prep_pipe(3), pipe2(2). Result: 0. Errors: EMFILE, ENFILE. Memory: the two numbers, held
 * here. A pipe that nobody takes is closed.
 */
public final class OpenPipe extends Op<Pipe> {
    /** Not O_NONBLOCK: with it a ring answers EAGAIN instead of waiting. */
    private static final int FLAGS = OpenFlag.CLOSE_ON_EXEC;

    private final MemorySegment pair = Arena.ofAuto().allocate(ValueLayout.JAVA_INT, 2);

    /** Describes a pipe. */
    public OpenPipe() {
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.PIPE)) {
            return false;
        }
        sqe.pipe(pair, FLAGS);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return Readiness.IMMEDIATE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.pipe2(pair, FLAGS);
    }

    @Override
    protected Pipe decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return new Pipe(new PipeReader(fd(0), runtime()), new PipeWriter(fd(1), runtime()));
    }

    private int fd(int end) {
        return pair.getAtIndex(ValueLayout.JAVA_INT, end);
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
        return new UringException(operation(), operands(), errno);
    }
}
