package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Sqe;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Occupies a thread of the blocking pool until it is opened, and then obtains one thing; counts what became of it. */
final class Gate extends Op<Integer> {
    static final int OBTAINED = 7;
    private static final int EIO = 5;

    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch opened = new CountDownLatch(1);
    final AtomicInteger attempts = new AtomicInteger();
    final AtomicInteger decoded = new AtomicInteger();
    final AtomicInteger discarded = new AtomicInteger();

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
        attempts.incrementAndGet();
        entered.countDown();
        try {
            return opened.await(30, TimeUnit.SECONDS) ? OBTAINED : -EIO;
        } catch (InterruptedException e) {
            throw new AssertionError("a thread of the blocking pool was interrupted", e);
        }
    }

    @Override
    protected Integer decode(int res, int flags) throws IOException {
        decoded.incrementAndGet();
        if (res < 0) {
            throw failure(-res);
        }
        return res;
    }

    @Override
    protected void discard(int res, int flags) {
        discarded.incrementAndGet();
    }
}
