package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.LibcFile;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.RingOptions;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The end of a runtime: nothing in flight, nothing left, nobody hangs, and no write of the kernel after it. */
class ShutdownTest extends RuntimeTest {
    private static final int READS = 4;
    private static final int READ_BYTES = 8 << 20;

    @Test
    void tasks_blocked_in_reads_are_cancelled_and_their_buffers_return() throws Exception {
        Pipe pipe = Pipe.open(runtime);
        List<IoBuffer> buffers = new ArrayList<>();
        List<JoinHandle<Integer>> tasks = new ArrayList<>();
        List<Throwable> seen = java.util.Collections.synchronizedList(new ArrayList<>());
        var reading = new CountDownLatch(10);
        for (int i = 0; i < 10; i++) {
            IoBuffer buffer = IoBuffer.allocate(8);
            buffers.add(buffer);
            tasks.add(runtime.spawn(() -> {
                Op<BufResult> read = pipe.read(buffer).submit();
                reading.countDown();
                try {
                    return read.await().bytes();
                } catch (IOException e) {
                    seen.add(e);
                    throw e;
                }
            }));
        }
        reading.await();
        runtime.close();
        assertThat(seen).hasSize(10).allSatisfy(e -> assertThat(e).isInstanceOf(RuntimeShutdownException.class)
                .hasMessageContaining("read fd=").hasMessageContaining("the runtime is being shutdown"));
        for (JoinHandle<Integer> task : tasks) {
            assertThat(task.isFinished()).isTrue();
            assertThatThrownBy(task::await).isInstanceOf(CancellationException.class);
        }
        assertThat(buffers).allSatisfy(b -> assertThat(b.state()).isEqualTo(IoBuffer.State.OWNED));
        assertThat(pipe.reader.isOpen()).isFalse();
    }

    @Test
    void foreign_threads_blocked_in_await_get_the_shutdown() throws Exception {
        Pipe pipe = Pipe.open(runtime);
        IoBuffer buffer = IoBuffer.allocate(8);
        Op<BufResult> read = pipe.read(buffer).submit();
        Op<Void> sleep = foreign(() -> Time.sleep(Duration.ofHours(1)));
        var outcomes = new ArrayList<CompletableFuture<Throwable>>();
        List<Thread> threads = new ArrayList<>();
        for (Op<?> op : List.of(read, sleep)) {
            var outcome = new CompletableFuture<Throwable>();
            outcomes.add(outcome);
            threads.add(Thread.ofPlatform().start(() -> outcome.complete(thrown(op))));
        }
        Thread.sleep(20);
        runtime.close();
        for (CompletableFuture<Throwable> outcome : outcomes) {
            assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(RuntimeShutdownException.class);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
    }

    @Test
    void operations_that_wait_for_room_are_ended_too() throws Exception {
        UringRuntime tiny = builder().ring(RingOptions.of(4).withCompletionEntries(128)).build();
        Pipe pipe = Pipe.open(tiny);
        List<Op<BufResult>> reads = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            reads.add(pipe.read(IoBuffer.allocate(1)).submit());
        }
        tiny.close();
        assertThat(reads).allSatisfy(read -> {
            assertThat(read.isDone()).isTrue();
            assertThatThrownBy(read::await).isInstanceOf(RuntimeShutdownException.class);
        });
    }

