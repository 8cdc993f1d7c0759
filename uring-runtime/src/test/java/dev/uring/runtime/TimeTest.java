package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Sleeps end at their time or later, in order, and cost no place in the completion queue. */
class TimeTest extends RuntimeTest {
    @Test
    void a_sleep_never_ends_early() throws Exception {
        task(() -> {
            for (int i = 0; i < 1000; i++) {
                long nanos = i * 1000L; // up to 1 ms
                long start = System.nanoTime();
                Time.sleep(Duration.ofNanos(nanos)).await();
                assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
            }
        });
        long start = System.nanoTime();
        foreign(() -> Time.sleep(Duration.ofMillis(30))).await();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(30));
    }

    @Test
    void zero_and_negative_sleeps_end_at_once() throws Exception {
        task(() -> {
            Time.sleep(Duration.ZERO).await();
            Time.sleep(Duration.ofDays(-1)).await();
            Time.sleep(Duration.ofSeconds(Long.MIN_VALUE)).await();
        });
    }

    @Test
    void the_longest_sleep_can_be_started_and_cancelled() throws Exception {
        Op<Void> sleep = foreign(() -> Time.sleep(Duration.ofSeconds(Long.MAX_VALUE)));
        Thread.sleep(10);
        assertThat(sleep.isDone()).isFalse();
        sleep.cancel();
        assertThatThrownBy(sleep::await).isInstanceOf(CancellationException.class);
    }

    @Test
    void sleeps_end_in_the_order_of_their_times() throws Exception {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        var all = new CountDownLatch(20);
        callback(() -> {
            long now = Time.nanoTime(); // one for all: a pause between two starts must not decide
            for (int i = 19; i >= 0; i--) { // a later one starts first
                int number = i;
                Time.sleepUntil(now + TimeUnit.MILLISECONDS.toNanos(50 + i * 10)).onComplete((_, _) -> {
                    order.add(number);
                    all.countDown();
                });
            }
            return null;
        });
        assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(order).isSorted();
    }

    @Test
    void a_cancelled_sleep_ends_at_once_and_leaves_no_timer() throws Exception {
        Duration hour = Duration.ofHours(1);
        task(() -> {
            List<Op<Void>> sleeps = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                sleeps.add(Time.sleep(hour));
            }
            Collections.shuffle(sleeps, new java.util.Random(3));
            for (Op<Void> sleep : sleeps) {
                sleep.cancel();
                assertThatThrownBy(sleep::await).isInstanceOf(CancellationException.class);
            }
        });
        assertThat(runtime.dump()).contains("timers=0");
    }

    @Test
    void a_sleep_until_a_time_never_ends_before_it() throws Exception {
        task(() -> {
            for (int i = 0; i < 200; i++) {
                long deadline = Time.nanoTime() + i * 5000L;
                Time.sleepUntil(deadline).await();
                assertThat(Time.nanoTime() - deadline).isNotNegative();
            }
            Time.sleepUntil(Time.nanoTime() - TimeUnit.DAYS.toNanos(1)).await();
        });
    }

    @Test
    void sleeps_of_all_lengths_run_side_by_side() throws Exception {
        List<Op<Void>> endless = new ArrayList<>();
        task(() -> {
            for (long seconds = 1000; seconds > 0; seconds *= 10) { // up to what a long can hold, and past it
                endless.add(Time.sleep(Duration.ofSeconds(seconds)));
            }
            endless.add(Time.sleep(Duration.ofSeconds(Long.MAX_VALUE)));
            endless.add(Time.sleepUntil(Time.nanoTime() + Long.MAX_VALUE / 2));
            for (int millis = 1; millis < 100; millis *= 2) {
                long start = Time.nanoTime();
                Time.sleep(Duration.ofMillis(millis)).await();
                assertThat(Time.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(millis));
            }
        });
        assertThat(endless).hasSizeGreaterThan(15).noneMatch(Op::isDone);
        endless.forEach(Op::cancel);
        for (Op<Void> sleep : endless) {
            assertThatThrownBy(sleep::await).isInstanceOf(CancellationException.class);
        }
    }

    @Test
    void a_sleep_is_reset_to_an_earlier_or_later_time_before_and_after_it_ends() throws Exception {
        task(() -> {
            Timeout sleep = new Timeout(Duration.ofHours(1));
            sleep.submit();
            assertThatThrownBy(() -> sleep.reset(Duration.ZERO)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("timeout delay=PT1H cannot be changed: it is under way");
            assertThatThrownBy(() -> sleep.resetUntil(0)).isInstanceOf(IllegalStateException.class);
            sleep.cancel();
            assertThatThrownBy(sleep::await).isInstanceOf(CancellationException.class);
            for (int millis : new int[] {5, 20, 1, 0}) {
                long start = Time.nanoTime();
                sleep.reset(Duration.ofMillis(millis));
                sleep.submit().await();
                assertThat(Time.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(millis));
            }
            long deadline = Time.nanoTime() + TimeUnit.MILLISECONDS.toNanos(10);
            sleep.resetUntil(deadline);
            sleep.submit().await();
            assertThat(Time.nanoTime() - deadline).isNotNegative();
        });
    }

    @Test
    void a_task_that_never_rests_keeps_no_timer_from_its_end() throws Exception {
        task(() -> {
            var stop = new AtomicBoolean();
            JoinHandle<Void> restless = Tasks.spawn(() -> {
                while (!stop.get()) {
                    Thread.yield();
                }
                return null;
            });
            try {
                Time.sleep(Duration.ofMillis(5)).await();
                assertThat(restless.isFinished()).isFalse();
            } finally {
                stop.set(true);
            }
            restless.await();
        });
    }

    @Test
    void a_sleep_can_be_reused() throws Exception {
        Timeout sleep = new Timeout(Duration.ofMillis(1));
        for (int i = 0; i < 20; i++) {
            foreign(sleep::submit);
            sleep.await();
        }
    }

    @Test
    void cancels_race_with_expiry_and_every_sleep_ends_once() throws Exception {
        int count = FULL ? 300_000 : 20_000;
        var ended = new AtomicInteger();
        task(() -> {
            for (int i = 0; i < count; i++) {
                Op<Void> sleep = Time.sleep(Duration.ofNanos(i % 50 * 1000L));
                sleep.onComplete((_, _) -> ended.incrementAndGet());
                if (i % 2 == 0) {
                    Thread.yield();
                }
                sleep.cancel();
                try {
                    sleep.await();
                } catch (CancellationException e) {
                    // in time
                }
            }
        });
        eventually("told", () -> ended.get() == count);
    }

    @Test
    void a_hundred_thousand_sleeps_run_at_once() throws Exception {
        int count = 100_000;
        var done = new CountDownLatch(count);
        callback(() -> {
            for (int i = 0; i < count; i++) {
                Time.sleep(Duration.ofNanos(i % 1000 * 100_000L)).onComplete((_, _) -> done.countDown());
            }
            return null;
        });
        assertThat(done.await(50, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void tasks_sleep_side_by_side() throws Exception {
        int count = FULL ? 100_000 : 10_000;
        List<JoinHandle<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tasks.add(runtime.spawn(() -> Time.sleep(Duration.ofMillis(20)).await()));
        }
        for (JoinHandle<Void> task : tasks) {
            task.await();
        }
    }
}
