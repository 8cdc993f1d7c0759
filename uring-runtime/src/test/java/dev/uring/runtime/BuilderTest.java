package dev.uring.runtime;

import static dev.uring.runtime.ThisHost.assumeRingsHave;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.ffi.CString;
import dev.uring.ffi.Capabilities;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.RingOptions;
import dev.uring.ffi.SetupFlag;
import dev.uring.ffi.Sqe;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the builder refuses, and what each of its options does. */
class BuilderTest extends RuntimeTest {
    private static final int TASKS = 512;
    private static final Duration LONG = Duration.ofHours(1);

    // ---- arguments ----

    @Test
    void arguments_out_of_range_are_refused_with_name_and_value() {
        Map<String, ThrowingCallable> refused = Map.ofEntries(
                Map.entry("workers=0", () -> builder().multiThread(0)),
                Map.entry("workers=-1", () -> builder().multiThread(-1)),
                Map.entry("workers=1025", () -> builder().multiThread(1025)),
                Map.entry("max=0", () -> builder().blockingThreads(0, LONG)),
                Map.entry("max=-3", () -> builder().blockingThreads(-3, LONG)),
                Map.entry("keepAlive=PT0S", () -> builder().blockingThreads(1, Duration.ZERO)),
                Map.entry("keepAlive=PT-1S", () -> builder().blockingThreads(1, Duration.ofSeconds(-1))),
                Map.entry("tasks=0", () -> builder().budget(0, LONG)),
                Map.entry("tasks=1048577", () -> builder().budget(1048577, LONG)),
                Map.entry("time=PT0S", () -> builder().budget(1, Duration.ZERO)),
                Map.entry("time=PT-1S", () -> builder().budget(1, Duration.ofSeconds(-1))),
                Map.entry("time=PT-0.001S", () -> builder().spin(Duration.ofMillis(-1))),
                Map.entry("time=PT1.001S", () -> builder().spin(Duration.ofMillis(1001))),
                Map.entry("bounded=0", () -> builder().ioWorkers(0, 1)),
                Map.entry("bounded=32769", () -> builder().ioWorkers(32769, 1)),
                Map.entry("unbounded=-1", () -> builder().ioWorkers(1, -1)),
                Map.entry("unbounded=32769", () -> builder().ioWorkers(1, 32769)),
                Map.entry("flags=IOPOLL", () -> builder().ring(RingOptions.of(8).withRequired(SetupFlag.IOPOLL))),
                Map.entry("flags=HYBRID_IOPOLL",
                        () -> builder().ring(RingOptions.of(8).withPreferred(SetupFlag.HYBRID_IOPOLL))));
        refused.forEach((words, call) -> assertThatIllegalArgumentException().as(words).isThrownBy(call)
                .withMessageEndingWith(": " + words));
    }

    @Test
    void null_is_refused_at_once() {
        List<ThrowingCallable> refused = List.of(() -> builder().carriers(null), () -> builder().ring(null),
                () -> builder().threadName(null), () -> builder().onThreadStart(null), () -> builder().onThreadStop(null),
                () -> builder().onThreadPark(null), () -> builder().onThreadUnpark(null), () -> builder().onUncaught(null),
                () -> builder().blockingThreads(1, null), () -> builder().budget(1, null), () -> builder().spin(null));
        refused.forEach(call -> assertThatNullPointerException().isThrownBy(call));
    }

    @Test
    void the_ends_of_every_range_are_accepted() throws Exception {
        Duration eternal = Duration.ofSeconds(Long.MAX_VALUE);
        try (UringRuntime each = builder().multiThread(1).blockingThreads(Integer.MAX_VALUE, eternal).budget(1 << 20, eternal)
                .spin(Duration.ZERO).ioWorkers(32768, 32768).build()) {
            assertThat(each.blockOn(() -> Tasks.spawnBlocking(() -> 1).await())).isOne();
        }
        try (UringRuntime each = builder().blockingThreads(1, Duration.ofNanos(1)).budget(1, Duration.ofNanos(1))
                .spin(Duration.ofSeconds(1)).ioWorkers(1, 1).build()) {
            assertThat(each.blockOn(() -> Tasks.spawnBlocking(() -> 1).await())).isOne();
        }
    }