    @Test
    void a_stream_whose_buffers_are_all_lent_ends_with_the_runtime() throws Exception {
        Pipe pipe = Pipe.open(runtime);
        var receives = new Receives(pipe.reader, MultishotCases.GROUP);
        receives.start();
        List<IoBuffer> held = new ArrayList<>();
        for (int i = 0; i < MultishotCases.COUNT; i++) {
            pipe.send("x");
            held.add(receives.next());
        }
        pipe.send("y");
        eventually("starved", () -> receives.toString().contains("STARVED"));
        var outcome = new CompletableFuture<Throwable>();
        Thread consumer = Thread.ofPlatform().daemon().start(() -> outcome.complete(endOf(receives)));
        // Keeps the worker until the buffers are back, so that it can be asked whether all are.
        var keeping = new CountDownLatch(1);
        var returned = new CountDownLatch(1);
        runtime.handle().execute(() -> {
            keeping.countDown();
            awaitDeafly(returned);
        });
        keeping.await(); // one that has not begun ends with the runtime
        Thread closer = Thread.ofPlatform().daemon().start(runtime::close);
        try {
            assertThat(outcome.get(20, TimeUnit.SECONDS)).isInstanceOf(RuntimeShutdownException.class)
                    .hasMessageContaining("receives");
        } finally {
            held.forEach(IoBuffer::close);
            receives.close();
            returned.countDown();
        }
        consumer.join();
        closer.join();
        assertThat(runtime.workers().getFirst().provided().lent()).isZero();
        assertThat(runtime.workers().getFirst().metrics().inFlight()).isZero();
    }

    @Test
    void a_stream_whose_consumer_is_slow_ends_with_the_runtime_after_its_results() throws Exception {
        Pipe pipe = Pipe.open(runtime);
        var bytes = new Bytes(pipe.reader);
        bytes.start();
        pipe.send("x".repeat(1000));
        eventually("paused", () -> bytes.toString().contains("PAUSED"));
        runtime.close();
        int taken = 0;
        var outcome = new CompletableFuture<Throwable>();
        while (!outcome.isDone()) {
            try {
                assertThat(bytes.next()).isEqualTo('x');
                taken++;
            } catch (IOException e) {
                outcome.complete(e);
            }
        }
        assertThat(outcome.join()).isInstanceOf(RuntimeShutdownException.class);
        assertThat(taken).isBetween(1, 1000);
        bytes.close();
        assertThat(bytes.discardedBytes).hasValue(0);
    }

    private static Throwable endOf(MultiOp<?> stream) {
        try {
            return new AssertionError("there was a result or a plain end: " + stream.next());
        } catch (IOException e) {
            return e;
        }
    }

