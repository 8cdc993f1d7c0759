package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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
}
