package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@link UringRuntime#runUntilIdle} waits for, and what not; in both flavours. */
class IdleTest extends RuntimeTest {
    private static final Duration LONG = Duration.ofHours(1);

    private interface Claim {
        void check(UringRuntime runtime) throws Exception;
    }

    /** A current-thread runtime belongs to the thread that runs the test, and is closed by it. */
    private void inBothFlavours(Claim claim) throws Exception {
        claim.check(runtime);
        try (UringRuntime own = UringRuntime.builder().enableAll().carriers(carriers).currentThread().build()) {
            claim.check(own);
        }
    }

    private static void sleep(int millis) {
        try {
            Time.sleep(Duration.ofMillis(millis)).await();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void tasks_without_a_handle_hold_it_however_they_were_started() throws Exception {
        inBothFlavours(each -> {
            var ended = new AtomicInteger();
            each.runUntilIdle(() -> {
                Handle.current().execute(() -> {
                    sleep(10);
                    ended.incrementAndGet();
                });
                CompletableFuture.runAsync(() -> {
                    sleep(10);
                    ended.incrementAndGet();
                }, each.handle());
                Tasks.spawn(() -> {
                    each.handle().execute(() -> {
                        sleep(20);
                        ended.incrementAndGet();
                    });
                    return null;
                }).await();
            });
            assertThat(ended).hasValue(3);
        });
    }

    @Test
    void tasks_started_before_it_hold_it_too() throws Exception {
        inBothFlavours(each -> {
            var ended = new AtomicBoolean();
            each.handle().execute(() -> {
                sleep(10);
                ended.set(true);
            });
            each.runUntilIdle(() -> { });
            assertThat(ended).isTrue();
        });
    }

    @Test
    void nested_tasks_hold_it_to_the_last() throws Exception {
        inBothFlavours(each -> {
            var depth = new AtomicInteger();
            each.runUntilIdle(() -> nest(depth, 10_000));
            assertThat(depth).hasValue(10_000);
        });
    }

    private static void nest(AtomicInteger depth, int limit) {
        if (depth.get() < limit) {
            Handle.current().execute(() -> {
                depth.incrementAndGet();
                nest(depth, limit);
            });
        }
    }

    @Test
    void tasks_with_a_handle_do_not_hold_it() throws Exception {
        inBothFlavours(each -> {
            List<JoinHandle<?>> handles = new ArrayList<>();
            var release = new CountDownLatch(1);
            each.runUntilIdle(() -> {
                handles.add(Tasks.spawn(() -> Time.sleep(LONG).await()));
                handles.add(each.handle().spawn(() -> Time.sleep(LONG).await()));
                handles.add(Tasks.spawnBlocking(() -> release.await(20, TimeUnit.SECONDS)));
            });
            assertThat(handles).noneMatch(JoinHandle::isFinished);
            release.countDown();
        });
    }

    @Test
    void tasks_of_a_local_set_do_not_hold_it() throws Exception {
        assumeTrue(carriers == Carriers.ON, "a LocalSet needs carriers");
        inBothFlavours(each -> {
            var local = new CompletableFuture<JoinHandle<Void>>();
            each.runUntilIdle(() -> local.complete(new LocalSet().spawn(() -> Time.sleep(LONG).await())));
            assertThat(local.get().isFinished()).isFalse();
        });
    }

    @Test
    void open_descriptors_hold_it_until_the_last_is_closed() throws Exception {
        inBothFlavours(each -> {
            var closed = new AtomicInteger();
            var closers = new ArrayList<Thread>();
            each.runUntilIdle(() -> {
                Pipe pipe = Pipe.open(each);
                for (Pipe.End end : List.of(pipe.reader, pipe.writer)) {
                    closers.add(Thread.ofPlatform().start(() -> {
                        try {
                            Thread.sleep(20);
                            closed.incrementAndGet();
                            end.close();
                        } catch (IOException | InterruptedException e) {
                            throw new AssertionError(e);
                        }
                    }));
                }
            });
            assertThat(closed).hasValue(2);
            for (Thread closer : closers) {
                closer.join();
            }
        });
    }

    @Test
    void it_may_be_called_again_between_other_calls() throws Exception {
        inBothFlavours(each -> {
            var ended = new AtomicInteger();
            for (int i = 1; i <= 3; i++) {
                each.blockOn(() -> {
                    Handle.current().execute(() -> {
                        sleep(5);
                        ended.incrementAndGet();
                    });
                    return null;
                });
                each.runUntilIdle(() -> new Nop().submit().await());
                assertThat(ended).hasValue(i);
                each.runUntilIdle(() -> { });
            }
        });
    }

    @Test
    void a_task_that_throws_or_is_aborted_holds_it_no_longer() throws Exception {
        try (UringRuntime each = builder().onUncaught((_, _) -> { }).build()) {
            each.runUntilIdle(() -> Handle.current().execute(() -> {
                throw new IllegalArgumentException("thrown");
            }));
        }
    }

    @Test
    void what_the_body_throws_is_thrown_at_once() throws Exception {
        inBothFlavours(each -> {
            var release = new CountDownLatch(1);
            assertThatThrownBy(() -> each.runUntilIdle(() -> {
                Handle.current().execute(() -> {
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
                throw new IOException("broken");
            })).isInstanceOf(IOException.class).hasMessage("broken");
            release.countDown();
            each.runUntilIdle(() -> { });
        });
    }

    @Test
    void the_body_is_a_task_and_its_caller_sleeps() throws Exception {
        Thread caller = Thread.currentThread();
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        runtime.runUntilIdle(() -> {
            assertThat(Thread.currentThread().isVirtual()).isTrue();
            assertThat(CarrierAccess.currentCarrier()).isNotSameAs(caller);
            Handle.current().execute(() -> sleep(300));
        });
        long spent = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
        assertThat(spent).as("nanoseconds of the caller in 300 ms").isLessThan(150_000_000);
    }

    private static boolean isIn(String method, Thread thread) {
        return Stream.of(thread.getStackTrace()).anyMatch(frame -> frame.getMethodName().equals(method));
    }

    @Test
    void an_interrupt_ends_the_wait_and_not_the_tasks() throws Exception {
        inBothFlavours(each -> {
            Thread caller = Thread.currentThread();
            var release = new CompletableFuture<Void>();
            var ended = new AtomicBoolean();
            assertThatThrownBy(() -> each.runUntilIdle(() -> Handle.current().execute(() -> {
                while (isIn("blockOn", caller)) { // the body has not ended
                    sleep(1);
                }
                caller.interrupt();
                release.join();
                ended.set(true);
            }))).isInstanceOf(InterruptedException.class).hasMessageContaining("idle");
            assertThat(Thread.interrupted()).isFalse();
            assertThat(ended).isFalse();
            release.complete(null);
            each.runUntilIdle(() -> { });
            assertThat(ended).isTrue();
        });
    }

    @Test
    void the_end_of_the_runtime_ends_it_though_a_task_never_made_its_first_step() throws Exception {
        var release = new CountDownLatch(1);
        var begun = new CountDownLatch(1);
        Thread closer = Thread.ofPlatform().start(() -> {
            try {
                begun.await();
                Thread.sleep(20);
                runtime.shutdownBackground();
                release.countDown();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        runtime.runUntilIdle(() -> {
            Handle.current().execute(() -> {
                begun.countDown();
                while (release.getCount() > 0) {
                    Thread.onSpinWait(); // keeps the one worker, so that what comes next is aborted before it begins
                }
            });
            Handle.current().execute(() -> { });
        });
        closer.join();
        eventually("closed", () -> runtime.toString().contains("closed"));
        assertThatThrownBy(() -> runtime.runUntilIdle(() -> { })).isInstanceOf(CancellationException.class);
    }

    @Test
    void inside_a_task_or_callback_it_is_refused() {
        assertThatIllegalStateException().isThrownBy(() -> task(() -> runtime.runUntilIdle(() -> { })))
                .withMessageContaining("Cannot start a runtime from within a runtime");
        assertThatIllegalStateException().isThrownBy(() -> callback(() -> {
            runtime.runUntilIdle(() -> { });
            return null;
        })).withMessageContaining("Cannot start a runtime from within a runtime");
    }
}
