package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Jobs on blocking threads: two threads here, apart from those of operations. */
class BlockingTest extends RuntimeTest {
    private static final int THREADS = 2;

    @Override
    UringRuntime.Builder builder() {
        return super.builder().blockingThreads(THREADS, Duration.ofSeconds(10));
    }

    /** Occupies all threads for jobs until the gate is opened. */
    private List<JoinHandle<Integer>> occupy(CompletableFuture<Integer> gate) throws InterruptedException {
        var begun = new CountDownLatch(THREADS);
        List<JoinHandle<Integer>> jobs = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            jobs.add(runtime.handle().spawnBlocking(() -> {
                begun.countDown();
                return gate.get();
            }));
        }
        begun.await();
        return jobs;
    }

    @Test
    void a_job_has_a_platform_thread_and_the_runtime_around_it() throws Exception {
        assertThat(task(() -> Tasks.spawnBlocking(() -> {
            assertThat(Thread.currentThread().isVirtual()).isFalse();
            assertThat(Handle.current()).isSameAs(runtime.handle());
            Time.sleep(Duration.ofMillis(1)).await();
            int spawned = Tasks.spawn(() -> 1).await();
            int blockedOn = runtime.blockOn(() -> Tasks.spawn(() -> 2).await());
            int another = Tasks.spawnBlocking(() -> 4).await();
            return spawned + blockedOn + another;
        }).await())).isEqualTo(7);
    }

    @Test
    void jobs_beyond_the_threads_wait_and_all_run() throws Exception {
        var running = new AtomicInteger();
        List<JoinHandle<Integer>> jobs = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            jobs.add(runtime.handle().spawnBlocking(() -> {
                int now = running.incrementAndGet();
                Thread.sleep(1);
                running.decrementAndGet();
                return now;
            }));
        }
        for (JoinHandle<Integer> job : jobs) {
            assertThat(job.await()).isBetween(1, THREADS);
        }
    }

    @Test
    void what_a_job_throws_goes_to_its_handle() {
        var thrown = new IOException("broken");
        JoinHandle<Object> job = runtime.handle().spawnBlocking(() -> {
            throw thrown;
        });
        assertThatThrownBy(job::await).isInstanceOf(ExecutionException.class).hasCause(thrown)
                .hasMessageContaining("task " + job.id() + " failed");
    }

    @Test
    void blocked_jobs_keep_no_operation_waiting() throws Exception {
        var gate = new CompletableFuture<Integer>();
        occupy(gate);
        try {
            JoinHandle<Integer> behind = runtime.handle().spawnBlocking(() -> 1);
            Gate operation = new Gate();
            operation.opened.countDown();
            assertThat(foreign(operation::submit).await(Duration.ofSeconds(20))).isEqualTo(Gate.OBTAINED);
            assertThat(behind.isFinished()).isFalse();
            assertThat(runtime.dump()).contains("job pool: active=" + THREADS + " queued=1");
        } finally {
            gate.complete(1);
        }
    }

    @Test
    void an_abort_ends_a_job_that_waits_and_not_one_that_runs() throws Exception {
        var gate = new CompletableFuture<Integer>();
        List<JoinHandle<Integer>> running = occupy(gate);
        var ran = new AtomicInteger();
        JoinHandle<Integer> waiting = runtime.handle().spawnBlocking(ran::incrementAndGet);
        waiting.abort();
        assertThat(waiting.isFinished()).as("at once").isTrue();
        assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class)
                .hasMessage("task " + waiting.id() + " was cancelled");
        for (JoinHandle<Integer> job : running) {
            job.abort();
            job.abort();
        }
        Thread.sleep(20);
        assertThat(running).noneMatch(JoinHandle::isFinished);
        gate.complete(3);
        for (JoinHandle<Integer> job : running) {
            assertThat(job.await()).as("not interrupted").isEqualTo(3);
        }
        for (int i = 0; i < 10; i++) {
            runtime.handle().spawnBlocking(() -> 1).await(); // those who come for it later find nothing to do
        }
        assertThat(ran).hasValue(0);
        assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class);
    }

    @Test
    void an_aborted_job_that_runs_fails_with_what_it_threw() throws Exception {
        var gate = new CompletableFuture<Integer>();
        List<JoinHandle<Integer>> running = occupy(gate);
        running.getFirst().abort();
        gate.completeExceptionally(new IOException("broken"));
        for (JoinHandle<Integer> job : running) {
            assertThatThrownBy(job::await).isInstanceOf(ExecutionException.class);
        }
    }

    @Test
    void close_cancels_jobs_that_wait_and_waits_for_those_that_run() throws Exception {
        var gate = new CompletableFuture<Integer>();
        List<JoinHandle<Integer>> running = occupy(gate);
        JoinHandle<Integer> waiting = runtime.handle().spawnBlocking(() -> 1);
        Thread closer = Thread.ofPlatform().start(runtime::close);
        assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class)
                .hasMessageContaining("the runtime is being shutdown");
        Thread.sleep(20);
        assertThat(closer.isAlive()).isTrue();
        gate.complete(3);
        for (JoinHandle<Integer> job : running) {
            assertThat(job.await()).isEqualTo(3);
        }
        closer.join();
        JoinHandle<Integer> late = runtime.handle().spawnBlocking(() -> 1);
        assertThat(late.isFinished()).isTrue();
        assertThatThrownBy(late::await).isInstanceOf(CancellationException.class)
                .hasMessageContaining("the runtime is being shutdown");
    }

    @Test
    void jobs_that_race_with_the_end_run_or_are_told() throws Exception {
        for (int round = 0; round < (FULL ? 1000 : 100); round++) {
            UringRuntime each = builder().build();
            var ran = new AtomicInteger();
            var spawned = new CompletableFuture<List<JoinHandle<Integer>>>();
            var started = new CountDownLatch(1);
            Thread spawner = Thread.ofPlatform().start(() -> {
                List<JoinHandle<Integer>> jobs = new ArrayList<>();
                do {
                    jobs.add(each.handle().spawnBlocking(ran::incrementAndGet));
                    started.countDown();
                } while (!each.isClosing());
                for (int i = 0; i < 100; i++) {
                    jobs.add(each.handle().spawnBlocking(ran::incrementAndGet));
                }
                spawned.complete(jobs);
            });
            started.await();
            each.close();
            int ranBeforeTheEnd = ran.get();
            int answered = 0;
            for (JoinHandle<Integer> job : spawned.get(20, TimeUnit.SECONDS)) {
                try {
                    job.await(Duration.ofSeconds(20));
                    answered++;
                } catch (CancellationException e) {
                    assertThat(e).hasMessageContaining("the runtime is being shutdown");
                }
            }
            assertThat(ran).hasValue(answered).hasValue(ranBeforeTheEnd);
            spawner.join();
        }
    }

    @Test
    void a_job_that_comes_when_the_last_thread_ends_is_run() throws Exception {
        ThreadPoolExecutor pool = new BlockingPool("uring-test-", 1, 0);
        try {
            for (int i = 0; i < (FULL ? 200_000 : 5_000); i++) {
                var first = new CompletableFuture<Void>();
                var second = new CompletableFuture<Void>();
                pool.execute(() -> first.complete(null));
                for (int spin = i % 200 * 10; spin > 0; spin--) {
                    Thread.onSpinWait();
                }
                pool.execute(() -> second.complete(null));
                first.get(20, TimeUnit.SECONDS);
                second.get(20, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void a_job_may_not_close_its_own_runtime() throws Exception {
        assertThatThrownBy(() -> runtime.handle().spawnBlocking(() -> {
            runtime.close();
            return null;
        }).await()).hasCauseInstanceOf(IllegalStateException.class).hasMessageContaining("Cannot drop a runtime");
        UringRuntime other = builder().build();
        runtime.handle().spawnBlocking(() -> {
            other.close();
            return null;
        }).await();
        assertThatIllegalStateException().isThrownBy(() -> Tasks.spawnBlocking(() -> 1))
                .withMessageContaining("no reactor running");
    }

    @Test
    void limits_that_make_no_sense_are_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> builder().blockingThreads(0, Duration.ZERO))
                .withMessageContaining("max=0");
        assertThatIllegalArgumentException().isThrownBy(() -> builder().blockingThreads(1, Duration.ofNanos(-1)));
    }
}
