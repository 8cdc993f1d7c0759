package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Tasks are ordinary virtual threads, whoever carries them: the traps of carrier mode that DESIGN section 6 lists. */
class CarrierTest extends RuntimeTest {
    private static final Duration HOUR = Duration.ofHours(1);

    // ---- placement ----

    @Test
    void tasks_run_where_the_mode_says() throws Exception {
        assertThat(runtime.carriesTasks()).isEqualTo(carriers == Carriers.ON);
        List<String> names = task(() -> {
            List<String> seen = new ArrayList<>();
            seen.add(carrierName());
            new Nop().submit().await();
            seen.add(carrierName());
            Thread.sleep(1);
            seen.add(carrierName());
            Thread.yield();
            seen.add(carrierName());
            Time.sleep(Duration.ofMillis(1)).await();
            seen.add(carrierName());
            return seen;
        });
        if (carriers == Carriers.ON) {
            assertThat(names).allMatch(name -> name.startsWith(runtime.name() + "-worker-"));
        } else {
            assertThat(names).allMatch(name -> name.startsWith("ForkJoinPool"));
        }
    }

    private static String carrierName() {
        return CarrierAccess.currentCarrier().getName();
    }

    @Test
    void tasks_are_virtual_threads_with_names() throws Exception {
        task(() -> {
            assertThat(Thread.currentThread().isVirtual()).isTrue();
            assertThat(Thread.currentThread().getName()).startsWith(runtime.name() + "-task-");
            assertThat(Handle.current()).isSameAs(runtime.handle());
        });
    }

    @Test
    void blocking_on_a_task_inside_a_task_is_refused_in_words() throws Exception {
        assertThatIllegalStateException().isThrownBy(() -> task(() -> runtime.blockOn(() -> 1)))
                .withMessageContaining("Cannot start a runtime from within a runtime");
    }

    // ---- pinned ----

    /** What the static initialiser below awaits. */
    private static volatile Op<BufResult> awaitedByInitialiser;

    private static final class InitialisedOn {
        static final int BYTES;

        static {
            try {
                BYTES = awaitedByInitialiser.await().bytes();
            } catch (IOException e) {
                throw new ExceptionInInitializerError(e);
            }
        }
    }

    private static final class InitialisedOff {
        static final int BYTES;

        static {
            try {
                BYTES = awaitedByInitialiser.await().bytes();
            } catch (IOException e) {
                throw new ExceptionInInitializerError(e);
            }
        }
    }

    @Test
    void an_await_in_a_static_initialiser_ends() throws Exception {
        try (Pipe pipe = Pipe.open(runtime)) {
            var told = new CompletableFuture<Integer>();
            JoinHandle<Integer> task = runtime.spawn(() -> {
                Op<BufResult> read = pipe.read(IoBuffer.allocate(8)).submit();
                read.onComplete((result, _) -> told.complete(result.bytes()));
                awaitedByInitialiser = read;
                return carriers == Carriers.ON ? InitialisedOn.BYTES : InitialisedOff.BYTES;
            });
            Thread.sleep(50);
            assertThat(task.isFinished()).isFalse();
            pipe.send("abc");
            assertThat(task.await()).isEqualTo(3);
            assertThat(told.get(10, TimeUnit.SECONDS)).as("callbacks come later, and come").isEqualTo(3);
            assertThat(task(() -> new Nop().submit().toCompletableFuture().isCancelled())).isFalse();
        }
    }

    private static final Linker LINKER = Linker.nativeLinker();
    private static final FunctionDescriptor COMPARATOR = FunctionDescriptor.of(ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS.withTargetLayout(ValueLayout.JAVA_INT),
            ValueLayout.ADDRESS.withTargetLayout(ValueLayout.JAVA_INT));

