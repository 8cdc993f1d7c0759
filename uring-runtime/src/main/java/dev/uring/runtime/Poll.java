package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Errno;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.PollFlag;
import dev.uring.ffi.Sqe;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Waits until a descriptor is ready, for code that makes its own system calls.
 *
 * <p>Kernel: POLL_ADD, 5.1, io_uring_prep_poll_add(3), poll(2). Result: the events that are there, as
 * {@link PollFlag}s; errors and hang-ups are reported unasked. Errors: EBADF. Memory: none.
 */
public final class Poll extends Op<Integer> {
    private final Descriptor descriptor;
    private final int events;

    /**
     * Describes a wait.
     *
     * @param events {@link PollFlag}s to wait for, at least one
     */
    public Poll(Descriptor descriptor, int events) {
        if (events == 0) {
            throw new IllegalArgumentException("poll needs an event to wait for: events=0");
        }
        this.descriptor = descriptor;
        this.events = events;
    }

    @Override
    protected boolean prepare(Sqe sqe, Capabilities kernel) {
        if (!kernel.supports(Opcode.POLL_ADD)) {
            return false;
        }
        sqe.pollAdd(descriptor.fd(), events);
        return true;
    }

    @Override
    protected Readiness readiness() {
        return (events & PollFlag.READABLE) != 0 ? Readiness.READABLE : Readiness.WRITABLE;
    }

    @Override
    int pollEvents() {
        return events;
    }

    @Override
    protected int attempt(Sys sys, MemorySegment selected) {
        int ready = sys.poll(descriptor.fd(), events);
        if (ready == 0) {
            return -Errno.EAGAIN;
        }
        return ready > 0 && (ready & PollFlag.INVALID) != 0 ? -Errno.EBADF : ready;
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
        return descriptor;
    }

    @Override
    protected String operands() {
        return "fd=" + descriptor.fd() + " events=0x" + Integer.toHexString(events);
    }
}