    @Test
    void uring_workers_is_a_number_in_range() throws Exception {
        withProperty("uring.workers", "3", () -> {
            try (UringRuntime three = UringRuntime.builder().enableAll().carriers(carriers).build()) {
                assertThat(three.workers()).hasSize(3);
            }
        });
        for (String given : List.of("0", "-1", "1025", "two", "", "99999999999")) {
            withProperty("uring.workers", given, () -> assertThatIllegalArgumentException()
                    .isThrownBy(UringRuntime::builder).withMessageEndingWith(": uring.workers=" + given));
        }
    }

    private static void withProperty(String name, String value, Uring.Body body) throws Exception {
        String before = System.getProperty(name);
        System.setProperty(name, value);
        try {
            body.run();
        } finally {
            if (before == null) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, before);
            }
        }
    }

    // ---- threads ----

    private static Set<String> threadsNamed(String prefix) {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).filter(name -> name.startsWith(prefix))
                .collect(java.util.stream.Collectors.toSet());
    }

    @Test
    void threads_are_named_and_idle_ones_end() throws Exception {
        String prefix = "uring-called-" + carriers;
        try (UringRuntime each = builder().multiThread(2).threadName(prefix).blockingThreads(4, Duration.ofMillis(5))
                .build()) {
            assertThat(each.blockOn(() -> Tasks.spawnBlocking(() -> Thread.currentThread().getName()).await()))
                    .startsWith(prefix + "-job-");
            Gate gate = new Gate();
            Op<Integer> operation = each.handle().run(gate::submit);
            gate.entered.await();
            assertThat(threadsNamed(prefix)).contains(prefix + "-worker-0", prefix + "-worker-1", prefix + "-blocking-0");
            gate.opened.countDown();
            operation.await();
            eventually("idle threads end", () -> threadsNamed(prefix + "-job").isEmpty()
                    && threadsNamed(prefix + "-blocking").isEmpty());
            assertThat(threadsNamed(prefix)).hasSize(2);
        }
        assertThat(threadsNamed(prefix)).isEmpty();
    }

    @Test
    void start_and_stop_are_called_once_on_each_worker() throws Exception {
        Set<Thread> started = ConcurrentHashMap.newKeySet();
        Set<Thread> stopped = ConcurrentHashMap.newKeySet();
        var starts = new AtomicInteger();
        var stops = new AtomicInteger();
        UringRuntime each = builder().multiThread(3).onThreadStart(() -> {
            started.add(Thread.currentThread());
            starts.incrementAndGet();
        }).onThreadStop(() -> {
            stopped.add(Thread.currentThread());
            stops.incrementAndGet();
        }).build();
        eventually("all started", () -> starts.get() == 3);
        each.blockOn(() -> new Nop().submit().await());
        assertThat(stops).hasValue(0);
        each.close();
        assertThat(starts).hasValue(3);
        assertThat(stops).hasValue(3);
        assertThat(stopped).isEqualTo(started).extracting(Thread::getName).allMatch(name -> name.contains("-worker-"));
    }

    @Test
    void park_and_unpark_are_called_in_turn() throws Exception {
        var parks = new AtomicInteger();
        var wrong = new AtomicInteger();
        var unparks = new AtomicInteger();
        UringRuntime each = builder().onThreadPark(() -> {
            if (parks.getAndIncrement() != unparks.get()) {
                wrong.incrementAndGet();
            }
        }).onThreadUnpark(unparks::incrementAndGet).build();
        each.blockOn(() -> {
            while (parks.get() < 5) { // a timer that is due at once lets nobody sleep
                Time.sleep(Duration.ofMillis(1)).await();
            }
            return null;
        });
        each.close();
        assertThat(parks.get()).isPositive().isEqualTo((int) each.metrics().workers().getFirst().parks());
        assertThat(unparks).hasValue(parks.get());
        assertThat(wrong).hasValue(0);
    }

    @Test
    void a_hook_that_throws_is_reported_and_the_worker_goes_on() throws Exception {
        Set<String> told = ConcurrentHashMap.newKeySet();
        UringRuntime each = builder().onUncaught((thread, thrown) -> told.add(thrown.getMessage()))
                .onThreadStart(() -> fail("start")).onThreadPark(() -> fail("park")).onThreadUnpark(() -> fail("unpark"))
                .onThreadStop(() -> fail("stop")).build();
        each.blockOn(() -> {
            while (!told.containsAll(Set.of("start", "park", "unpark"))) { // a timer that is due at once lets nobody sleep
                Time.sleep(Duration.ofMillis(1)).await();
            }
            return null;
        });
        each.close();
        assertThat(told).containsExactlyInAnyOrder("start", "park", "unpark", "stop");
    }

    private static void fail(String hook) {
        throw new IllegalArgumentException(hook);
    }

    @Test
    void what_the_park_hook_starts_is_done_before_the_sleep() throws Exception {
        var due = new AtomicReference<Runnable>();
        try (UringRuntime each = builder().onThreadPark(() -> {
            Runnable action = due.getAndSet(null);
            if (action != null) {
                action.run();
            }
        }).build()) {
            for (int i = 0; i < 30; i++) {
                var ran = new CountDownLatch(1);
                int kind = i % 3;
                due.set(() -> {
                    switch (kind) {
                        case 0 -> Handle.current().execute(ran::countDown);
                        case 1 -> new Nop().submit().onComplete((_, _) -> ran.countDown());
                        default -> Time.sleep(Duration.ofMillis(1)).onComplete((_, _) -> ran.countDown());
                    }
                });
                each.workers().getFirst().call(() -> { }); // so that it parks once more, with nothing in flight
                assertThat(ran.await(20, TimeUnit.SECONDS)).as("round %s", i).isTrue();
            }
        }
    }

    // ---- the turn ----

    private long turnsWhileTasksRun(UringRuntime.Builder builder) throws Exception {
        assumeTrue(carriers == Carriers.ON, "elsewhere the JDK runs the tasks");
        try (UringRuntime each = builder.multiThread(1).build()) {
            return each.blockOn(() -> {
                List<JoinHandle<Void>> tasks = new ArrayList<>();
                for (int i = 0; i < TASKS; i++) {
                    tasks.add(Tasks.spawn(() -> null));
                }
                long before = each.metrics().workers().getFirst().turns();
                for (JoinHandle<Void> task : tasks) {
                    task.await();
                }
                return each.metrics().workers().getFirst().turns() - before;
            });
        }
    }

    @Test
    void the_budget_says_how_many_tasks_run_in_a_turn() throws Exception {
        assertThat(turnsWhileTasksRun(builder().budget(1, LONG))).isGreaterThanOrEqualTo(TASKS);
        assertThat(turnsWhileTasksRun(builder().budget(16, LONG))).isBetween(TASKS / 16L, TASKS / 2L);
        assertThat(turnsWhileTasksRun(builder().budget(1 << 20, LONG))).isLessThan(10);
    }

    @Test
    void the_budget_says_how_long_tasks_run_in_a_turn() throws Exception {
        assertThat(turnsWhileTasksRun(builder().budget(1 << 20, Duration.ofNanos(1)))).isGreaterThan(TASKS / 10);
    }

    @Test
    void a_worker_that_spins_does_not_sleep() throws Exception {
        try (UringRuntime each = builder().build()) {
            for (int i = 0; i < 25; i++) {
                long before = parks(each);
                each.handle().run(() -> new Nop().submit()).await();
                eventually("it sleeps without", () -> parks(each) > before);
            }
        }
        try (UringRuntime each = builder().spin(Duration.ofSeconds(1)).build()) {
            each.handle().run(() -> new Nop().submit()).await();
            long before = parks(each);
            for (int i = 0; i < 50; i++) {
                Thread.sleep(2);
                each.handle().run(() -> new Nop().submit()).await();
            }
            assertThat(parks(each) - before).isLessThan(10);
        }
    }

    private static long parks(UringRuntime each) {
        return each.metrics().workers().getFirst().parks();
    }

    // ---- rings ----

    private String ring(RingOptions options) throws IOException {
        try (UringRuntime each = builder().ring(options).build()) {
            assertThat(each.workers()).hasSize(1);
            return each.dump().lines().filter(line -> line.contains("Ring[")).findFirst().orElseThrow();
        }
    }

    @Tag("io_uring") // asks for the ring itself
    @Test
    void a_ring_has_the_sizes_it_was_asked_for() throws Exception {
        assertThat(ring(RingOptions.of(16).withCompletionEntries(256))).contains("entries=16 completions=256");
        assertThat(ring(RingOptions.of(300))).contains("entries=512 completions=1024");
    }

    @Tag("io_uring") // asks for the ring itself
    @Test
    void a_ring_has_the_flags_it_was_asked_for() throws Exception {
        assumeRingsHave("SINGLE_ISSUER", "COOP_TASKRUN");
        assertThat(ring(RingOptions.of(8))).contains("SINGLE_ISSUER", "R_DISABLED").doesNotContain("SQPOLL");
        assertThat(ring(RingOptions.of(8).withPreferred(0))).contains("flags=CQSIZE|R_DISABLED");
        assertThat(ring(RingOptions.of(8).withPreferred(RingOptions.SHARED))).contains("COOP_TASKRUN")
                .doesNotContain("DEFER_TASKRUN", "SINGLE_ISSUER");
        assertThat(ring(RingOptions.of(8).withPollThread(-1, 1))).contains("SQPOLL")
                .doesNotContain("TASKRUN", "SQ_AFF");
        assertThat(ring(RingOptions.of(8).withPollThread(0, 1))).contains("SQPOLL", "SQ_AFF");
        assertThat(ring(RingOptions.of(8).withRequired(SetupFlag.SQPOLL))).contains("SQPOLL").doesNotContain("TASKRUN");
    }

    @Tag("io_uring") // asks for the ring itself
    @Test
    void flags_that_do_not_go_together_are_dropped_where_they_are_preferred() throws Exception {
        assumeRingsHave("COOP_TASKRUN");
        assertThat(ring(RingOptions.of(8).withPreferred(SetupFlag.DEFER_TASKRUN))).contains("COOP_TASKRUN")
                .doesNotContain("DEFER_TASKRUN");
        assertThat(ring(RingOptions.of(8).withPreferred(SetupFlag.TASKRUN_FLAG))).doesNotContain("TASKRUN");
    }

    // ---- the kernel's threads ----

    /** Opens a FIFO that nobody writes to: keeps a thread of the kernel's until it is cancelled. */
    private static final class BlockedOpen extends Op<Integer> {
        private final MemorySegment path;

        BlockedOpen(Path path) {
            this.path = CString.encode(Arena.ofAuto(), path.toString());
        }

        @Override
        protected boolean prepare(Sqe sqe, Capabilities kernel) {
            // With CREATE the kernel does not try it on the submitter's thread first.
            sqe.openat(PathFlag.CURRENT_DIRECTORY, path, OpenFlag.READ_ONLY | OpenFlag.CREATE | OpenFlag.CLOSE_ON_EXEC, 0600);
            return true;
        }

        @Override
        protected Readiness readiness() {
            return Readiness.BLOCKING;
        }

        @Override
        protected int attempt(Sys sys, MemorySegment selected) {
            throw new AssertionError("the kernel has an opcode for it");
        }

        @Override
        protected Integer decode(int res, int flags) throws IOException {
            if (res < 0) {
                throw failure(-res);
            }
            return res;
        }
    }

    private static long threadsOfTheKernel() {
        try (var threads = Files.list(Path.of("/proc/self/task"))) {
            return threads.filter(thread -> {
                try {
                    return Files.readString(thread.resolve("comm")).startsWith("iou-wrk-");
                } catch (IOException e) {
                    return false; // it has ended
                }
            }).count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Tag("io_uring") // asks for the ring itself
    @Test
    void io_workers_limit_the_threads_of_the_kernel(@TempDir Path directory) throws Exception {
        assumeRingsHave("WORKER_LIMITS");
        Path fifo = directory.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
        assertThat(threadsOfTheKernelFor(fifo, 2, builder().ioWorkers(2, 1))).isEqualTo(2);
        assertThat(threadsOfTheKernelFor(fifo, 4, builder())).isEqualTo(4);
    }

    /** Waits for as many as there should be, and for a while longer whether there are more. */
    private static long threadsOfTheKernelFor(Path fifo, int expected, UringRuntime.Builder builder) throws Exception {
        eventually("earlier threads end", () -> threadsOfTheKernel() == 0);
        var most = new AtomicLong();
        try (UringRuntime each = builder.build()) {
            List<Op<Integer>> opens = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                opens.add(each.handle().run(() -> new BlockedOpen(fifo).submit()));
            }
            eventually("threads", () -> most.accumulateAndGet(threadsOfTheKernel(), Math::max) >= expected);
            for (int i = 0; i < 100; i++) {
                most.accumulateAndGet(threadsOfTheKernel(), Math::max);
                Thread.sleep(1);
            }
            for (Op<Integer> open : opens) {
                open.cancel();
            }
            for (Op<Integer> open : opens) {
                org.assertj.core.api.Assertions.assertThatThrownBy(open::await).isInstanceOf(CancellationException.class);
            }
        }
        return most.get();
    }

    // ---- what is not enabled ----

    private static long rings() throws IOException {
        long count = 0;
        try (var all = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path each : all) {
                try {
                    count += Files.readSymbolicLink(each).toString().contains("[io_uring]") ? 1 : 0;
                } catch (IOException e) {
                    // closed since it was listed
                }
            }
        }
        return count;
    }

    private List<UringRuntime.Builder> flavours() {
        return List.of(UringRuntime.builder().carriers(carriers).multiThread(2),
                UringRuntime.builder().carriers(carriers).currentThread());
    }

    @Test
    void a_runtime_with_time_alone_opens_no_ring_and_sleeps() throws Exception {
        long before = rings(); // that of this test's own runtime
        for (UringRuntime.Builder flavour : flavours()) {
            LeakCheck.Holdings holdings = LeakCheck.Holdings.now();
            try (UringRuntime each = flavour.enableTime().build()) {
                long nanos = each.blockOn(() -> {
                    long start = System.nanoTime();
                    Time.sleep(Duration.ofMillis(3)).await();
                    Tasks.spawn(() -> Time.sleep(Duration.ofMillis(1)).await()).await();
                    try {
                        Time.timeout(Duration.ofMillis(1), () -> Time.sleep(LONG).await());
                        throw new AssertionError("there was no limit");
                    } catch (java.util.concurrent.TimeoutException e) {
                        return System.nanoTime() - start;
                    }
                });
                assertThat(nanos).isGreaterThanOrEqualTo(5_000_000);
                assertThat(rings()).isEqualTo(before);
                assertThat(holdings.addedSince()).allMatch(added -> added.contains("-worker-") || added.contains("-stall-watch"));
                assertRefused(each, () -> new Nop().submit(), "IO is disabled. Call enableIo");
            }
        }
    }

    @Test
    void a_runtime_with_nothing_enabled_runs_tasks_and_says_what_is_missing() throws Exception {
        for (UringRuntime.Builder flavour : flavours()) {
            try (UringRuntime each = flavour.build()) {
                assertThat(each.blockOn(() -> {
                    Tasks.yieldNow();
                    return Tasks.spawn(() -> 1).await() + Tasks.spawnBlocking(() -> 2).await();
                })).isEqualTo(3);
                assertRefused(each, () -> Time.sleep(LONG), "timers are disabled. Call enableTime");
                assertRefused(each, () -> Time.timeout(LONG, () -> 1), "timers are disabled. Call enableTime");
                assertRefused(each, () -> Time.interval(LONG, MissedTick.BURST), "timers are disabled. Call enableTime");
                assertRefused(each, () -> Tasks.spawn(() -> new CompletableFuture<>().get()).await(LONG),
                        "timers are disabled. Call enableTime");
                assertRefused(each, () -> new Nop().submit(), "IO is disabled. Call enableIo");
            }
        }
    }

    @Test
    void a_runtime_with_io_alone_refuses_to_sleep() throws Exception {
        for (UringRuntime.Builder flavour : flavours()) {
            try (UringRuntime each = flavour.enableIo().build()) {
                each.blockOn(() -> new Nop().submit().await());
                assertRefused(each, () -> Time.sleep(LONG), "timers are disabled. Call enableTime");
            }
        }
    }

    /** Where it is called, at once: the stack trace names the caller. */
    private static void assertRefused(UringRuntime runtime, java.util.concurrent.Callable<?> call, String words)
            throws Exception {
        Throwable thrown = runtime.blockOn(() -> {
            try {
                call.call();
                return null;
            } catch (IllegalStateException e) {
                return e;
            }
        });
        assertThat(thrown).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("A uring context was found, but " + words);
        assertThat(thrown.getStackTrace()).anyMatch(frame -> frame.getClassName().startsWith(BuilderTest.class.getName()));
    }
}
