package dev.uring.runtime;

import dev.uring.ffi.Errno;
import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;

/**
 * A kernel of a few lines: a {@link StubOp} gets the answer that it names at the next poll, or -ECANCELED if a cancel
 * comes first or it names none; any other operation gets 0.
 *
 * <p>A wake-up does nothing. Instead the poll returns after a millisecond at the latest, so that a worker which runs
 * beside the actors takes no processor from them, and posting to it costs no system call.
 */
final class StubDriver extends Driver {
    private static final long WAIT_NANOS_MAX = 1_000_000;

    private final ArrayDeque<StubOp> due = new ArrayDeque<>();

    @Override
    protected void open() {
    }

    @Override
    protected int operationsMax() {
        return 1 << 20;
    }

    @Override
    protected void start(Op<?> op, long id) {
        if (op instanceof StubOp stub) {
            stub.starts++;
            stub.id = id;
            stub.answered = false;
            due.add(stub);
        } else {
            deliver(id, 0, 0);
        }
    }

    @Override
    protected void cancel(Op<?> op, long id) {
        if (op instanceof StubOp stub) {
            stub.cancels++;
            answer(stub, -Errno.ECANCELED);
        }
    }

    @Override
    protected void poll(long timeoutNanos) {
        for (StubOp op = due.poll(); op != null; op = due.poll()) {
            if (op.answer != StubOp.NO_ANSWER) {
                answer(op, op.answer);
            }
        }
        if (delivered() == 0 && timeoutNanos > 0) {
            LockSupport.parkNanos(Math.min(timeoutNanos, WAIT_NANOS_MAX));
        }
    }

    private void answer(StubOp op, int res) {
        if (!op.answered) {
            op.answered = true;
            deliver(op.id, res, 0);
        }
    }

    @Override
    protected void wakeUp() {
    }

    @Override
    protected void close() {
    }

    @Override
    protected Sys sys() {
        throw new AssertionError("a stub makes no system calls");
    }

    @Override
    protected RuntimeMetrics.DriverMetrics metrics() {
        return new RuntimeMetrics.DriverMetrics(0, 0, 0, 0);
    }

    @Override
    protected String describe() {
        return "stub";
    }
}
