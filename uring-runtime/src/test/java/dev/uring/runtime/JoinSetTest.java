package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tasks that are joined as they end, and that do not outlive their set. */
class JoinSetTest extends RuntimeTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private JoinSet<Integer> set;

    @BeforeEach
    void openSet() {
        set = new JoinSet<>(runtime.handle());
    }

    @AfterEach
    void closeSet() {
        set.close();
    }

    private Integer sleepLong() throws IOException {
        Time.sleep(HOUR).await();
        return -1;
    }

    private void joinInOrder() throws Exception {
        List<CompletableFuture<Integer>> gates = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            gates.add(new CompletableFuture<>());
            set.spawn(gates.getLast()::get);
        }
        for (int i : new int[] {2, 0, 3, 1}) {
            assertThat(set.tryJoinNext()).isNull();
            gates.get(i).complete(i);
            assertThat(set.joinNext()).isEqualTo(i);
        }
        assertThat(set.isEmpty()).isTrue();
        assertThat(set.joinNext()).isNull();
        assertThat(set.tryJoinNext()).isNull();
    }

    @Test
    void results_come_in_the_order_of_the_ends_to_threads_and_tasks() throws Exception {
        joinInOrder();
        task(this::joinInOrder);
    }

    @Test
    void results_that_nobody_waited_for_keep_their_order() throws Exception {
        for (int round = 0; round < 1000; round++) {
            for (int i = 0; i < 3; i++) {
                int number = i;
                set.spawn(() -> number).await();
            }
            assertThat(set.size()).isEqualTo(3);
            assertThat(set.tryJoinNext()).as("round %d", round).isEqualTo(0);
            assertThat(set.joinNext()).isEqualTo(1);
            assertThat(set.joinNext()).isEqualTo(2);
            assertThat(set.size()).isZero();
        }
    }

    @Test
    void a_failure_is_its_tasks_own_and_loses_no_other() throws Exception {
        var thrown = new IOException("broken");
        JoinHandle<Integer> failing = set.spawn(() -> {
            throw thrown;
        });
        assertThatThrownBy(set::joinNext).isInstanceOf(ExecutionException.class).hasCause(thrown)
                .hasMessageContaining("task " + failing.id() + " failed");
        JoinHandle<Integer> aborted = set.spawn(this::sleepLong);
        aborted.abort();
        assertThatThrownBy(set::joinNext).isInstanceOf(CancellationException.class)
                .hasMessage("task " + aborted.id() + " was cancelled");
        set.spawn(() -> 5);
        assertThat(set.joinNext()).isEqualTo(5);
        assertThat(set.joinNext()).isNull();
    }

    @Test
    void join_all_answers_all_or_throws_once_all_have_ended() throws Exception {
        for (int i = 0; i < 100; i++) {
            int number = i;
            set.spawn(() -> number);
        }
        assertThat(set.joinAll()).hasSize(100).doesNotHaveDuplicates();
        assertThat(set.joinAll()).isEmpty();

        var ended = new AtomicInteger();
        set.spawn(() -> {
            throw new IOException("first");
        });
        eventually("failed", () -> runtime.dump().lines().noneMatch(line -> line.contains("(running)")));
        set.spawn(() -> {
            Time.sleep(Duration.ofMillis(20)).await();
            return ended.incrementAndGet();
        });
        set.spawn(this::sleepLong).abort();
        assertThatThrownBy(set::joinAll).isInstanceOf(ExecutionException.class).hasMessageContaining("first")
                .satisfies(e -> assertThat(e.getSuppressed()).singleElement()
                        .isInstanceOf(CancellationException.class));
        assertThat(ended).hasValue(1);
        set.spawn(this::sleepLong).abort();
        assertThatThrownBy(set::joinAll).isInstanceOf(CancellationException.class);
    }

    @Test
    void a_task_that_answers_null_is_joined_like_any_other() throws Exception {
        set.spawn(() -> null);
        assertThat(set.isEmpty()).isFalse();
        assertThat(set.joinNext()).isNull();
        assertThat(set.isEmpty()).isTrue();
        set.spawn(() -> null);
        assertThat(set.joinAll()).containsExactly((Integer) null);
    }

    @Test
    void close_aborts_the_members_and_waits_for_their_cleanup() throws Exception {
        var cleaned = new AtomicInteger();
        var sleeping = new CountDownLatch(10);
        for (int i = 0; i < 10; i++) {
            set.spawn(() -> {
                try {
                    sleeping.countDown();
                    return sleepLong();
                } finally {
                    Thread.interrupted();
                    Time.sleep(Duration.ofMillis(20)).await();
                    cleaned.incrementAndGet();
                }
            });
        }
        sleeping.await();
        Thread.currentThread().interrupt();
        set.close();
        assertThat(Thread.interrupted()).as("close waits on, and leaves the interrupt").isTrue();
        assertThat(cleaned).hasValue(10);
        assertThatIllegalStateException().isThrownBy(() -> set.spawn(() -> 1)).withMessage("join set is closed");
        assertThat(set.isEmpty()).isTrue();
    }

    @Test
    void a_set_that_was_shut_down_can_be_used_again() throws Exception {
        JoinHandle<Integer> task = set.spawn(this::sleepLong);
        set.shutdown();
        assertThat(task.isFinished()).isTrue();
        assertThat(set.isEmpty()).isTrue();
        set.spawn(() -> 1);
        assertThat(set.joinNext()).isEqualTo(1);
    }

    @Test
    void aborted_members_stay_until_they_are_joined() throws Exception {
        for (int i = 0; i < 5; i++) {
            set.spawn(this::sleepLong);
        }
        set.abortAll();
        set.abortAll();
        assertThat(set.size()).isEqualTo(5);
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(set::joinNext).isInstanceOf(CancellationException.class);
        }
        assertThat(set.joinNext()).isNull();
    }

    @Test
    void detached_members_run_on_and_are_not_joined() throws Exception {
        var gate = new CompletableFuture<Integer>();
        JoinHandle<Integer> waiting = set.spawn(gate::get);
        JoinHandle<Integer> ended = set.spawn(() -> 1);
        ended.await();
        set.detachAll();
        assertThat(set.joinNext()).isNull();
        set.close();
        assertThat(waiting.isFinished()).isFalse();
        gate.complete(2);
        assertThat(waiting.await()).isEqualTo(2);
        assertThat(set.tryJoinNext()).isNull();
    }

    @Test
    void several_who_join_get_each_member_once_and_all_learn_the_end() throws Exception {
        for (int round = 0; round < (FULL ? 500 : 50); round++) {
            int count = 50;
            for (int i = 0; i < count; i++) {
                int number = i;
                set.spawn(() -> {
                    if (number % 3 == 0) {
                        Thread.yield();
                    }
                    return 1;
                });
            }
            var joined = new AtomicInteger();
            List<CompletableFuture<Void>> ends = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                var end = new CompletableFuture<Void>();
                ends.add(end);
                Thread.ofVirtual().start(() -> {
                    try {
                        while (set.joinNext() != null) {
                            joined.incrementAndGet();
                        }
                        end.complete(null);
                    } catch (ExecutionException | InterruptedException e) {
                        end.completeExceptionally(e);
                    }
                });
            }
            for (CompletableFuture<Void> end : ends) {
                end.get(20, TimeUnit.SECONDS);
            }
            assertThat(joined).hasValue(count);
        }
    }

    @Test
    void an_interrupted_joiner_loses_nothing() throws Exception {
        var gate = new CompletableFuture<Integer>();
        set.spawn(gate::get);
        Thread.currentThread().interrupt();
        assertThatThrownBy(set::joinNext).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        gate.complete(1);
        assertThat(set.joinNext()).isEqualTo(1);
    }

    @Test
    void jobs_are_members_too() throws Exception {
        set.spawnBlocking(() -> Thread.currentThread().isVirtual() ? 0 : 1);
        assertThat(set.joinNext()).isEqualTo(1);
    }

    @Test
    void the_end_of_the_runtime_cancels_members_and_newcomers() throws Exception {
        set.spawn(this::sleepLong);
        runtime.close();
        set.spawn(() -> 1);
        set.spawnBlocking(() -> 1);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(set::joinNext).isInstanceOf(CancellationException.class)
                    .hasMessageContaining("the runtime is being shutdown");
        }
        assertThat(set.joinNext()).isNull();
    }

    @Test
    void the_current_runtime_is_the_default_and_callbacks_may_not_wait() throws Exception {
        task(() -> {
            try (var here = new JoinSet<Integer>()) {
                here.spawn(() -> 1);
                assertThat(here.joinNext()).isEqualTo(1);
            }
        });
        set.spawn(this::sleepLong);
        assertThatIllegalStateException().isThrownBy(() -> callback(set::joinNext))
                .withMessageContaining("in a callback");
        assertThatIllegalStateException().isThrownBy(JoinSet::new).withMessageContaining("no reactor running");
    }
}
