package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Sqe;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Wake-ups, callbacks, the garbage collector, and the end. */
interface LifeCases extends Cases {
    @Test
    default void wake_ups_from_other_threads_are_never_lost() throws Exception {
        int rounds = scaled(100_000);
        Nop nop = new Nop();
        for (int i = 0; i < rounds; i++) {
            runtime().handle().run(nop::submit);
            nop.await();
        }
    }

    @Test
    default void two_threads_may_wake_one_worker() throws Exception {
        int rounds = scaled(20_000);
        List<Thread> threads = new ArrayList<>();
        AtomicInteger answered = new AtomicInteger();
        for (int t = 0; t < 2; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                Nop nop = new Nop();
                try {
                    for (int i = 0; i < rounds; i++) {
                        runtime().handle().run(nop::submit);
                        nop.await();
                        answered.incrementAndGet();
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(answered).hasValue(2 * rounds);
    }

    @Test
    default void task_that_another_thread_unparks_goes_on() throws Exception {
        int rounds = scaled(10_000);
        var questions = new SynchronousQueue<Integer>();
        var answers = new SynchronousQueue<Integer>();
        JoinHandle<Void> task = runtime().handle().spawn(() -> {
            for (int i = 0; i < rounds; i++) {
                answers.put(questions.take() + 1);
            }
            return null;
        });
        for (int i = 0; i < rounds; i++) {
            questions.put(i);
            assertThat(answers.take()).isEqualTo(i + 1);
        }
        task.await();
    }

    // ---- callbacks ----

    @Test
    default void callbacks_that_submit_again_do_not_grow_the_stack() throws Exception {
        int rounds = scaled(1_000_000);
        var ended = new CompletableFuture<Long>();
        var nop = new Nop();
        runtime().handle().run(nop::submit).onComplete(new BiConsumer<>() {
            private int count;

            @Override
            public void accept(Void result, IOException error) {
                if (error != null) {
                    ended.completeExceptionally(error);
                } else if (++count == rounds) {
                    long depth = StackWalker.getInstance().walk(Stream::count);
                    ended.complete(depth);
                } else {
                    nop.submit();
                    nop.onComplete(this);
                }
            }
        });
        assertThat(ended.get()).isLessThan(60);
    }

    @Test
    default void callback_that_throws_ends_nothing_else() throws Exception {
        Logger log = Logger.getLogger("dev.uring"); // where it is reported, which is expected here
        log.setLevel(Level.OFF);
        try {
            runTask(() -> {
                Op<Void> nop = new Nop().submit();
                var told = new CompletableFuture<Void>();
                nop.onComplete((_, _) -> {
                    throw new IllegalStateException("thrown on purpose by a test");
                });
                nop.onComplete((_, _) -> told.complete(null));
                told.get();
                new Nop().submit().await();
            });
        } finally {
            log.setLevel(null);
        }
    }

    @Test
    default void callback_comes_on_a_worker_and_never_inline() throws Exception {
        runTask(() -> {
            Op<Void> nop = new Nop().submit();
            nop.await();
            var on = new CompletableFuture<Thread>();
            Thread[] inline = new Thread[1];
            nop.onComplete((_, _) -> on.complete(Thread.currentThread()));
            inline[0] = Thread.currentThread();
            assertThat(on.get()).isNotSameAs(inline[0]).isInstanceOf(WorkerThread.class);
        });
    }

    // ---- memory ----

    @Test
    default void operation_in_flight_survives_the_garbage_collector() throws Exception {
        TestPipe pipe = pipe();
        var arrived = new CompletableFuture<byte[]>();
        var other = new CompletableFuture<byte[]>();
        forgetRead(pipe, arrived);
        TestPipe second = pipe();
        forgetAttemptedRead(second, other);
        for (int i = 0; i < 3; i++) {
            System.gc();
            byte[][] churn = new byte[64][];
            for (int k = 0; k < churn.length; k++) {
                churn[k] = new byte[1 << 16];
            }
            assertThat(churn[63]).isNotNull();
        }
        pipe.feed((byte) 1);
        second.feed((byte) 2);
        assertThat(arrived.get()).containsExactly(1);
        assertThat(other.get()).containsExactly(2);
    }

    private static void forgetRead(TestPipe pipe, CompletableFuture<byte[]> arrived) {
        Cases.read(pipe, 8).submit().onComplete((result, _) -> arrived.complete(result.buffer().toByteArray()));
    }

    private static void forgetAttemptedRead(TestPipe pipe, CompletableFuture<byte[]> arrived) {
        new AttemptedRead(pipe.reader(), IoBuffer.allocate(8), Readiness.READABLE).submit()
                .onComplete((result, _) -> arrived.complete(result.buffer().toByteArray()));
    }

    @Test
    default void operation_that_is_done_is_not_kept() throws Exception {
        WeakReference<Object> gone = inTask(() -> {
            TestPipe pipe = pipe();
            pipe.feed((byte) 1);
            Op<BufResult> read = Cases.read(pipe, 8).submit();
            read.await();
            return new WeakReference<>(read);
        });
        runTask(this::settle);
        for (int i = 0; i < 50 && gone.get() != null; i++) {
            System.gc();
            Thread.sleep(2);
        }
        assertThat(gone.get()).isNull();
    }

    // ---- the end ----

    @Test
    default void close_ends_everything_in_flight() throws Exception {
        int rounds = scaled(20);
        for (int round = 0; round < rounds; round++) {
            UringRuntime runtime = newRuntime();
            TestPipe pipe = TestPipe.open(ground(), runtime);
            TestPipe stream = TestPipe.open(ground(), runtime);
            TestPipe full = TestPipe.open(ground(), runtime);
            full.fill();
            List<Op<?>> ops = new ArrayList<>();
            List<IoBuffer> buffers = new ArrayList<>();
            List<JoinHandle<?>> tasks = new ArrayList<>();
            for (int i = 0; i < setup().operationsMax() + 10 && i < 100; i++) {
                IoBuffer buffer = IoBuffer.allocate(8);
                buffers.add(buffer);
                ops.add(i % 2 == 0 ? new Read(pipe.reader(), buffer, Read.NO_OFFSET).submit()
                        : new AttemptedRead(pipe.reader(), buffer, Readiness.READABLE).submit());
                ops.add(runtime.handle().run(() -> Time.sleep(Duration.ofHours(1))));
            }
            IoBuffer unsent = IoBuffer.allocate(8);
            buffers.add(unsent);
            ops.add(new Write(full.writer(), unsent, Write.NO_OFFSET).submit());
            var receives = new Receives(stream.reader(), 0);
            receives.start();
            Read linked = new Read(pipe.reader(), IoBuffer.allocate(1), Read.NO_OFFSET);
            Nop last = new Nop();
            Ops.link(linked, last);
            ops.add(linked);
            ops.add(last);
            tasks.add(runtime.handle().spawn(() -> Time.sleep(Duration.ofHours(1)).await()));
            tasks.add(runtime.handle().spawn(() -> Cases.read(pipe, 8).submit().await()));
            tasks.add(runtime.handle().spawn(() -> Cases.read(pipe, 8).submit().await(Duration.ofHours(1))));
            tasks.add(runtime.handle().spawn(() -> {
                Thread.sleep(Duration.ofHours(1));
                return null;
            }));
            if (round % 2 == 0) {
                Thread.sleep(2);
            }
            runtime.close();
            assertThat(ops).allMatch(Op::isDone);
            assertThat(buffers).allMatch(buffer -> buffer.state() == IoBuffer.State.OWNED);
            assertThat(tasks).allMatch(JoinHandle::isFinished);
            receives.close();
        }
    }

    @Test
    default void close_ends_a_stream_that_waits_for_its_consumer() throws Exception {
        UringRuntime runtime = newRuntime();
        TestPipe slow = TestPipe.open(ground(), runtime);
        var bytes = new Bytes(slow.reader());
        bytes.start();
        slow.feed(new byte[1000]);
        runtime.blockOn(() -> {
            settle();
            return null;
        });
        runtime.close();
        int taken = 0;
        try {
            for (Integer each = bytes.next(); each != null; each = bytes.next()) {
                taken++;
            }
        } catch (IOException e) {
            assertThat(e).isInstanceOfAny(RuntimeShutdownException.class, ClosedChannelException.class);
        }
        assertThat(taken).isPositive();
        bytes.close();
    }

    @Test
    default void close_lets_no_submission_of_another_thread_hang() throws Exception {
        int rounds = scaled(40);
        for (int round = 0; round < rounds; round++) {
            UringRuntime runtime = newRuntime();
            TestPipe pipe = TestPipe.open(ground(), runtime);
            AtomicInteger ended = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                threads.add(Thread.ofPlatform().start(() -> submitUntilRefused(runtime, pipe, ended)));
            }
            Thread.sleep(1 + round % 3);
            runtime.close();
            for (Thread thread : threads) {
                thread.join(10_000);
                assertThat(thread.isAlive()).as("a submission hangs: %s", thread).isFalse();
            }
            assertThat(ended).hasValue(2);
        }
    }

    private static void submitUntilRefused(UringRuntime runtime, TestPipe pipe, AtomicInteger ended) {
        try {
            while (true) {
                Read read = Cases.read(pipe, 8);
                read.submit();
                Nop nop = new Nop();
                runtime.handle().run(nop::submit);
                nop.await();
                read.cancel();
                read.awaitResult();
            }
        } catch (IOException | RejectedExecutionException e) {
            ended.incrementAndGet(); // the runtime has been shut down
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    default void descriptor_that_outlives_its_runtime_is_closed_with_it() throws Exception {
        UringRuntime runtime = newRuntime();
        TestPipe pipe = TestPipe.open(ground(), runtime);
        Object before = ground().identity(pipe.reader().fd());
        runtime.close();
        assertThat(ground().identity(pipe.reader().fd())).isNotEqualTo(before);
        TestPipe late = TestPipe.open(ground(), runtime);
        Object open = ground().identity(late.reader().fd());
        late.reader().close();
        late.writer().close();
        assertThat(ground().identity(late.reader().fd())).isNotEqualTo(open);
    }

    // ---- operations that are wrong ----

    /** An operation of somebody else's that throws where it should answer. */
    final class Throws extends Op<Void> {
        private final Descriptor descriptor;
        private final Readiness readiness;

        Throws(Descriptor descriptor, Readiness readiness) {
            this.descriptor = descriptor;
            this.readiness = readiness;
        }

        @Override
        protected boolean prepare(Sqe sqe, Capabilities kernel) {
            return false;
        }

        @Override
        protected Readiness readiness() {
            return readiness;
        }

        @Override
        protected int attempt(Sys sys, MemorySegment selected) {
            throw new IllegalStateException("thrown by a test, on purpose");
        }

        @Override
        protected Void decode(int res, int flags) throws IOException {
            throw failure(-res);
        }

        @Override
        protected Descriptor descriptor() {
            return descriptor;
        }
    }

    @Test
    default void attempt_that_throws_fails_its_operation_and_no_other() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            pipe.feed((byte) 1);
            for (Readiness each : Readiness.values()) {
                var op = new Throws(each == Readiness.WRITABLE ? pipe.writer() : pipe.reader(), each);
                op.submit();
                assertThatThrownBy(op::await).as(each.toString()).isInstanceOf(UringException.class)
                        .hasMessageContaining("EIO").hasCauseInstanceOf(IllegalStateException.class);
            }
            assertThat(Cases.readFully(pipe, 1)).containsExactly(1);
            pipe.reader().close();
            pipe.writer().close();
        });
    }
}