    /** Has the C library call {@code inside} from its own frame; what it throws must not pass that frame, or the VM exits. */
    private static void inNativeFrame(Runnable inside) throws Exception {
        var thrown = new java.util.concurrent.atomic.AtomicReference<Throwable>();
        Runnable guarded = () -> {
            try {
                inside.run();
            } catch (Throwable t) {
                thrown.set(t);
            }
        };
        // void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *))
        MethodHandle qsort = LINKER.downcallHandle(LINKER.defaultLookup().find("qsort").orElseThrow(),
                FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG,
                        ValueLayout.ADDRESS));
        MethodHandle compare = MethodHandles.lookup().findStatic(CarrierTest.class, "compare",
                MethodType.methodType(int.class, Runnable.class, MemorySegment.class, MemorySegment.class));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stub = LINKER.upcallStub(compare.bindTo(guarded), COMPARATOR, arena);
            MemorySegment numbers = arena.allocate(MemoryLayout.sequenceLayout(2, ValueLayout.JAVA_INT));
            qsort.invokeExact(numbers, 2L, 4L, stub);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
        if (thrown.get() != null) {
            throw new AssertionError("thrown inside the native frame", thrown.get());
        }
    }

    private static int compare(Runnable inside, MemorySegment left, MemorySegment right) {
        inside.run();
        return Integer.compare(left.get(ValueLayout.JAVA_INT, 0), right.get(ValueLayout.JAVA_INT, 0));
    }

    @Test
    void an_await_in_a_native_frame_ends_and_others_go_on() throws Exception {
        try (Pipe pipe = Pipe.open(runtime); Pipe other = Pipe.open(runtime)) {
            var outcome = new CompletableFuture<Object>();
            var pinned = new CountDownLatch(1);
            JoinHandle<Void> task = runtime.spawn(() -> {
                inNativeFrame(() -> {
                    try {
                        Op<BufResult> read = pipe.read(IoBuffer.allocate(8)).submit();
                        pinned.countDown();
                        outcome.complete(read.await().bytes());
                    } catch (IOException | RuntimeException | Error e) {
                        outcome.complete(e);
                    }
                });
                return null;
            });
            assertThat(pinned.await(10, TimeUnit.SECONDS)).isTrue();
            // The pinned task has the worker's thread, but the ring is driven: others' operations go on.
            other.send("x");
            assertThat(other.read(IoBuffer.allocate(8)).submit().await(Duration.ofSeconds(10)).bytes()).isOne();
            foreign(() -> Time.sleep(Duration.ofMillis(5))).await(Duration.ofSeconds(10));
            assertThat(outcome.isDone()).isFalse();
            pipe.send("abcd");
            assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo(4);
            task.await();
        }
    }

    @Test
    void other_workers_go_on_while_one_is_pinned() throws Exception {
        try (UringRuntime two = builder().multiThread(2).build(); Pipe pipe = Pipe.open(two)) {
            for (int round = 0; round < (FULL ? 200 : 10); round++) {
                var pinned = new CountDownLatch(1);
                JoinHandle<Void> task = two.spawn(() -> {
                    inNativeFrame(() -> awaitPinned(pipe, pinned));
                    return null;
                });
                assertThat(pinned.await(10, TimeUnit.SECONDS)).isTrue();
                for (int i = 0; i < 20; i++) {
                    JoinHandle<Integer> free = two.spawn(() -> {
                        new Nop().submit().await();
                        return 1;
                    });
                    eventually("a task beside the pinned one", free::isFinished);
                }
                pipe.send("x");
                task.await();
            }
        }
    }

    private static void awaitPinned(Pipe pipe, CountDownLatch pinned) {
        Read read = pipe.read(IoBuffer.allocate(8));
        read.submit();
        pinned.countDown();
        read.awaitResult();
    }

    /** What waits behind a pinned task must not keep its worker busy: it cannot run there. */
    @Test
    void a_pinned_await_sleeps() throws Exception {
        try (Pipe pipe = Pipe.open(runtime)) {
            var pinned = new CountDownLatch(1);
            JoinHandle<Void> task = runtime.spawn(() -> {
                inNativeFrame(() -> awaitPinned(pipe, pinned));
                return null;
            });
            assertThat(pinned.await(10, TimeUnit.SECONDS)).isTrue();
            JoinHandle<Integer> behind = runtime.spawn(() -> 1);
            foreign(() -> new Nop().submit()).onComplete((_, _) -> { });
            Thread.sleep(20);
            var threads = java.lang.management.ManagementFactory.getThreadMXBean();
            long worker = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals(runtime.name() + "-worker-0")).findAny().orElseThrow()
                    .threadId();
            long before = threads.getThreadCpuTime(worker);
            Thread.sleep(200);
            long used = threads.getThreadCpuTime(worker) - before;
            pipe.send("x");
            task.await();
            assertThat(behind.await()).isOne();
            assertThat(used).as("nanoseconds of processor in 200 ms").isLessThan(100_000_000);
        }
    }

    @Test
    void a_pinned_await_can_be_interrupted_limited_and_closed() throws Exception {
        try (Pipe pipe = Pipe.open(runtime)) {
            var outcome = new CompletableFuture<Throwable>();
            var pinned = new CountDownLatch(1);
            JoinHandle<Void> task = runtime.spawn(() -> {
                inNativeFrame(() -> {
                    Op<BufResult> read = pipe.read(IoBuffer.allocate(8)).submit();
                    pinned.countDown();
                    try {
                        read.await();
                    } catch (IOException e) {
                        outcome.complete(e);
                    }
                });
                return null;
            });
            pinned.await();
            Thread.sleep(20);
            task.abort();
            assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(java.io.InterruptedIOException.class);

            task(() -> inNativeFrame(() -> assertThatThrownBy(
                    () -> pipe.read(IoBuffer.allocate(8)).submit().await(Duration.ofMillis(20)))
                    .isInstanceOf(java.nio.channels.InterruptedByTimeoutException.class)));
        }
        UringRuntime closed = builder().build();
        Pipe pipe = Pipe.open(closed);
        var outcome = new CompletableFuture<Throwable>();
        var pinned = new CountDownLatch(1);
        closed.spawn(() -> {
            inNativeFrame(() -> {
                Op<BufResult> read = pipe.read(IoBuffer.allocate(8)).submit();
                pinned.countDown();
                try {
                    read.await();
                } catch (IOException e) {
                    outcome.complete(e);
                }
            });
            return null;
        });
        pinned.await();
        closed.close();
        assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(RuntimeShutdownException.class);
    }

    @Test
    void pinned_waits_for_many_operations_end() throws Exception {
        task(() -> inNativeFrame(() -> {
            try {
                for (int i = 0; i < 1000; i++) {
                    new Nop().submit().await();
                }
                Time.sleep(Duration.ofMillis(5)).await();
                Ops.race(List.of(Time.sleep(Duration.ofMillis(5)), Time.sleep(HOUR)));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }));
    }

    @Test
    void a_pinned_task_that_yields_sees_results() throws Exception {
        task(() -> inNativeFrame(() -> {
            Op<Void> sleep = Time.sleep(Duration.ofMillis(5));
            long start = System.nanoTime();
            while (!sleep.isDone() && System.nanoTime() - start < 20_000_000_000L) {
                Tasks.yieldNow();
            }
            assertThat(sleep.isDone()).isTrue();
        }));
    }

    // ---- children, and what outlives the runtime ----

    @Test
    void threads_started_inside_a_task_are_no_tasks() throws Exception {
        try (Pipe pipe = Pipe.open(runtime)) {
            pipe.send("x");
            var seen = new CompletableFuture<Object>();
            var bytes = new CompletableFuture<Integer>();
            Thread child = task(() -> Thread.startVirtualThread(() -> {
                try {
                    Handle.current();
                    seen.complete("a handle");
                } catch (IllegalStateException e) {
                    seen.complete(e.getMessage());
                }
                try {
                    bytes.complete(pipe.read(IoBuffer.allocate(1)).submit().await().bytes());
                } catch (IOException e) {
                    bytes.completeExceptionally(e);
                }
            }));
            child.join();
            assertThat((String) seen.join()).contains("there is no reactor running");
            assertThat(bytes.join()).as("open things work from anywhere").isOne();
        }
    }

    @Test
    void a_child_outlives_the_runtime_whatever_it_waits_for() throws Exception {
        var go = new AtomicBoolean(true);
        var lock = new ReentrantLock();
        var turns = new AtomicInteger();
        var latch = new CountDownLatch(1);
        List<Thread> children = task(() -> List.of(
                Thread.startVirtualThread(() -> {
                    while (go.get()) {
                        LockSupport.parkNanos(200_000);
                        turns.incrementAndGet();
                    }
                }),
                Thread.startVirtualThread(() -> {
                    try {
                        latch.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    lock.lock();
                    lock.unlock();
                })));
        eventually("runs", () -> turns.get() > 3);
        runtime.close();
        int then = turns.get();
        eventually("runs on", () -> turns.get() > then + 10);
        lock.lock();
        latch.countDown();
        Thread.sleep(10);
        lock.unlock();
        go.set(false);
        for (Thread child : children) {
            assertThat(child.join(Duration.ofSeconds(10))).isTrue();
        }
    }

    @Test
    void a_child_that_comes_back_during_the_end_is_not_lost() throws Exception {
        for (int round = 0; round < (FULL ? 2000 : 100); round++) {
            UringRuntime each = builder().multiThread(1 + round % 2).build();
            int count = 20;
            List<Thread> children = each.blockOn(() -> {
                List<Thread> started = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    started.add(Thread.startVirtualThread(() -> {
                        for (int k = 0; k < 20; k++) {
                            LockSupport.parkNanos(20_000);
                            Thread.yield();
                        }
                    }));
                }
                return started;
            });
            each.close();
            for (Thread child : children) {
                assertThat(child.join(Duration.ofSeconds(20))).as("round %d", round).isTrue();
            }
        }
    }

    // ---- everything that ordinary code does ----

    @Test
    void monitors_are_contended_between_tasks() throws Exception {
        Object monitor = new Object();
        int[] count = new int[1];
        List<JoinHandle<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            tasks.add(runtime.spawn(() -> {
                for (int k = 0; k < 200; k++) {
                    synchronized (monitor) {
                        count[0]++;
                        if (k % 50 == 0) {
                            new Nop().submit().await();
                        }
                    }
                }
                return null;
            }));
        }
        for (int k = 0; k < 1000; k++) {
            synchronized (monitor) {
                count[0]++;
            }
        }
        for (JoinHandle<Void> task : tasks) {
            task.await();
        }
        assertThat(count[0]).isEqualTo(50 * 200 + 1000);
    }

    @Test
    void what_the_jdk_blocks_with_works_in_tasks() throws Exception {
        var lock = new ReentrantLock();
        var condition = lock.newCondition();
        var semaphore = new Semaphore(0);
        var future = new CompletableFuture<Integer>();
        task(() -> {
            long start = System.nanoTime();
            Thread.sleep(5);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(5_000_000);
            LockSupport.parkNanos(1_000_000);
            assertThat(future.completeOnTimeout(7, 5, TimeUnit.MILLISECONDS).get()).isEqualTo(7);
        });
        JoinHandle<Integer> waiting = runtime.spawn(() -> {
            lock.lock();
            try {
                condition.await();
            } finally {
                lock.unlock();
            }
            semaphore.acquire();
            return 3;
        });
        eventually("waits", () -> {
            lock.lock();
            try {
                return lock.hasWaiters(condition);
            } finally {
                lock.unlock();
            }
        });
        runtime.spawn(() -> {
            lock.lock();
            condition.signal();
            lock.unlock();
            return null;
        });
        semaphore.release();
        assertThat(waiting.await()).isEqualTo(3);
        assertThat(task(() -> CompletableFuture.supplyAsync(() -> 4).thenApply(x -> x + 1).join())).isEqualTo(5);
        assertThat(task(() -> {
            Object monitor = new Object();
            synchronized (monitor) {
                monitor.wait(2);
            }
            return 6;
        })).isEqualTo(6);
    }

    @Test
    void monitors_held_by_a_thread_that_blocks_stop_no_other_task() throws Exception {
        Object monitor = new Object();
        var held = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        Thread holder = Thread.ofPlatform().start(() -> {
            synchronized (monitor) {
                held.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        });
        held.await();
        var entered = new AtomicInteger();
        List<JoinHandle<Void>> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.add(runtime.spawn(() -> {
                synchronized (monitor) {
                    entered.incrementAndGet();
                }
                return null;
            }));
        }
        task(() -> {
            new Nop().submit().await();
            Time.sleep(Duration.ofMillis(2)).await();
        });
        assertThat(entered).hasValue(0);
        release.countDown();
        for (JoinHandle<Void> each : waiting) {
            each.await();
        }
        holder.join();
    }

    // ---- executors and futures of the JDK ----

    @Test
    void futures_of_the_jdk_work_in_tasks() throws Exception {
        task(() -> {
            assertThat(CompletableFuture.supplyAsync(() -> 4).thenCompose(x -> CompletableFuture.supplyAsync(() -> x + 1))
                    .get()).isEqualTo(5);
            assertThatThrownBy(() -> new CompletableFuture<Void>().orTimeout(5, TimeUnit.MILLISECONDS).join())
                    .hasCauseInstanceOf(TimeoutException.class);
            assertThatThrownBy(() -> new CompletableFuture<Void>().get(5, TimeUnit.MILLISECONDS))
                    .isInstanceOf(TimeoutException.class);
            assertThat(CompletableFuture.supplyAsync(() -> 6,
                    CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS)).join()).isEqualTo(6);
            assertThat(IntStream.range(0, 10_000).parallel().sum()).isEqualTo(49_995_000);
        });
    }

    @Test
    void a_handle_is_an_executor_of_futures_whose_stages_are_tasks() throws Exception {
        Handle handle = runtime.handle();
        assertThat(CompletableFuture.supplyAsync(() -> 20).thenApplyAsync(x -> {
            try {
                new Nop().submit().await(); // needs a runtime, and may wait
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return carriers == Carriers.ON && !carrierName().startsWith(runtime.name()) ? -1 : x + 1;
        }, handle).thenCombineAsync(CompletableFuture.supplyAsync(() -> 21, handle), Integer::sum, handle)
                .get(20, TimeUnit.SECONDS)).isEqualTo(42);
        assertThat(task(() -> CompletableFuture.supplyAsync(() -> 7, handle).get())).isEqualTo(7);
    }

    @Test
    void executors_of_the_jdk_work_in_tasks_and_outlive_the_runtime() throws Exception {
        try (var platform = Executors.newFixedThreadPool(2);
                var virtual = task(Executors::newVirtualThreadPerTaskExecutor);
                var timed = Executors.newScheduledThreadPool(1)) {
            task(() -> {
                assertThat(platform.submit(() -> 1).get()).isOne();
                assertThat(virtual.submit(() -> 2).get()).isEqualTo(2);
                assertThat(timed.schedule(() -> 3, 2, TimeUnit.MILLISECONDS).get()).isEqualTo(3);
                int sum = 0;
                for (var each : virtual.invokeAll(Collections.<Callable<Integer>>nCopies(100, () -> {
                    Thread.sleep(1);
                    return 1;
                }))) {
                    sum += each.get();
                }
                assertThat(sum).isEqualTo(100);
            });
            runtime.close();
            assertThat(virtual.submit(() -> {
                Thread.sleep(1);
                return 4;
            }).get(20, TimeUnit.SECONDS)).isEqualTo(4);
        }
    }

    @Test
    void class_initialisers_are_contended_between_tasks() throws Exception {
        List<JoinHandle<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            tasks.add(runtime.spawn(() -> carriers == Carriers.ON ? SlowOn.VALUE : SlowOff.VALUE));
        }
        for (JoinHandle<Integer> task : tasks) {
            assertThat(task.await()).isEqualTo(1);
        }
    }

    private static int slow() {
        try {
            Thread.sleep(20);
            return 1;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static final class SlowOn {
        static final int VALUE = slow();
    }

    private static final class SlowOff {
        static final int VALUE = slow();
    }

    @Test
    void yields_go_round() throws Exception {
        var turns = Collections.synchronizedList(new ArrayList<Integer>());
        List<JoinHandle<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int number = i;
            tasks.add(runtime.spawn(() -> {
                for (int k = 0; k < 100; k++) {
                    turns.add(number);
                    Thread.yield();
                }
                return null;
            }));
        }
        for (JoinHandle<Void> task : tasks) {
            task.await();
        }
        assertThat(turns).hasSize(300);
    }

    @Test
    void tasks_that_yield_have_their_turns_in_order() throws Exception {
        assumeTrue(carriers == Carriers.ON, "order is promised in carrier mode only");
        assertThat(task(() -> {
            List<Integer> turns = new ArrayList<>();
            List<JoinHandle<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                int number = i;
                tasks.add(Tasks.spawn(() -> {
                    for (int k = 0; k < 3; k++) {
                        turns.add(number);
                        Thread.yield();
                    }
                    return null;
                }));
            }
            for (JoinHandle<Void> task : tasks) {
                task.await();
            }
            return turns;
        })).containsExactly(0, 1, 2, 0, 1, 2, 0, 1, 2);
    }

    @Test
    void a_task_that_only_yields_starves_neither_others_nor_the_end() throws Exception {
        assumeTrue(carriers == Carriers.ON,
                "the JDK's scheduler may run a yielding thread again before all others");
        var turns = new AtomicInteger();
        JoinHandle<Void> yielding = runtime.spawn(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                turns.incrementAndGet();
                Thread.yield();
            }
            return null;
        });
        eventually("yields", () -> turns.get() > 10);
        for (int i = 0; i < 200; i++) {
            assertThat(runtime.spawn(() -> {
                new Nop().submit().await();
                return 7;
            }).await(Duration.ofSeconds(20))).isEqualTo(7);
        }
        assertThat(yielding.isFinished()).isFalse();
        var closed = new CompletableFuture<Void>();
        Thread.ofPlatform().start(() -> {
            runtime.close();
            closed.complete(null);
        });
        closed.get(20, TimeUnit.SECONDS);
        assertThat(yielding.isFinished()).isTrue();
    }

    // ---- what tasks throw ----

    @Test
    void what_a_task_throws_comes_as_it_is() throws Exception {
        for (Throwable thrown : List.of(new IOException("checked"), new IllegalStateException("unchecked"),
                new AssertionError("error"))) {
            assertThatThrownBy(() -> task(() -> {
                switch (thrown) {
                    case Exception e -> throw e;
                    case Error e -> throw e;
                    default -> throw new AssertionError(thrown);
                }
            })).isSameAs(thrown);
            JoinHandle<Object> spawned = runtime.spawn(() -> {
                switch (thrown) {
                    case Exception e -> throw e;
                    default -> throw (Error) thrown;
                }
            });
            assertThatThrownBy(spawned::await).isInstanceOf(ExecutionException.class).hasCause(thrown);
        }
    }

    private static int endless(int depth) {
        return endless(depth + 1) + 1;
    }

    private void callbackThatOverflows() {
        assertThatThrownBy(() -> callback(() -> endless(0))).isInstanceOf(StackOverflowError.class);
    }

    @Test
    void a_stack_overflow_ends_its_task_only() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(() -> task(() -> endless(0))).isInstanceOf(StackOverflowError.class);
        }
        Thread worker = carriers == Carriers.ON ? task(CarrierAccess::currentCarrier) : null;
        callbackThatOverflows();
        task(() -> new Nop().submit().await());
        assertThat(carriers == Carriers.ON ? task(CarrierAccess::currentCarrier) : null).isSameAs(worker);
    }

    @Test
    void what_an_executed_body_throws_is_reported_and_ends_nothing() throws Exception {
        var ran = new CountDownLatch(10);
        for (int i = 0; i < 10; i++) {
            runtime.handle().execute(() -> {
                ran.countDown();
                throw new IllegalStateException("thrown by a test, on purpose");
            });
        }
        assertThat(ran.await(10, TimeUnit.SECONDS)).isTrue();
        task(() -> new Nop().submit().await());
    }

    // ---- sockets of the JDK ----

    private static int echo(ServerSocket server) throws Exception {
        Thread accepting = Thread.startVirtualThread(() -> {
            try (Socket accepted = server.accept(); InputStream in = accepted.getInputStream()) {
                accepted.getOutputStream().write(in.read() + 1);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        try (Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
            Thread.sleep(2);
            socket.getOutputStream().write(41);
            int answer = socket.getInputStream().read();
            accepting.join();
            return answer;
        }
    }

    @Test
    void sockets_of_the_jdk_work_in_tasks_and_after_the_end() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 20; i++) {
                assertThat(task(() -> echo(server))).isEqualTo(42);
            }
            runtime.close();
            var after = new CompletableFuture<Integer>();
            Thread.startVirtualThread(() -> {
                try {
                    after.complete(echo(server));
                } catch (Exception e) {
                    after.completeExceptionally(e);
                }
            }).join();
            assertThat(after.get()).isEqualTo(42);
        }
    }

    @Test
    void a_thread_that_waits_for_a_socket_outlives_the_runtime_that_it_was_started_in() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                Socket accepted = server.accept()) {
            var read = new AtomicInteger();
            var accepts = new CompletableFuture<Integer>();
            List<Thread> children = task(() -> List.of(
                    Thread.startVirtualThread(() -> {
                        try (InputStream in = accepted.getInputStream()) {
                            for (int next = in.read(); next >= 0; next = in.read()) {
                                read.addAndGet(next);
                            }
                        } catch (IOException e) {
                            read.set(-1_000_000);
                        }
                    }),
                    Thread.startVirtualThread(() -> {
                        try (Socket second = server.accept()) {
                            accepts.complete(second.getInputStream().read());
                        } catch (IOException e) {
                            accepts.completeExceptionally(e);
                        }
                    })));
            client.getOutputStream().write(1);
            eventually("reads", () -> read.get() == 1);
            runtime.close();
            client.getOutputStream().write(2);
            eventually("reads on", () -> read.get() == 3);
            try (Socket late = new Socket(server.getInetAddress(), server.getLocalPort())) {
                late.getOutputStream().write(5);
                assertThat(accepts.get(20, TimeUnit.SECONDS)).isEqualTo(5);
            }
            client.close();
            for (Thread child : children) {
                assertThat(child.join(Duration.ofSeconds(20))).isTrue();
            }
        }
    }

    // ---- two at once ----

    @Test
    void two_runtimes_share_nothing_and_wait_for_each_other() throws Exception {
        try (UringRuntime other = builder().build(); Pipe pipe = Pipe.open(runtime); Pipe back = Pipe.open(other)) {
            JoinHandle<Integer> answering = other.spawn(() -> {
                int bytes = pipe.read(IoBuffer.allocate(8)).submit().await().bytes();
                return back.write(IoBuffer.allocate(bytes + 1)).submit().await().bytes();
            });
            int answer = task(() -> {
                pipe.write(IoBuffer.allocate(3)).submit().await();
                return back.read(IoBuffer.allocate(8)).submit().await().bytes();
            });
            assertThat(answer).isEqualTo(4);
            assertThat(answering.await()).isEqualTo(4);
            if (carriers == Carriers.ON) {
                assertThat(task(() -> other.spawn(CarrierTest::carrierName).await())).startsWith(other.name() + "-worker");
            }
        }
    }

    @Test
    void many_tasks_on_many_workers_all_end() throws Exception {
        try (UringRuntime many = builder().multiThread(3).build()) {
            int count = FULL ? 200_000 : 10_000;
            var ended = new AtomicInteger();
            List<JoinHandle<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                tasks.add(many.spawn(() -> {
                    switch (number % 4) {
                        case 0 -> new Nop().submit().await();
                        case 1 -> Thread.sleep(1);
                        case 2 -> Time.sleep(Duration.ofMillis(1)).await();
                        default -> Thread.yield();
                    }
                    new Nop().submit().await(HOUR);
                    ended.incrementAndGet();
                    return null;
                }));
            }
            for (JoinHandle<Void> task : tasks) {
                task.await();
            }
            assertThat(ended).hasValue(count);
        }
    }

    @Test
    void the_trial_is_deaf_to_an_interrupt_of_who_builds_and_leaves_it_set() throws Exception {
        Class<?> type = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder");
        MethodHandle builder = MethodHandles.privateLookupIn(type, MethodHandles.lookup())
                .findConstructor(type, MethodType.methodType(void.class, Executor.class))
                .asType(MethodType.methodType(Thread.Builder.OfVirtual.class, Executor.class));
        Thread.currentThread().interrupt();
        try {
            assertThat(CarrierTrial.run(builder)).isNull();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }
}
