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

/** Results on their way from a worker to one consumer. */
public class ResultQueueStress {
    /** Answers the next result, whose flags must be those that {@link #put} gave it; 0 for none, -1 for a torn one. */
    private static int poll(ResultQueue queue) {
        long result = queue.poll();
        if (result == ResultQueue.EMPTY) {
            return 0;
        }
        int res = ResultQueue.res(result);
        return ResultQueue.flags(result) == -res ? res : -1;
    }

    private static void put(ResultQueue queue, int res) {
        queue.put(res, -res);
    }

    private static int append(int digits, int digit) {
        return digit == 0 ? digits : digits * 10 + digit;
    }

    /** Order of results, and what the worker wrote before it put the second. */
    @JCStressTest
    @State
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "polled before the first put")
    @Outcome(id = "0, 1, 0", expect = ACCEPTABLE, desc = "polled around the first put")
    @Outcome(id = "1, 0, 0", expect = ACCEPTABLE, desc = "polled between the puts")
    @Outcome(id = "1, 2, 7", expect = ACCEPTABLE, desc = "polled after both, and the bytes are there")
    @Outcome(expect = FORBIDDEN, desc = "out of order, doubled, torn, or without its bytes")
    public static class PutAgainstPoll {
        private final ResultQueue queue = new ResultQueue(4);
        private int bytes;

        @Actor
        public void worker() {
            put(queue, 1);
            bytes = 7;
            put(queue, 2);
        }

        @Actor
        public void consumer(III_Result r) {
            r.r1 = poll(queue);
            r.r2 = poll(queue);
            if (r.r2 == 2) {
                r.r3 = bytes;
            }
        }
    }

    /** A ring of one place: what finds it full is spilt, and moves in when the consumer has made room. */
    @JCStressTest
    @State
    @Outcome(id = "0, 123", expect = ACCEPTABLE, desc = "polled before the first put; two were spilt")
    @Outcome(id = "1, 23", expect = ACCEPTABLE, desc = "the consumer found the ring empty again after the first")
    @Outcome(id = "12, 3", expect = ACCEPTABLE, desc = "the second was put, or moved in, between two polls")
    @Outcome(id = "123, 0", expect = ACCEPTABLE, desc = "the consumer kept pace")
    @Outcome(expect = FORBIDDEN, desc = "lost, doubled, overwritten or overtaken")
    public static class SpillAgainstPoll {
        private final ResultQueue queue = new ResultQueue(1);

        @Actor
        public void worker() {
            put(queue, 1);
            put(queue, 2);
            queue.unspill();
            put(queue, 3);
            queue.unspill();
        }

        @Actor
        public void consumer(II_Result r) {
            int digits = append(0, poll(queue));
            digits = append(digits, poll(queue));
            r.r1 = append(digits, poll(queue));
        }

        @Arbiter
        public void after(II_Result r) {
            int digits = 0;
            do {
                digits = append(digits, poll(queue));
                queue.unspill();
            } while (queue.size() > 0);
            r.r2 = digits;
        }
    }
}
