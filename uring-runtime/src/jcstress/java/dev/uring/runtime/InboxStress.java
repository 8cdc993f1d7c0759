package dev.uring.runtime;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** The inbox of a worker, and the word by which posters wake it. */
public class InboxStress {
    private static final class Numbered extends Message {
        /** Plain: the post publishes it. */
        private int number;

        Numbered(int number) {
            this.number = number;
        }

        @Override
        void receive(Worker worker) {
            throw new AssertionError("no worker here");
        }
    }

    /** Answers the numbers of all messages that wait, the first one leftmost; 0 for none. */
    private static int takeNumbers(Inbox inbox) {
        int numbers = 0;
        for (Message message = inbox.take(); message != null; message = message.next) {
            numbers = numbers * 10 + ((Numbered) message).number;
        }
        return numbers;
    }

    /** A worker that found nothing sleeps until someone wakes it: a poster that it has not seen must. */
    @JCStressTest
    @State
    @Outcome(id = "false, false", expect = ACCEPTABLE,
            desc = "posted and looked before the word said ASLEEP; the worker sees the message")
    @Outcome(id = "false, true", expect = ACCEPTABLE,
            desc = "posted before the worker's second look, looked after ASLEEP: both see, one wake-up for nothing")
    @Outcome(id = "true, true", expect = ACCEPTABLE,
            desc = "posted after the worker's second look; the poster wakes it")
    @Outcome(id = "true, false", expect = FORBIDDEN, desc = "lost wake-up: the worker sleeps on a message")
    public static class PostAgainstSleep {
        private final Inbox inbox = new Inbox();
        private final Message message = new Numbered(1);

        @Actor
        public void worker(ZZ_Result r) {
            inbox.fallAsleep();
            r.r1 = inbox.isEmpty();
        }

        @Actor
        public void poster(ZZ_Result r) {
            r.r2 = inbox.post(message);
        }
    }

    /** As above for work that is published elsewhere, with no order of its own: the fences alone must do. */
    @JCStressTest
    @State
    @Outcome(id = "false, false", expect = ACCEPTABLE,
            desc = "published and looked before the word said ASLEEP; the worker sees the work")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "both see, one wake-up for nothing")
    @Outcome(id = "true, true", expect = ACCEPTABLE,
            desc = "published after the worker's second look; the publisher wakes it")
    @Outcome(id = "true, false", expect = FORBIDDEN, desc = "lost wake-up: the worker sleeps on published work")
    public static class ClaimWakeAgainstSleep {
        private static final VarHandle WORK;

        static {
            try {
                WORK = MethodHandles.lookup().findVarHandle(ClaimWakeAgainstSleep.class, "work", int.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private final Inbox inbox = new Inbox();
        private int work;

        @Actor
        public void worker(ZZ_Result r) {
            inbox.fallAsleep();
            r.r1 = (int) WORK.getOpaque(this) == 0;
        }

        @Actor
        public void publisher(ZZ_Result r) {
            WORK.setOpaque(this, 1);
            r.r2 = inbox.claimWake();
        }
    }

    /** One sleep is ended once, however many post. */
    @JCStressTest
    @State
    @Outcome(id = "true, false", expect = ACCEPTABLE,
            desc = "the first poster turned the word, the second found it AWAKE or lost the exchange")
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "the same the other way round")
    @Outcome(id = "false, false", expect = FORBIDDEN, desc = "lost wake-up: nobody wakes a sleeping worker")
    @Outcome(id = "true, true", expect = FORBIDDEN, desc = "two wake-ups for one sleep")
    public static class TwoPostersWakeOnce {
        private final Inbox inbox = new Inbox();
        private final Message first = new Numbered(1);
        private final Message second = new Numbered(2);

        public TwoPostersWakeOnce() {
            inbox.fallAsleep();
        }

        @Actor
        public void firstPoster(ZZ_Result r) {
            r.r1 = inbox.post(first);
        }

        @Actor
        public void secondPoster(ZZ_Result r) {
            r.r2 = inbox.post(second);
        }
    }

    /** A worker that its timer wakes, against a poster that wakes it. */
    @JCStressTest
    @State
    @Outcome(id = "true, false", expect = ACCEPTABLE,
            desc = "claimed before the worker stored AWAKE: a wake-up for nothing")
    @Outcome(id = "false, false", expect = ACCEPTABLE, desc = "the worker was up first")
    @Outcome(id = ".*, true", expect = FORBIDDEN,
            desc = "a worker that is up is still called asleep, each post would wake it")
    public static class WakeUpAgainstPost {
        private final Inbox inbox = new Inbox();
        private final Message message = new Numbered(1);

        public WakeUpAgainstPost() {
            inbox.fallAsleep();
        }

        @Actor
        public void worker() {
            inbox.wakeUp();
        }

        @Actor
        public void poster(ZZ_Result r) {
            r.r1 = inbox.post(message);
        }

        @Arbiter
        public void after(ZZ_Result r) {
            r.r2 = inbox.claimWake();
        }
    }

    /** Nothing is lost, doubled, or overtaken by a later message of the same thread. */
    @JCStressTest
    @State
    @Outcome(id = {"1234", "3412"}, expect = ACCEPTABLE, desc = "one poster after the other")
    @Outcome(id = {"1324", "1342", "3124", "3142"}, expect = ACCEPTABLE,
            desc = "interleaved, each poster's own in order")
    @Outcome(expect = FORBIDDEN, desc = "lost, doubled, or out of a poster's order")
    public static class TwoPostersInOrder {
        private final Inbox inbox = new Inbox();
        private final Message first = new Numbered(1);
        private final Message second = new Numbered(2);
        private final Message third = new Numbered(3);
        private final Message fourth = new Numbered(4);

        @Actor
        public void poster() {
            inbox.post(first);
            inbox.post(second);
        }

        @Actor
        public void otherPoster() {
            inbox.post(third);
            inbox.post(fourth);
        }

        @Arbiter
        public void after(I_Result r) {
            r.r1 = takeNumbers(inbox);
        }
    }

    /** The worker takes while a thread posts: each message once, in order, with what was written before its post. */
    @JCStressTest
    @State
    @Outcome(id = "0, 12", expect = ACCEPTABLE, desc = "took before the first post")
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "took between the posts")
    @Outcome(id = "12, 0", expect = ACCEPTABLE, desc = "took after both")
    @Outcome(expect = FORBIDDEN, desc = "lost, doubled, out of order, or seen before its number")
    public static class TakeAgainstPost {
        private final Inbox inbox = new Inbox();

        @Actor
        public void poster() {
            inbox.post(new Numbered(1));
            inbox.post(new Numbered(2));
        }

        @Actor
        public void worker(II_Result r) {
            r.r1 = takeNumbers(inbox);
        }

        @Arbiter
        public void after(II_Result r) {
            r.r2 = takeNumbers(inbox);
        }
    }
}
