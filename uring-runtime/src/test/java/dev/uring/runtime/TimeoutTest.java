package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Limits of time on a body: who is told what, and that nothing of a limit is left on the thread. */
class TimeoutTest extends RuntimeTest {
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final Duration HOUR = Duration.ofHours(1);

    private static Integer sleepLong() throws IOException {
        Time.sleep(HOUR).await();
        return -1;
    }

    /** Runs the body in a task, in a thread of nobody's, and in a job. */
    private void everywhere(Uring.Body body) throws Exception {
        Callable<Void> call = () -> {
            body.run();
            assertThat(Thread.currentThread().isInterrupted()).as("nothing is left on the thread").isFalse();
            return null;
        };
        task(call);
        foreign(call);
        runtime.handle().spawnBlocking(call).await();
    }

    /** Occupies the thread until the limit has interrupted it. */
    private static void spinUntilInterrupted() {
        while (!Thread.currentThread().isInterrupted()) {
            Thread.yield();
        }
    }

    @Test
    void a_body_that_ends_in_time_answers_or_throws_its_own() throws Exception {
        everywhere(() -> {
            assertThat(Time.timeout(HOUR, () -> 1)).isEqualTo(1);
            assertThat(Time.<Integer>timeout(HOUR, () -> null)).isNull();
            assertThat(Time.timeout(Duration.ofSeconds(Long.MAX_VALUE), () -> Time.sleep(SHORT).await())).isNull();
            var thrown = new IOException("broken");
            assertThatThrownBy(() -> Time.timeout(HOUR, () -> {
                throw thrown;
            })).isSameAs(thrown);
            var error = new AssertionError("an error");
            assertThatThrownBy(() -> Time.timeout(HOUR, () -> {
                throw error;
            })).isSameAs(error);
        });
        eventually("no timer is left", () -> runtime.dump().contains("timers=0"));
    }

