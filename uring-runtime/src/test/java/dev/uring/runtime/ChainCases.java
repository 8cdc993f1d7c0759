package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.ffi.Errno;
import dev.uring.ffi.PollFlag;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Chains, with the same outcome whether the driver takes them as a whole or the worker starts one member after the other.
 * Members that must succeed move one byte, which no driver can cut short.
 */
interface ChainCases extends Cases {
    /** A member that keeps every driver from taking the chain as a whole. */
    private static Op<?> emulating() {
        return new Timeout(Duration.ZERO);
    }

    @Test
    default void chain_runs_in_its_order() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            for (int round = 0; round < 10; round++) {
                Write[] writes = {Cases.write(pipe, (byte) 1), Cases.write(pipe, (byte) 2), Cases.write(pipe, (byte) 3)};
                Ops.link(writes);
                Ops.joinAll(writes);
                assertThat(pipe.drain()).containsExactly(1, 2, 3);
            }
        });
    }

    @Test
    default void chain_with_a_timer_inside_runs_in_its_order() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            Write first = Cases.write(pipe, (byte) 1);
            Timeout pause = new Timeout(Duration.ofMillis(10));
            Write last = Cases.write(pipe, (byte) 2);
            long start = System.nanoTime();
            Ops.link(first, pause, last);
            last.await();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(10_000_000);
            assertThat(first.isDone()).isTrue();
            assertThat(pause.isDone()).isTrue();
            assertThat(pipe.drain()).containsExactly(1, 2);
        });
    }

    @Test
    default void member_waits_for_the_one_before() throws Exception {
        runTask(() -> {
            TestPipe in = pipe();
            TestPipe out = pipe();
            Read read = Cases.read(in, 1);
            Write write = Cases.write(out, (byte) 9);
            Ops.link(read, write);
            settle();
            assertThat(write.isDone()).isFalse();
            assertThat(out.drain()).isEmpty();
            in.feed((byte) 1);
            assertThat(write.await().bytes()).isEqualTo(1);
            assertThat(read.isDone()).isTrue();
            assertThat(out.drain()).containsExactly(9);
        });
    }

    @Test
    default void error_breaks_the_chain() throws Exception {
        runTask(() -> {
            for (boolean emulated : new boolean[] {false, true}) {
                TestPipe pipe = pipe();
                Write before = Cases.write(pipe, (byte) 1);
                Read culprit = new Read(missing(), IoBuffer.allocate(1), 0);
                Write after = Cases.write(pipe, (byte) 2);
                Op<?> last = emulated ? emulating() : new Nop();
                Ops.link(before, culprit, after, last);
                assertThat(before.await().bytes()).isEqualTo(1);
                Cases.assertErrno(culprit, Errno.EBADF);
                Cases.assertErrno(after, Errno.ECANCELED);
                Cases.assertErrno(last, Errno.ECANCELED);
                assertThat(after.buffer().state()).isEqualTo(IoBuffer.State.OWNED);
                assertThat(pipe.drain()).containsExactly(1);
            }
        });
    }

    @Test
    default void short_read_breaks_the_chain_and_keeps_its_bytes() throws Exception {
        runTask(() -> {
            for (boolean emulated : new boolean[] {false, true}) {
                TestPipe pipe = pipe();
                TestDescriptor file = file(new byte[10]);
                Read culprit = new Read(file, IoBuffer.allocate(16), 0);
                Write after = Cases.write(pipe, (byte) 2);
                Op<?> last = emulated ? emulating() : new Nop();
                Ops.link(culprit, after, last);
                assertThat(culprit.await().bytes()).isBetween(1, 10);
                Cases.assertErrno(after, Errno.ECANCELED);
                Cases.assertErrno(last, Errno.ECANCELED);
                assertThat(pipe.drain()).isEmpty();
            }
        });
    }

    @Test
    default void end_of_file_breaks_the_chain() throws Exception {
        runTask(() -> {
            Read culprit = new Read(file(), IoBuffer.allocate(1), 0);
            Nop after = new Nop();
            Ops.link(culprit, after);
            assertThat(culprit.await().bytes()).isZero();
            Cases.assertErrno(after, Errno.ECANCELED);
        });
    }

    @Test
    default void cancel_of_the_member_that_waits_ends_the_chain() throws Exception {
        runTask(() -> {
            for (boolean emulated : new boolean[] {false, true}) {
                TestPipe pipe = pipe();
                Read waits = Cases.read(pipe, 1);
                Nop after = new Nop();
                Op<?> last = emulated ? emulating() : new Nop();
                Ops.link(waits, after, last);
                settle();
                waits.cancel();
                assertThatThrownBy(waits::await).isInstanceOf(CancellationException.class);
                Cases.assertErrno(after, Errno.ECANCELED);
                Cases.assertErrno(last, Errno.ECANCELED);
                pipe.feed((byte) 1);
                assertThat(pipe.drain()).containsExactly(1);
            }
        });
    }

    @Test
    default void cancel_of_a_later_member_takes_effect_at_its_turn() throws Exception {
        runTask(() -> {
            for (boolean emulated : new boolean[] {false, true}) {
                TestPipe pipe = pipe();
                TestPipe other = pipe();
                Read first = Cases.read(pipe, 1);
                Read second = Cases.read(other, 1);
                Op<?> last = emulated ? emulating() : new Nop();
                Ops.link(first, second, last);
                settle();
                second.cancel();
                settle();
                assertThat(first.isDone()).isFalse();
                pipe.feed((byte) 1);
                assertThat(first.await().bytes()).isEqualTo(1);
                assertThatThrownBy(second::await).isInstanceOf(CancellationException.class);
                Cases.assertErrno(last, Errno.ECANCELED);
                other.feed((byte) 1);
                assertThat(other.drain()).containsExactly(1);
            }
        });
    }

    @Test
    default void cancel_at_once_ends_a_chain_that_has_not_begun() throws Exception {
        TestPipe pipe = pipe();
        for (int i = 0; i < 20; i++) {
            Read first = Cases.read(pipe, 1);
            Nop second = new Nop();
            Ops.link(first, second);
            first.cancel();
            assertThatThrownBy(first::await).isInstanceOf(CancellationException.class);
            Cases.assertErrno(second, Errno.ECANCELED);
        }
    }

    @Test
    default void chain_may_contain_operations_without_an_opcode() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            Write first = Cases.write(pipe, (byte) 1);
            AttemptedRead second = new AttemptedRead(pipe.reader(), IoBuffer.allocate(1), Readiness.READABLE);
            Poll third = new Poll(pipe.writer(), PollFlag.WRITABLE);
            AttemptedWrite last = new AttemptedWrite(pipe.writer(), IoBuffer.copyOf(new byte[] {2}));
            Ops.link(first, second, third, last);
            Ops.joinAll(first, second, third, last);
            assertThat(second.await().buffer().toByteArray()).containsExactly(1);
            assertThat(pipe.drain()).containsExactly(2);
        });
    }

    @Test
    default void chain_as_long_as_the_queues_runs_in_its_order() throws Exception {
        small();
        int length = setup().operationsMax();
        runTask(() -> {
            TestPipe pipe = pipe();
            Write[] writes = new Write[length];
            byte[] expected = new byte[length];
            for (int i = 0; i < length; i++) {
                expected[i] = (byte) i;
                writes[i] = Cases.write(pipe, (byte) i);
            }
            for (int round = 0; round < 3; round++) {
                Ops.link(writes);
                Ops.joinAll(writes);
                assertThat(pipe.drain()).isEqualTo(expected);
            }
        });
    }

    @Test
    default void chain_longer_than_the_queues_is_refused_and_gives_its_buffers_back() throws Exception {
        small();
        int length = setup().operationsMax() + 1;
        Write[] writes = new Write[length];
        runTask(() -> {
            TestPipe pipe = pipe();
            for (int i = 0; i < length; i++) {
                writes[i] = Cases.write(pipe, (byte) i);
            }
            if (runtime().carriesTasks()) {
                assertThatThrownBy(() -> Ops.link(writes)).isInstanceOf(IllegalArgumentException.class);
            } else {
                Ops.link(writes); // too late to throw: another thread finds out
                Cases.assertErrno(writes[0], Errno.E2BIG);
                Cases.assertErrno(writes[length - 1], Errno.E2BIG);
            }
            for (Write write : writes) {
                assertThat(write.buffer().state()).isEqualTo(IoBuffer.State.OWNED);
            }
            assertThat(pipe.drain()).isEmpty();
        });
    }

    @Test
    default void chains_wait_for_room_as_a_whole() throws Exception {
        small();
        int length = Math.min(4, setup().operationsMax());
        int count = setup().operationsMax() + 3;
        runTask(() -> {
            TestPipe pipe = pipe();
            List<JoinHandle<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                tasks.add(Tasks.spawn(() -> {
                    Write[] writes = new Write[length];
                    for (int k = 0; k < length; k++) {
                        writes[k] = Cases.write(pipe, (byte) k);
                    }
                    Ops.link(writes);
                    Ops.joinAll(writes);
                    return null;
                }));
            }
            for (JoinHandle<Void> task : tasks) {
                task.await();
            }
            assertThat(pipe.drain()).hasSize(length * count);
        });
    }

    /** Starts reads of a pipe until there is room for one operation. */
    private List<Op<BufResult>> leaveRoomForOne(TestPipe pipe) throws Exception {
        List<Op<BufResult>> reads = new ArrayList<>();
        for (int i = 0; i < setup().operationsMax() - 1; i++) {
            reads.add(Cases.read(pipe, 1).submit());
        }
        runTask(this::settle); // a task may run before the worker has taken all of them
        return reads;
    }

    @Test
    default void cancel_of_the_first_ends_a_chain_that_waits_for_room() throws Exception {
        small();
        TestPipe pipe = pipe();
        TestPipe other = pipe();
        List<Op<BufResult>> reads = leaveRoomForOne(pipe);
        Read first = Cases.read(other, 1);
        Write second = Cases.write(other, (byte) 1);
        Ops.link(first, second);
        runTask(this::settle);
        first.cancel();
        assertThatThrownBy(first::await).isInstanceOf(CancellationException.class);
        Cases.assertErrno(second, Errno.ECANCELED);
        assertThat(first.buffer().state()).isEqualTo(IoBuffer.State.OWNED);
        assertThat(second.buffer().state()).isEqualTo(IoBuffer.State.OWNED);
        assertThat(other.drain()).isEmpty();
        assertThat(reads).noneMatch(Op::isDone);
        other.reader().close(); // would wait for ever had the chain kept its hold
        other.writer().close();
    }

    @Test
    default void operation_behind_a_chain_that_was_cancelled_takes_the_room() throws Exception {
        small();
        TestPipe pipe = pipe();
        TestPipe other = pipe();
        List<Op<BufResult>> reads = leaveRoomForOne(pipe);
        Read first = Cases.read(pipe, 1);
        Ops.link(first, new Nop());
        Op<BufResult> behind = Cases.read(other, 1).submit();
        runTask(this::settle);
        assertThat(first.isDone()).isFalse();
        first.cancel();
        other.feed((byte) 1);
        assertThat(behind.await().bytes()).isEqualTo(1);
        assertThat(reads).noneMatch(Op::isDone);
    }

    @Test
    default void interrupt_ends_a_chain_that_waits_for_room() throws Exception {
        small();
        TestPipe pipe = pipe();
        TestPipe other = pipe();
        List<Op<BufResult>> reads = leaveRoomForOne(pipe);
        Read first = Cases.read(other, 1);
        Write second = Cases.write(other, (byte) 1);
        var begun = new CountDownLatch(1);
        JoinHandle<Boolean> task = runtime().handle().spawn(() -> {
            begun.countDown();
            Ops.link(first, second);
            assertThatThrownBy(first::await).isInstanceOf(InterruptedIOException.class);
            if (runtime().carriesTasks()) { // else link did not wait, and the link broke
                assertThatThrownBy(second::await).isInstanceOf(InterruptedIOException.class);
            }
            return Thread.currentThread().isInterrupted();
        });
        begun.await();
        Thread.sleep(5);
        task.abort();
        assertThat(task.await()).as("interrupt status is kept").isTrue();
        assertThatThrownBy(second::await).isInstanceOf(IOException.class);
        assertThat(first.buffer().state()).isEqualTo(IoBuffer.State.OWNED);
        assertThat(second.buffer().state()).isEqualTo(IoBuffer.State.OWNED);
        assertThat(other.drain()).isEmpty();
        other.reader().close();
        other.writer().close();
        assertThat(reads).noneMatch(Op::isDone);
    }

    @Test
    default void chain_in_a_callback_without_room_never_happened() throws Exception {
        small();
        TestPipe pipe = pipe();
        var outcome = new CompletableFuture<Void>();
        List<Read> reads = new ArrayList<>();
        runtime().handle().run(() -> new Nop().submit()).onComplete((_, _) -> {
            try {
                for (int i = 0; i < setup().operationsMax() - 1; i++) {
                    Read read = Cases.read(pipe, 1);
                    read.submit();
                    reads.add(read);
                }
                Write first = Cases.write(pipe, (byte) 1);
                Write second = Cases.write(pipe, (byte) 2);
                assertThatThrownBy(() -> Ops.link(first, second)).isInstanceOf(BusyException.class);
                assertThat(first.buffer().state()).isEqualTo(IoBuffer.State.OWNED);
                assertThat(second.buffer().state()).isEqualTo(IoBuffer.State.OWNED);
                outcome.complete(null);
            } catch (RuntimeException | AssertionError e) {
                outcome.completeExceptionally(e);
            }
        });
        outcome.get();
        pipe.feed(new byte[reads.size()]);
        for (Read read : reads) {
            assertThat(read.await().bytes()).isEqualTo(1);
        }
    }

    @Test
    default void chain_over_a_closed_descriptor_is_refused_as_a_whole() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            TestPipe closed = pipe();
            closed.reader().close();
            Write first = Cases.write(pipe, (byte) 1);
            Read second = Cases.read(closed, 1);
            Nop third = new Nop();
            Ops.link(first, second, third);
            Cases.assertErrno(first, Errno.ECANCELED);
            assertThatThrownBy(second::await).isInstanceOf(ClosedChannelException.class);
            Cases.assertErrno(third, Errno.ECANCELED);
            assertThat(first.buffer().state()).isEqualTo(IoBuffer.State.OWNED);
            assertThat(pipe.drain()).isEmpty();
            pipe.writer().close(); // would wait for ever had the chain kept its hold
        });
    }

    @Test
    default void close_of_a_descriptor_ends_a_chain_on_it() throws Exception {
        runTask(() -> {
            for (boolean emulated : new boolean[] {false, true}) {
                TestPipe pipe = pipe();
                Read first = Cases.read(pipe, 1);
                Read second = Cases.read(pipe, 1);
                Op<?> last = emulated ? emulating() : new Nop();
                Ops.link(first, second, last);
                settle();
                pipe.reader().close();
                assertThat(first.isDone()).isTrue();
                assertThat(second.isDone()).isTrue();
                assertThatThrownBy(first::await).isInstanceOf(AsynchronousCloseException.class);
                assertThatThrownBy(second::await).isInstanceOf(AsynchronousCloseException.class);
                Cases.assertErrno(last, Errno.ECANCELED);
            }
        });
    }
}
