package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.ffi.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Where tasks run, and that all of them do. */
class SchedulerTest extends RuntimeTest {
    @Override
    UringRuntime.Builder builder() {
        return super.builder().multiThread(4);
    }

    private void assumeCarried() {
        assumeTrue(carriers == Carriers.ON, "placement is promised in carrier mode only");
    }

    @Test
    void tasks_born_on_one_worker_spread_over_all() throws Exception {
        assumeCarried();
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        var all = new CountDownLatch(4);
        task(() -> {
            List<JoinHandle<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                tasks.add(Tasks.spawn(() -> {
                    if (seen.add(CarrierAccess.currentCarrier())) {
                        all.countDown();
                    }
                    while (all.getCount() > 0 && seen.size() < 4) {
                        Thread.onSpinWait(); // keeps its worker, so that others must take what waits behind it
                    }
                    return null;
                }));
            }
            for (JoinHandle<Void> each : tasks) {
                each.await();
            }
        });
        assertThat(seen).hasSize(4);
        assertThat(runtime.metrics().steals()).isPositive();
        assertThat(runtime.metrics().stolen()).isGreaterThanOrEqualTo(runtime.metrics().steals());
    }

    @Test
    void a_stolen_task_finishes_what_it_began_on_the_first_ring() throws Exception {
        try (Pipe pipe = Pipe.open(runtime)) {
            task(() -> {
                var buffer = IoBuffer.allocate(8);
                JoinHandle<Integer> reader = Tasks.spawn(() -> pipe.read(buffer).submit().await().bytes());
                Tasks.yieldNow();
                pipe.write(IoBuffer.copyOf(new byte[] {1, 2, 3})).submit().await();
                assertThat(reader.await()).isEqualTo(3);
            });
        }
    }

    @Test
    void a_task_that_is_woken_from_outside_runs_though_all_others_are_busy() throws Exception {
        var stop = new AtomicBoolean();
        try {
            for (int i = 0; i < 3; i++) {
                runtime.handle().spawn(() -> {
                    while (!stop.get()) {
                        Tasks.yieldNow();
                    }
                    return null;
                });
            }
            for (int i = 0; i < 1000; i++) {
                assertThat(runtime.handle().spawn(() -> 7).await()).isEqualTo(7);
            }
        } finally {
            stop.set(true);
        }
    }

    @Test
    void no_wake_up_is_lost_between_bursts_from_outside() throws Exception {
        var ran = new AtomicInteger();
        int rounds = FULL ? 200_000 : 10_000;
        for (int round = 1; round <= rounds; round++) {
            runtime.handle().execute(ran::incrementAndGet);
            if (round % 7 == 0) {
                int expected = round;
                eventually("task " + expected, () -> ran.get() == expected);
            }
        }
        eventually("all", () -> ran.get() == rounds);
    }

    @Test
    void yielding_tasks_let_results_in() throws Exception {
        var stop = new AtomicBoolean();
        task(() -> {
            for (int i = 0; i < 8; i++) {
                Tasks.spawn(() -> {
                    while (!stop.get()) {
                        Tasks.yieldNow();
                    }
                    return null;
                });
            }
            Time.sleep(Duration.ofMillis(5)).await();
            new Nop().submit().await();
            stop.set(true);
        });
    }

    @Test
    void tasks_that_a_hook_makes_ready_before_a_sleep_are_not_slept_over() throws Exception {
        var handle = new AtomicReference<Handle>();
        var ran = new CountDownLatch(1);
        try (UringRuntime hooked = super.builder().onThreadPark(() -> {
            Handle once = handle.getAndSet(null);
            if (once != null) {
                once.execute(ran::countDown);
            }
        }).build()) {
            hooked.blockOn(() -> 1);
            handle.set(hooked.handle());
            hooked.blockOn(() -> new Nop().submit().await()); // a worker comes back from this and sleeps again
            assertThat(ran.await(10, TimeUnit.SECONDS)).as("the hook's task ran").isTrue();
        }
    }

    @Test
    void a_thread_that_the_last_hook_wakes_is_not_lost() throws Exception {
        var child = new AtomicReference<Thread>();
        var told = new AtomicBoolean();
        UringRuntime hooked = super.builder().onThreadStop(() -> {
            told.set(true);
            LockSupport.unpark(child.get());
        }).build();
        hooked.blockOn(() -> {
            child.set(Thread.startVirtualThread(() -> {
                while (!told.get()) {
                    LockSupport.park();
                }
            }));
            return null;
        });
        hooked.close();
        assertThat(child.get().join(Duration.ofSeconds(10))).as("the child ended").isTrue();
    }

    /** A worker that spins counts as one that looks for work, so nobody else is woken for what it does not see. */
    @Test
    void a_worker_that_spins_takes_what_waits_behind_another() throws Exception {
        assumeCarried();
        try (UringRuntime spinning = super.builder().multiThread(2).spin(Duration.ofSeconds(1)).build()) {
            long start = System.nanoTime();
            spinning.blockOn(() -> {
                for (int round = 0; round < 60; round++) {
                    var ran = new AtomicInteger();
                    Tasks.spawn(ran::incrementAndGet);
                    Tasks.spawn(ran::incrementAndGet);
                    while (ran.get() == 0) {
                        Thread.onSpinWait(); // keeps its worker
                    }
                }
                return null;
            });
            assertThat(Duration.ofNanos(System.nanoTime() - start)).as("time for 60 rounds, well below 60 spins")
                    .isLessThan(Duration.ofSeconds(20));
        }
    }

    @Test
    void a_worker_that_is_blocked_keeps_the_others_from_nothing() throws Exception {
        try (Pipe pipe = Pipe.open(runtime); Arena arena = Arena.ofShared()) {
            var blocked = new CountDownLatch(1);
            var behind = new AtomicInteger();
            MemorySegment memory = arena.allocate(1);
            JoinHandle<Long> blocking = runtime.handle().spawn(() -> {
                for (int i = 0; i < 8; i++) {
                    Tasks.spawn(behind::incrementAndGet);
                }
                blocked.countDown();
                return Libc.read(pipe.reader.fd(), memory, 1); // stops the thread that carries it
            });
            blocked.await();
            eventually("what waited behind it", () -> behind.get() == 8); // nobody but the blocked task told of it
            for (int i = 0; i < 100; i++) {
                assertThat(runtime.handle().spawn(() -> {
                    new Nop().submit().await();
                    Time.sleep(Duration.ofMillis(1)).await();
                    return Tasks.spawn(() -> 7).await();
                }).await(Duration.ofSeconds(20))).isEqualTo(7);
            }
            assertThat(blocking.isFinished()).isFalse();
            pipe.send("x");
            assertThat(blocking.await()).isOne();
        }
    }
}
