package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** More operations than there is room for: tasks wait, callbacks are told, other threads queue up; nobody spins. */
interface CapacityCases extends Cases {
    @Test
    default void tasks_wait_for_room_and_all_are_served() throws Exception {
        small();
        int count = setup().operationsMax() * 3 + 5;
        runTask(() -> {
            TestPipe pipe = pipe();
            List<JoinHandle<Integer>> readers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                readers.add(Tasks.spawn(() -> Cases.read(pipe, 1).submit().await().bytes()));
            }
            settle();
            pipe.feed(new byte[count]);
            for (JoinHandle<Integer> reader : readers) {
                assertThat(reader.await()).isEqualTo(1);
            }
            assertThat(pipe.drain()).isEmpty();
        });
    }

    @Test
    default void other_threads_queue_up_and_are_served() throws Exception {
        small();
        int count = setup().operationsMax() * 3 + 5;
        TestPipe pipe = pipe();
        List<Op<BufResult>> reads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            reads.add(Cases.read(pipe, 1).submit());
        }
        pipe.feed(new byte[count]);
        for (Op<BufResult> read : reads) {
            assertThat(read.await().bytes()).isEqualTo(1);
        }
        assertThat(pipe.drain()).isEmpty();
    }

    @Test
    default void callback_without_room_is_told_and_keeps_its_buffer() throws Exception {
        small();
        TestPipe pipe = pipe();
        List<Read> reads = new ArrayList<>();
        var refused = new CompletableFuture<Read>();
        runtime().handle().run(() -> new Nop().submit()).onComplete((_, _) -> {
            try {
                for (int i = 0; i <= setup().operationsMax(); i++) {
                    Read read = Cases.read(pipe, 1);
                    try {
                        read.submit();
                    } catch (BusyException e) {
                        refused.complete(read);
                        return;
                    }
                    reads.add(read);
                }
                refused.completeExceptionally(new AssertionError("there was always room"));
            } catch (RuntimeException e) {
                refused.completeExceptionally(e);
            }
        });
        Read second = refused.get();
        assertThat(second.buffer().state()).isEqualTo(IoBuffer.State.OWNED);
        assertThat(second.isDone()).isFalse();
        pipe.feed(new byte[reads.size() + 1]);
        second.submit();
        for (Read read : reads) {
            assertThat(read.await().bytes()).isEqualTo(1);
        }
        assertThat(second.await().bytes()).isEqualTo(1);
    }

    @Test
    default void operation_that_waits_for_room_can_be_cancelled() throws Exception {
        small();
        TestPipe pipe = pipe();
        List<Op<BufResult>> reads = new ArrayList<>();
        for (int i = 0; i < setup().operationsMax(); i++) {
            reads.add(Cases.read(pipe, 1).submit());
        }
        Op<BufResult> waiting = Cases.read(pipe, 1).submit();
        waiting.cancel();
        assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class);
        JoinHandle<Integer> task = runtime().handle().spawn(() -> Cases.read(pipe, 1).submit().await().bytes());
        Thread.sleep(5);
        task.abort();
        assertThatThrownBy(task::await).isInstanceOfAny(CancellationException.class,
                ExecutionException.class);
        assertThat(reads).noneMatch(Op::isDone);
        pipe.feed(new byte[reads.size()]);
        for (Op<BufResult> read : reads) {
            assertThat(read.await().bytes()).isEqualTo(1);
        }
    }

    @Test
    default void interrupt_while_a_task_waits_for_room_is_told_as_one() throws Exception {
        small();
        TestPipe pipe = pipe();
        List<Op<BufResult>> reads = new ArrayList<>();
        for (int i = 0; i < setup().operationsMax(); i++) {
            reads.add(Cases.read(pipe, 1).submit());
        }
        runTask(this::settle); // a task may run before the worker has taken all of them
        var told = new CompletableFuture<IOException>();
        Read awaited = Cases.read(pipe, 1);
        Read observed = Cases.read(pipe, 1);
        var begun = new CountDownLatch(1);
        JoinHandle<Boolean> task = runtime().handle().spawn(() -> {
            begun.countDown();
            assertThatThrownBy(awaited.submit()::await).isInstanceOf(InterruptedIOException.class);
            boolean flag = Thread.currentThread().isInterrupted();
            if (runtime().carriesTasks()) { // else submit did not wait, and await alone sees the interrupt
                observed.submit((_, error) -> told.complete(error));
                assertThat(told.join()).isInstanceOf(InterruptedIOException.class);
            }
            return flag && Thread.currentThread().isInterrupted();
        });
        begun.await();
        Thread.sleep(5);
        task.abort();
        assertThat(task.await()).as("interrupt status is kept").isTrue();
        assertThat(List.of(awaited, observed)).allMatch(read -> read.buffer().state() == IoBuffer.State.OWNED);
        assertThat(reads).noneMatch(Op::isDone);
        pipe.feed(new byte[reads.size()]);
        for (Op<BufResult> read : reads) {
            assertThat(read.await().bytes()).isEqualTo(1);
        }
    }

    @Test
    default void cancels_get_through_when_there_is_no_room() throws Exception {
        small();
        TestPipe pipe = pipe();
        for (int round = 0; round < 3; round++) {
            List<Op<BufResult>> reads = new ArrayList<>();
            for (int i = 0; i < setup().operationsMax() * 2; i++) {
                reads.add(Cases.read(pipe, 1).submit());
            }
            if (round > 0) {
                Thread.sleep(2);
            }
            reads.forEach(Op::cancel);
            for (Op<BufResult> read : reads) {
                assertThatThrownBy(read::await).isInstanceOf(CancellationException.class);
            }
        }
        pipe.feed((byte) 1);
        assertThat(Cases.read(pipe, 1).submit().await(Duration.ofSeconds(30)).bytes()).isEqualTo(1);
    }

    @Test
    default void operations_without_an_opcode_outnumber_the_submission_queue() throws Exception {
        small();
        int count = setup().operationsMax();
        runTask(() -> {
            TestPipe pipe = pipe();
            List<Op<BufResult>> reads = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                reads.add(new AttemptedRead(pipe.reader(), IoBuffer.allocate(1), Readiness.READABLE).submit());
            }
            // Each byte wakes all that wait; all but one find nothing and wait again.
            for (int i = 0; i < count; i++) {
                pipe.feed((byte) i);
                if (i % 8 == 0) {
                    Thread.yield();
                }
            }
            int sum = 0;
            for (Op<BufResult> read : reads) {
                sum += read.await().bytes();
            }
            assertThat(sum).isEqualTo(count);
            assertThat(pipe.drain()).isEmpty();
        });
    }
}
