package dev.uring.runtime;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** The queue of ready tasks, its owner against those who steal: each task is taken once. */
public class RunQueueStress {
    private record Numbered(int number) implements Runnable {
        @Override
        public void run() {
            throw new AssertionError("only moved about");
        }
    }

    /** Queues that start with two slots, so that the third element makes one grow. */
    private static RunQueue queue(int elements) {
        RunQueue queue = new RunQueue(2);
        for (int i = 1; i <= elements; i++) {
            queue.add(new Numbered(i));
        }
        return queue;
    }

    /** Answers the numbers of all that is there, the first one leftmost; 0 for none, 9 for an empty slot. */
    private static int drain(RunQueue queue) {
        int numbers = 0;
        while (!queue.isEmpty()) {
            numbers = numbers * 10 + numberOf(queue.poll());
        }
        return numbers;
    }

    private static int numberOf(Runnable continuation) {
        return continuation == null ? 9 : ((Numbered) continuation).number();
    }

    private static int poll(RunQueue queue) {
        Runnable continuation = queue.poll();
        return continuation == null ? 0 : numberOf(continuation);
    }

    /** Answers whether the digits of all the parts are those of the whole, each once, and each part in order. */
    private static boolean isEachOnce(int whole, int... parts) {
        int seen = 0;
        int count = 0;
        for (int part : parts) {
            for (int rest = part, last = 10; rest != 0; rest /= 10) {
                int digit = rest % 10;
                if (digit >= last) {
                    return false;
                }
                last = digit;
                seen |= 1 << digit;
                count++;
            }
        }
        return count == whole && seen == (1 << whole + 1) - 2;
    }

    /** One task and two who want it. */
    @JCStressTest
    @State
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "the owner was first")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the thief was first")
    @Outcome(expect = FORBIDDEN, desc = "run twice, or lost")
    public static class LastOne {
        private final RunQueue queue = queue(1);
        private final RunQueue stolen = new RunQueue(2);

        @Actor
        public void owner(II_Result r) {
            r.r1 = poll(queue);
        }

        @Actor
        public void thief(II_Result r) {
            queue.stealInto(stolen);
            r.r2 = drain(stolen);
        }
    }

    /** The owner adds, which makes the queue grow, and takes, while a thief takes half. */
    @JCStressTest
    @State
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "each once, in order")
    @Outcome(id = "false", expect = FORBIDDEN, desc = "run twice, lost, or out of order")
    public static class GrowthAgainstSteal {
        private final RunQueue queue = queue(2);
        private final RunQueue stolen = new RunQueue(2);
        private int taken;

        @Actor
        public void owner() {
            queue.add(new Numbered(3));
            taken = poll(queue);
            queue.add(new Numbered(4));
        }

        @Actor
        public void thief() {
            queue.stealInto(stolen);
        }

        @Arbiter
        public void after(Z_Result r) {
            r.r1 = isEachOnce(4, taken, drain(stolen), drain(queue));
        }
    }

    /** The owner takes and writes the same slots again, while a thief reads them. */
    @JCStressTest
    @State
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "each once, in order")
    @Outcome(id = "false", expect = FORBIDDEN, desc = "run twice, lost, or out of order")
    public static class ReuseAgainstSteal {
        private final RunQueue queue = queue(2);
        private final RunQueue stolen = new RunQueue(2);
        private int first;
        private int second;

        @Actor
        public void owner() {
            first = poll(queue);
            queue.add(new Numbered(3));
            second = poll(queue);
            queue.add(new Numbered(4));
        }

        @Actor
        public void thief() {
            queue.stealInto(stolen);
        }

        @Arbiter
        public void after(Z_Result r) {
            r.r1 = isEachOnce(4, first, second, drain(stolen), drain(queue));
        }
    }
}
