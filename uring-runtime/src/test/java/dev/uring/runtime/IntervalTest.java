package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.InterruptedIOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Ticks: never early, on schedule, and by three rules after a delay. */
class IntervalTest extends RuntimeTest {
    private static final long MILLI = 1_000_000;
    private static final Duration PERIOD = Duration.ofMillis(20);
    private static final long PERIOD_NANOS = PERIOD.toNanos();

    private static void spinUntil(long nanos) {
        while (System.nanoTime() - nanos < 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void the_first_tick_comes_at_once_and_no_other_early_and_no_drift_adds_up() throws Exception {
        for (MissedTick behavior : new MissedTick[] {MissedTick.BURST, MissedTick.SKIP}) {
            task(() -> {
                long before = Time.nanoTime();
                Interval interval = Time.interval(Duration.ofMillis(2), behavior);
                long first = interval.tick();
                assertThat(first - before).isNotNegative();
                assertThat(Time.nanoTime() - first).isNotNegative();
                for (int i = 0; i < 50; i++) {
                    long tick = interval.tick();
                    assertThat(Time.nanoTime() - tick).as("not early").isNotNegative();
                    assertThat((tick - first) % (2 * MILLI)).as("on schedule").isZero();
                    assertThat(tick - first).isPositive();
                }
                assertThat(interval.period()).isEqualTo(Duration.ofMillis(2));
            });
        }
        Interval foreign = foreign(() -> Time.interval(Duration.ofMillis(1), MissedTick.BURST));
        long first = foreign.tick(); // it knows its runtime
        assertThat(foreign.tick() - first).isEqualTo(MILLI);
    }

    @Test
    void burst_makes_up_for_every_tick() throws Exception {
        task(() -> {
            Interval interval = Time.interval(PERIOD, MissedTick.BURST);
            long first = interval.tick();
            spinUntil(first + 7 * PERIOD_NANOS / 2);
            for (int i = 1; i <= 5; i++) {
                assertThat(interval.tick() - first).isEqualTo(i * PERIOD_NANOS);
            }
            assertThat(Time.nanoTime() - first).isGreaterThanOrEqualTo(5 * PERIOD_NANOS);
        });
    }

    @Test
    void delay_counts_anew_from_the_late_tick() throws Exception {
        task(() -> {
            Interval interval = Time.interval(PERIOD, MissedTick.DELAY);
            long first = interval.tick();
            spinUntil(Time.nanoTime() + 7 * PERIOD_NANOS / 2);
            long before = Time.nanoTime();
            assertThat(interval.tick()).as("the one that was missed").isBetween(first + PERIOD_NANOS,
                    before - 5 * PERIOD_NANOS / 2);
            long after = Time.nanoTime();
            long third = interval.tick();
            assertThat(third).isBetween(before + PERIOD_NANOS, after + PERIOD_NANOS);
            assertThat(Time.nanoTime()).isGreaterThanOrEqualTo(third);
        });
    }

    @Test
    void skip_goes_on_with_the_next_of_the_schedule() throws Exception {
        task(() -> {
            Interval interval = Time.interval(PERIOD, MissedTick.SKIP);
            long first = interval.tick();
            spinUntil(Time.nanoTime() + 7 * PERIOD_NANOS / 2);
            long before = Time.nanoTime();
            assertThat(interval.tick()).as("the one that was missed").isBetween(first + PERIOD_NANOS,
                    before - 5 * PERIOD_NANOS / 2);
            long third = interval.tick();
            assertThat((third - first) % PERIOD_NANOS).isZero();
            assertThat(third).isGreaterThan(before);
        });
    }

    @Test
    void the_rules_for_late_ticks_are_tokios() {
        long scheduled = Long.MAX_VALUE - 10 * MILLI; // the clock may wrap round
        long period = 20 * MILLI;
        for (MissedTick behavior : MissedTick.values()) {
            var interval = new Interval(runtime, Duration.ofNanos(period), behavior);
            for (long late : new long[] {0, 1, 5 * MILLI}) {
                assertThat(interval.following(scheduled, scheduled + late) - scheduled).as(behavior + " late=" + late)
                        .isEqualTo(period);
            }
        }
        assertThat(followingAfter(MissedTick.BURST, 6, scheduled)).isEqualTo(20);
        assertThat(followingAfter(MissedTick.BURST, 75, scheduled)).isEqualTo(20);
        assertThat(followingAfter(MissedTick.DELAY, 6, scheduled)).isEqualTo(26);
        assertThat(followingAfter(MissedTick.DELAY, 75, scheduled)).isEqualTo(95);
        assertThat(followingAfter(MissedTick.SKIP, 6, scheduled)).isEqualTo(20);
        assertThat(followingAfter(MissedTick.SKIP, 75, scheduled)).isEqualTo(80);
        assertThat(followingAfter(MissedTick.SKIP, 80, scheduled)).isEqualTo(100);
    }

    private long followingAfter(MissedTick behavior, long lateMillis, long scheduled) {
        var interval = new Interval(runtime, Duration.ofMillis(20), behavior);
        return (interval.following(scheduled, scheduled + lateMillis * MILLI) - scheduled) / MILLI;
    }

    @Test
    void a_reset_interval_ticks_one_period_later() throws Exception {
        task(() -> {
            Interval interval = Time.interval(PERIOD, MissedTick.BURST);
            interval.tick();
            spinUntil(Time.nanoTime() + 2 * PERIOD_NANOS);
            long before = Time.nanoTime();
            interval.reset();
            long after = Time.nanoTime();
            assertThat(interval.tick()).isBetween(before + PERIOD_NANOS, after + PERIOD_NANOS);
            assertThat(Time.nanoTime() - before).isGreaterThanOrEqualTo(PERIOD_NANOS);
        });
    }

    @Test
    void an_interrupted_wait_loses_no_tick() throws Exception {
        task(() -> {
            Interval interval = Time.interval(Duration.ofMillis(400), MissedTick.BURST);
            long first = interval.tick();
            Thread.currentThread().interrupt();
            assertThatThrownBy(interval::tick).isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(interval.tick() - first).isEqualTo(400 * MILLI);
        });
    }

    @Test
    void a_burst_without_end_leaves_room_for_others() throws Exception {
        var begun = new CountDownLatch(1);
        JoinHandle<Void> ticking = runtime.spawn(() -> {
            Interval interval = Time.interval(Duration.ofNanos(1), MissedTick.BURST);
            while (true) {
                interval.tick();
                begun.countDown();
            }
        });
        begun.await();
        assertThat(runtime.spawn(() -> 1).await(Duration.ofSeconds(20))).isEqualTo(1);
        ticking.abort();
        assertThatThrownBy(ticking::await).isInstanceOf(java.util.concurrent.CancellationException.class);
    }

    @Test
    void periods_must_be_positive_and_may_be_endless() throws Exception {
        for (Duration period : new Duration[] {Duration.ZERO, Duration.ofNanos(-1)}) {
            assertThatIllegalArgumentException().isThrownBy(() -> task(() -> Time.interval(period, MissedTick.SKIP)))
                    .withMessage("period must be positive: period=" + period);
        }
        Interval endless = foreign(() -> Time.interval(Duration.ofSeconds(Long.MAX_VALUE), MissedTick.SKIP));
        endless.tick();
        JoinHandle<Long> second = runtime.spawn(endless::tick);
        Thread.sleep(20);
        assertThat(second.isFinished()).isFalse();
        runtime.close();
        assertThatThrownBy(endless::tick).isInstanceOf(RuntimeShutdownException.class);
    }

    @Test
    void ticks_of_a_carried_task_allocate_next_to_nothing() throws Exception {
        if (carriers == Carriers.OFF) {
            return; // what the JDK's scheduler allocates is not ours
        }
        ThisHost.assumeOptimised();
        var bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int ticks = 2000;
        long least = Long.MAX_VALUE;
        Interval interval = foreign(() -> Time.interval(Duration.ofNanos(20_000), MissedTick.BURST));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        // Until everything is compiled, for which the compiler may have to wait for the processor.
        for (int window = 0; least >= ticks * 16L && (window < 10 || System.nanoTime() - deadline < 0); window++) {
            long bytes = task(() -> {
                interval.tick();
                long before = bean.getThreadAllocatedBytes(runtime.workers().getFirst().thread().threadId());
                for (int i = 0; i < ticks; i++) {
                    interval.tick();
                }
                return bean.getThreadAllocatedBytes(runtime.workers().getFirst().thread().threadId()) - before;
            });
            least = Math.min(least, bytes);
        }
        assertThat(least).as("bytes of %d ticks, beside stack chunks", ticks).isLessThan(ticks * 16L);
        assertThat(TimeUnit.NANOSECONDS.toMicros(interval.period().toNanos())).isEqualTo(20);
    }
}
