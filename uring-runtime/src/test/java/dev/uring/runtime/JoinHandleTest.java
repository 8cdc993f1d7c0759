package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How a task's end is told, and how it is ended. */
class JoinHandleTest extends RuntimeTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private JoinHandle<Void> sleeper() {
        return runtime.spawn(() -> Time.sleep(HOUR).await());
    }

    @Test
    void what_a_task_throws_goes_to_its_handle_and_nowhere_else() throws Exception {
        JoinHandle<Integer> other = runtime.spawn(() -> {
            Time.sleep(Duration.ofMillis(20)).await();
            return 1;
        });
        var thrown = new IllegalStateException("broken");
        JoinHandle<Object> failing = runtime.spawn(() -> {
            throw thrown;
        });
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(failing::await).isInstanceOf(ExecutionException.class).hasCause(thrown)
                    .hasMessage("task " + failing.id() + " failed: java.lang.IllegalStateException: broken");
        }
        assertThat(other.await()).isEqualTo(1);
        var error = new AssertionError("an error, too");
        assertThatThrownBy(() -> runtime.blockOn(() -> {
            throw error;
        })).isSameAs(error);
    }

    @Test
    void an_exception_of_the_cancelling_kind_is_a_failure_unless_the_task_was_aborted() {
        var thrown = new CancellationException("of something else");
        JoinHandle<Object> task = runtime.spawn(() -> {
            throw thrown;
        });
        assertThatThrownBy(task::await).isInstanceOf(ExecutionException.class).hasCause(thrown);
        assertThatThrownBy(() -> runtime.blockOn(() -> {
            throw thrown;
        })).isSameAs(thrown);
    }

    @Test
    void an_abort_wakes_the_task_and_whoever_waits_for_it() throws Exception {
        JoinHandle<Void> task = sleeper();
        var told = new CompletableFuture<Throwable>();
        Thread waiting = Thread.ofPlatform().start(() -> {
            try {
                task.await();
            } catch (Exception e) {
                told.complete(e);
            }
        });
        eventually("sleeps", () -> runtime.dump().contains("timers=1"));
        assertThat(told).isNotDone();
        task.abort();
        task.abort();
        assertThat(told.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class)
                .hasMessage("task " + task.id() + " was cancelled").hasCauseInstanceOf(IOException.class);
        waiting.join();
    }

    @Test
    void an_abort_of_a_finished_task_changes_nothing() throws Exception {
        JoinHandle<Integer> done = runtime.spawn(() -> 7);
        assertThat(done.await()).isEqualTo(7);
        done.abort();
        assertThat(done.await()).isEqualTo(7);
        assertThat(done.isFinished()).isTrue();
        JoinHandle<Void> aborted = sleeper();
        aborted.abort();
        assertThatThrownBy(aborted::await).isInstanceOf(CancellationException.class);
        aborted.abort();
        assertThatThrownBy(aborted::await).isInstanceOf(CancellationException.class);
    }

    @Test
    void an_aborted_task_that_answers_all_the_same_keeps_its_answer() throws Exception {
        JoinHandle<Integer> task = runtime.spawn(() -> {
            try {
                Time.sleep(HOUR).await();
            } catch (IOException e) {
                return 3;
            }
            return 4;
        });
        eventually("sleeps", () -> runtime.dump().contains("timers=1"));
        task.abort();
        assertThat(task.await()).isEqualTo(3);
    }

    @Test
    void aborts_race_with_ends_and_one_outcome_is_told() throws Exception {
        int rounds = FULL ? 100_000 : 5_000;
        for (int i = 0; i < rounds; i++) {
            var ran = new AtomicBoolean();
            JoinHandle<Integer> task = runtime.spawn(() -> {
                ran.set(true);
                return 1;
            });
            for (int spin = i % 100 * 20; spin > 0; spin--) {
                Thread.onSpinWait();
            }
            task.abort();
            try {
                assertThat(task.await()).isEqualTo(1);
                assertThat(ran).isTrue();
                assertThat(task.await()).isEqualTo(1);
            } catch (CancellationException e) {
                assertThat(ran).isFalse();
                assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
            }
        }
    }

    @Test
    void a_task_aborted_before_its_first_step_never_runs() throws Exception {
        var ran = new AtomicInteger();
        Callable<Integer> body = ran::incrementAndGet;
        var unstarted = new Task<>(runtime, body, null);
        unstarted.handle().abort();
        unstarted.run();
        assertThatThrownBy(unstarted.handle()::await).isInstanceOf(CancellationException.class)
                .hasMessage("task " + unstarted.handle().id() + " was cancelled");
        if (carriers == Carriers.ON) { // the callback has the worker, so that the task cannot begin
            JoinHandle<Integer> spawned = callback(() -> {
                JoinHandle<Integer> task = Tasks.spawn(body);
                task.abort();
                return task;
            });
            assertThatThrownBy(spawned::await).isInstanceOf(CancellationException.class);
        }
        assertThat(ran).hasValue(0);
    }

    @Test
    void cleanup_that_throws_during_an_abort_is_contained() throws Exception {
        var sleeping = new CountDownLatch(1);
        JoinHandle<Void> task = runtime.spawn(() -> {
            try {
                sleeping.countDown();
                return Time.sleep(HOUR).await();
            } finally {
                clean();
            }
        });
        sleeping.await();
        task.abort();
        assertThatThrownBy(task::await).isInstanceOf(CancellationException.class)
                .hasMessage("task " + task.id() + " was cancelled").cause().hasMessage("cleanup failed");
        assertThat(task(() -> 1)).isEqualTo(1);
    }

    private static void clean() {
        throw new IllegalArgumentException("cleanup failed");
    }

    private static final ScopedValue<String> SCOPED = ScopedValue.newInstance();

    @Test
    void scoped_values_and_the_runtime_are_there_in_the_cleanup_of_an_aborted_task() throws Exception {
        for (boolean atClose : List.of(false, true)) {
            var begun = new CountDownLatch(1);
            var seen = new CompletableFuture<String>();
            JoinHandle<Void> task = runtime.spawn(() -> ScopedValue.where(SCOPED, "outer").call(() -> {
                try {
                    begun.countDown();
                    Time.sleep(Duration.ofHours(1)).await();
                } finally {
                    seen.complete(SCOPED.get() + " " + (Handle.current() == runtime.handle()));
                }
                return null;
            }));
            begun.await();
            if (atClose) {
                runtime.close();
            } else {
                task.abort();
            }
            assertThat(seen.get(20, TimeUnit.SECONDS)).isEqualTo("outer true");
            assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
        }
    }

    @Test
    void a_wait_that_reaches_its_limit_leaves_the_task_alone() throws Exception {
        var gate = new CompletableFuture<Integer>();
        JoinHandle<Integer> task = runtime.spawn(gate::get);
        Callable<Integer> wait = () -> task.await(Duration.ofMillis(20));
        for (Callable<Integer> each : java.util.List.<Callable<Integer>>of(wait, () -> task(wait),
                () -> task.await(Duration.ZERO), () -> task.await(Duration.ofSeconds(Long.MIN_VALUE)))) {
            long start = System.nanoTime();
            assertThatThrownBy(each::call).isInstanceOf(TimeoutException.class)
                    .hasMessageContaining("task " + task.id() + " has not ended");
            if (each == wait) {
                assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
        assertThat(task.isFinished()).isFalse();
        JoinHandle<Integer> waiting = runtime.spawn(() -> task.await(Duration.ofSeconds(Long.MAX_VALUE)));
        gate.complete(5);
        assertThat(task.await(Duration.ofSeconds(20))).isEqualTo(5);
        assertThat(waiting.await()).isEqualTo(5);
        assertThat(task.await(Duration.ZERO)).isEqualTo(5);
        eventually("no timer is left", () -> runtime.dump().contains("timers=0"));
    }

    @Test
    void a_timed_wait_goes_on_while_the_runtime_closes() throws Exception {
        var gate = new CompletableFuture<Integer>();
        JoinHandle<Integer> task = runtime.spawn(() -> {
            try {
                Time.sleep(HOUR).await();
            } catch (IOException e) {
                Thread.interrupted();
            }
            return gate.get();
        });
        eventually("sleeps", () -> runtime.dump().contains("timers=1"));
        Thread closer = Thread.ofPlatform().start(runtime::close);
        eventually("closing", () -> runtime.isClosing());
        assertThatThrownBy(() -> task.await(Duration.ofMillis(30))).isInstanceOf(TimeoutException.class);
        gate.complete(2);
        assertThat(task.await(Duration.ofSeconds(20))).isEqualTo(2);
        closer.join();
    }

    @Test
    void an_interrupted_wait_leaves_the_task_alone() throws Exception {
        var gate = new CompletableFuture<Integer>();
        JoinHandle<Integer> task = runtime.spawn(gate::get);
        var begun = new CountDownLatch(1);
        JoinHandle<Integer> waiting = runtime.spawn(() -> {
            begun.countDown();
            try {
                return task.await();
            } catch (InterruptedException e) {
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
                return -1;
            }
        });
        begun.await();
        Thread.sleep(20);
        waiting.abort();
        assertThat(waiting.await()).isEqualTo(-1);
        Thread.currentThread().interrupt();
        assertThatThrownBy(task::await).isInstanceOf(InterruptedException.class);
        gate.complete(5);
        assertThat(task.await()).isEqualTo(5);
    }

    @Test
    void a_future_copies_the_end_and_has_no_hold_on_the_task() throws Exception {
        var gate = new CompletableFuture<Integer>();
        JoinHandle<Integer> task = runtime.spawn(gate::get);
        CompletableFuture<Integer> early = task.toCompletableFuture();
        CompletableFuture<Integer> dropped = task.toCompletableFuture();
        assertThat(dropped.cancel(true)).isTrue();
        gate.complete(5);
        assertThat(early.get(20, TimeUnit.SECONDS)).isEqualTo(5);
        assertThat(task.await()).isEqualTo(5);
        assertThat(task.toCompletableFuture()).isCompletedWithValue(5);

        var thrown = new IOException("broken");
        JoinHandle<Integer> failing = runtime.spawn(() -> {
            throw thrown;
        });
        assertThatThrownBy(() -> failing.toCompletableFuture().get(20, TimeUnit.SECONDS)).hasCause(thrown);
        JoinHandle<Void> aborted = sleeper();
        CompletableFuture<Void> cancelled = aborted.toCompletableFuture();
        aborted.abort();
        assertThatThrownBy(() -> cancelled.get(20, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class)
                .cause().hasMessage("task " + aborted.id() + " was cancelled");
    }

    @Test
    void ids_are_unique_in_the_process() throws Exception {
        Set<Long> ids = new HashSet<>();
        try (UringRuntime other = builder().build()) {
            for (int i = 0; i < 100; i++) {
                assertThat(ids.add(runtime.spawn(() -> 1).id())).isTrue();
                assertThat(ids.add(other.spawn(() -> 1).id())).isTrue();
                assertThat(ids.add(other.handle().spawnBlocking(() -> 1).id())).isTrue();
            }
        }
        JoinHandle<String> named = runtime.spawn(() -> Thread.currentThread().getName());
        assertThat(named.await()).isEqualTo(named.name()).contains("task-" + named.id());
    }

    @Test
    void a_wait_in_a_callback_is_refused() throws Exception {
        JoinHandle<Void> task = sleeper();
        assertThatIllegalStateException().isThrownBy(() -> callback(task::await))
                .withMessage("await of task " + task.id() + " in a callback would stop the worker; spawn a task");
        assertThatIllegalStateException().isThrownBy(() -> callback(() -> task.await(HOUR)));
    }

    private static volatile JoinHandle<Integer> awaitedByInitialiser;

    private static final class InitialisedOn {
        static final int ANSWER = answer();
    }

    private static final class InitialisedOff {
        static final int ANSWER = answer();
    }

    private static int answer() {
        try {
            return awaitedByInitialiser.await();
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_pinned_task_waits_for_a_job_that_needs_its_worker() throws Exception {
        awaitedByInitialiser = runtime.handle().spawnBlocking(() -> {
            Time.sleep(Duration.ofMillis(50)).await();
            return 6;
        });
        assertThat(task(() -> carriers == Carriers.ON ? InitialisedOn.ANSWER : InitialisedOff.ANSWER)).isEqualTo(6);
    }

    @Test
    void tasks_spawned_after_the_end_are_cancelled_in_words() {
        runtime.close();
        assertThatThrownBy(runtime.handle().spawn(() -> 1)::await).isInstanceOf(CancellationException.class)
                .hasMessageContaining("was cancelled: the runtime is being shutdown")
                .hasCauseInstanceOf(RuntimeShutdownException.class);
    }
}
