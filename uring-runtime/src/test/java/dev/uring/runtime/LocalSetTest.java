package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Tasks that stay on one worker of several. */
class LocalSetTest extends RuntimeTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @Override
    UringRuntime.Builder builder() {
        return super.builder().multiThread(3);
    }

    private void assumeCarried() {
        assumeTrue(carriers == Carriers.ON, "a LocalSet is refused in stock mode");
    }

    private LocalSet set() throws Exception {
        return foreign(LocalSet::new);
    }

    @Test
    void stock_mode_is_refused_with_the_reason() {
        assumeTrue(carriers == Carriers.OFF, "carrier mode has local sets");
        assertThatIllegalStateException().isThrownBy(() -> LocalSet.on(runtime.handle(), 0));
        assertThatIllegalStateException().isThrownBy(() -> task(LocalSet::new))
                .withMessageContaining("a LocalSet needs workers that carry tasks").withMessageContaining("uring.carriers");
    }

    @Test
    void a_set_on_a_worker_that_is_named_has_its_tasks_there() throws Exception {
        assumeCarried();
        assertThat(runtime.handle().workerCount()).isEqualTo(3);
        for (int i = 0; i < 3; i++) {
            try (LocalSet set = LocalSet.on(runtime.handle(), i)) {
                int first = set.run(() -> Worker.current().index());
                int later = set.run(() -> {
                    Tasks.yieldNow();
                    Time.sleep(Duration.ofMillis(1)).await();
                    return Worker.current().index();
                });
                assertThat(List.of(first, later)).containsOnly(i);
            }
        }
        assertThatThrownBy(() -> LocalSet.on(runtime.handle(), 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void spawnLocal_outside_of_a_set_is_refused() {
        assertThatIllegalStateException().isThrownBy(() -> LocalSet.spawnLocal(() -> 1))
                .withMessageContaining("called from outside of a `LocalSet`");
        assertThatIllegalStateException().isThrownBy(() -> task(() -> LocalSet.spawnLocal(() -> 1)))
                .withMessageContaining("called from outside of a `LocalSet`");
    }

    @Test
    void ordinary_tasks_and_threads_started_by_a_local_one_are_not_of_the_set() throws Exception {
        assumeCarried();
        try (LocalSet set = set()) {
            assertThatIllegalStateException().isThrownBy(() -> set.run(() -> {
                try {
                    return Tasks.spawn(() -> LocalSet.spawnLocal(() -> 1)).await();
                } catch (java.util.concurrent.ExecutionException e) {
                    throw (Exception) e.getCause();
                }
            })).withMessageContaining("called from outside of a `LocalSet`");
        }
    }

    /** A plain map and a plain count, which two tasks at a time would break. */
    @Test
    void tasks_stay_on_one_thread_and_never_run_at_the_same_time() throws Exception {
        assumeCarried();
        try (LocalSet set = set()) {
            Set<Thread> seen = new HashSet<>();
            int[] count = new int[1];
            set.run(() -> {
                List<JoinHandle<Void>> tasks = new ArrayList<>();
                for (int i = 0; i < 200; i++) {
                    int number = i;
                    tasks.add(LocalSet.spawnLocal(() -> {
                        for (int k = 0; k < 20; k++) {
                            seen.add(CarrierAccess.currentCarrier());
                            int before = count[0];
                            Thread.onSpinWait();
                            count[0] = before + 1;
                            rest(number + k);
                        }
                        return null;
                    }));
                }
                for (JoinHandle<Void> each : tasks) {
                    each.await();
                }
                return null;
            });
            assertThat(seen).hasSize(1);
            assertThat(count[0]).isEqualTo(200 * 20);
        }
    }

    private static void rest(int kind) throws Exception {
        switch (kind % 5) {
            case 0 -> new Nop().submit().await();
            case 1 -> Tasks.yieldNow();
            case 2 -> Thread.yield();
            case 3 -> Thread.sleep(1);
            default -> Tasks.spawn(() -> 1).await(); // wherever that runs
        }
    }

    @Test
    void a_task_that_another_thread_wakes_goes_on_where_it_was() throws Exception {
        assumeCarried();
        try (LocalSet set = set()) {
            var go = new AtomicBoolean();
            var parked = new AtomicInteger();
            List<JoinHandle<Boolean>> tasks = new ArrayList<>();
            List<Thread> threads = java.util.Collections.synchronizedList(new ArrayList<>());
            for (int i = 0; i < 50; i++) {
                tasks.add(set.spawn(() -> {
                    Thread before = CarrierAccess.currentCarrier();
                    threads.add(Thread.currentThread());
                    parked.incrementAndGet();
                    while (!go.get()) {
                        LockSupport.park();
                    }
                    return before == CarrierAccess.currentCarrier();
                }));
            }
            eventually("all parked", () -> parked.get() == 50);
            go.set(true);
            threads.forEach(LockSupport::unpark);
            for (JoinHandle<Boolean> each : tasks) {
                assertThat(each.await(Duration.ofSeconds(20))).isTrue();
            }
        }
    }

    @Test
    void a_nested_spawn_belongs_to_the_set_of_its_parent() throws Exception {
        assumeCarried();
        try (LocalSet outer = set(); LocalSet inner = set()) {
            Thread there = outer.run(CarrierAccess::currentCarrier);
            assertThat(outer.run(() -> {
                inner.run(() -> 1);
                return LocalSet.spawnLocal(() -> LocalSet.spawnLocal(CarrierAccess::currentCarrier).await()).await();
            })).isSameAs(there);
            JoinHandle<Void> ofInner = outer.run(() -> inner.run(() -> LocalSet.spawnLocal(() -> Time.sleep(HOUR).await())));
            inner.close();
            assertThat(ofInner.isFinished()).isTrue();
        }
    }

    @Test
    void run_throws_what_the_body_threw() throws Exception {
        assumeCarried();
        try (LocalSet set = set()) {
            var thrown = new IOException("checked");
            assertThatThrownBy(() -> set.run(() -> {
                throw thrown;
            })).isSameAs(thrown);
        }
    }

    @Test
    void close_aborts_the_tasks_and_waits_for_their_cleanup() throws Exception {
        assumeCarried();
        LocalSet set = set();
        var cleaned = new AtomicInteger();
        var begun = new CountDownLatch(20);
        List<JoinHandle<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            tasks.add(set.spawn(() -> {
                begun.countDown();
                try {
                    Time.sleep(HOUR).await();
                } finally {
                    Thread.interrupted();
                    Thread.sleep(100);
                    cleaned.incrementAndGet();
                }
                return null;
            }));
        }
        begun.await();
        set.close();
        assertThat(cleaned).hasValue(20);
        for (JoinHandle<Void> each : tasks) {
            assertThatThrownBy(each::await).isInstanceOf(CancellationException.class);
        }
        assertThatIllegalStateException().isThrownBy(() -> set.spawn(() -> 1)).withMessageContaining("closed");
        set.close();
    }

    @Test
    void a_spawn_that_races_with_close_is_refused_or_over_when_both_are() throws Exception {
        assumeCarried();
        for (int round = 0; round < (FULL ? 20_000 : 1_000); round++) {
            LocalSet set = set();
            var closed = new AtomicBoolean();
            var late = new AtomicInteger();
            var spawned = new CompletableFuture<JoinHandle<Void>>();
            Thread spawner = Thread.ofPlatform().start(() -> {
                try {
                    spawned.complete(set.spawn(() -> {
                        late.addAndGet(closed.get() ? 1 : 0);
                        Time.sleep(HOUR).await();
                        return null;
                    }));
                } catch (IllegalStateException e) {
                    spawned.complete(null);
                }
            });
            for (int spin = ThreadLocalRandom.current().nextInt(2000); spin > 0; spin--) {
                Thread.onSpinWait();
            }
            set.close();
            closed.set(true);
            JoinHandle<Void> handle = spawned.get(20, TimeUnit.SECONDS);
            if (handle != null) {
                assertThatThrownBy(() -> handle.await(Duration.ofSeconds(20))).isInstanceOf(CancellationException.class);
            }
            spawner.join();
            assertThat(late).as("tasks begun after close").hasValue(0);
        }
    }

    @Test
    void a_set_is_not_closed_by_its_own_task_or_a_callback() throws Exception {
        assumeCarried();
        try (LocalSet set = set()) {
            assertThatIllegalStateException().isThrownBy(() -> set.run(() -> {
                set.close();
                return null;
            })).withMessageContaining("wait for itself");
            assertThatIllegalStateException().isThrownBy(() -> callback(() -> {
                set.close();
                return null;
            })).withMessageContaining("callback");
            assertThat(set.run(() -> 7)).as("still open").isEqualTo(7);
        }
    }

    @Test
    void an_abort_from_another_thread_ends_a_waiting_task_and_whoever_waits_for_it() throws Exception {
        assumeCarried();
        try (LocalSet set = set()) {
            var begun = new CountDownLatch(1);
            JoinHandle<Void> waiting = set.spawn(() -> {
                begun.countDown();
                Time.sleep(HOUR).await();
                return null;
            });
            JoinHandle<Boolean> joining = runtime.spawn(() -> {
                try {
                    waiting.await();
                    return false;
                } catch (CancellationException e) {
                    return true;
                }
            });
            begun.await();
            waiting.abort();
            assertThat(joining.await(Duration.ofSeconds(20))).isTrue();
        }
    }

    @Test
    void local_and_other_tasks_of_a_worker_take_turns_whatever_the_budget() throws Exception {
        assumeCarried();
        try (UringRuntime one = builder().multiThread(1).budget(1, Duration.ofNanos(1)).build()) {
            one.blockOn(() -> {
                var stop = new AtomicBoolean();
                var set = new LocalSet();
                JoinHandle<Void> local = set.spawn(() -> {
                    while (!stop.get()) {
                        Tasks.yieldNow();
                    }
                    return null;
                });
                Tasks.yieldNow();
                Tasks.spawn(() -> {
                    Tasks.yieldNow();
                    stop.set(true);
                    return null;
                }).await();
                local.await();
                var go = new AtomicBoolean(true);
                JoinHandle<Void> other = Tasks.spawn(() -> {
                    while (go.get()) {
                        Thread.yield();
                    }
                    return null;
                });
                set.run(() -> {
                    Tasks.yieldNow();
                    return null;
                });
                go.set(false);
                other.await();
                set.close();
                return null;
            });
        }
    }

    @Test
    void tasks_left_at_the_end_of_the_runtime_are_cancelled() throws Exception {
        assumeCarried();
        LocalSet set = set();
        var begun = new CountDownLatch(1);
        JoinHandle<Void> left = set.spawn(() -> {
            begun.countDown();
            Time.sleep(HOUR).await();
            return null;
        });
        begun.await();
        runtime.close();
        assertThatThrownBy(left::await).isInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> set.run(() -> 1)).isInstanceOf(CancellationException.class);
        set.close();
    }

    @Test
    void a_thread_started_by_a_local_task_outlives_the_runtime() throws Exception {
        assumeCarried();
        LocalSet set = set();
        var go = new AtomicBoolean(true);
        var turns = new AtomicInteger();
        Thread child = set.run(() -> Thread.startVirtualThread(() -> {
            while (go.get()) {
                turns.incrementAndGet();
                LockSupport.parkNanos(100_000);
                Thread.yield();
            }
        }));
        try {
            eventually("runs", () -> turns.get() > 10);
            runtime.close();
            int then = turns.get();
            eventually("runs on", () -> turns.get() > then + 10);
        } finally {
            go.set(false);
            assertThat(child.join(Duration.ofSeconds(20))).isTrue();
        }
    }
}
