package dev.uring.runtime;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.ZZI_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** The word that says whose a buffer is. */
public class OwnershipStress {
    private static boolean move(Ownership ownership, Op<?> op) {
        try {
            ownership.move(op);
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private static boolean release(Ownership ownership) {
        try {
            ownership.release();
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** Two threads submit the same buffer. */
    @JCStressTest
    @State
    @Outcome(id = "true, false", expect = ACCEPTABLE, desc = "the first operation has it, the second is refused")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "the second operation has it, the first is refused")
    @Outcome(id = "true, true", expect = FORBIDDEN, desc = "one buffer in two operations")
    @Outcome(id = "false, false", expect = FORBIDDEN, desc = "nobody has it, and nobody will give it back")
    public static class TwoMoves {
        private final Ownership ownership = new Ownership();
        private final StubOp first = new StubOp();
        private final StubOp second = new StubOp();

        @Actor
        public void firstSubmitter(ZZ_Result r) {
            r.r1 = move(ownership, first);
        }

        @Actor
        public void secondSubmitter(ZZ_Result r) {
            r.r2 = move(ownership, second);
        }

        @Arbiter
        public void after(ZZ_Result r) {
            if (r.r1 != r.r2) {
                ownership.giveBack(r.r1 ? first : second); // asserts that it is the holder
            }
        }
    }

    /** One thread submits the buffer, another closes it; the memory goes to its pool only if no operation has it. */
    @JCStressTest
    @State
    @Outcome(id = "true, false, 0", expect = ACCEPTABLE, desc = "moved; the close is refused and the pool has nothing")
    @Outcome(id = "false, true, 1", expect = ACCEPTABLE, desc = "released and in the pool; the move is refused")
    @Outcome(expect = FORBIDDEN, desc = "in flight and in the pool at once, or in neither")
    public static class MoveAgainstRelease {
        private final AtomicInteger returned = new AtomicInteger();
        private final Ownership ownership = new Ownership(_ -> returned.getAndIncrement(), 0);
        private final StubOp op = new StubOp();

        @Actor
        public void submitter(ZZI_Result r) {
            r.r1 = move(ownership, op);
        }

        @Actor
        public void closer(ZZI_Result r) {
            r.r2 = release(ownership);
        }

        @Arbiter
        public void after(ZZI_Result r) {
            r.r3 = returned.get();
        }
    }

    /** Closing twice is allowed, and returns the memory once. */
    @JCStressTest
    @State
    @Outcome(id = "true, true, 1", expect = ACCEPTABLE, desc = "one call released, the other found it released")
    @Outcome(expect = FORBIDDEN, desc = "returned twice or never, or a second close refused")
    public static class TwoReleases {
        private final AtomicInteger returned = new AtomicInteger();
        private final Ownership ownership = new Ownership(_ -> returned.getAndIncrement(), 0);

        @Actor
        public void closer(ZZI_Result r) {
            r.r1 = release(ownership);
        }

        @Actor
        public void otherCloser(ZZI_Result r) {
            r.r2 = release(ownership);
        }

        @Arbiter
        public void after(ZZI_Result r) {
            r.r3 = returned.get();
        }
    }

    /** The worker gives the buffer back while another thread submits it: what was read into it is there then. */
    @JCStressTest
    @State
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "still in flight, the move is refused")
    @Outcome(id = "1, 7", expect = ACCEPTABLE, desc = "given back first, and the bytes with it")
    @Outcome(expect = FORBIDDEN, desc = "moved without what the operation before had read")
    public static class GiveBackAgainstMove {
        private final Ownership ownership = new Ownership();
        private final StubOp before = new StubOp();
        private final StubOp next = new StubOp();
        private int bytes;

        public GiveBackAgainstMove() {
            ownership.move(before);
        }

        @Actor
        public void worker() {
            bytes = 7;
            ownership.giveBack(before);
        }

        @Actor
        public void submitter(II_Result r) {
            if (move(ownership, next)) {
                r.r1 = 1;
                r.r2 = bytes;
            }
        }

        @Arbiter
        public void after(II_Result r) {
            if (r.r1 == 1) {
                ownership.giveBack(next); // asserts that it is the holder
            }
        }
    }
}
