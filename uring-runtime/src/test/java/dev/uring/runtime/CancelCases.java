package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.InterruptedByTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Operations that end early: cancel, deadline, interrupt, abandon, close. Nothing they obtained is lost. */
interface CancelCases extends Cases {
    @Test
    default void cancelled_read_gives_its_buffer_back_and_takes_no_byte() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            IoBuffer buffer = IoBuffer.allocate(8);
            Read read = new Read(pipe.reader(), buffer, Read.NO_OFFSET);
            read.submit();
            settle();
            read.cancel();
            assertThatThrownBy(read::await).isInstanceOf(CancellationException.class);
            assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
            pipe.feed((byte) 1);
            settle();
            assertThat(pipe.drain()).containsExactly(1);
        });
    }

    @Test
    default void cancelled_write_gives_its_buffer_back_and_leaves_no_byte() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            int filled = pipe.fill();
            Write write = Cases.write(pipe, (byte) 1);
            write.submit();
            settle();
            write.cancel();
            assertThatThrownBy(write::await).isInstanceOf(CancellationException.class);
            assertThat(pipe.drain()).hasSize(filled);
        });
    }

    @Test
    default void cancel_of_one_of_two_readers_leaves_the_other() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            for (int cancelled = 0; cancelled < 2; cancelled++) {
                List<Read> reads = List.of(Cases.read(pipe, 8), Cases.read(pipe, 8));
                reads.forEach(Op::submit);
                settle();
                reads.get(cancelled).cancel();
                assertThatThrownBy(reads.get(cancelled)::await).isInstanceOf(CancellationException.class);
                assertThat(reads.get(1 - cancelled).isDone()).isFalse();
                pipe.feed((byte) 6);
                assertThat(reads.get(1 - cancelled).await().buffer().toByteArray()).containsExactly(6);
            }
        });
    }

    @Test
    default void cancel_of_an_operation_without_an_opcode_ends_it() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            AttemptedRead read = new AttemptedRead(pipe.reader(), IoBuffer.allocate(8), Readiness.READABLE);
            for (int i = 0; i < 3; i++) {
                read.submit();
                settle();
                read.cancel();
                assertThatThrownBy(read::await).isInstanceOf(CancellationException.class);
            }
            pipe.feed((byte) 1);
            assertThat(read.submit().await().bytes()).isEqualTo(1);
        });
    }

    @Test
    default void cancel_at_once_ends_an_operation_that_has_not_begun() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            for (int i = 0; i < 20; i++) {
                Read read = Cases.read(pipe, 8);
                read.submit();
                read.cancel();
                assertThatThrownBy(read::await).isInstanceOf(CancellationException.class);
            }
        });
        TestPipe pipe = pipe();
        for (int i = 0; i < 20; i++) {
            Op<BufResult> read = Cases.read(pipe, 8).submit();
            read.cancel();
            assertThatThrownBy(read::await).isInstanceOf(CancellationException.class);
        }
        pipe.feed((byte) 1);
        assertThat(Cases.read(pipe, 8).submit().await().bytes()).isEqualTo(1);
    }

    @Test
    default void cancel_after_the_result_changes_nothing() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            pipe.feed((byte) 1);
            Read read = Cases.read(pipe, 8);
            read.submit();
            while (!read.isDone()) {
                settle();
            }
            read.cancel();
            read.cancel();
            assertThat(read.await().bytes()).isEqualTo(1);
            read.cancel();
            assertThat(read.await().bytes()).isEqualTo(1);
        });
    }

    @Test
    default void cancel_twice_is_cancel_once() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            Read read = Cases.read(pipe, 8);
            read.submit();
            settle();
            read.cancel();
            read.cancel();
            assertThatThrownBy(read::await).isInstanceOf(CancellationException.class);
            pipe.feed((byte) 1);
            assertThat(read.submit().await().bytes()).isEqualTo(1);
        });
    }

    @Test
    default void cancel_that_races_a_result_loses_no_byte() throws Exception {
        int rounds = scaled(3000);
        runTask(() -> {
            TestPipe pipe = pipe();
            List<byte[]> taken = new ArrayList<>();
            Read read = Cases.read(pipe, 4);
            for (int i = 0; i < rounds; i++) {
                read.submit();
                if (ThreadLocalRandom.current().nextBoolean()) {
                    new Nop().submit().await();
                }
                pipe.feed((byte) i);
                read.cancel();
                taken.add(Cases.bytesOrCancelled(read));
            }
            taken.add(pipe.drain());
            byte[] all = Cases.concat(taken);
            assertThat(all).hasSize(rounds);
            for (int i = 0; i < rounds; i++) {
                assertThat(all[i]).as("byte %d", i).isEqualTo((byte) i);
            }
        });
    }

    /** A cancel from another thread that is slow must not hit what the operation does next. */
    @Test
    default void late_cancel_from_another_thread_spares_the_next_submission() throws Exception {
        int rounds = scaled(20_000);
        TestPipe pipe = pipe();
        Read read = Cases.read(pipe, 1);
        Thread canceller = Thread.ofPlatform().start(() -> {
            while (!Thread.interrupted()) {
                read.cancel();
                Thread.onSpinWait();
            }
        });
        try {
            int taken = inTask(() -> {
                int sum = 0;
                for (int i = 0; i < rounds; i++) {
                    pipe.feed((byte) 1);
                    read.submit();
                    sum += Cases.bytesOrCancelled(read).length; // an ECANCELED that nobody asked for throws here
                }
                return sum;
            });
            assertThat(taken + pipe.drain().length).isEqualTo(rounds);
        } finally {
            canceller.interrupt();
            canceller.join();
        }
    }

    // ---- the blocking pool ----

    @Test
    default void cancelled_operation_on_the_pool_waits_for_its_thread() throws Exception {
        runTask(() -> {
            Gate gate = new Gate();
            gate.submit();
            while (gate.entered.getCount() > 0) {
                settle();
            }
            gate.cancel();
            settle();
            assertThat(gate.isDone()).isFalse();
            gate.opened.countDown();
            assertThat(gate.await()).isEqualTo(Gate.OBTAINED);
            assertThat(gate.attempts).hasValue(1);
        });
    }

    @Test
    default void abandoned_operation_on_the_pool_disposes_of_its_result_once() throws Exception {
        Gate gate = new Gate();
        runTask(() -> {
            gate.submit();
            while (gate.entered.getCount() > 0) {
                settle();
            }
            gate.abandon();
            gate.abandon();
            gate.opened.countDown();
            assertThatThrownBy(gate::await).isInstanceOf(CancellationException.class);
        });
        assertThat(gate.discarded).hasValue(1);
        assertThat(gate.decoded).hasValue(0);
    }

    @Test
    default void abandon_after_the_result_disposes_of_it_once() throws Exception {
        Gate gate = new Gate();
        runTask(() -> {
            gate.opened.countDown();
            gate.submit();
            while (!gate.isDone()) {
                settle();
            }
            gate.abandon();
            gate.abandon();
            assertThatThrownBy(gate::await).isInstanceOf(CancellationException.class);
        });
        assertThat(gate.discarded).hasValue(1);
        assertThat(gate.decoded).hasValue(0);
    }

    @Test
    default void result_that_was_taken_is_not_disposed_of() throws Exception {
        Gate gate = new Gate();
        runTask(() -> {
            gate.opened.countDown();
            assertThat(gate.submit().await()).isEqualTo(Gate.OBTAINED);
            gate.abandon();
            assertThat(gate.await()).isEqualTo(Gate.OBTAINED);
        });
        assertThat(gate.discarded).hasValue(0);
        assertThat(gate.decoded).hasValue(1);
    }

    @Test
    default void abandoned_read_gives_its_buffer_back() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            IoBuffer buffer = IoBuffer.allocate(8);
            Read read = new Read(pipe.reader(), buffer, Read.NO_OFFSET);
            read.submit();
            read.abandon();
            buffer.awaitOwned();
            pipe.feed((byte) 1);
            settle();
            assertThat(pipe.drain()).containsExactly(1);
        });
    }

    // ---- deadlines and interrupts ----

    @Test
    default void deadline_ends_a_read_and_never_early() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            Read read = Cases.read(pipe, 8);
            long start = System.nanoTime();
            assertThatThrownBy(() -> read.submit().await(Duration.ofMillis(20)))
                    .isInstanceOf(InterruptedByTimeoutException.class);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
            pipe.feed((byte) 1);
            assertThat(read.submit().await(Duration.ofSeconds(30)).bytes()).isEqualTo(1);
        });
        TestPipe pipe = pipe();
        assertThatThrownBy(() -> Cases.read(pipe, 8).submit().await(Duration.ofMillis(20)))
                .isInstanceOf(InterruptedByTimeoutException.class);
    }

    @Test
    default void deadline_of_zero_ends_at_once_what_has_no_result() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            assertThatThrownBy(() -> Cases.read(pipe, 8).submit().await(Duration.ZERO))
                    .isInstanceOf(InterruptedByTimeoutException.class);
        });
    }

    @Test
    default void deadlines_that_race_results_lose_no_byte() throws Exception {
        int rounds = scaled(300);
        runTask(() -> {
            TestPipe pipe = pipe();
            JoinHandle<Integer> feeder = Tasks.spawn(() -> {
                for (int i = 0; i < rounds; i++) {
                    Time.sleep(Duration.ofNanos(ThreadLocalRandom.current().nextInt(400_000))).await();
                    pipe.feed((byte) i);
                }
                return rounds;
            });
            List<byte[]> taken = new ArrayList<>();
            while (!feeder.isFinished()) {
                Read read = Cases.read(pipe, 4);
                read.submit();
                try {
                    taken.add(read.await(Duration.ofNanos(200_000)).buffer().toByteArray());
                } catch (InterruptedByTimeoutException e) {
                    assertThat(read.isDone()).isTrue();
                }
            }
            taken.add(pipe.drain());
            byte[] all = Cases.concat(taken);
            assertThat(all).hasSize(feeder.await());
            for (int i = 0; i < rounds; i++) {
                assertThat(all[i]).isEqualTo((byte) i);
            }
        });
    }

    @Test
    default void interrupt_ends_a_read_after_its_result_is_known() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            IoBuffer buffer = IoBuffer.allocate(8);
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            var thread = new CompletableFuture<Thread>();
            JoinHandle<Void> reader = Tasks.spawn(() -> {
                thread.complete(Thread.currentThread());
                try {
                    new Read(pipe.reader(), buffer, Read.NO_OFFSET).submit().await();
                } catch (InterruptedIOException e) {
                    assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
                    assertThat(Thread.currentThread().isInterrupted()).isTrue();
                    thrown.set(e);
                }
                return null;
            });
            awaitSleep(thread);
            reader.abort();
            reader.await();
            assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
            pipe.feed((byte) 1);
            assertThat(Cases.readFully(pipe, 1)).containsExactly(1);
        });
    }

    @Test
    default void interrupts_that_race_results_lose_no_byte() throws Exception {
        int rounds = scaled(300);
        runTask(() -> {
            TestPipe pipe = pipe();
            List<byte[]> taken = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                boolean interruptsItself = i % 3 == 1;
                JoinHandle<byte[]> reader = Tasks.spawn(() -> {
                    try {
                        if (interruptsItself) {
                            Thread.currentThread().interrupt();
                        }
                        return Cases.read(pipe, 4).submit().await().buffer().toByteArray();
                    } catch (InterruptedIOException e) {
                        return new byte[0];
                    }
                });
                if (i % 3 == 0) {
                    settle();
                }
                pipe.feed((byte) i);
                if (!interruptsItself) {
                    reader.abort();
                }
                try {
                    taken.add(reader.await());
                } catch (CancellationException e) {
                    taken.add(new byte[0]); // aborted before its first step
                }
            }
            taken.add(pipe.drain());
            assertThat(Cases.concat(taken)).hasSize(rounds);
        });
    }

    // ---- close ----

    @Test
    default void closed_descriptor_refuses_operations() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            pipe.reader().close();
            IoBuffer buffer = IoBuffer.allocate(8);
            assertThatThrownBy(() -> new Read(pipe.reader(), buffer, Read.NO_OFFSET).submit().await())
                    .isInstanceOf(ClosedChannelException.class);
            assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
        });
    }

    @Test
    default void close_ends_what_waits_and_then_gives_the_number_back() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            List<Read> reads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Read read = Cases.read(pipe, 8);
                reads.add(read);
                read.submit();
            }
            settle();
            Object before = ground().identity(pipe.reader().fd());
            pipe.reader().close();
            for (Read read : reads) {
                assertThat(read.isDone()).isTrue();
                assertThatThrownBy(read::await).isInstanceOfAny(CancellationException.class,
                        ClosedChannelException.class);
            }
            assertThat(ground().identity(pipe.reader().fd())).isNotEqualTo(before);
        });
    }

    @Test
    default void close_from_many_threads_closes_once() throws Exception {
        TestPipe pipe = pipe();
        Op<BufResult> read = Cases.read(pipe, 8).submit();
        List<Thread> threads = new ArrayList<>();
        List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    pipe.reader().close();
                } catch (Exception e) {
                    thrown.add(e);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(thrown).isEmpty();
        assertThat(read.isDone()).isTrue();
    }

    @Test
    default void number_is_never_reused_under_a_pending_operation() throws Exception {
        int rounds = scaled(300);
        runTask(() -> {
            for (int i = 0; i < rounds; i++) {
                TestPipe old = pipe();
                Read read = Cases.read(old, 8);
                read.submit();
                if (i % 2 == 0) {
                    new Nop().submit().await();
                }
                Op<Void> close = old.reader().closeAsync();
                TestPipe fresh = pipe();
                fresh.feed((byte) 1);
                assertThat(Cases.bytesOrCancelled(read)).isEmpty();
                close.await();
                TestPipe fresher = pipe();
                fresher.feed((byte) 2);
                assertThat(fresh.drain()).containsExactly(1);
                assertThat(fresher.drain()).containsExactly(2);
                for (TestPipe each : List.of(old, fresh, fresher)) {
                    each.writer().close();
                    each.reader().close();
                }
            }
        });
    }
}
