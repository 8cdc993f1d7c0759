package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** One worker, and tasks that never rest: everybody else has a turn all the same. */
class FairnessTest extends RuntimeTest {
    private static final int YIELDS_MAX = 10;

    /** Runs the body as a task beside others that take one step after the other until it has ended. */
    private <T> T beside(int tasks, Uring.Body step, Callable<T> body) throws Exception {
        return beside(runtime, tasks, step, body);
    }

    private static <T> T beside(UringRuntime runtime, int tasks, Uring.Body step, Callable<T> body) throws Exception {
        return runtime.blockOn(() -> {
            var stop = new AtomicBoolean();
            List<JoinHandle<Void>> load = new ArrayList<>();
            for (int i = 0; i < tasks; i++) {
                load.add(Tasks.spawn(() -> {
                    while (!stop.get()) {
                        step.run();
                    }
                    return null;
                }));
            }
            try {
                return body.call();
            } finally {
                stop.set(true);
                joinAll(load);
            }
        });
    }

    private static void joinAll(List<? extends JoinHandle<?>> tasks) throws Exception {
        for (JoinHandle<?> each : tasks) {
            each.await();
        }
    }

    // ---- load ----

    @Test
    void blockOn_completes_under_constant_load() throws Exception {
        var stop = new AtomicBoolean();
        List<JoinHandle<Void>> load = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            load.add(runtime.handle().spawn(() -> {
                while (!stop.get()) {
                    Tasks.yieldNow();
                }
                return null;
            }));
        }
        try {
            for (int i = 0; i < 20; i++) {
                assertThat(task(() -> {
                    Tasks.yieldNow();
                    return Tasks.spawn(() -> 7).await();
                })).isEqualTo(7);
            }
        } finally {
            stop.set(true);
        }
        task(() -> joinAll(load));
    }

    @Test
    void a_spawn_from_another_thread_wakes_an_idle_worker() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(task(() -> spawnedElsewhere(5))).isEqualTo(7);
        }
    }

    @Test
    void a_spawn_from_another_thread_runs_under_load() throws Exception {
        assertThat(beside(100, Tasks::yieldNow, () -> spawnedElsewhere(0))).isEqualTo(7);
    }

    @Test
    void a_spawn_from_another_thread_runs_though_the_queue_is_never_empty() throws Exception {
        assumeTrue(carriers == Carriers.ON, "the JDK's scheduler promises nothing of the kind");
        assertThat(beside(2, Thread::yield, () -> spawnedElsewhere(0))).isEqualTo(7);
    }

    private int spawnedElsewhere(long delayMillis) throws Exception {
        var spawned = new CompletableFuture<JoinHandle<Integer>>();
        Thread.ofPlatform().start(() -> {
            try {
                Thread.sleep(delayMillis);
                spawned.complete(runtime.handle().spawn(() -> 7));
            } catch (Throwable t) {
                spawned.completeExceptionally(t);
            }
        });
        return spawned.get().await();
    }

    @Test
    void the_driver_is_polled_while_a_hundred_tasks_spin() throws Exception {
        try (Pipe pipe = Pipe.open(runtime)) {
            assertThat(beside(100, Tasks::yieldNow, () -> {
                Op<BufResult> read = pipe.read(IoBuffer.allocate(8)).submit();
                Time.sleep(Duration.ofMillis(5)).await();
                pipe.write(IoBuffer.allocate(3)).submit().await();
                return read.await().bytes();
            })).isEqualTo(3);
        }
    }

    // ---- yielding ----

    @Test
    void ten_yields_are_enough_to_see_what_a_pipe_holds() throws Exception {
        try (Pipe pipe = Pipe.open(runtime)) {
            for (int i = 0; i < 100; i++) {
                pipe.send("abc");
                int yields = task(() -> {
                    Op<BufResult> read = pipe.read(IoBuffer.allocate(8)).submit();
                    int count = 0;
                    while (!read.isDone() && count < 1000) {
                        Tasks.yieldNow();
                        count++;
                    }
                    assertThat(read.await().bytes()).isEqualTo(3);
                    return count;
                });
                assertThat(yields).as("yields before the result was seen").isLessThanOrEqualTo(YIELDS_MAX);
            }
        }
    }

    @Test
    void ten_yields_are_enough_to_see_what_comes_to_a_waiting_read() throws Exception {
        try (Pipe pipe = Pipe.open(runtime)) {
            for (int i = 0; i < 100; i++) {
                int yields = task(() -> {
                    Op<BufResult> read = pipe.read(IoBuffer.allocate(8)).submit();
                    Time.sleep(Duration.ofMillis(1)).await(); // the ring has it now
                    assertThat(read.isDone()).isFalse();
                    pipe.send("abc");
                    int count = 0;
                    while (!read.isDone() && count < 1000) {
                        Tasks.yieldNow();
                        count++;
                    }
                    assertThat(read.await().bytes()).isEqualTo(3);
                    return count;
                });
                assertThat(yields).as("yields before the result was seen").isLessThanOrEqualTo(YIELDS_MAX);
            }
        }
    }

    @Test
    void a_yield_lets_every_other_ready_task_go_first() throws Exception {
        assumeTrue(carriers == Carriers.ON, "order is promised in carrier mode only");
        task(() -> {
            var ran = new AtomicInteger();
            for (int i = 0; i < 50; i++) {
                Tasks.spawn(ran::incrementAndGet);
            }
            Tasks.yieldNow();
            assertThat(ran).hasValue(50);
        });
    }

    // ---- those who could keep it all ----

    @Test
    void two_tasks_that_wake_each_other_leave_room_for_others() throws Exception {
        var ping = new Semaphore(1);
        var pong = new Semaphore(0);
        assertThat(task(() -> {
            var stop = new AtomicBoolean();
            List<JoinHandle<Void>> pair = List.of(Tasks.spawn(() -> volley(ping, pong, stop)),
                    Tasks.spawn(() -> volley(pong, ping, stop)));
            try {
                for (int i = 0; i < 100; i++) {
                    Tasks.yieldNow();
                }
                new Nop().submit().await();
                return spawnedElsewhere(0);
            } finally {
                stop.set(true);
                joinAll(pair);
            }
        })).isEqualTo(7);
    }

    private static Void volley(Semaphore mine, Semaphore other, AtomicBoolean stop) throws InterruptedException {
        while (!stop.get()) {
            mine.acquire();
            other.release();
        }
        other.release();
        return null;
    }

    @Test
    void a_task_whose_operations_end_at_once_leaves_room_for_others() throws Exception {
        try (Pipe pipe = Pipe.open(runtime)) {
            IoBuffer out = IoBuffer.copyOf(new byte[] {1});
            IoBuffer in = IoBuffer.allocate(1);
            List<Uring.Body> steps = List.of(
                    () -> new Nop().submit().await(),
                    () -> Time.sleep(Duration.ZERO).await(),
                    () -> Time.sleep(Duration.ofMillis(-1)).await(),
                    () -> {
                        pipe.write(out).submit().await();
                        pipe.read(in).submit().await();
                    });
            for (Uring.Body step : steps) {
                assertThat(beside(1, step, () -> {
                    for (int i = 0; i < 50; i++) {
                        Tasks.yieldNow();
                    }
                    Time.sleep(Duration.ofMillis(2)).await();
                    return spawnedElsewhere(0);
                })).isEqualTo(7);
            }
        }
    }

    // ---- extremes ----

    @Test
    void the_smallest_and_the_largest_budget_keep_nobody_waiting() throws Exception {
        for (UringRuntime.Builder options : List.of(builder().budget(1, Duration.ofNanos(1)),
                builder().budget(1 << 20, Duration.ofDays(1)))) {
            try (UringRuntime extreme = options.build(); Pipe pipe = Pipe.open(extreme)) {
                assertThat(beside(extreme, 20, Tasks::yieldNow, () -> {
                    Op<BufResult> read = pipe.read(IoBuffer.allocate(8)).submit();
                    for (int i = 0; i < 100; i++) {
                        Tasks.spawn(() -> new Nop().submit().await()).await();
                    }
                    Time.sleep(Duration.ofMillis(2)).await();
                    pipe.write(IoBuffer.allocate(3)).submit().await();
                    return read.await().bytes();
                })).isEqualTo(3);
            }
        }
    }

    @Test
    void ten_thousand_spawns_at_once_all_run() throws Exception {
        var ran = new AtomicInteger();
        task(() -> {
            List<JoinHandle<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                tasks.add(Tasks.spawn(() -> {
                    Tasks.yieldNow();
                    ran.incrementAndGet();
                    return null;
                }));
            }
            joinAll(tasks);
        });
        assertThat(ran).hasValue(10_000);
    }

    @Test
    void ten_thousand_spawns_from_four_threads_all_run() throws Exception {
        var ran = new CountDownLatch(10_000);
        for (int t = 0; t < 4; t++) {
            Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 2_500; i++) {
                    runtime.handle().execute(ran::countDown);
                }
            });
        }
        task(() -> ran.await());
    }

    @Test
    void a_chain_of_ten_thousand_spawns_comes_to_its_end() throws Exception {
        task(() -> {
            var end = new CompletableFuture<Integer>();
            link(0, end);
            assertThat(end.get()).isEqualTo(10_000);
        });
    }

    private static Void link(int number, CompletableFuture<Integer> end) {
        if (number == 10_000) {
            end.complete(number);
        } else {
            Tasks.spawn(() -> link(number + 1, end));
        }
        return null;
    }

    @Test
    void several_threads_block_on_the_runtime_at_once() throws Exception {
        var left = new CountDownLatch(4);
        var wrong = new AtomicInteger();
        task(() -> 1); // the first to come owns a current-thread runtime, and has to stay
        for (int t = 0; t < 4; t++) {
            Thread.ofPlatform().start(() -> {
                try {
                    for (int i = 0; i < 50; i++) {
                        int number = i;
                        int answer = runtime.blockOn(() -> {
                            new Nop().submit().await();
                            Time.sleep(Duration.ofNanos(100_000)).await();
                            return number;
                        });
                        wrong.addAndGet(answer == number ? 0 : 1);
                    }
                } catch (Throwable e) {
                    wrong.incrementAndGet();
                } finally {
                    left.countDown();
                }
            });
        }
        task(() -> left.await()); // whose thread has to be there for the others where there is but one
        assertThat(wrong).hasValue(0);
    }
}
