package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which runtime is the current one, and what happens where there is none. */
class ContextTest extends RuntimeTest {
    private UringRuntime ownRuntime() throws IOException {
        return UringRuntime.builder().enableAll().carriers(carriers).currentThread().build();
    }

    /** Runs on a platform thread that nobody has given a runtime. */
    private static <T> T onThread(Thread.Builder thread, Callable<T> body) throws Exception {
        var outcome = new CompletableFuture<T>();
        thread.start(() -> {
            try {
                outcome.complete(body.call());
            } catch (Throwable t) {
                outcome.completeExceptionally(t);
            }
        }).join();
        return outcome.get(20, TimeUnit.SECONDS);
    }

    @Test
    void without_a_runtime_everything_says_so_and_names_its_caller() {
        List<Callable<?>> calls = List.of(Handle::current, () -> Tasks.spawn(() -> 1), () -> Tasks.spawnBlocking(() -> 1),
                () -> new Nop().submit(), () -> Time.sleep(Duration.ZERO), Time::nanoTime,
                () -> Time.timeout(Duration.ZERO, () -> 1), () -> Time.interval(Duration.ofSeconds(1), MissedTick.SKIP),
                LocalSet::new);
        for (Callable<?> call : calls) {
            assertThatIllegalStateException().isThrownBy(call::call)
                    .withMessageContaining("there is no reactor running")
                    .satisfies(e -> assertThat(e.getStackTrace())
                            .anyMatch(frame -> frame.getClassName().startsWith(ContextTest.class.getName())));
        }
    }

    @Test
    void runs_nest_and_each_end_brings_the_outer_one_back() throws Exception {
        try (UringRuntime other = builder().build()) {
            runtime.handle().run(() -> {
                assertThat(Handle.current()).isSameAs(runtime.handle());
                other.handle().run(() -> {
                    assertThat(Handle.current()).isSameAs(other.handle());
                    runtime.handle().run(() -> assertThat(Handle.current()).isSameAs(runtime.handle()));
                    return assertThat(Handle.current()).isSameAs(other.handle());
                });
                assertThatThrownBy(() -> other.handle().run(() -> {
                    throw new IOException("thrown");
                })).hasMessage("thrown");
                return assertThat(Handle.current()).isSameAs(runtime.handle());
            });
            assertThatIllegalStateException().isThrownBy(Handle::current);
            task(() -> {
                assertThat(Handle.current()).isSameAs(runtime.handle());
                other.handle().run(() -> {
                    assertThat(Handle.current()).isSameAs(other.handle());
                    return Tasks.spawn(() -> assertThat(Handle.current()).isSameAs(other.handle())).await();
                });
                assertThat(Handle.current()).isSameAs(runtime.handle());
            });
        }
    }

    @Test
    void a_runtime_is_not_handed_down_to_threads() throws Exception {
        task(() -> {
            assertThatThrownBy(() -> onThread(Thread.ofPlatform(), Handle::current))
                    .hasMessageContaining("there is no reactor running");
            assertThatThrownBy(() -> onThread(Thread.ofVirtual(), Handle::current))
                    .hasMessageContaining("there is no reactor running");
        });
    }

    @Test
    void a_callback_has_the_runtime_whose_worker_runs_it() throws Exception {
        try (UringRuntime other = builder().build()) {
            var seen = new CompletableFuture<Handle>();
            task(() -> other.handle().run(() -> new Nop().submit((_, _) -> seen.complete(Handle.current()))));
            assertThat(seen.get(20, TimeUnit.SECONDS)).isSameAs(other.handle());
        }
    }

    @Test
    void a_callback_of_a_current_thread_runtime_has_it_whatever_its_thread_had_before() throws Exception {
        try (UringRuntime own = ownRuntime()) {
            runtime.handle().run(() -> own.blockOn(() -> {
                var seen = new CompletableFuture<Handle>();
                new Nop().submit((_, _) -> seen.complete(Handle.current()));
                assertThat(seen.get(20, TimeUnit.SECONDS)).isSameAs(own.handle());
                var timed = new CompletableFuture<Handle>();
                Time.sleep(Duration.ofMillis(1)).onComplete((_, _) -> timed.complete(Handle.current()));
                assertThat(timed.get(20, TimeUnit.SECONDS)).isSameAs(own.handle());
                var spawned = new CompletableFuture<Handle>();
                new Nop().submit((_, _) -> Tasks.spawn(() -> spawned.complete(Handle.current())));
                assertThat(spawned.get(20, TimeUnit.SECONDS)).isSameAs(own.handle());
                return assertThat(Handle.current()).isSameAs(own.handle());
            }));
            assertThatIllegalStateException().isThrownBy(Handle::current);
        }
    }

    @Test
    void a_runtime_may_be_made_inside_another_ones_task_or_callback() throws Exception {
        try (UringRuntime fromTask = task(() -> builder().build());
                UringRuntime fromCallback = callback(() -> builder().build());
                UringRuntime ownFromTask = task(this::ownRuntime)) {
            for (UringRuntime each : List.of(fromTask, fromCallback, ownFromTask)) {
                assertThat(each.blockOn(() -> {
                    new Nop().submit().await();
                    return Handle.current().runtime();
                })).isSameAs(each);
            }
        }
    }

    @Test
    void nested_blockOn_is_refused_in_every_flavour() throws Exception {
        try (UringRuntime own = ownRuntime()) {
            for (UringRuntime outer : List.of(runtime, own)) {
                for (UringRuntime inner : List.of(runtime, own)) {
                    assertThatIllegalStateException().isThrownBy(() -> outer.blockOn(() -> inner.blockOn(() -> 1)))
                            .withMessageContaining("Cannot start a runtime from within a runtime");
                }
            }
        }
    }

    @Test
    void ids_and_names_of_tasks_are_theirs_alone() throws Exception {
        Set<Long> ids = new HashSet<>();
        Set<String> names = new HashSet<>();
        try (UringRuntime other = builder().build()) {
            for (int i = 0; i < 100; i++) {
                JoinHandle<String> each = (i % 2 == 0 ? runtime : other).handle()
                        .spawn(() -> Thread.currentThread().getName());
                assertThat(ids.add(each.id())).isTrue();
                assertThat(names.add(each.name())).isTrue();
                assertThat(each.await()).isEqualTo(each.name()).contains("-task-" + each.id());
            }
        }
    }
}
