package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.ffi.RingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a runtime counts. */
class MetricsTest extends RuntimeTest {
    private static final int READS = 70;
    private static final int BATCH = 8;

    @Override
    UringRuntime.Builder builder() {
        return super.builder().multiThread(2).blockingThreads(1, java.time.Duration.ofSeconds(10));
    }

    private RuntimeMetrics.WorkerMetrics worker(int index) {
        return runtime.metrics().workers().get(index);
    }

    @Test
    void a_wake_up_is_counted_where_it_is_made_and_where_it_arrives() throws Exception {
        Worker waker = runtime.workers().getFirst();
        Worker sleeper = runtime.workers().getLast();
        for (int i = 1; i <= 3; i++) {
            eventually("both sleep", () -> waker.isAsleep() && sleeper.isAsleep());
            long before = worker(1).wakeUps();
            var arrived = new CountDownLatch(1);
            waker.call(() -> sleeper.call(arrived::countDown));
            assertThat(arrived.await(20, TimeUnit.SECONDS)).isTrue();
            eventually("both sleep again", () -> waker.isAsleep() && sleeper.isAsleep());
            assertThat(worker(0).wakeUpsMade()).isEqualTo(i);
            assertThat(worker(1).wakeUps()).isEqualTo(before + 1);
            assertThat(worker(1).parks()).isPositive();
        }
        assertThat(worker(1).wakeUpsMade()).isZero();
        assertThat(runtime.metrics().wakeUpsMade()).isEqualTo(3);
    }

    @Test
    void the_largest_batch_is_what_one_turn_took() throws Exception {
        var all = new CountDownLatch(BATCH);
        foreign(() -> new Nop().submit()).onComplete((_, _) -> {
            for (int i = 0; i < BATCH; i++) {
                foreignNop().onComplete((_, _) -> all.countDown());
            }
        });
        assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(runtime.metrics().batchMax()).isBetween(BATCH, 2 * BATCH);
        assertThat(runtime.metrics().enters()).isPositive();
        assertThat(runtime.metrics().overflows()).isZero();
        if (!ThisHost.hasRing(runtime) || ThisHost.hasRing(runtime, "NOP")) {
            assertThat(runtime.metrics().submissions()).isGreaterThan(BATCH);
            assertThat(runtime.metrics().completions()).isGreaterThan(BATCH);
        }
    }

    private Op<Void> foreignNop() {
        try {
            return foreign(() -> new Nop().submit());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void what_waits_for_room_is_not_in_flight() throws Exception {
        try (UringRuntime small = super.builder().ring(RingOptions.of(4).withCompletionEntries(128)).build();
                Pipe pipe = Pipe.open(small)) {
            List<Op<BufResult>> reads = new ArrayList<>();
            for (int i = 0; i < READS; i++) {
                reads.add(small.handle().run(() -> pipe.read(IoBuffer.allocate(1)).submit()));
            }
            eventually("all are with the worker",
                    () -> small.metrics().inFlight() + small.metrics().waiting() == READS);
            assertThat(small.metrics().inFlight()).isEqualTo(128 - 66);
            assertThat(small.metrics().waiting()).isEqualTo(READS - (128 - 66));
            assertThat(small.metrics().descriptors()).isEqualTo(2);
            for (Op<BufResult> read : reads) {
                read.abandon();
            }
        }
    }

    @Test
    void a_provided_buffer_is_lent_until_it_is_closed() throws Exception {
        try (Pipe pipe = Pipe.open(runtime)) {
            task(() -> {
                try (var receives = new Receives(pipe.reader, 0)) {
                    receives.start();
                    pipe.write(IoBuffer.copyOf(new byte[] {1})).submit().await();
                    IoBuffer taken = receives.next();
                    assertThat(runtime.metrics().buffersLent()).isEqualTo(1);
                    taken.close();
                }
            });
        }
        eventually("it is back", () -> runtime.metrics().buffersLent() == 0);
    }

    @Test
    void tasks_and_jobs_are_counted_while_they_live() throws Exception {
        var begun = new CountDownLatch(1);
        var end = new CountDownLatch(1);
        JoinHandle<Boolean> first = runtime.handle().spawnBlocking(() -> {
            begun.countDown();
            return end.await(30, TimeUnit.SECONDS);
        });
        JoinHandle<Integer> second = runtime.handle().spawnBlocking(() -> 2);
        var gate = new Gate();
        foreign(() -> gate.submit());
        assertThat(begun.await(20, TimeUnit.SECONDS) && gate.entered.await(20, TimeUnit.SECONDS)).isTrue();

        RuntimeMetrics metrics = runtime.metrics();
        assertThat(metrics.tasks()).isEqualTo(2);
        assertThat(metrics.jobPool()).isEqualTo(new RuntimeMetrics.PoolMetrics(1, 1, 1, 1));
        assertThat(metrics.blockingPool()).isEqualTo(new RuntimeMetrics.PoolMetrics(1, 1, 0, 1));
        assertThat(runtime.dump()).contains("job pool: active=1 queued=1 threads=1 threadsMax=1");

        end.countDown();
        gate.opened.countDown();
        assertThat(gate.await()).isEqualTo(Gate.OBTAINED);
        assertThat(first.await() && second.await() == 2).isTrue();
        eventually("none is alive", () -> runtime.metrics().tasks() == 0);
    }

    @Test
    void ready_tasks_are_counted_where_they_wait() throws Exception {
        assumeTrue(carriers == Carriers.ON, "workers queue tasks in carrier mode only");
        var entered = new CountDownLatch(2);
        var leave = new CountDownLatch(1);
        for (Worker worker : runtime.workers()) {
            worker.call(() -> {
                entered.countDown();
                awaitUninterrupted(leave);
            });
        }
        assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
        List<JoinHandle<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            tasks.add(runtime.handle().spawn(() -> 1));
        }
        assertThat(runtime.metrics().injected()).isEqualTo(BATCH);
        assertThat(runtime.metrics().ready()).isEqualTo(BATCH);
        assertThat(runtime.dump()).contains("ready for any worker: " + BATCH);
        long polls = runtime.metrics().polls();
        leave.countDown();
        for (JoinHandle<Integer> each : tasks) {
            each.await();
        }
        assertThat(runtime.metrics().injected()).isZero();
        assertThat(runtime.metrics().polls()).isGreaterThanOrEqualTo(polls + BATCH);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_worker_that_no_thread_has_run_is_dumped_too() throws Exception {
        try (UringRuntime lent = super.builder().currentThread().build()) {
            assertThat(lent.dump()).contains("no thread has run the worker yet");
            assertThat(lent.metrics().turns()).isZero();
        }
    }
}
