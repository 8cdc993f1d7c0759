package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.runtime.sim.SimulatedProvider;
import java.io.IOException;
import java.nio.channels.InterruptedByTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A million cancels that race results, on pipes and timers: results and cancels together are as many as were submitted,
 * and no byte, slot or buffer is lost. A tenth of that ordinarily; all with {@code -During.test.full=true}. The seed is
 * printed at a failure, and taken from {@code -During.test.seed=N}.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("setups")
@ExtendWith(LeakCheck.class)
@Timeout(value = 600, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CancelRaceTest {
    private static final int CANCELS = Boolean.getBoolean("uring.test.full") ? 1_000_000 : 100_000;
    private static final int TASKS = 8;
    private static final int BYTES_MAX = 4;

    @Parameter
    Setup setup;

    /** Who cancels. */
    enum Canceller {
        /** The task itself, at once or a moment later. */
        TASK,
        /** Another thread, at any time. */
        THREAD,
        /** The deadline of an await. */
        DEADLINE
    }

    static List<Setup> setups() {
        List<Setup> setups = new ArrayList<>();
        for (Carriers carriers : new Carriers[] {Carriers.ON, Carriers.OFF}) {
            setups.add(new Setup("io_uring", new IoUringProvider(""), carriers, () -> new LibcGround(false), 1024, 40));
            setups.add(new Setup("io_uring attempting", new IoUringProvider("READ,WRITE"), carriers,
                    () -> new LibcGround(true), 1024, 10));
            setups.add(new Setup("simulated", new SimulatedProvider(seed(), LibcSys.INSTANCE, 64), carriers,
                    () -> new LibcGround(false), 64, 2));
        }
        return setups;
    }

    private static long seed() {
        return Long.getLong("uring.test.seed", 1);
    }

    /** What one task saw. */
    private static final class Tally {
        private long submitted;
        private long results;
        private long cancelled;
        private long bytesFed;
        private long bytesTaken;
    }

    @ParameterizedTest
    @EnumSource
    void results_and_cancels_are_as_many_as_were_submitted(Canceller canceller) throws Exception {
        int rounds = CANCELS / 100 * setup.weight() / TASKS / Canceller.values().length;
        List<Tally> tallies = new ArrayList<>();
        try (UringRuntime runtime = UringRuntime.builder().enableAll().multiThread(1).carriers(setup.carriers())
                .provider(setup.provider()).build()) {
            List<JoinHandle<Tally>> tasks = new ArrayList<>();
            List<TestPipe> pipes = new ArrayList<>();
            for (int i = 0; i < TASKS; i++) {
                TestPipe pipe = TestPipe.open(setup.ground().get(), runtime);
                pipes.add(pipe);
                var random = new SplittableRandom(seed() + i);
                tasks.add(runtime.handle().spawn(() -> race(canceller, pipe, rounds, random)));
            }
            for (int i = 0; i < TASKS; i++) {
                Tally tally = tasks.get(i).await();
                tally.bytesTaken += pipes.get(i).drain().length;
                tallies.add(tally);
            }
            for (Tally tally : tallies) {
                assertThat(tally.results + tally.cancelled).as("seed=%d", seed()).isEqualTo(tally.submitted);
                assertThat(tally.bytesTaken).as("seed=%d", seed()).isEqualTo(tally.bytesFed);
            }
            assertThat(tallies.stream().mapToLong(tally -> tally.cancelled).sum()).as("cancels that won").isPositive();
            assertThat(tallies.stream().mapToLong(tally -> tally.results).sum()).as("cancels that lost").isPositive();
            runtime.blockOn(() -> Time.sleep(Duration.ofMillis(1)).await());
            assertThat(runtime.metrics().workers().getFirst().inFlight()).isZero();
        }
    }

    private static Tally race(Canceller canceller, TestPipe pipe, int rounds, SplittableRandom random)
            throws Exception {
        var tally = new Tally();
        Read read = Cases.read(pipe, BYTES_MAX);
        Thread thread = canceller == Canceller.THREAD ? Thread.ofPlatform().start(() -> cancelAgainAndAgain(read)) : null;
        try {
            for (int i = 0; i < rounds; i++) {
                if (i % 2 == 0) {
                    raceOnPipe(canceller, pipe, read, random, tally);
                } else {
                    raceOnTimer(canceller, random, tally);
                }
            }
        } finally {
            if (thread != null) {
                thread.interrupt();
            }
        }
        return tally;
    }

    private static void cancelAgainAndAgain(Op<?> op) {
        while (!Thread.currentThread().isInterrupted()) {
            op.cancel();
            LockSupport.parkNanos(1);
        }
    }

    private static void raceOnPipe(Canceller canceller, TestPipe pipe, Read read, SplittableRandom random, Tally tally)
            throws Exception {
        boolean early = random.nextBoolean();
        int count = random.nextInt(BYTES_MAX);
        if (early) {
            feed(pipe, count, tally);
        }
        read.submit();
        tally.submitted++;
        if (!early) {
            feed(pipe, Math.max(count, 1), tally);
        }
        if (random.nextInt(4) == 0) {
            new Nop().submit().await();
        }
        if (canceller == Canceller.TASK) {
            read.cancel();
        } else if (canceller == Canceller.THREAD && early && count == 0 && random.nextInt(64) == 0) {
            read.cancel(); // the other thread may be slow
        }
        try {
            BufResult result = canceller == Canceller.DEADLINE ? read.await(Duration.ofNanos(random.nextInt(50_000)))
                    : read.await();
            tally.results++;
            tally.bytesTaken += result.bytes();
            assertThat(result.bytes()).isPositive();
        } catch (CancellationException | InterruptedByTimeoutException e) {
            tally.cancelled++;
        }
        assertThat(read.isDone()).isTrue();
    }

    private static void feed(TestPipe pipe, int count, Tally tally) {
        if (count > 0) {
            pipe.feed(new byte[count]);
            tally.bytesFed += count;
        }
    }

    private static void raceOnTimer(Canceller canceller, SplittableRandom random, Tally tally) throws IOException {
        Op<Void> timer = Time.sleep(Duration.ofNanos(random.nextInt(60_000)));
        tally.submitted++;
        if (canceller != Canceller.DEADLINE) {
            if (random.nextBoolean()) {
                new Nop().submit().await();
            }
            timer.cancel();
        }
        try {
            if (canceller == Canceller.DEADLINE) {
                timer.await(Duration.ofNanos(random.nextInt(60_000)));
            } else {
                timer.await();
            }
            tally.results++;
        } catch (CancellationException | InterruptedByTimeoutException e) {
            tally.cancelled++;
        }
    }
}
