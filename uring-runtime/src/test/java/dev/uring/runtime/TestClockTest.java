package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Time that stands still, and moves by itself when nothing else does. */
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TestClockTest {
    private static UringRuntime.Builder builder() {
        return UringRuntime.builder().enableAll().currentThread().carriers(Carriers.ON).startPaused();
    }

    private static void paused(Uring.Body body) throws Exception {
        try (UringRuntime runtime = builder().build()) {
            runtime.blockOn(() -> {
                body.run();
                return null;
            });
        }
    }

    private static TestClock clock() {
        return Handle.current().runtime().clock();
    }

    @BeforeAll
    static void needs_carriers() {
        assumeTrue(CarrierAccess.REFUSAL == null, "a test clock needs carrier mode");
    }

    @Test
    void days_of_sleep_take_no_time_and_end_at_their_times() throws Exception {
        paused(() -> {
            long start = Time.nanoTime();
            Time.sleep(Duration.ofDays(3)).await();
            assertThat(Time.nanoTime() - start).isEqualTo(Duration.ofDays(3).toNanos());
        });
    }

    @Test
    void two_runs_see_the_same_times_in_the_same_order() throws Exception {
        List<String> first = run();
        assertThat(run()).isEqualTo(first);
        assertThat(first).contains("tick 0 at 0", "sleep 1000 at 1000", "tick 4 at 1200");
    }

    private static List<String> run() throws Exception {
        List<String> log = new ArrayList<>();
        paused(() -> {
            long start = Time.nanoTime();
            try (var tasks = new JoinSet<Void>()) {
                for (int millis : new int[] {1000, 1, 500, 999}) {
                    tasks.spawn(() -> {
                        Time.sleep(Duration.ofMillis(millis)).await();
                        log.add("sleep " + millis + " at " + millisSince(start));
                        return null;
                    });
                }
                tasks.spawn(() -> {
                    Interval interval = Time.interval(Duration.ofMillis(300), MissedTick.BURST);
                    for (int i = 0; i < 5; i++) {
                        interval.tick();
                        log.add("tick " + i + " at " + millisSince(start));
                    }
                    return null;
                });
                tasks.joinAll();
            }
        });
        return log;
    }

    private static long millisSince(long start) {
        return TimeUnit.NANOSECONDS.toMillis(Time.nanoTime() - start);
    }

    @Test
    void advance_ends_what_is_due_and_nothing_else() throws Exception {
        paused(() -> {
            JoinHandle<Void> early = Tasks.spawn(() -> Time.sleep(Duration.ofSeconds(1)).await());
            JoinHandle<Void> late = Tasks.spawn(() -> Time.sleep(Duration.ofSeconds(3)).await());
            Tasks.yieldNow();
            clock().advance(Duration.ofSeconds(2));
            Tasks.yieldNow();
            assertThat(early.isFinished()).isTrue();
            assertThat(late.isFinished()).isFalse();
        });
    }

    @Test
    void time_does_not_pass_while_a_job_runs() throws Exception {
        paused(() -> {
            var goOn = new CountDownLatch(1);
            JoinHandle<Void> job = Tasks.spawnBlocking(() -> {
                goOn.await();
                return null;
            });
            JoinHandle<Void> sleep = Tasks.spawn(() -> Time.sleep(Duration.ofSeconds(1)).await());
            long start = Time.nanoTime();
            for (int i = 0; i < 100; i++) {
                Tasks.yieldNow();
            }
            Thread real = Thread.ofPlatform().start(() -> {
                try {
                    Thread.sleep(50);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                goOn.countDown();
            });
            job.await();
            assertThat(Time.nanoTime()).as("while the job ran").isEqualTo(start);
            assertThat(sleep.isFinished()).isFalse();
            sleep.await();
            assertThat(Time.nanoTime() - start).isEqualTo(Duration.ofSeconds(1).toNanos());
            real.join();
        });
    }

    @Test
    void a_result_that_has_come_is_taken_before_time_passes() throws Exception {
        paused(() -> {
            try (Pipe pipe = Pipe.open(Handle.current().runtime())) {
                pipe.send("x");
                long start = Time.nanoTime();
                Read read = pipe.read(IoBuffer.allocate(8));
                read.submit();
                assertThat(read.await(Duration.ofSeconds(5)).bytes()).isOne();
                assertThat(Time.nanoTime()).isEqualTo(start);
            }
        });
    }

    @Test
    void a_limit_around_what_never_comes_is_due_at_once() throws Exception {
        paused(() -> {
            try (Pipe pipe = Pipe.open(Handle.current().runtime())) {
                long start = Time.nanoTime();
                assertThatThrownBy(() -> Time.timeout(Duration.ofHours(1),
                        () -> pipe.read(IoBuffer.allocate(8)).submit().await())).isInstanceOf(TimeoutException.class);
                assertThat(Time.nanoTime() - start).isEqualTo(Duration.ofHours(1).toNanos());
            }
        });
    }

    @Test
    void resumed_time_runs_on_from_where_it_stood() throws Exception {
        paused(() -> {
            Time.sleep(Duration.ofHours(1)).await();
            long stood = Time.nanoTime();
            clock().resume();
            Time.sleep(Duration.ofMillis(2)).await();
            long now = Time.nanoTime();
            assertThat(now - stood).isBetween(Duration.ofMillis(2).toNanos(), Duration.ofMinutes(1).toNanos());
            clock().pause();
            assertThat(Time.nanoTime()).isEqualTo(Time.nanoTime());
        });
    }

    @Test
    void it_is_refused_where_placement_is_not_promised() {
        assertThatThrownBy(() -> builder().carriers(Carriers.OFF).build()).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("off");
        assertThatThrownBy(() -> builder().multiThread(1).build()).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("currentThread");
    }

    @Test
    void a_runtime_without_one_says_what_to_call() throws IOException {
        try (UringRuntime runtime = UringRuntime.builder().enableAll().multiThread(1).build()) {
            assertThatThrownBy(runtime::clock).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("startPaused");
        }
    }
}
