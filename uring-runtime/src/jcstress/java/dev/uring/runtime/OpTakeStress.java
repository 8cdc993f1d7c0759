package dev.uring.runtime;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.uring.ffi.CqeFlag;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.LII_Result;
import org.openjdk.jcstress.infra.results.LI_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** Taking the result of an operation that is done, and submitting it again. */
public class OpTakeStress {
    private static StubOp.Answer take(StubOp op) {
        try {
            return op.await();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Two threads take the result: it is decoded once, and both get the same object. */
    @JCStressTest
    @State
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "one decoded, the other waited for it")
    @Outcome(id = "false, .*", expect = FORBIDDEN,
            desc = "each got its own, or one nothing: a descriptor with two owners, or none")
    @Outcome(expect = FORBIDDEN, desc = "decoded twice")
    public static class TwoTakers {
        private final StubOp op = StubOp.done(Stub.liveWorker());
        private StubOp.Answer first;
        private StubOp.Answer second;

        @Actor
        public void taker() {
            first = take(op);
        }

        @Actor
        public void otherTaker() {
            second = take(op);
        }

        @Arbiter
        public void after(ZI_Result r) {
            r.r1 = first != null && first == second;
            r.r2 = op.decodes.get();
        }
    }

    /** One thread takes the result, another gives it up. */
    @JCStressTest
    @State
    @Outcome(id = "result, 1, 0", expect = ACCEPTABLE, desc = "taken first; nothing is left to discard")
    @Outcome(id = "cancelled, 0, 1", expect = ACCEPTABLE, desc = "given up first; the taker is told so")
    @Outcome(expect = FORBIDDEN, desc = "taken and discarded, or neither")
    public static class TakeAgainstAbandon {
        private final StubOp op = StubOp.done(Stub.liveWorker());

        @Actor
        public void taker(LII_Result r) {
            r.r1 = Stub.await(op);
        }

        @Actor
        public void owner() {
            op.abandon();
        }

        @Arbiter
        public void after(LII_Result r) {
            r.r2 = op.decodes.get();
            r.r3 = op.discards.get();
        }
    }

    /** One thread takes the result, another is called back late: both get the same object. */
    @JCStressTest
    @State
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "one of them decoded")
    @Outcome(expect = FORBIDDEN, desc = "decoded twice, or two results")
    public static class TakeAgainstLateCallback {
        private final Worker worker = Stub.stoppedWorker();
        private final StubOp op = StubOp.done(worker);
        private final StubOp.Told told = new StubOp.Told();
        private StubOp.Answer taken;

        @Actor
        public void taker() {
            taken = take(op);
        }

        @Actor
        public void observer() {
            op.onComplete(told);
            Stub.turn(worker);
        }

        @Arbiter
        public void after(ZI_Result r) {
            r.r1 = taken != null && taken == told.answer;
            r.r2 = op.decodes.get();
        }
    }

    /** The owner submits again what nobody took, while another thread still cancels. The second life is a whole one. */
    @JCStressTest
    @State
    @Outcome(id = "result, 1, 1", expect = ACCEPTABLE,
            desc = "the first result discarded, the second taken; the cancel changed nothing, or came too late for "
                    + "either")
    @Outcome(expect = FORBIDDEN, desc = "a result lost or discarded twice, or an operation that never ends")
    public static class ResubmissionAgainstCancel {
        private final StubOp op = StubOp.done(Stub.liveWorker());

        @Actor
        public void owner() {
            op.takeUp();
            op.queued(Stub.liveWorker());
            op.admitted(Stub.liveWorker());
            op.complete(StubOp.RES, 0);
        }

        @Actor
        public void canceller() {
            op.cancel();
        }

        @Arbiter
        public void after(LII_Result r) {
            r.r1 = Stub.end(op);
            r.r2 = op.decodes.get();
            r.r3 = op.discards.get();
        }
    }

    /** The result of a zero-copy send is taken while the notification comes: both ends are reached, in either order. */
    @JCStressTest
    @State
    @Outcome(id = "result, 1", expect = ACCEPTABLE,
            desc = "taken before the notification, after it, or with its bits set between the notification's look "
                    + "and its exchange")
    @Outcome(expect = FORBIDDEN, desc = "the notification lost, the result lost or decoded twice")
    public static class TakeAgainstNotification {
        private final StubOp op = StubOp.inFlight(Stub.liveWorker());

        public TakeAgainstNotification() {
            op.zeroCopy = true;
            op.more(StubOp.RES, CqeFlag.MORE);
        }

        @Actor
        public void worker() {
            op.complete(0, 0);
        }

        @Actor
        public void taker(LI_Result r) {
            r.r1 = Stub.await(op);
        }

        @Arbiter
        public void after(LI_Result r) {
            // Taken once more: the bits that the taker set must be there.
            r.r2 = Stub.end(op).equals(Stub.RESULT) ? op.decodes.get() : -1;
        }
    }

    /** A thread waits for the buffer of a zero-copy send, whose result it has had. A lost wake-up hangs the test. */
    @JCStressTest
    @State
    @Outcome(id = "1, 0, 7", expect = ACCEPTABLE,
            desc = "owned, and what the worker wrote before is there; found so at once or after being unparked")
    @Outcome(expect = FORBIDDEN, desc = "came back while the kernel still had it")
    public static class AwaitOwnedAgainstNotification {
        private static final MemorySegment MEMORY = Arena.global().allocate(8);

        private final IoBuffer buffer = IoBuffer.wrapUnsafe(MEMORY);
        private final StubOp op = new StubOp(null, buffer);
        private int bytes;

        public AwaitOwnedAgainstNotification() {
            op.zeroCopy = true;
            op.takeUp();
            op.moveBuffer();
            op.admitted(Stub.liveWorker());
            op.more(StubOp.RES, CqeFlag.MORE);
        }

        @Actor
        public void worker() {
            bytes = 7;
            op.complete(0, 0);
        }

        @Actor
        public void sender(III_Result r) {
            buffer.awaitOwned();
            r.r1 = op.isDone() ? 1 : 0;
            r.r2 = buffer.state().ordinal();
            r.r3 = bytes;
        }
    }
}