    @Test
    void at_the_limit_the_body_is_interrupted_and_ends_before_the_caller_is_told() throws Exception {
        everywhere(() -> {
            var ended = new AtomicBoolean();
            long start = System.nanoTime();
            assertThatThrownBy(() -> Time.timeout(SHORT, () -> {
                try {
                    return sleepLong();
                } finally {
                    Thread.sleep(interruptedAside() ? 1 : 2);
                    ended.set(true);
                }
            })).isInstanceOf(TimeoutException.class).hasMessage("timed out: limit=PT0.02S")
                    .hasCauseInstanceOf(InterruptedIOException.class);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT.toNanos());
            assertThat(ended).isTrue();
            assertThatThrownBy(() -> Time.timeout(SHORT, () -> {
                Thread.sleep(HOUR);
                return null;
            })).isInstanceOf(TimeoutException.class).hasCauseInstanceOf(InterruptedException.class);
        });
    }

    /** Takes the interrupt off the thread for cleanup. */
    private static boolean interruptedAside() {
        return Thread.interrupted();
    }

    @Test
    void an_answer_past_the_limit_is_kept() throws Exception {
        everywhere(() -> {
            assertThat(Time.timeout(SHORT, () -> {
                spinUntilInterrupted();
                return 1;
            })).isEqualTo(1);
            assertThat(Thread.currentThread().isInterrupted()).as("the limit's interrupt was taken back").isFalse();
            assertThat(Time.timeout(SHORT, () -> {
                try {
                    return sleepLong();
                } catch (InterruptedIOException e) {
                    return 2;
                }
            })).isEqualTo(2);
        });
    }

    @Test
    void a_limit_of_nothing_lets_a_body_answer_that_waits_for_nothing() throws Exception {
        everywhere(() -> {
            assertThat(Time.timeout(Duration.ZERO, () -> 1)).isEqualTo(1);
            assertThat(Time.timeout(Duration.ofSeconds(Long.MIN_VALUE), () -> 1)).isEqualTo(1);
            assertThatThrownBy(() -> Time.timeout(Duration.ZERO, TimeoutTest::sleepLong))
                    .isInstanceOf(TimeoutException.class);
        });
    }

    @Test
    void an_error_past_the_limit_is_thrown_as_it_is() throws Exception {
        var error = new AssertionError("an error");
        everywhere(() -> assertThatThrownBy(() -> Time.timeout(SHORT, () -> {
            spinUntilInterrupted();
            throw error;
        })).isSameAs(error));
    }

    @Test
    void operations_that_are_always_ready_do_not_outrun_the_limit() throws Exception {
        everywhere(() -> assertThatThrownBy(() -> Time.timeout(SHORT, () -> {
            while (true) {
                new Nop().submit().await();
                if (Thread.interrupted()) { // a no-op ends even when it is asked to be cancelled
                    throw new InterruptedException();
                }
            }
        })).isInstanceOf(TimeoutException.class));
    }

    @Test
    void nested_limits_each_tell_their_own() throws Exception {
        Duration shorter = Duration.ofMillis(10);
        everywhere(() -> {
            assertThatThrownBy(() -> Time.timeout(HOUR, () -> Time.timeout(shorter, TimeoutTest::sleepLong)))
                    .isInstanceOf(TimeoutException.class).hasMessage("timed out: limit=PT0.01S")
                    .hasCauseInstanceOf(InterruptedIOException.class);
            assertThatThrownBy(() -> Time.timeout(shorter, () -> Time.timeout(HOUR, TimeoutTest::sleepLong)))
                    .isInstanceOf(TimeoutException.class).hasMessage("timed out: limit=PT0.01S")
                    .hasCauseInstanceOf(InterruptedIOException.class);
            assertThatThrownBy(() -> Time.timeout(Duration.ofMillis(400), () -> {
                assertThatThrownBy(() -> Time.timeout(shorter, TimeoutTest::sleepLong))
                        .hasMessage("timed out: limit=PT0.01S");
                return sleepLong();
            })).isInstanceOf(TimeoutException.class).hasMessage("timed out: limit=PT0.4S")
                    .hasCauseInstanceOf(InterruptedIOException.class);
        });
    }

    @Test
    void an_outer_limit_that_passes_within_an_inner_one_reaches_the_outer_body() throws Exception {
        everywhere(() -> assertThatThrownBy(() -> Time.timeout(SHORT, () -> {
            assertThatThrownBy(() -> Time.timeout(Duration.ofMillis(5), () -> {
                while (!runtime.dump().contains("timers=0")) { // until both have passed
                    Thread.interrupted();
                    Thread.yield();
                }
                throw new IOException("late");
            })).hasMessage("timed out: limit=PT0.005S");
            return sleepLong();
        })).isInstanceOf(TimeoutException.class).hasMessage("timed out: limit=PT0.02S"));
    }

    @Test
    void an_interrupt_by_someone_else_stays_one() throws Exception {
        everywhere(() -> {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> Time.timeout(HOUR, TimeoutTest::sleepLong))
                    .isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
            Thread.currentThread().interrupt();
            var passed = new AtomicBoolean();
            assertThat(Time.timeout(SHORT, () -> {
                long deadline = System.nanoTime() + 2 * SHORT.toNanos();
                while (System.nanoTime() - deadline < 0) {
                    Thread.yield();
                }
                passed.set(true);
                return 1;
            })).isEqualTo(1);
            assertThat(passed).isTrue();
            assertThat(Thread.interrupted()).as("the limit took back no more than its own").isTrue();
            assertThatThrownBy(() -> Time.timeout(SHORT, TimeoutTest::sleepLong)).as("and the next is not misled")
                    .isInstanceOf(TimeoutException.class);
        });
    }

    @Test
    void an_abort_that_meets_the_limit_still_ends_the_task() throws Exception {
        var interrupted = new CountDownLatch(1);
        var aborted = new CountDownLatch(1);
        var cancelledAfterwards = new AtomicBoolean();
        JoinHandle<Integer> task = runtime.spawn(() -> {
            assertThat(Time.timeout(SHORT, () -> {
                spinUntilInterrupted();
                interrupted.countDown();
                while (aborted.getCount() > 0) {
                    Thread.yield();
                }
                return 1;
            })).isEqualTo(1);
            try {
                return sleepLong();
            } catch (InterruptedIOException e) {
                cancelledAfterwards.set(true);
                throw e;
            }
        });
        interrupted.await();
        task.abort();
        aborted.countDown();
        assertThatThrownBy(() -> task.await(Duration.ofSeconds(20))).isInstanceOf(CancellationException.class);
        assertThat(cancelledAfterwards).isTrue();
    }

    @Test
    void no_interrupt_comes_after_the_return() throws Exception {
        int rounds = FULL ? 500_000 : 5_000;
        everywhere(() -> {
            int timedOut = 0;
            for (int i = 0; i < rounds; i++) {
                Duration limit = Duration.ofNanos(i % 64 * 1000L);
                int spins = i % 61 * 20;
                boolean waits = i % 8 == 0;
                try {
                    Time.timeout(limit, () -> {
                        for (int spin = spins; spin > 0; spin--) {
                            Thread.onSpinWait();
                        }
                        return waits ? Time.sleep(limit).await() : null;
                    });
                } catch (TimeoutException e) {
                    timedOut++;
                }
                for (int spin = spins; spin > 0; spin--) {
                    Thread.onSpinWait();
                }
                if (Thread.currentThread().isInterrupted()) {
                    throw new AssertionError("interrupted after the return: round=" + i);
                }
            }
            assertThat(timedOut).as("some bodies met their limit").isPositive();
        });
    }

    @Test
    void a_limit_in_a_callback_or_on_a_closed_runtime_is_refused() throws Exception {
        var called = new AtomicInteger();
        assertThatIllegalStateException().isThrownBy(() -> callback(() -> Time.timeout(HOUR, called::incrementAndGet)))
                .withMessageContaining("timeout in a callback would stop the worker");
        assertThatIllegalStateException().isThrownBy(() -> Time.timeout(HOUR, called::incrementAndGet))
                .withMessageContaining("no reactor running");
        runtime.close();
        assertThatThrownBy(() -> foreign(() -> Time.timeout(HOUR, called::incrementAndGet)))
                .isInstanceOf(RuntimeShutdownException.class);
        assertThat(called).hasValue(0);
    }
}
