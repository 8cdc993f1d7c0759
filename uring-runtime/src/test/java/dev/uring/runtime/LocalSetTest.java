package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Tasks that stay on one worker. */
class LocalSetTest extends RuntimeTest {
    private static final Duration LONG = Duration.ofHours(1);

    @Override
    UringRuntime.Builder builder() {
        return super.builder().multiThread(3);
    }

    private void assumeCarried() {
        assumeTrue(carriers == Carriers.ON, "a LocalSet needs carriers");
    }

    @Test
    void a_runtime_that_does_not_carry_tasks_refuses_one() {
        assumeTrue(carriers == Carriers.OFF, "the other mode");
        assertThatIllegalStateException().isThrownBy(() -> task(() -> new LocalSet()))
                .withMessageContaining("a LocalSet needs workers that carry tasks");
    }

    @Test
    void its_tasks_stay_on_one_worker_and_never_run_at_once() throws Exception {
        assumeCarried();
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        var inside = new AtomicInteger();
        task(() -> {
            try (var set = new LocalSet()) {
                List<JoinHandle<Void>> tasks = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    tasks.add(set.spawn(() -> {
                        for (int step = 0; step < 20; step++) {
                            assertThat(inside.incrementAndGet()).isOne();
                            seen.add(CarrierAccess.currentCarrier());
                            inside.decrementAndGet();
                            if (step % 3 == 0) {
                                new Nop().submit().await();
                            } else if (step % 3 == 1) {
                                Tasks.yieldNow();
                            } else {
                                LocalSet.spawnLocal(() -> seen.add(CarrierAccess.currentCarrier())).await();
                            }
                        }
                        return null;
                    }));
                }
                for (JoinHandle<Void> each : tasks) {
                    each.await();
                }
            }
        });
        assertThat(seen).hasSize(1);
    }

    @Test
    void spawnLocal_outside_of_a_set_is_refused() throws Exception {
        assumeCarried();
        assertThatIllegalStateException().isThrownBy(() -> LocalSet.spawnLocal(() -> 1))
                .withMessageContaining("outside of a `LocalSet`");
        task(() -> new LocalSet().run(() -> {
            assertThatThrownBy(() -> Tasks.spawn(() -> LocalSet.spawnLocal(() -> 1)).await())
                    .hasMessageContaining("outside of a `LocalSet`");
            return LocalSet.spawnLocal(() -> 1).await();
        }));
    }

    @Test
    void close_in_a_task_aborts_the_tasks_and_waits_for_them() throws Exception {
        assumeCarried();
        var cleaned = new AtomicInteger();
        task(() -> {
            var begun = new CountDownLatch(5);
            var set = new LocalSet();
            List<JoinHandle<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                tasks.add(set.spawn(() -> {
                    begun.countDown();
                    try {
                        return Time.sleep(LONG).await();
                    } finally {
                        cleaned.incrementAndGet();
                    }
                }));
            }
            begun.await();
            set.close();
            assertThat(cleaned).hasValue(5);
            assertThat(tasks).allMatch(JoinHandle::isFinished);
            assertThatThrownBy(tasks.getFirst()::await).isInstanceOf(CancellationException.class);
            assertThatIllegalStateException().isThrownBy(() -> set.spawn(() -> 1))
                    .withMessage("the LocalSet is closed");
            set.close();
        });
    }

    @Test
    void close_from_outside_wakes_the_worker() throws Exception {
        assumeCarried();
        LocalSet set = foreign(LocalSet::new);
        JoinHandle<Void> sleeper = set.spawn(() -> Time.sleep(LONG).await());
        Thread.sleep(5);
        set.close();
        assertThatThrownBy(sleeper::await).isInstanceOf(CancellationException.class);
    }

    @Test
    void close_by_one_of_its_tasks_or_in_a_callback_is_refused() throws Exception {
        assumeCarried();
        LocalSet set = foreign(LocalSet::new);
        assertThatIllegalStateException().isThrownBy(() -> set.run(() -> {
            set.close();
            return null;
        })).withMessageContaining("wait for itself");
        assertThatIllegalStateException().isThrownBy(() -> callback(() -> {
            set.close();
            return null;
        })).withMessageContaining("in a callback would stop the worker");
        assertThat(set.run(() -> 5)).as("it goes on").isEqualTo(5);
        set.close();
    }

    @Test
    void the_end_of_the_runtime_ends_it() throws Exception {
        assumeCarried();
        LocalSet set = foreign(LocalSet::new);
        var cleaned = new AtomicBoolean();
        var begun = new CountDownLatch(1);
        set.spawn(() -> {
            begun.countDown();
            try {
                return Time.sleep(LONG).await();
            } finally {
                cleaned.set(true);
            }
        });
        begun.await();
        runtime.close();
        assertThat(cleaned).isTrue();
        assertThatThrownBy(() -> set.run(() -> 1)).isInstanceOf(CancellationException.class);
        set.close();
    }

    @Test
    void one_of_a_current_thread_runtime_runs_on_its_thread() throws Exception {
        assumeCarried();
        Thread caller = Thread.currentThread();
        try (UringRuntime own = UringRuntime.builder().enableAll().carriers(carriers).currentThread().build()) {
            LocalSet set = own.handle().run(LocalSet::new);
            JoinHandle<Thread> early = set.spawn(CarrierAccess::currentCarrier);
            assertThat(own.blockOn(() -> set.run(() -> {
                Time.sleep(Duration.ofMillis(1)).await();
                return CarrierAccess.currentCarrier();
            }))).isSameAs(caller);
            assertThat(early.await()).isSameAs(caller);
            JoinHandle<Void> left = set.spawn(() -> Time.sleep(LONG).await());
            set.close(); // outside of blockOn: the thread runs the runtime meanwhile
            assertThat(left.isFinished()).isTrue();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