    private static void awaitDeafly(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                // the abort of a task that is not done yet
            }
        }
    }

    @Test
    void what_is_left_open_is_closed() throws Exception {
        List<Pipe> pipes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            pipes.add(Pipe.open(runtime));
        }
        runtime.close();
        assertThat(pipes).allSatisfy(pipe -> {
            assertThat(pipe.reader.isOpen()).isFalse();
            assertThat(Files.exists(Path.of("/proc/self/fd/" + pipe.reader.fd()))).isFalse();
        });
        for (Pipe pipe : pipes) {
            pipe.close(); // late, twice: nothing happens
        }
    }

    @Test
    void operations_after_the_end_are_refused_with_their_buffers() throws Exception {
        Pipe pipe = Pipe.open(runtime);
        runtime.close();
        IoBuffer buffer = IoBuffer.allocate(8);
        assertThatThrownBy(pipe.read(buffer).submit()::await).isInstanceOf(IOException.class);
        assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
        assertThatThrownBy(foreign(() -> new Nop().submit())::await).isInstanceOf(RuntimeShutdownException.class);
        assertThatThrownBy(foreign(() -> Time.sleep(Duration.ZERO))::await)
                .isInstanceOf(RuntimeShutdownException.class);
        assertThatThrownBy(() -> runtime.handle().execute(() -> { })).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> runtime.handle().spawn(() -> 1).await()).isInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> runtime.blockOn(() -> 1)).isInstanceOf(CancellationException.class);
    }

    @Test
    void futures_and_callbacks_of_operations_after_the_end_are_told() throws Exception {
        Op<Void> before = foreign(() -> new Nop().submit());
        before.await();
        runtime.close();
        var late = foreign(() -> new Nop().submit()).toCompletableFuture();
        assertThatThrownBy(() -> late.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(RuntimeShutdownException.class);
        assertThat(before.toCompletableFuture().get(10, TimeUnit.SECONDS)).isNull();
    }

    @Test
    void closing_inside_a_task_or_callback_is_refused_in_words() throws Exception {
        assertThatIllegalStateException().isThrownBy(() -> task(runtime::close))
                .withMessageContaining("Cannot drop a runtime in a context where blocking is not allowed");
        assertThatIllegalStateException().isThrownBy(() -> callback(() -> {
            runtime.close();
            return null;
        })).withMessageContaining("Cannot drop a runtime");
        try (UringRuntime other = builder().build()) {
            assertThatIllegalStateException().isThrownBy(() -> task(other::close))
                    .withMessageContaining("Cannot drop a runtime");
            assertThatIllegalStateException().isThrownBy(() -> task(() -> other.blockOn(() -> 1)))
                    .withMessageContaining("Cannot start a runtime from within a runtime");
            assertThatIllegalStateException().isThrownBy(() -> callback(() -> runtime.blockOn(() -> 1)))
                    .withMessageContaining("Cannot start a runtime from within a runtime");
        }
        assertThat(task(() -> 5)).as("it goes on").isEqualTo(5);
    }

    @Test
    void a_second_close_does_nothing_and_a_concurrent_one_waits() throws Exception {
        Pipe pipe = Pipe.open(runtime);
        pipe.read(IoBuffer.allocate(8)).submit();
        List<Thread> closers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            closers.add(Thread.ofPlatform().start(runtime::close));
        }
        for (Thread closer : closers) {
            closer.join();
        }
        runtime.close();
        assertThat(pipe.reader.isOpen()).isFalse();
    }

    @Test
    void an_interrupted_closer_still_waits_and_stays_interrupted() throws Exception {
        Pipe pipe = Pipe.open(runtime);
        Op<BufResult> read = pipe.read(IoBuffer.allocate(8)).submit();
        var interrupted = new CompletableFuture<Boolean>();
        Thread closer = Thread.ofPlatform().start(() -> {
            Thread.currentThread().interrupt();
            runtime.close();
            interrupted.complete(Thread.currentThread().isInterrupted() && read.isDone());
        });
        assertThat(interrupted.get(20, TimeUnit.SECONDS)).isTrue();
        closer.join();
    }

    @Test
    void tasks_may_finish_their_work_before_the_end() throws Exception {
        var cleaned = new AtomicBoolean();
        var begun = new CountDownLatch(1);
        JoinHandle<Void> task = runtime.spawn(() -> {
            begun.countDown();
            try {
                Time.sleep(Duration.ofHours(1)).await();
            } finally {
                Thread.interrupted();
                cleaned.set(true);
            }
            return null;
        });
        begun.await();
        Thread.sleep(20);
        runtime.close();
        assertThat(cleaned).isTrue();
        assertThat(task.isFinished()).isTrue();
    }

    @Test
    void a_callback_that_spawns_during_the_end_does_not_stop_it() throws Exception {
        for (int i = 0; i < 20; i++) {
            UringRuntime each = builder().build();
            var refused = new AtomicInteger();
            Op<Void> sleep = each.handle().run(() -> Time.sleep(Duration.ofHours(1)));
            sleep.onComplete((_, _) -> {
                each.handle().spawn(() -> 1);
                try {
                    each.handle().execute(() -> { });
                } catch (RejectedExecutionException e) {
                    refused.incrementAndGet();
                }
            });
            each.close();
            assertThat(refused).hasValue(1);
        }
    }

    @Test
    void submissions_that_race_with_the_end_all_end() throws Exception {
        for (int round = 0; round < (FULL ? 2000 : 200); round++) {
            UringRuntime each = builder().build();
            int threads = 2;
            var started = new CountDownLatch(threads);
            List<Thread> submitters = new ArrayList<>();
            List<CompletableFuture<Integer>> outcomes = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                var outcome = new CompletableFuture<Integer>();
                outcomes.add(outcome);
                submitters.add(Thread.ofPlatform().start(() -> outcome.complete(submitUntilRefused(each, started))));
            }
            started.await();
            each.close();
            for (CompletableFuture<Integer> outcome : outcomes) {
                outcome.get(10, TimeUnit.SECONDS);
            }
            for (Thread submitter : submitters) {
                submitter.join();
            }
        }
    }

    private static int submitUntilRefused(UringRuntime runtime, CountDownLatch started) {
        int count = 0;
        try {
            while (true) {
                Op<Void> nop = runtime.handle().run(() -> new Nop().submit());
                started.countDown();
                count++;
                nop.await();
            }
        } catch (RuntimeShutdownException e) {
            return count;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void closes_that_race_with_the_end_all_end() throws Exception {
        for (int round = 0; round < (FULL ? 2000 : 200); round++) {
            UringRuntime each = builder().build();
            Pipe pipe = Pipe.open(each);
            pipe.read(IoBuffer.allocate(1)).submit();
            var closed = new CompletableFuture<Void>();
            Thread closer = Thread.ofPlatform().start(() -> {
                try {
                    pipe.close();
                    closed.complete(null);
                } catch (IOException e) {
                    closed.completeExceptionally(e);
                }
            });
            each.close();
            closed.get(10, TimeUnit.SECONDS);
            closer.join();
        }
    }

    // ---- C5: memory is ours again when close has returned ----

    @Test
    void no_write_lands_after_close_returns() throws Exception {
        // On a disk, since what lies in memory is read at once.
        Path file = Files.createTempFile(Files.createDirectories(Path.of("target").toAbsolutePath()), "shutdown-", ".bin");
        byte[] block = new byte[1 << 20];
        new Random(1).nextBytes(block);
        try (var out = Files.newOutputStream(file)) {
            for (int i = 0; i < READS * READ_BYTES / block.length; i++) {
                out.write(block);
            }
        }
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate((long) READS * READ_BYTES, 4096);
            int cancelled = 0;
            int rounds = FULL ? 500 : 20;
            for (int round = 0; round < rounds; round++) {
                cancelled += closeWithReadsInFlight(file, memory, round);
            }
            assertThat(cancelled).as("reads that close caught in flight, of " + rounds * READS).isPositive();
        } finally {
            Files.delete(file);
        }
    }

    /** Answers how many reads had not ended when close was called. */
    private int closeWithReadsInFlight(Path path, MemorySegment memory, int round) throws Exception {
        UringRuntime each = builder().build();
        Pipe.End file = new Pipe.End(openDirect(path), each);
        List<Op<BufResult>> reads = new ArrayList<>();
        for (int i = 0; i < READS; i++) {
            IoBuffer buffer = IoBuffer.wrapUnsafe(memory.asSlice((long) i * READ_BYTES, READ_BYTES));
            reads.add(new Read(file, buffer, (long) i * READ_BYTES).submit());
        }
        if (round % 4 == 1) {
            Thread.sleep(1);
        } else if (round % 4 == 2) {
            eventually("begun", () -> memory.get(ValueLayout.JAVA_BYTE, 0) != 0 || reads.getFirst().isDone());
        }
        int inFlight = (int) reads.stream().filter(read -> !read.isDone()).count();
        each.close();
        memory.fill((byte) 0x5a);
        Thread.sleep(20);
        for (long offset = 0; offset < memory.byteSize(); offset += Long.BYTES) {
            if (memory.get(ValueLayout.JAVA_LONG, offset) != 0x5a5a5a5a5a5a5a5aL) {
                throw new AssertionError("written after close: round=" + round + " offset=" + offset);
            }
        }
        assertThat(reads).allMatch(Op::isDone);
        memory.fill((byte) 0);
        return inFlight;
    }

    private static int openDirect(Path path) {
        try (Arena scope = Arena.ofConfined()) {
            int fd = LibcFile.open(scope.allocateFrom(path.toString()),
                    OpenFlag.READ_ONLY | OpenFlag.DIRECT | OpenFlag.CLOSE_ON_EXEC, 0);
            assertThat(fd).as("open O_DIRECT " + path).isNotNegative();
            return fd;
        }
    }

    // ---- C12 ----

    @Test
    void hundreds_of_runtimes_leave_nothing() throws Exception {
        openAndUse(20);
        LeakCheck.Holdings before = LeakCheck.Holdings.now();
        long ringMappings = ringMappings();
        openAndUse(FULL ? 5000 : 300);
        before.assertNothingAdded();
        assertThat(ringMappings()).isEqualTo(ringMappings);
    }

    private void openAndUse(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            try (UringRuntime each = builder().multiThread(1 + i % 3).build()) {
                Pipe pipe = Pipe.open(each);
                IoBuffer buffer = IoBuffer.allocate(16);
                Op<BufResult> read = pipe.read(buffer).submit();
                if (i % 2 == 0) {
                    pipe.send("x");
                    assertThat(each.blockOn(() -> read.await().bytes())).isOne();
                }
            }
        }
    }

    static long ringMappings() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains("io_uring")).count();
        }
    }

    @Test
    void a_runtime_that_cannot_be_built_leaves_nothing() throws Exception {
        LeakCheck.Holdings before = LeakCheck.Holdings.now();
        assertThatThrownBy(() -> builder().driver("no-such").build()).isInstanceOf(IOException.class)
                .hasMessageContaining("uring.driver=no-such");
        assertThatThrownBy(() -> builder().multiThread(0).build()).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("workers=0");
        before.assertNothingAdded();
    }

    /** Makes one sound driver, and then one whose ring is too small for a table, so that no worker can be made of it. */
    private static final class FaultyProvider implements DriverProvider {
        private final DriverProvider sound = new IoUringProvider("");
        private int created;

        @Override
        public String name() {
            return "faulty";
        }

        @Override
        public int rank() {
            return 0;
        }

        @Override
        public Availability probe(boolean forced) {
            return sound.probe(forced);
        }

        @Override
        public Driver create(Availability.Available available, RingOptions options) throws IOException {
            return created++ == 0 ? sound.create(available, options)
                    : new RingDriver((Capabilities) available.token(), RingOptions.of(1));
        }
    }

    @Test
    void a_worker_that_cannot_be_made_leaves_no_driver() throws Exception {
        LeakCheck.Holdings before = LeakCheck.Holdings.now();
        assertThatThrownBy(() -> builder().multiThread(2).provider(new FaultyProvider()).build())
                .isInstanceOf(NegativeArraySizeException.class);
        before.assertNothingAdded();
    }

    @Test
    void the_smallest_ring_works() throws Exception {
        try (UringRuntime small = builder().ring(RingOptions.of(1)).build()) {
            small.blockOn(() -> {
                for (int i = 0; i < 100; i++) {
                    new Nop().submit().await();
                }
                return null;
            });
        }
    }

    // ---- virtual threads that outlive the runtime ----

    @Test
    void a_child_that_yields_for_ever_does_not_stop_the_end() throws Exception {
        var go = new AtomicBoolean(true);
        var turns = new AtomicInteger();
        Thread child = task(() -> Thread.startVirtualThread(() -> {
            while (go.get()) {
                turns.incrementAndGet();
                Thread.yield();
            }
        }));
        try {
            eventually("runs", () -> turns.get() > 10);
            runtime.close();
            int then = turns.get();
            eventually("runs on", () -> turns.get() > then + 10);
        } finally {
            go.set(false);
            child.join();
        }
    }

    private static Throwable thrown(Op<?> op) {
        try {
            op.await();
            return null;
        } catch (IOException | RuntimeException e) {
            return e;
        }
    }
}
