package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.ffi.DescriptorCommand;
import dev.uring.ffi.Libc;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Beginning and end of runtimes, in both flavours: what ends them, what they wait for, and what others notice. */
class LifecycleTest extends RuntimeTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(20);

    private interface Claim {
        void check(UringRuntime runtime) throws Exception;
    }

    /** A current-thread runtime belongs to the thread that runs the test, and is closed by it. */
    private void inBothFlavours(Claim claim) throws Exception {
        try (UringRuntime each = builder().multiThread(2).build()) {
            claim.check(each);
        }
        try (UringRuntime own = ownRuntime()) {
            claim.check(own);
        }
    }

    private UringRuntime ownRuntime() throws IOException {
        return UringRuntime.builder().enableAll().carriers(carriers).currentThread().build();
    }

    private static void awaitDeafly(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                // the abort of a task that is deaf to it
            }
        }
    }

    private static void isClosedSoon(UringRuntime each) throws InterruptedException {
        eventually("closed", () -> each.toString().contains(" closed"));
    }

    // ---- tasks ----

    @Test
    void a_task_that_nothing_wakes_is_not_run() throws Exception {
        assumeTrue(carriers == Carriers.ON, "elsewhere the JDK runs the tasks");
        var begun = new CountDownLatch(1);
        var gate = new CompletableFuture<Integer>();
        JoinHandle<Integer> waiting = runtime.handle().spawn(() -> {
            begun.countDown();
            return gate.get();
        });
        begun.await();
        foreign(() -> new Nop().submit()).await();
        long before = runtime.metrics().workers().getFirst().polls();
        for (int i = 0; i < 20; i++) {
            foreign(() -> new Nop().submit()).await();
        }
        assertThat(runtime.metrics().workers().getFirst().polls()).isEqualTo(before);
        gate.complete(3);
        assertThat(waiting.await()).isEqualTo(3);
        assertThat(runtime.metrics().workers().getFirst().polls()).isEqualTo(before + 1);
    }

    @Test
    void what_tasks_hold_is_given_back_once_at_the_end() throws Exception {
        inBothFlavours(each -> {
            var begun = new AtomicInteger();
            var givenBack = new AtomicInteger();
            each.blockOn(() -> {
                for (int i = 0; i < 50; i++) {
                    boolean sleeps = i % 2 == 0;
                    Tasks.spawn(() -> {
                        begun.incrementAndGet();
                        try {
                            return sleeps ? Time.sleep(LONG).await() : new CompletableFuture<Void>().get();
                        } finally {
                            givenBack.incrementAndGet();
                        }
                    });
                }
                while (begun.get() < 50) {
                    Tasks.yieldNow();
                }
                return null;
            });
            each.close();
            assertThat(givenBack).hasValue(50);
        });
    }

    @Test
    void tasks_may_wake_one_another_while_they_end() throws Exception {
        inBothFlavours(each -> {
            List<CompletableFuture<Void>> gates = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                gates.add(new CompletableFuture<>());
            }
            var begun = new AtomicInteger();
            var ended = new AtomicInteger();
            each.blockOn(() -> {
                for (int i = 0; i < 20; i++) {
                    int number = i;
                    Tasks.spawn(() -> {
                        begun.incrementAndGet();
                        try {
                            return gates.get(number).get();
                        } finally {
                            gates.get((number + 1) % 20).complete(null);
                            Tasks.spawn(() -> 1);
                            Tasks.yieldNow();
                            ended.incrementAndGet();
                        }
                    });
                }
                while (begun.get() < 20) {
                    Tasks.yieldNow();
                }
                return null;
            });
            each.close();
            assertThat(ended).hasValue(20);
        });
    }

    @Test
    void threads_may_wake_tasks_and_feed_reads_while_the_runtime_ends() throws Exception {
        for (int round = 0; round < (FULL ? 500 : 50); round++) {
            UringRuntime each = builder().multiThread(2).build();
            Pipe pipe = Pipe.open(each);
            int writer = Libc.fcntl(pipe.writer.fd(), DescriptorCommand.DUPLICATE_CLOSE_ON_EXEC, 0);
            Queue<CompletableFuture<Void>> gates = new ConcurrentLinkedQueue<>();
            var stop = new AtomicBoolean();
            each.blockOn(() -> {
                for (int i = 0; i < 4; i++) {
                    Tasks.spawn(() -> {
                        IoBuffer buffer = IoBuffer.allocate(1);
                        while (true) {
                            pipe.read(buffer).submit().await();
                        }
                    });
                    Tasks.spawn(() -> {
                        while (true) {
                            var gate = new CompletableFuture<Void>();
                            gates.add(gate);
                            gate.get();
                        }
                    });
                }
                return null;
            });
            Thread feeder = Thread.ofPlatform().start(() -> {
                try (Arena scope = Arena.ofConfined()) {
                    MemorySegment bytes = scope.allocate(2);
                    while (!stop.get()) {
                        Libc.write(writer, bytes, 2); // EPIPE once the runtime has closed the other end
                        CompletableFuture<Void> gate = gates.poll();
                        if (gate != null) {
                            gate.complete(null);
                        }
                        if (gates.isEmpty()) {
                            Thread.yield();
                        }
                    }
                }
            });
            Thread.sleep(round % 3);
            each.close();
            stop.set(true);
            feeder.join();
            assertThat(Libc.close(writer)).isZero();
        }
    }

    @Test
    void tasks_that_are_spawned_during_the_end_run_or_are_told() throws Exception {
        for (int round = 0; round < (FULL ? 500 : 50); round++) {
            UringRuntime each = builder().multiThread(2).build();
            var started = new CountDownLatch(1);
            var spawned = new CompletableFuture<List<JoinHandle<Integer>>>();
            var ran = new AtomicInteger();
            Thread spawner = Thread.ofPlatform().start(() -> {
                List<JoinHandle<Integer>> tasks = new ArrayList<>();
                while (!each.isClosing() || tasks.size() < 100) {
                    tasks.add(each.handle().spawn(ran::incrementAndGet));
                    started.countDown();
                }
                tasks.add(each.handle().spawn(ran::incrementAndGet));
                spawned.complete(tasks);
            });
            started.await();
            each.close();
            int answered = 0;
            for (JoinHandle<Integer> task : spawned.get(20, TimeUnit.SECONDS)) {
                try {
                    task.await(Duration.ofSeconds(20));
                    answered++;
                } catch (CancellationException e) {
                    assertThat(e).hasMessageContaining("cancelled");
                }
            }
            assertThat(ran.get()).as("an aborted task may have run").isGreaterThanOrEqualTo(answered);
            spawner.join();
        }
    }

    @Test
    void after_the_end_everything_is_refused_in_both_flavours() throws Exception {
        inBothFlavours(each -> {
            each.blockOn(() -> new Nop().submit().await());
            each.close();
            each.close();
            assertThatThrownBy(() -> each.handle().spawn(() -> 1).await()).isInstanceOf(CancellationException.class);
            assertThatThrownBy(() -> each.handle().spawnBlocking(() -> 1).await())
                    .isInstanceOf(CancellationException.class);
            assertThatThrownBy(() -> each.handle().execute(() -> { })).isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("the runtime is being shutdown");
            assertThatThrownBy(() -> each.blockOn(() -> 1)).isInstanceOf(CancellationException.class);
            assertThatThrownBy(each.handle().run(() -> Time.sleep(Duration.ZERO))::await)
                    .isInstanceOf(RuntimeShutdownException.class).hasMessageContaining("is being shutdown");
            assertThatThrownBy(each.handle().run(() -> new Nop().submit())::await)
                    .isInstanceOf(RuntimeShutdownException.class).hasMessageContaining("is being shutdown");
            assertThat(each.dump()).contains("has ended");
            each.shutdownBackground();
            assertThat(each.shutdown(LONG)).isEqualTo(new ShutdownReport(true, 0, 0, 0, 0, ""));
        });
    }

    // ---- ending from inside ----

    @Test
    void inside_a_task_the_end_can_be_begun_and_not_waited_for() throws Exception {
        List<Claim> ways = List.of(UringRuntime::shutdownBackground,
                each -> assertThat(each.shutdown(Duration.ZERO).isComplete()).isFalse());
        for (Claim way : ways) {
            inBothFlavours(each -> {
                assertThatThrownBy(() -> each.blockOn(() -> {
                    assertThatIllegalStateException().isThrownBy(() -> each.shutdown(SHORT))
                            .withMessageContaining("Cannot drop a runtime in a context where blocking is not allowed");
                    assertThatIllegalStateException().isThrownBy(each::close)
                            .withMessageContaining("Cannot drop a runtime in a context where blocking is not allowed");
                    way.check(each);
                    way.check(each);
                    return Time.sleep(LONG).await();
                })).isInstanceOf(CancellationException.class);
                isClosedSoon(each);
            });
        }
    }

    @Test
    void inside_a_callback_the_end_can_be_begun_and_not_waited_for() throws Exception {
        List<Claim> ways = List.of(UringRuntime::shutdownBackground,
                each -> assertThat(each.shutdown(Duration.ZERO).isComplete()).isFalse());
        for (Claim way : ways) {
            inBothFlavours(each -> {
                var outcome = new CompletableFuture<Throwable>();
                assertThatThrownBy(() -> each.blockOn(() -> {
                    new Nop().submit((_, _) -> {
                        try {
                            assertThatIllegalStateException().isThrownBy(() -> each.shutdown(SHORT))
                                    .withMessageContaining("Cannot drop a runtime");
                            way.check(each);
                            outcome.complete(null);
                        } catch (Throwable t) {
                            outcome.complete(t);
                        }
                    });
                    return Time.sleep(LONG).await();
                })).isInstanceOf(CancellationException.class);
                assertThat(outcome.get(20, TimeUnit.SECONDS)).isNull();
                isClosedSoon(each);
            });
        }
    }

    @Test
    void a_job_can_begin_the_end() throws Exception {
        inBothFlavours(each -> {
            assertThatThrownBy(() -> each.blockOn(() -> {
                Tasks.spawnBlocking(() -> {
                    assertThatIllegalStateException().isThrownBy(() -> each.shutdown(SHORT))
                            .withMessageContaining("Cannot drop a runtime");
                    each.shutdownBackground();
                    return null;
                });
                return Time.sleep(LONG).await();
            })).isInstanceOf(CancellationException.class);
            isClosedSoon(each);
        });
    }

    @Test
    void a_current_thread_runtime_that_nobody_drives_can_be_told_to_end_by_anyone() throws Exception {
        UringRuntime own = ownRuntime();
        own.blockOn(() -> new Nop().submit().await());
        Thread.ofPlatform().start(own::shutdownBackground).join();
        assertThat(own.toString()).contains("closing");
        assertThatThrownBy(() -> own.blockOn(() -> 1)).isInstanceOf(CancellationException.class);
        assertThat(own.toString()).contains("closed");
    }

    @Test
    void a_current_thread_runtime_is_not_closed_by_a_virtual_thread() throws Exception {
        try (UringRuntime own = ownRuntime()) {
            var thrown = new CompletableFuture<Throwable>();
            Thread.ofVirtual().start(() -> {
                try {
                    own.close();
                    thrown.complete(null);
                } catch (Throwable t) {
                    thrown.complete(t);
                }
            });
            assertThat(thrown.get(20, TimeUnit.SECONDS)).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("virtual thread");
            assertThat(own.blockOn(() -> 5)).as("it goes on").isEqualTo(5);
        }
    }

    @Test
    void others_are_told_when_the_thread_of_a_current_thread_runtime_has_ended() throws Exception {
        UringRuntime own = UringRuntime.builder().enableTime().carriers(carriers).currentThread().build();
        Thread owner = Thread.ofPlatform().name("gone").start(() -> {
            try {
                own.blockOn(() -> Time.sleep(Duration.ofMillis(1)).await());
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        owner.join();
        assertThatIllegalStateException().isThrownBy(() -> own.blockOn(() -> Time.sleep(Duration.ZERO).await()))
                .withMessageContaining("has ended").withMessageContaining("thread=gone");
        own.close();
        assertThat(own.toString()).contains("closed");
    }

    @Test
    void a_runtime_is_used_and_closed_by_threads_that_come_and_go() throws Exception {
        UringRuntime each = builder().build();
        for (int i = 0; i < 10; i++) {
            Thread.ofPlatform().start(() -> {
                try {
                    each.blockOn(() -> new Nop().submit().await());
                    each.handle().run(() -> Time.sleep(Duration.ofMillis(1))).onComplete((_, _) -> { });
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }).join();
        }
        Thread.ofPlatform().start(each::close).join();
        assertThat(each.toString()).contains("closed");
    }

    // ---- the limit ----

    @Test
    void a_negative_limit_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> runtime.shutdown(Duration.ofMillis(-1)))
                .withMessageContaining("limit=PT-0.001S");
        assertThat(runtime.isClosing()).isFalse();
    }

    @Test
    void shutdown_wakes_who_sleeps_and_reports_nothing_when_all_has_ended() throws Exception {
        inBothFlavours(each -> {
            // One worker may close the end for writing before the other has heard that the read is to end.
            Pipe pipe = Pipe.open(each, runtime, 0);
            Op<BufResult> read = pipe.read(IoBuffer.allocate(8)).submit();
            JoinHandle<Void> sleeper = each.handle().spawn(() -> Time.sleep(LONG).await());
            assertThat(each.shutdown(LONG)).isEqualTo(new ShutdownReport(true, 0, 0, 0, 0, ""));
            pipe.writer.close();
            assertThatThrownBy(read::await).isInstanceOf(RuntimeShutdownException.class)
                    .hasMessageContaining("is being shutdown");
            assertThatThrownBy(sleeper::await).isInstanceOf(CancellationException.class);
        });
    }

    @Test
    void shutdown_waits_for_a_blocked_job_until_the_limit_and_names_it() throws Exception {
        inBothFlavours(each -> {
            var begun = new CountDownLatch(1);
            var release = new CountDownLatch(1);
            JoinHandle<Integer> job = each.handle().spawnBlocking(() -> {
                begun.countDown();
                release.await();
                return 1;
            });
            begun.await();
            long start = System.nanoTime();
            ShutdownReport report = each.shutdown(SHORT);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT.toNanos());
            assertThat(report.isComplete()).isFalse();
            assertThat(report.jobs()).isOne();
            assertThat(report.tasks()).isOne();
            assertThat(report.details()).contains(job.name() + " (running)").contains("job pool: active=1")
                    .doesNotContain("busy");
            Thread later = Thread.ofPlatform().start(() -> {
                try {
                    Thread.sleep(20);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                release.countDown();
            });
            each.close();
            assertThat(release.getCount()).as("close waited").isZero();
            assertThat(job.await()).isOne();
            later.join();
        });
    }

    @Test
    void shutdown_names_a_task_that_is_deaf_to_its_interrupt() throws Exception {
        inBothFlavours(each -> {
            var release = new CountDownLatch(1);
            var begun = new CompletableFuture<Void>();
            JoinHandle<Void> deaf = each.handle().spawn(() -> {
                begun.complete(null);
                awaitDeafly(release);
                return null;
            });
            each.blockOn(() -> begun.get());
            ShutdownReport report = each.shutdown(SHORT);
            assertThat(report.isComplete()).isFalse();
            assertThat(report.tasks()).isOne();
            assertThat(report.jobs()).isZero();
            assertThat(report.details()).contains(deaf.name() + " (running)");
            release.countDown();
            each.close();
            assertThat(deaf.await()).as("it ended with an answer").isNull();
        });
    }

    @Test
    void shutdown_reports_an_operation_that_does_not_end() throws Exception {
        inBothFlavours(each -> {
            Gate gate = new Gate();
            Op<Integer> operation = each.handle().run(gate::submit);
            each.blockOn(() -> new Nop().submit().await()); // so that a worker without a thread begins it
            gate.entered.await();
            ShutdownReport report = each.shutdown(SHORT);
            assertThat(report.isComplete()).isFalse();
            assertThat(report.operations()).isOne();
            assertThat(report.details()).contains("gate");
            gate.opened.countDown();
            each.close();
            assertThat(operation.isDone()).isTrue();
            assertThat(each.shutdown(SHORT).isComplete()).isTrue();
        });
    }

    @Test
    void runtimes_that_end_under_load_leave_nothing() throws Exception {
        endUnderLoad(4);
        LeakCheck.Holdings before = LeakCheck.Holdings.now();
        long ringMappings = ShutdownTest.ringMappings();
        endUnderLoad(FULL ? 500 : 50);
        before.assertNothingAdded();
        assertThat(ShutdownTest.ringMappings()).isEqualTo(ringMappings);
    }

    private void endUnderLoad(int rounds) throws Exception {
        for (int round = 0; round < rounds; round++) {
            boolean byLimit = round % 2 == 0;
            inBothFlavours(each -> {
                each.blockOn(() -> {
                    load(each);
                    Time.sleep(Duration.ofMillis(1)).await();
                    return null;
                });
                if (byLimit) {
                    assertThat(each.shutdown(LONG).isComplete()).isTrue();
                } else {
                    each.close();
                }
            });
        }
    }

    /** Tasks that work, read, sleep and yield until they are aborted. */
    private static void load(UringRuntime each) {
        Pipe pipe = Pipe.open(each);
        for (int i = 0; i < 4; i++) {
            Tasks.spawn(() -> {
                while (true) {
                    new Nop().submit().await();
                }
            });
            Tasks.spawn(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    Tasks.yieldNow();
                }
                return null;
            });
            Tasks.spawn(() -> {
                while (true) {
                    Time.sleep(Duration.ofNanos(100_000)).await();
                }
            });
            Tasks.spawn(() -> pipe.read(IoBuffer.allocate(1)).submit().await());
            Tasks.spawnBlocking(() -> 1);
        }
    }

    // ---- several runtimes ----

    @Test
    void one_runtime_closed_under_load_leaves_another_alone() throws Exception {
        var stop = new AtomicBoolean();
        var steps = new AtomicInteger();
        Pipe pipe = Pipe.open(runtime);
        JoinHandle<Void> working = runtime.handle().spawn(() -> {
            IoBuffer buffer = IoBuffer.allocate(1);
            while (!stop.get()) {
                pipe.write(IoBuffer.copyOf(new byte[] {1})).submit().await();
                assertThat(pipe.read(buffer).submit().await().bytes()).isOne();
                Tasks.spawn(() -> Time.sleep(Duration.ofNanos(1000)).await()).await();
                steps.incrementAndGet();
            }
            return null;
        });
        for (int i = 0; i < 10; i++) {
            inBothFlavours(each -> {
                // Each holds on to the other: a wait across, and an operation that the other one's task has started.
                each.blockOn(() -> {
                    load(each);
                    runtime.handle().spawn(() -> each.handle().run(() -> Time.sleep(LONG)).await());
                    Time.sleep(Duration.ofMillis(1)).await();
                    return null;
                });
            });
            int then = steps.get();
            eventually("the other goes on", () -> steps.get() > then + 10 || working.isFinished());
            assertThat(working.isFinished()).isFalse();
        }
        stop.set(true);
        working.await();
    }

    @Test
    void many_runtimes_work_at_once() throws Exception {
        List<CompletableFuture<Integer>> answers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            boolean own = i % 2 == 0;
            var answer = new CompletableFuture<Integer>();
            answers.add(answer);
            threads.add(Thread.ofPlatform().start(() -> {
                try (UringRuntime each = own ? ownRuntime() : builder().multiThread(2).build()) {
                    answer.complete(each.blockOn(() -> {
                        int sum = 0;
                        for (int step = 0; step < 50; step++) {
                            new Nop().submit().await();
                            sum += Tasks.spawn(() -> 1).await();
                        }
                        return sum;
                    }));
                } catch (Throwable t) {
                    answer.completeExceptionally(t);
                }
            }));
        }
        for (CompletableFuture<Integer> answer : answers) {
            assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo(50);
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    // ---- what nobody else is told ----

    private void inBothFlavours(boolean shutdown, Queue<Throwable> told, Claim claim) throws Exception {
        for (UringRuntime.Builder flavour : List.of(builder().multiThread(2), builder().currentThread())) {
            flavour.onUncaught((_, thrown) -> told.add(thrown));
            try (UringRuntime each = (shutdown ? flavour.shutdownOnUncaught() : flavour).build()) {
                claim.check(each);
            }
            told.clear();
        }
    }

    private static void throwsIn(String place) {
        throw new IllegalArgumentException(place);
    }

    @Test
    void an_uncaught_exception_is_told_and_the_runtime_goes_on() throws Exception {
        Queue<Throwable> told = new ConcurrentLinkedQueue<>();
        inBothFlavours(false, told, each -> {
            each.blockOn(() -> {
                Handle.current().execute(() -> throwsIn("task"));
                new Nop().submit((_, _) -> throwsIn("callback"));
                while (told.size() < 2) {
                    Time.sleep(Duration.ofMillis(1)).await();
                }
                return null;
            });
            assertThat(told).extracting(Throwable::getMessage).containsExactlyInAnyOrder("task", "callback");
            assertThat(each.blockOn(() -> 5)).isEqualTo(5);
        });
    }

    @Test
    void an_uncaught_exception_ends_the_runtime_if_it_should() throws Exception {
        Queue<Throwable> told = new ConcurrentLinkedQueue<>();
        List<Uring.Body> ways = List.of(() -> Handle.current().execute(() -> throwsIn("task")),
                () -> new Nop().submit((_, _) -> throwsIn("callback")));
        for (Uring.Body way : ways) {
            inBothFlavours(true, told, each -> {
                assertThatThrownBy(() -> each.blockOn(() -> {
                    way.run();
                    return Time.sleep(LONG).await();
                })).isInstanceOf(CancellationException.class);
                isClosedSoon(each);
                assertThat(told).hasSize(1);
            });
        }
    }

    @Test
    void what_a_handle_tells_ends_no_runtime() throws Exception {
        Queue<Throwable> told = new ConcurrentLinkedQueue<>();
        inBothFlavours(true, told, each -> {
            each.blockOn(() -> {
                assertThatThrownBy(() -> Tasks.spawn(() -> {
                    throw new IOException("told");
                }).await()).hasMessageContaining("told");
                return null;
            });
            assertThatThrownBy(() -> each.blockOn(() -> {
                throw new IOException("thrown");
            })).hasMessage("thrown");
            assertThat(each.isClosing()).isFalse();
            assertThat(told).isEmpty();
        });
    }

    @Test
    void a_handler_that_throws_is_contained() throws Exception {
        try (UringRuntime each = builder().onUncaught((_, _) -> throwsIn("handler")).build()) {
            each.runUntilIdle(() -> Handle.current().execute(() -> throwsIn("task")));
            assertThat(each.blockOn(() -> 5)).isEqualTo(5);
        }
    }

    @Test
    void a_dump_is_answered_before_anyone_has_driven() throws Exception {
        try (UringRuntime own = ownRuntime()) {
            assertThat(own.dump()).contains("no thread has run the worker yet");
            own.blockOn(() -> new Nop().submit().await());
            assertThat(own.dump()).contains("worker 0: turns=").doesNotContain("busy");
        }
    }

    /** As in a process without free descriptors, where a logger cannot even load what it formats times with. */
    @Test
    void a_logger_that_fails_ends_no_worker() throws Exception {
        var logger = java.util.logging.Logger.getLogger("dev.uring");
        var failing = new java.util.logging.Handler() {
            @Override
            public void publish(java.util.logging.LogRecord record) {
                throw new NoClassDefFoundError("thrown by a test, on purpose");
            }

            @Override
            public void flush() {
                // nothing is kept
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
        logger.addHandler(failing);
        try {
            foreign(() -> new Nop().submit()).onComplete((_, _) -> {
                throw new IllegalStateException("thrown by a test, on purpose");
            });
            assertThat(callback(() -> 1)).as("the worker lives on").isOne();
        } finally {
            logger.removeHandler(failing);
        }
    }
}
