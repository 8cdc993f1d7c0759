package dev.uring.runtime;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * Work that is added while workers fall asleep: never does one sleep on it while nobody looks for work, and nobody is
 * counted as looking for ever.
 */
public class SchedulerStress {
    private static final Runnable TASK = () -> { };

    /** Two workers: one that falls asleep, and one that runs a task which adds others to its own queue. */
    private static final class Two {
        private final List<Worker> workers = new ArrayList<>();
        private final Scheduler scheduler = new Scheduler(workers);
        private final Worker worker = Stub.playedWorker(scheduler);
        private final Worker busy = Stub.playedWorker(scheduler);

        Two() {
            workers.add(worker);
            workers.add(busy);
        }

        /** Plays what the worker does at the end of a turn; answers whether it would wait in the driver now. */
        boolean fallAsleep() {
            return worker.nanosToWait() > 0;
        }

        /** Plays what the worker does after its wait, up to the next one. */
        boolean turn() {
            worker.pollDriver(0);
            worker.runTasks();
            return fallAsleep();
        }

        void addElsewhere() {
            busy.readyTasks().add(TASK);
            scheduler.workAdded();
        }

        /** Answers whether nobody is counted as looking, once the worker has been through all that it has. */
        boolean isCountRight() {
            while (!turn()) { // ends when all has been run
            }
            return scheduler.beginSearch();
        }
    }

    /** A task that comes from a thread that is no worker. */
    @JCStressTest
    @State
    @Outcome(id = "false, .*, true", expect = ACCEPTABLE, desc = "the worker saw it before it slept")
    @Outcome(id = "true, true, true", expect = ACCEPTABLE, desc = "the worker slept and was woken")
    @Outcome(id = "true, false, .*", expect = FORBIDDEN, desc = "asleep with work, and nobody was told")
    @Outcome(expect = FORBIDDEN, desc = "somebody is counted as looking for ever")
    public static class InjectAgainstSleep {
        private final Two two = new Two();

        @Actor
        public void worker(ZZZ_Result r) {
            r.r1 = two.fallAsleep();
        }

        @Actor
        public void adder() {
            two.scheduler.inject(TASK);
        }

        @Arbiter
        public void after(ZZZ_Result r) {
            r.r2 = !two.worker.isAsleep();
            r.r3 = two.isCountRight();
        }
    }

    /** A task in another worker's queue. */
    @JCStressTest
    @State
    @Outcome(id = "false, .*, true", expect = ACCEPTABLE, desc = "the worker stole it, or looks again")
    @Outcome(id = "true, true, true", expect = ACCEPTABLE, desc = "the worker slept and was woken")
    @Outcome(id = "true, false, .*", expect = FORBIDDEN, desc = "asleep with work to steal, and nobody looks for it")
    @Outcome(expect = FORBIDDEN, desc = "somebody is counted as looking for ever")
    public static class AddAgainstSleep {
        private final Two two = new Two();

        @Actor
        public void worker(ZZZ_Result r) {
            r.r1 = two.fallAsleep();
        }

        @Actor
        public void adder() {
            two.addElsewhere();
        }

        @Arbiter
        public void after(ZZZ_Result r) {
            r.r2 = !two.worker.isAsleep();
            r.r3 = two.isCountRight();
        }
    }

    /** The worker may not search, as another does; that one finds a task, which adds to its queue. */
    @JCStressTest
    @State
    @Outcome(id = "false, .*, true", expect = ACCEPTABLE, desc = "the worker stole it, or looks again")
    @Outcome(id = "true, true, true", expect = ACCEPTABLE, desc = "the worker slept and was woken")
    @Outcome(id = "true, false, .*", expect = FORBIDDEN, desc = "asleep with work to steal, and nobody looks for it")
    @Outcome(expect = FORBIDDEN, desc = "somebody is counted as looking for ever")
    public static class AddAgainstSleepWithoutSearch {
        private final Two two = new Two();

        public AddAgainstSleepWithoutSearch() {
            two.scheduler.beginSearch();
        }

        @Actor
        public void worker(ZZZ_Result r) {
            r.r1 = two.fallAsleep();
        }

        @Actor
        public void searcher() {
            two.scheduler.found();
            two.addElsewhere();
        }

        @Arbiter
        public void after(ZZZ_Result r) {
            r.r2 = !two.worker.isAsleep();
            r.r3 = two.isCountRight();
        }
    }

    /** Somebody wakes the worker for another reason, it sleeps again, and only then is the second task added. */
    @JCStressTest
    @State
    @Outcome(id = "false, true", expect = ACCEPTABLE, desc = "it runs, or was woken, or is awake and will look")
    @Outcome(id = "true, .*", expect = FORBIDDEN, desc = "asleep with work, and nobody was told")
    @Outcome(expect = FORBIDDEN, desc = "somebody is counted as looking for ever")
    public static class TwoAddersAgainstAnotherWakeUp {
        private final Two two = new Two();
        private boolean asleep;

        public TwoAddersAgainstAnotherWakeUp() {
            two.fallAsleep();
        }

        @Actor
        public void worker() {
            two.worker.interruptWait();
            asleep = two.turn();
            two.scheduler.inject(TASK); // as any other thread would
        }

        @Actor
        public void adder() {
            two.scheduler.inject(TASK);
        }

        @Arbiter
        public void after(ZZ_Result r) {
            r.r1 = asleep && two.worker.isAsleep() && two.scheduler.hasWork();
            r.r2 = two.isCountRight();
        }
    }
}
