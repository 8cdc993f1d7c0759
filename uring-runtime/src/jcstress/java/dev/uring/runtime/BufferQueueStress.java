package dev.uring.runtime;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Sqe;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** Who goes on with a buffer that is handed over while the one before it ends. */
public class BufferQueueStress {
    private static final MemorySegment BYTE = Arena.global().allocate(1);

    /** A queue with one buffer of a byte on its way. */
    private static final class Queue extends BufferQueueOp {
        Queue() {
            super(null);
            put(IoBuffer.wrapUnsafe(BYTE));
        }

        @Override
        protected boolean prepare(Sqe sqe, Capabilities kernel) {
            return false;
        }

        @Override
        protected Readiness readiness() {
            return Readiness.WRITABLE;
        }

        @Override
        protected int attempt(Sys sys, MemorySegment selected) {
            return 1;
        }
    }

    private static int number(boolean is) {
        return is ? 1 : 0;
    }

    /** The second buffer comes while the first one ends. */
    @JCStressTest
    @State
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the operation had ended: the writer starts it")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the worker saw the buffer, and goes on")
    @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "both: the operation would be started while it goes on")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "neither: the buffer would stay for ever")
    public static class PutAgainstEnd {
        private final Queue queue = new Queue();

        @Actor
        public void writer(II_Result r) {
            r.r1 = number(queue.put(IoBuffer.wrapUnsafe(BYTE)));
        }

        @Actor
        public void worker(II_Result r) {
            r.r2 = number(queue.continues(1));
        }
    }

    /** The second buffer comes while the first one fails. */
    @JCStressTest
    @State
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "nobody starts it, then or later, and the buffer is closed")
    @Outcome(expect = FORBIDDEN, desc = "a buffer was kept, or the failed operation is started again")
    public static class PutAgainstFailure {
        private final Queue queue = new Queue();
        private final IoBuffer second = IoBuffer.wrapUnsafe(BYTE);

        @Actor
        public void writer(III_Result r) {
            r.r1 = number(queue.put(second));
        }

        @Actor
        public void worker() {
            queue.failed();
        }

        @Arbiter
        public void after(III_Result r) {
            r.r2 = number(second.state() == IoBuffer.State.RELEASED);
            r.r3 = number(!queue.put(IoBuffer.wrapUnsafe(BYTE)));
        }
    }
}
