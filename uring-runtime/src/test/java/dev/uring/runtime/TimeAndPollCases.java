package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.ffi.PollFlag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** Timers, readiness, and races between operations. */
interface TimeAndPollCases extends Cases {
    @Test
    default void timers_never_end_early() throws Exception {
        int count = scaled(200);
        runTask(() -> {
            List<Op<Void>> timers = new ArrayList<>();
            List<Long> due = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                long nanos = ThreadLocalRandom.current().nextLong(10_000_000);
                due.add(System.nanoTime() + nanos);
                timers.add(Time.sleep(Duration.ofNanos(nanos)));
            }
            for (int i = 0; i < count; i++) {
                timers.get(i).await();
                assertThat(System.nanoTime() - due.get(i)).isNotNegative();
            }
        });
    }

    @Test
    default void timers_end_in_the_order_of_their_times() throws Exception {
        // A task that has to wait for the processor may start a timer after the end of the one before: once more then.
        for (int delayMillis = 0; !timersEndInOrder(delayMillis); delayMillis = 2 * delayMillis + 10) {
            assertThat(delayMillis).as("milliseconds that were too few to start five timers").isLessThan(10_000);
        }
    }

    /** Answers false when the first timer may have ended before the last one was started. */
    private boolean timersEndInOrder(int delayMillis) throws Exception {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        boolean inTime = inTask(() -> {
            List<Op<?>> timers = new ArrayList<>();
            long now = Time.nanoTime() + Duration.ofMillis(delayMillis).toNanos(); // one for all
            for (int millis : new int[] {40, 10, 30, 0, 20}) {
                Op<Void> timer = Timeout.until(now + Duration.ofMillis(millis).toNanos()).submit();
                timer.onComplete((_, _) -> order.add(millis));
                timers.add(timer);
            }
            boolean allStarted = runtime().carriesTasks() || Time.nanoTime() - now < 0;
            Ops.joinAll(timers.toArray(Op<?>[]::new));
            settle();
            return allStarted;
        });
        if (inTime) {
            assertThat(order).containsExactly(0, 10, 20, 30, 40);
        }
        return inTime;
    }

    @Test
    default void cancelled_timer_ends_at_once() throws Exception {
        runTask(() -> {
            Op<Void> timer = Time.sleep(Duration.ofHours(1));
            Op<Void> other = Time.sleep(Duration.ofMillis(1));
            settle();
            timer.cancel();
            assertThatThrownBy(timer::await).isInstanceOf(CancellationException.class);
            other.await();
        });
        Op<Void> timer = runtime().handle().run(() -> Time.sleep(Duration.ofHours(1)));
        timer.cancel();
        assertThatThrownBy(timer::await).isInstanceOf(CancellationException.class);
    }

    @Test
    default void timer_of_zero_or_less_ends() throws Exception {
        runTask(() -> {
            Time.sleep(Duration.ZERO).await();
            Time.sleep(Duration.ofSeconds(-5)).await();
        });
    }

    @Test
    default void short_timer_started_beside_a_long_one_is_not_late() throws Exception {
        small();
        runTask(() -> {
            Op<Void> hour = Time.sleep(Duration.ofHours(1));
            // Among other counts one that fills the submission queue, so that results come before the wait begins.
            for (int i = 0; i <= 16; i++) {
                Op<?>[] nops = new Op<?>[Math.min(i, setup().operationsMax())];
                for (int k = 0; k < nops.length; k++) {
                    nops[k] = new Nop().submit();
                }
                Ops.joinAll(nops);
                long start = System.nanoTime();
                Time.sleep(Duration.ofMillis(2)).await();
                assertThat(System.nanoTime() - start).isLessThan(2_000_000_000L);
            }
            hour.cancel();
        });
    }

    @Test
    default void many_timers_need_no_room_in_the_queues() throws Exception {
        small();
        runTask(() -> {
            List<Op<?>> timers = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                timers.add(Time.sleep(Duration.ofMillis(i % 10)));
            }
            Ops.joinAll(timers.toArray(Op<?>[]::new));
        });
    }

    // ---- poll ----

    @Test
    default void poll_tells_readiness_that_is_there() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            assertThat(new Poll(pipe.writer(), PollFlag.WRITABLE).submit().await()).isEqualTo(PollFlag.WRITABLE);
            pipe.feed((byte) 1);
            assertThat(new Poll(pipe.reader(), PollFlag.READABLE).submit().await()).isEqualTo(PollFlag.READABLE);
            assertThat(pipe.drain()).containsExactly(1);
        });
    }

    @Test
    default void poll_waits_for_readiness_and_can_be_cancelled() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            Poll poll = new Poll(pipe.reader(), PollFlag.READABLE);
            poll.submit();
            settle();
            assertThat(poll.isDone()).isFalse();
            poll.cancel();
            assertThatThrownBy(poll::await).isInstanceOf(CancellationException.class);
            poll.submit();
            settle();
            pipe.feed((byte) 1);
            assertThat(poll.await()).isEqualTo(PollFlag.READABLE);
        });
    }

    @Test
    default void poll_tells_a_hang_up_unasked() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            Poll poll = new Poll(pipe.reader(), PollFlag.READABLE);
            poll.submit();
            settle();
            pipe.writer().close();
            assertThat(poll.await() & PollFlag.HANG_UP).isEqualTo(PollFlag.HANG_UP);
            TestPipe other = pipe();
            other.reader().close();
            assertThat(new Poll(other.writer(), PollFlag.WRITABLE).submit().await() & PollFlag.ERROR)
                    .isEqualTo(PollFlag.ERROR);
        });
    }

    @Test
    default void poll_tells_whichever_of_its_events_comes() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            int either = PollFlag.READABLE | PollFlag.WRITABLE;
            assertThat(new Poll(pipe.writer(), either).submit().await()).isEqualTo(PollFlag.WRITABLE);
            pipe.feed((byte) 1);
            assertThat(new Poll(pipe.reader(), either).submit().await()).isEqualTo(PollFlag.READABLE);
        });
    }

    /** A wait for other events than its own would end at once, in every turn. */
    @Test
    default void poll_sleeps_through_events_that_it_does_not_wait_for() throws Exception {
        int turns = 100;
        runTask(() -> {
            TestPipe pipe = pipe();
            List<Op<?>> polls = new ArrayList<>();
            for (int i = 0; i < 2; i++) { // the smallest table has four slots
                polls.add(new Poll(pipe.writer(), PollFlag.PRIORITY).submit());
            }
            settle();
            long before = runtime().metrics().completions();
            for (int i = 0; i < turns; i++) {
                new Nop().submit().await();
            }
            // A result for each, and up to two wake-ups where another thread submits or runs it.
            assertThat(runtime().metrics().completions() - before).isLessThanOrEqualTo(3 * turns);
            for (Op<?> poll : polls) {
                poll.cancel();
                assertThatThrownBy(poll::await).isInstanceOf(CancellationException.class);
            }
        });
    }

    // ---- races ----

    @Test
    default void race_hands_back_the_losers_and_loses_no_byte() throws Exception {
        int rounds = scaled(300);
        runTask(() -> {
            TestPipe left = pipe();
            TestPipe right = pipe();
            int taken = 0;
            for (int i = 0; i < rounds; i++) {
                List<Op<BufResult>> ops =
                        List.of(Cases.read(left, 4).submit(), Cases.read(right, 4).submit());
                (i % 2 == 0 ? left : right).feed((byte) i);
                if (i % 3 == 0) {
                    left.feed((byte) i);
                    right.feed((byte) i);
                }
                Race<BufResult> race = Ops.race(ops);
                taken += race.value().bytes();
                for (Op<? extends BufResult> loser : race.losers()) {
                    assertThat(loser.isDone()).isTrue();
                    taken += Cases.bytesOrCancelled((Read) loser).length;
                }
            }
            int fed = rounds + 2 * ((rounds + 2) / 3);
            assertThat(taken + left.drain().length + right.drain().length).isEqualTo(fed);
        });
    }

    @Test
    default void race_with_a_timer_is_a_deadline() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            Op<Void> timer = Time.sleep(Duration.ofMillis(5));
            Read read = Cases.read(pipe, 4);
            read.submit();
            Race<Object> race = Ops.race(List.of(timer, read));
            assertThat(race.winner()).isSameAs(timer);
            assertThatThrownBy(read::await).isInstanceOf(CancellationException.class);
        });
    }

    @Test
    default void interrupted_race_cancels_all_and_loses_no_byte() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            Read first = Cases.read(pipe, 4);
            Read second = Cases.read(pipe, 4);
            var thread = new CompletableFuture<Thread>();
            JoinHandle<Void> racer = Tasks.spawn(() -> {
                thread.complete(Thread.currentThread());
                first.submit();
                second.submit();
                Ops.race(List.of(first, second));
                return null;
            });
            awaitSleep(thread);
            racer.abort();
            racer.await();
            assertThat(first.isDone()).isTrue();
            assertThat(second.isDone()).isTrue();
            pipe.feed((byte) 1);
            assertThat(pipe.drain()).containsExactly(1);
        });
    }
}
