package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The flavour that runs on the thread of its caller. */
@ExtendWith(ClosedByItsThread.class)
class CurrentThreadTest extends RuntimeTest {
    @Override
    UringRuntime.Builder builder() {
        return UringRuntime.builder().enableAll().currentThread().carriers(carriers);
    }

    private void assumeCarried() {
        assumeTrue(carriers == Carriers.ON, "placement is promised in carrier mode only");
    }

    @Test
    void no_thread_is_started_and_the_caller_carries_everything() throws Exception {
        assumeCarried();
        Thread caller = Thread.currentThread();
        var carriersSeen = new ArrayList<Thread>();
        task(() -> {
            carriersSeen.add(CarrierAccess.currentCarrier());
            Time.sleep(Duration.ofMillis(1)).await();
            carriersSeen.add(CarrierAccess.currentCarrier());
            Tasks.spawn(() -> carriersSeen.add(CarrierAccess.currentCarrier())).await();
            var called = new CompletableFuture<Thread>();
            new Nop().submit((_, _) -> called.complete(Thread.currentThread()));
            carriersSeen.add(called.get());
        });
        assertThat(carriersSeen).hasSize(4).containsOnly(caller);
        assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().startsWith(runtime.name()));
    }

    @Test
    void spawned_task_does_not_run_before_blockOn() throws Exception {
        assumeCarried();
        var ran = new AtomicBoolean();
        JoinHandle<Boolean> spawned = runtime.handle().spawn(() -> ran.getAndSet(true));
        Thread.sleep(20);
        assertThat(ran).isFalse();
        task(() -> spawned.await());
        assertThat(ran).isTrue();
    }

    @Test
    void operations_and_sleeps_run_in_both_modes_and_blockOn_may_be_called_again() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(task(() -> {
                new Nop().submit().await();
                Time.sleep(Duration.ofMillis(2)).await();
                return Tasks.spawn(() -> new Nop().submit().await() == null).await();
            })).isTrue();
        }
    }

    @Test
    void await_outside_of_blockOn_runs_the_runtime() throws Exception {
        task(() -> new Nop().submit().await());
        foreign(() -> Time.sleep(Duration.ofMillis(2)).await());
        foreign(() -> new Nop().submit().await());
    }

    @Test
    void other_threads_hand_their_task_over() throws Exception {
        task(() -> new Nop().submit().await()); // this thread is the runtime's from now on
        var owned = new CountDownLatch(1);
        var answer = new CompletableFuture<Thread>();
        Thread other = Thread.ofPlatform().start(() -> {
            try {
                owned.await();
                answer.complete(runtime.blockOn(() -> {
                    new Nop().submit().await();
                    return CarrierAccess.currentCarrier();
                }));
            } catch (Throwable t) {
                answer.completeExceptionally(t);
            }
        });
        task(() -> {
            owned.countDown();
            while (!answer.isDone()) {
                Time.sleep(Duration.ofMillis(1)).await();
            }
        });
        other.join();
        if (carriers == Carriers.ON) {
            assertThat(answer.get()).isSameAs(Thread.currentThread());
        } else {
            answer.get();
        }
    }

    @Test
    void a_virtual_thread_is_refused() throws Exception {
        var thrown = new CompletableFuture<Throwable>();
        Thread.ofVirtual().start(() -> {
            try {
                runtime.blockOn(() -> null);
                thrown.complete(null);
            } catch (Throwable t) {
                thrown.complete(t);
            }
        }).join();
        assertThat(thrown.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("virtual thread");
    }

    @Test
    void interrupting_blockOn_cancels_its_task_and_waits_for_it() throws Exception {
        var ended = new AtomicBoolean();
        Thread caller = Thread.currentThread();
        assertThatThrownBy(() -> task(() -> {
            try {
                Thread.ofPlatform().start(() -> {
                    try {
                        Thread.sleep(20);
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    caller.interrupt();
                });
                Time.sleep(Duration.ofHours(1)).await();
            } finally {
                ended.set(true);
            }
        })).isInstanceOf(InterruptedException.class);
        assertThat(ended).isTrue();
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void closing_from_another_thread_while_the_owner_drives_ends_blockOn() throws Exception {
        var started = new CountDownLatch(1);
        var closed = new CompletableFuture<Void>();
        Thread closer = Thread.ofPlatform().start(() -> {
            try {
                started.await();
                runtime.close();
                closed.complete(null);
            } catch (Throwable t) {
                closed.completeExceptionally(t);
            }
        });
        assertThatThrownBy(() -> task(() -> {
            started.countDown();
            Time.sleep(Duration.ofHours(1)).await();
        })).isInstanceOf(CancellationException.class);
        closed.get(10, TimeUnit.SECONDS);
        closer.join();
    }

    @Test
    void closing_from_another_thread_while_nobody_drives_is_refused_with_the_owner_named() throws Exception {
        task(() -> new Nop().submit().await());
        var thrown = new CompletableFuture<Void>();
        Thread.ofPlatform().start(() -> {
            try {
                runtime.close();
                thrown.complete(null);
            } catch (Throwable t) {
                thrown.completeExceptionally(t);
            }
        });
        assertThatThrownBy(thrown::get).isInstanceOf(ExecutionException.class)
                .cause().isInstanceOf(IllegalStateException.class).hasMessageContaining(Thread.currentThread().getName());
        task(() -> new Nop().submit().await());
    }

    @Test
    void shutdown_in_the_background_inside_a_task_ends_blockOn() throws Exception {
        assertThatThrownBy(() -> task(() -> {
            runtime.shutdownBackground();
            Time.sleep(Duration.ofHours(1)).await();
        })).isInstanceOf(CancellationException.class);
        assertThat(runtime.toString()).contains("closed");
    }

    @Test
    void tasks_left_behind_are_cancelled_at_close() throws Exception {
        List<JoinHandle<Void>> left = new ArrayList<>();
        task(() -> {
            for (int i = 0; i < 10; i++) {
                left.add(Tasks.spawn(() -> Time.sleep(Duration.ofHours(1)).await()));
            }
        });
        runtime.close();
        for (JoinHandle<Void> each : left) {
            assertThatThrownBy(each::await).isInstanceOf(CancellationException.class);
        }
    }
}
