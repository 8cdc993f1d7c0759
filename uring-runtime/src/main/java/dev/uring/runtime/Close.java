package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Closes a descriptor's number. Made by {@link Descriptor#closeAsync()} only, after the last operation on it.
 *
 * <p>Kernel: CLOSE, 5.6, io_uring_prep_close(3). Result: 0. Errors: EIO, ENOSPC, EDQUOT from earlier writes (close(2));
 * the number is gone all the same. Memory: none.
 */
public final class Close extends Op<Void> {
    private final Descriptor descriptor;
    private final AtomicBoolean started = new AtomicBoolean();

    Close(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    /** Answers true to the one caller that is to start it. */
    boolean startOnce() {
        return started.compareAndSet(false, true);
    }

    @Override
    boolean isCancellable() {
        return false;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.CLOSE) || descriptor.closesOnPool()) {
            return false;
        }
        sqe.close(descriptor.fd());
        return true;
    }

    @Override
    protected Readiness readiness() {
        return descriptor.closeMayBlock() ? Readiness.BLOCKING : Readiness.IMMEDIATE;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        return sys.close(descriptor.fd());
    }

    @Override
    protected Void decode(int res, int flags) throws IOException {
        if (res < 0) {
            throw failure(-res);
        }
        return null;
    }

    @Override
    void settle(int res, int completionFlags) {
        descriptor.runtime().closed(descriptor);
    }

    @Override
    protected String operands() {
        return "fd=" + descriptor.fd();
    }
}
