package dev.uring.runtime;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.LZ_Result;
import org.openjdk.jcstress.infra.results.ZII_Result;
import org.openjdk.jcstress.infra.results.ZI_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** The use count of an open thing, and its close. */
public class DescriptorStress {
    /** An operation that got the number keeps it open until it lets go. */
    @JCStressTest
    @State
    @Outcome(id = "true, 0, 1", expect = ACCEPTABLE,
            desc = "acquired first: the close waits for the release, which starts it")
    @Outcome(id = "false, 1, 1", expect = ACCEPTABLE,
            desc = "closed first: the operation is refused, the closer starts the close")
    @Outcome(expect = FORBIDDEN, desc = "closed under an operation, never, or twice")
    public static class CloseAgainstAcquire {
        private final StubDescriptor descriptor = new StubDescriptor(Stub.RUNTIME);

        @Actor
        public void submitter(ZII_Result r) {
            r.r1 = descriptor.acquire();
        }

        @Actor
        public void closer() {
            descriptor.closeAsync();
        }

        @Arbiter
        public void after(ZII_Result r) {
            r.r2 = descriptor.closesStarted.get();
            if (r.r1) {
                descriptor.release();
            }
            r.r3 = descriptor.closesStarted.get();
        }
    }

    /** Once the close has begun nobody gets the number, not even the one who got it a moment ago. */
    @JCStressTest
    @State
    @Outcome(id = "true, true", expect = ACCEPTABLE, desc = "twice before the close")
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "the close came in between")
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "after the close")
    @Outcome(id = "false, true", expect = FORBIDDEN, desc = "acquired after the close had begun")
    public static class CloseAgainstTwoAcquires {
        private final StubDescriptor descriptor = new StubDescriptor(Stub.RUNTIME);

        @Actor
        public void submitter(ZZ_Result r) {
            r.r1 = descriptor.acquire();
            r.r2 = descriptor.acquire();
        }

        @Actor
        public void closer() {
            descriptor.closeAsync();
        }

        @Arbiter
        public void after() {
            while (descriptor.useCount() > 0) {
                descriptor.release();
            }
        }
    }

    /** The last operation ends while the descriptor is being closed: one of the two starts the close. */
    @JCStressTest
    @State
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "started by the release, or by the closer that found nobody left")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "never closed: each side left it to the other")
    @Outcome(expect = FORBIDDEN, desc = "closed twice")
    public static class CloseAgainstLastRelease {
        private final StubDescriptor descriptor = new StubDescriptor(Stub.RUNTIME);

        public CloseAgainstLastRelease() {
            descriptor.acquire();
        }

        @Actor
        public void worker() {
            descriptor.release();
        }

        @Actor
        public void closer() {
            descriptor.closeAsync();
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = descriptor.closesStarted.get();
        }
    }

    /** A whole operation against the close. */
    @JCStressTest
    @State
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "acquired before the close")
    @Outcome(id = "false, 1", expect = ACCEPTABLE, desc = "refused after it")
    @Outcome(expect = FORBIDDEN, desc = "never closed, or twice")
    public static class CloseAgainstUse {
        private final StubDescriptor descriptor = new StubDescriptor(Stub.RUNTIME);

        @Actor
        public void user(ZI_Result r) {
            r.r1 = descriptor.acquire();
            if (r.r1) {
                descriptor.release();
            }
        }

        @Actor
        public void closer() {
            descriptor.closeAsync();
        }

        @Arbiter
        public void after(ZI_Result r) {
            r.r2 = descriptor.closesStarted.get();
        }
    }

    /** Two operations end after the close has begun: the last one starts it. */
    @JCStressTest
    @State
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "not before both have ended, and once")
    @Outcome(expect = FORBIDDEN, desc = "closed under an operation, never, or twice")
    public static class TwoReleases {
        private final StubDescriptor descriptor = new StubDescriptor(Stub.RUNTIME);
        private final int startedWhileUsed;

        public TwoReleases() {
            descriptor.acquire();
            descriptor.acquire();
            descriptor.closeAsync();
            startedWhileUsed = descriptor.closesStarted.get();
        }

        @Actor
        public void worker() {
            descriptor.release();
        }

        @Actor
        public void otherWorker() {
            descriptor.release();
        }

        @Arbiter
        public void after(II_Result r) {
            r.r1 = startedWhileUsed;
            r.r2 = descriptor.closesStarted.get();
        }
    }

    /** Two threads close: both get the same operation, and it is started once. */
    @JCStressTest
    @State
    @Outcome(id = "true, 1", expect = ACCEPTABLE, desc = "one made the operation, the other waited for it")
    @Outcome(expect = FORBIDDEN, desc = "two operations, none, or one that was started more than once")
    public static class TwoCloses {
        private final StubDescriptor descriptor = new StubDescriptor(Stub.RUNTIME);
        private Op<Void> first;
        private Op<Void> second;

        @Actor
        public void closer() {
            first = descriptor.closeAsync();
        }

        @Actor
        public void otherCloser() {
            second = descriptor.closeAsync();
        }

        @Arbiter
        public void after(ZI_Result r) {
            r.r1 = first != null && first == second;
            r.r2 = descriptor.closesStarted.get();
        }
    }

    /**
     * An operation that never ends by itself is submitted through the inbox while its descriptor is closed. It is
     * refused, or the close cancels it; either way the close ends.
     */
    @JCStressTest
    @State
    @Outcome(id = "refused, true", expect = ACCEPTABLE, desc = "the close had begun")
    @Outcome(id = "cancelled, true", expect = ACCEPTABLE,
            desc = "in flight or in the inbox when the close came, and cancelled by it")
    @Outcome(id = ".*, false", expect = FORBIDDEN,
            desc = "the operation started after the close had cancelled all others: the close waits for ever")
    @Outcome(expect = FORBIDDEN, desc = "another end than these")
    public static class CloseAgainstSubmit {
        /** A descriptor whose close is a real operation of the live worker. */
        private static final class Open extends Descriptor {
            private Open() {
                super(-1, Stub.RUNTIME);
            }
        }

        private final Open descriptor = new Open();
        private final StubOp op = new StubOp(descriptor, null);

        public CloseAgainstSubmit() {
            op.answer = StubOp.NO_ANSWER;
        }

        @Actor
        public void submitter() {
            op.submit();
        }

        @Actor
        public void closer() {
            descriptor.closeAsync();
        }

        @Arbiter
        public void after(LZ_Result r) {
            r.r2 = Stub.awaitDone(descriptor.closeAsync());
            r.r1 = r.r2 ? Stub.end(op) : "in flight";
        }
    }
}
