package dev.uring.runtime;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.LII_Result;
import org.openjdk.jcstress.infra.results.LI_Result;

/** Whoever wants to know of the end is told once, or finds that it has come. */
public class OpObserveStress {
    /** A thread waits while the result comes. */
    @JCStressTest
    @State
    @Outcome(id = "result, 1", expect = ACCEPTABLE,
            desc = "added itself before the worker closed the observers, and was unparked; or found them closed")
    @Outcome(id = "not told, .*", expect = FORBIDDEN,
            desc = "lost wake-up: added itself where the worker no longer looks")
    @Outcome(expect = FORBIDDEN, desc = "another end than these")
    public static class AwaitAgainstComplete {
        private final StubOp op = StubOp.inFlight(Stub.liveWorker());

        @Actor
        public void worker() {
            op.complete(StubOp.RES, 0);
        }

        @Actor
        public void taker(LI_Result r) {
            r.r1 = Stub.await(op);
        }

        @Arbiter
        public void after(LI_Result r) {
            r.r2 = op.decodes.get();
        }
    }

    /** A thread asks to be called back while the result comes. */
    @JCStressTest
    @State
    @Outcome(id = "1, 7, 1", expect = ACCEPTABLE,
            desc = "called by the completion, or late by the worker because the result was out")
    @Outcome(id = "0, .*", expect = FORBIDDEN, desc = "never called")
    @Outcome(expect = FORBIDDEN, desc = "called twice, without the result, or decoded twice")
    public static class OnCompleteAgainstComplete {
        private final Worker worker = Stub.stoppedWorker();
        private final StubOp op = StubOp.inFlight(worker);
        private final StubOp.Told told = new StubOp.Told();

        @Actor
        public void worker() {
            op.complete(StubOp.RES, 0);
        }

        @Actor
        public void observer() {
            op.onComplete(told);
        }

        @Arbiter
        public void after(III_Result r) {
            Stub.turn(worker);
            r.r1 = told.times.get();
            r.r2 = told.answer == null ? 0 : told.answer.res;
            r.r3 = op.decodes.get();
        }
    }

    /** Two threads ask to be called back: neither overwrites the other, and both get the same object. */
    @JCStressTest
    @State
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "both called once, with what was decoded once")
    @Outcome(expect = FORBIDDEN, desc = "one was overwritten or called twice, or the result was decoded twice")
    public static class TwoObservers {
        private final Worker worker = Stub.stoppedWorker();
        private final StubOp op = StubOp.inFlight(worker);
        private final StubOp.Told first = new StubOp.Told();
        private final StubOp.Told second = new StubOp.Told();

        @Actor
        public void observer() {
            op.onComplete(first);
        }

        @Actor
        public void otherObserver() {
            op.onComplete(second);
        }

        @Arbiter
        public void after(III_Result r) {
            op.complete(StubOp.RES, 0);
            Stub.turn(worker);
            r.r1 = first.times.get();
            r.r2 = second.times.get();
            r.r3 = first.answer == second.answer ? op.decodes.get() : -1;
        }
    }

    /** A late callback must not look at an operation that its owner has submitted again meanwhile. */
    @JCStressTest
    @State
    @Outcome(id = "1, 7", expect = ACCEPTABLE,
            desc = "called with the first result, before or after the second submission began")
    @Outcome(expect = FORBIDDEN, desc = "never called, called twice, or with the result of another submission")
    public static class LateCallbackAgainstResubmission {
        private final Worker worker = Stub.stoppedWorker();
        private final StubOp op = StubOp.done(worker);
        private final StubOp.Told told = new StubOp.Told();

        public LateCallbackAgainstResubmission() {
            op.onComplete(told);
        }

        @Actor
        public void worker() {
            Stub.turn(worker);
        }

        @Actor
        public void owner() {
            op.takeUp();
            op.admitted(worker);
            op.complete(StubOp.RES + 1, 0);
        }

        @Arbiter
        public void after(II_Result r) {
            Stub.turn(worker);
            r.r1 = told.times.get();
            r.r2 = told.answer == null ? 0 : told.answer.res;
        }
    }

    /** A thread gives the operation up while its result comes: the result is disposed of once, by one side. */
    @JCStressTest
    @State
    @Outcome(id = "cancelled, 0, 1", expect = ACCEPTABLE,
            desc = "discarded by the completion that found it abandoned, or by the thread that found it done")
    @Outcome(id = "cancelled, 0, 0", expect = FORBIDDEN, desc = "a result lost: its descriptor or buffer leaks")
    @Outcome(id = "cancelled, 0, 2", expect = FORBIDDEN, desc = "discarded twice: a descriptor closed twice")
    @Outcome(expect = FORBIDDEN, desc = "another end than these")
    public static class AbandonAgainstComplete {
        private final StubOp op = StubOp.inFlight(Stub.liveWorker());

        @Actor
        public void worker() {
            op.complete(StubOp.RES, 0);
        }

        @Actor
        public void owner() {
            op.abandon();
        }

        @Arbiter
        public void after(LII_Result r) {
            r.r1 = Stub.end(op);
            r.r2 = op.decodes.get();
            r.r3 = op.discards.get();
        }
    }

    /** Two threads give it up, then the result comes. */
    @JCStressTest
    @State
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "discarded once")
    @Outcome(expect = FORBIDDEN, desc = "lost, or discarded twice")
    public static class TwoAbandons {
        private final StubOp op = StubOp.inFlight(Stub.liveWorker());

        @Actor
        public void owner() {
            op.abandon();
        }

        @Actor
        public void otherOwner() {
            op.abandon();
        }

        @Arbiter
        public void after(I_Result r) {
            op.complete(StubOp.RES, 0);
            r.r1 = op.discards.get();
        }
    }

    /** One thread wants to be called back, another gives it up: the callback learns that there is no result. */
    @JCStressTest
    @State
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "called without a result, which was discarded once")
    @Outcome(expect = FORBIDDEN, desc = "not called, called with a result that was discarded, or the result lost")
    public static class AbandonAgainstOnComplete {
        private final StubOp op = StubOp.inFlight(Stub.liveWorker());
        private final StubOp.Told told = new StubOp.Told();

        @Actor
        public void owner() {
            op.abandon();
        }

        @Actor
        public void observer() {
            op.onComplete(told);
        }

        @Arbiter
        public void after(III_Result r) {
            op.complete(StubOp.RES, 0);
            r.r1 = told.times.get();
            r.r2 = op.decodes.get();
            r.r3 = op.discards.get();
        }
    }
}
