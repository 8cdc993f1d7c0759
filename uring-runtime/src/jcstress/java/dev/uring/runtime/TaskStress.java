package dev.uring.runtime;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LZ_Result;
import org.openjdk.jcstress.infra.results.L_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** The end of a task against those who wait for it, and its beginning against the end of its runtime. */
public class TaskStress {
    /** A thread that parks until the task has ended. */
    @JCStressTest
    @State
    @Outcome(id = Stub.RESULT, expect = ACCEPTABLE, desc = "seen before the park, or told")
    @Outcome(expect = FORBIDDEN, desc = "parked after the end, and nobody told it")
    public static class AwaitAgainstEnd {
        private final Task<Integer> task = new Task<>(Stub.RUNTIME, () -> 7, null);

        @Actor
        public void waiter(L_Result r) {
            r.r1 = Stub.await(task.handle());
        }

        @Actor
        public void runner() {
            task.run();
        }
    }

    /** A future that copies the end. */
    @JCStressTest
    @State
    @Outcome(id = "true", expect = ACCEPTABLE, desc = "seen or told")
    @Outcome(id = "false", expect = FORBIDDEN, desc = "the task has ended, and the future never will")
    public static class FutureAgainstEnd {
        private final Task<Integer> task = new Task<>(Stub.RUNTIME, () -> 7, null);
        private CompletableFuture<Integer> future;

        @Actor
        public void observer() {
            future = task.handle().toCompletableFuture();
        }

        @Actor
        public void runner() {
            task.run();
        }

        @Arbiter
        public void after(Z_Result r) {
            r.r1 = future.isDone();
        }
    }

    /** A spawn beside the close of its runtime. */
    @JCStressTest
    @State
    @Outcome(id = {"result, true", "cancelled, false"}, expect = ACCEPTABLE, desc = "it ran, or is said to be cancelled")
    @Outcome(expect = FORBIDDEN, desc = "it has not ended, or ran and is said to be cancelled, or the other way round")
    public static class SpawnAgainstClose {
        private final UringRuntime runtime = runtime();
        private JoinHandle<Void> spawned;
        private volatile boolean ran;

        private static UringRuntime runtime() {
            try {
                return UringRuntime.builder().enableTime().carriers(Carriers.OFF).currentThread().build();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Actor
        public void spawner() {
            spawned = runtime.handle().spawn(() -> {
                ran = true;
                return null;
            });
        }

        @Actor
        public void closer() {
            runtime.close();
        }

        @Arbiter
        public void after(LZ_Result r) {
            r.r1 = spawned.isFinished() ? Stub.await(spawned) : Stub.NOT_TOLD;
            r.r2 = ran;
        }
    }
}
