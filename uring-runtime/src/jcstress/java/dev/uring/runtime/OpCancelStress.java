package dev.uring.runtime;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.uring.ffi.Errno;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LII_Result;
import org.openjdk.jcstress.infra.results.LI_Result;
import org.openjdk.jcstress.infra.results.LLI_Result;
import org.openjdk.jcstress.infra.results.L_Result;

/** Cancels against everything else that moves the state of an operation. */
public class OpCancelStress {
    /** The result comes while another thread asks for the cancel: it is not lost, and neither is the end. */
    @JCStressTest
    @State
    @Outcome(id = "result, 1", expect = ACCEPTABLE,
            desc = "whether the cancel came before, between look and store, or after: completed all the same")
    @Outcome(expect = FORBIDDEN, desc = "a result lost to a cancel, decoded twice, or an operation that never ends")
    public static class CancelAgainstComplete {
        private final StubOp op = StubOp.inFlight(Stub.liveWorker());

        @Actor
        public void worker() {
            op.complete(StubOp.RES, 0);
        }

        @Actor
        public void canceller() {
            op.cancel();
        }

        @Arbiter
        public void after(LI_Result r) {
            r.r1 = Stub.end(op);
            r.r2 = op.decodes.get();
        }
    }

    /** The driver answers -ECANCELED once it has seen the cancel, and the taker learns that it was asked for. */
    @JCStressTest
    @State
    @Outcome(id = "result", expect = ACCEPTABLE, desc = "the result came before the driver saw the cancel")
    @Outcome(id = "cancelled", expect = ACCEPTABLE, desc = "the driver saw the cancel first")
    @Outcome(id = "failed", expect = FORBIDDEN, desc = "cancelled, but the taker does not know that anyone asked")
    @Outcome(expect = FORBIDDEN, desc = "another end than these")
    public static class CancelAgainstCancelledResult {
        private final StubOp op = StubOp.inFlight(Stub.liveWorker());

        @Actor
        public void worker() {
            op.complete(op.isCancelAsked() ? -Errno.ECANCELED : StubOp.RES, 0);
        }

        @Actor
        public void canceller() {
            op.cancel();
        }

        @Arbiter
        public void after(L_Result r) {
            r.r1 = Stub.end(op);
        }
    }

    /** The whole loop of a worker against a cancel from another thread. */
    @JCStressTest
    @State
    @Outcome(id = "result, 1, 0", expect = ACCEPTABLE,
            desc = "the request reached the worker when the operation had ended")
    @Outcome(id = "cancelled, 1, 1", expect = ACCEPTABLE,
            desc = "the request was in the inbox before the driver answered")
    @Outcome(expect = FORBIDDEN, desc = "cancelled twice, cancelled although it had ended, or another end than these")
    public static class CancelAgainstTurn {
        private final Worker worker = Stub.stoppedWorker();
        private final StubOp op = new StubOp();

        public CancelAgainstTurn() {
            op.takeUp();
            worker.operations().start(op);
        }

        @Actor
        public void worker() {
            Stub.turn(worker);
        }

        @Actor
        public void canceller() {
            op.cancel();
        }

        @Arbiter
        public void after(LII_Result r) {
            Stub.turn(worker);
            r.r1 = Stub.end(op);
            r.r2 = op.starts;
            r.r3 = op.cancels;
        }
    }

    /** The worker takes the operation from its inbox while another thread cancels it. */
    @JCStressTest
    @State
    @Outcome(id = "result, 1, 0", expect = ACCEPTABLE, desc = "started first; the request came when it had ended")
    @Outcome(id = "cancelled, 0, 0", expect = ACCEPTABLE, desc = "cancelled first; the driver never saw it")
    @Outcome(expect = FORBIDDEN, desc = "started although it was cancelled, or another end than these")
    public static class CancelAgainstAdmission {
        private final Worker worker = Stub.stoppedWorker();
        private final StubOp op = new StubOp();

        public CancelAgainstAdmission() {
            op.takeUp();
            op.queued(worker);
            worker.post(op);
        }

        @Actor
        public void worker() {
            Stub.turn(worker);
        }

        @Actor
        public void canceller() {
            op.cancel();
        }

        @Arbiter
        public void after(LII_Result r) {
            Stub.turn(worker);
            r.r1 = Stub.end(op);
            r.r2 = op.starts;
            r.r3 = op.cancels;
        }
    }

    /** Two threads cancel what only a cancel ends: the driver is asked once. */
    @JCStressTest
    @State
    @Outcome(id = "cancelled, 1", expect = ACCEPTABLE, desc = "one of them moved the state and asked")
    @Outcome(id = "cancelled, 2", expect = FORBIDDEN,
            desc = "asked twice; by the second time the slot may be another's")
    @Outcome(expect = FORBIDDEN, desc = "another end than these")
    public static class TwoCancels {
        private final Worker worker = Stub.stoppedWorker();
        private final StubOp op = new StubOp();

        public TwoCancels() {
            op.answer = StubOp.NO_ANSWER;
            op.takeUp();
            worker.operations().start(op);
        }

        @Actor
        public void canceller() {
            op.cancel();
        }

        @Actor
        public void otherCanceller() {
            op.cancel();
        }

        @Arbiter
        public void after(LI_Result r) {
            Stub.turn(worker);
            r.r1 = Stub.end(op);
            r.r2 = op.cancels;
        }
    }

    /**
     * A callback submits the operation again at once, while another thread cancels it. The cancel may hit the first
     * submission, the second, or neither; a submission that ends cancelled is one that was asked to.
     */
    @JCStressTest
    @State
    @Outcome(id = "result, result, 0", expect = ACCEPTABLE,
            desc = "the request came too late for the submission that it was for")
    @Outcome(id = "cancelled, result, 1", expect = ACCEPTABLE, desc = "hit the first")
    @Outcome(id = "result, cancelled, 1", expect = ACCEPTABLE, desc = "hit the second")
    @Outcome(id = "result, cancelled, 0", expect = ACCEPTABLE,
            desc = "hit the second between its queueing and its start: the driver never saw it")
    @Outcome(id = "result, failed, 1", expect = FORBIDDEN,
            desc = "a request for the first submission cancelled the second, which nobody asked")
    @Outcome(expect = FORBIDDEN, desc = "another end than these")
    public static class CancelAgainstResubmission {
        private final Worker worker = Stub.stoppedWorker();
        private final StubOp op = new StubOp();
        private String first;

        public CancelAgainstResubmission() {
            op.takeUp();
            worker.operations().start(op);
            op.onComplete((_, error) -> {
                first = error == null ? Stub.RESULT : Stub.CANCELLED;
                op.submitAgain();
            });
        }

        @Actor
        public void worker() {
            Stub.turn(worker);
        }

        @Actor
        public void canceller() {
            op.cancel();
        }

        @Arbiter
        public void after(LLI_Result r) {
            Stub.turn(worker);
            r.r1 = first;
            r.r2 = Stub.end(op);
            r.r3 = op.cancels;
        }
    }
}
