package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.ffi.Errno;
import dev.uring.ffi.ReadWriteFlag;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Operations that go on after a short result, operations on many buffers, and operations on two descriptors. The
 * simulated driver cuts transfers short by itself; elsewhere a pipe does.
 */
interface WholeCases extends Cases {
    private static Read wholeRead(TestPipe pipe, int capacity) {
        return Cases.read(pipe, capacity).whole();
    }

    // ---- going on ----

    @Test
    default void whole_read_goes_on_until_the_buffer_is_full() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            byte[] all = Cases.pattern(1000);
            Read read = wholeRead(pipe, all.length);
            read.submit();
            for (int from = 0; from < all.length; from += 250) {
                assertThat(read.isDone()).isFalse();
                pipe.feed(Arrays.copyOfRange(all, from, from + 250));
                settle();
            }
            BufResult result = read.await();
            assertThat(result.bytes()).isEqualTo(all.length);
            assertThat(result.buffer().toByteArray()).isEqualTo(all);
        });
    }

    @Test
    default void whole_write_goes_on_until_all_is_written() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            byte[] all = Cases.pattern(3 * ground().pipeBytes() + 17);
            Write write = Cases.write(pipe, all).whole();
            write.submit();
            List<byte[]> arrived = new ArrayList<>();
            while (!write.isDone()) {
                arrived.add(pipe.drain());
                settle();
            }
            arrived.add(pipe.drain());
            assertThat(write.await().bytes()).isEqualTo(all.length);
            assertThat(Cases.concat(arrived)).isEqualTo(all);
        });
    }

    @Test
    default void whole_transfers_at_an_offset_move_on_in_the_file() throws Exception {
        int rounds = Math.min(scaled(50), 20);
        runTask(() -> {
            TestDescriptor file = file(new byte[10]);
            byte[] all = Cases.pattern(5000);
            for (int i = 0; i < rounds; i++) {
                IoBuffer out = IoBuffer.copyOf(all);
                assertThat(new Write(file, out, 7).whole().submit().await().bytes()).isEqualTo(all.length);
                IoBuffer in = IoBuffer.allocate(all.length - 100);
                assertThat(new Read(file, in, 107).whole().submit().await().bytes()).isEqualTo(in.capacity());
                assertThat(in.toByteArray()).isEqualTo(Arrays.copyOfRange(all, 100, all.length));
            }
        });
    }

    @Test
    default void whole_writes_to_the_end_follow_one_another() throws Exception {
        IOException[] refusal = new IOException[1];
        runTask(() -> {
            TestDescriptor file = file((byte) 1, (byte) 2);
            for (int i = 0; i < 5; i++) {
                Write write = new Write(file, IoBuffer.copyOf(Cases.pattern(100)), 0).whole().flags(ReadWriteFlag.APPEND);
                write.submit();
                refusal[0] = write.awaitResult().error();
                if (refusal[0] instanceof UringException refused && refused.errno() == Errno.EOPNOTSUPP) {
                    assertThat(new Read(file, IoBuffer.allocate(9), 0).submit().await().bytes()).as("as before").isEqualTo(2);
                    return; // before Linux 4.16, of a file that was not opened for it
                }
                assertThat(refusal[0]).isNull();
            }
            IoBuffer all = IoBuffer.allocate(502);
            new Read(file, all, 0).whole().submit().await();
            byte[] expected = Arrays.copyOf(new byte[] {1, 2}, 502);
            for (int i = 0; i < 5; i++) {
                System.arraycopy(Cases.pattern(100), 0, expected, 2 + i * 100, 100);
            }
            assertThat(all.toByteArray()).isEqualTo(expected);
        });
        Assumptions.assumeTrue(refusal[0] == null, () -> "flags of writes are refused here: " + refusal[0].getMessage());
    }

    @Test
    default void whole_read_past_the_end_fails_and_keeps_what_there_was() throws Exception {
        runTask(() -> {
            Read ofFile = new Read(file(Cases.pattern(10)), IoBuffer.allocate(16), 3).whole();
            assertThatThrownBy(ofFile.submit()::await).isExactlyInstanceOf(EOFException.class)
                    .hasMessageContaining("read ended early").hasMessageContaining("lengthBytes=16")
                    .hasMessageContaining("offset=3").hasMessageContaining("bytes=7");
            assertThat(ofFile.buffer().toByteArray()).isEqualTo(Arrays.copyOfRange(Cases.pattern(10), 3, 10));
            TestPipe pipe = pipe();
            pipe.feed((byte) 1, (byte) 2, (byte) 3);
            pipe.writer().close();
            Read ofPipe = wholeRead(pipe, 8);
            BufResult result = ((BufferOp) ofPipe.submit()).awaitResult();
            assertThat(result.error()).isExactlyInstanceOf(EOFException.class);
            assertThat(result.buffer().toByteArray()).containsExactly(1, 2, 3);
            assertThatThrownBy(ofPipe.submit()::await).as("nothing left").isExactlyInstanceOf(EOFException.class);
            assertThat(ofPipe.buffer().length()).isZero();
        });
    }

    @Test
    default void error_after_a_part_keeps_what_there_was() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            int room = pipe.fill();
            pipe.drain();
            Write write = Cases.write(pipe, Cases.pattern(2 * room)).whole();
            write.submit();
            settle();
            pipe.reader().close();
            Cases.assertErrno(write, Errno.EPIPE);
            assertThat(write.buffer().state()).isEqualTo(IoBuffer.State.OWNED);
            assertThat(write.buffer().length()).isEqualTo(2 * room);
        });
    }

    @Test
    default void whole_write_of_nothing_writes_nothing() throws Exception {
        runTask(() -> {
            TestDescriptor file = file((byte) 1);
            IoBuffer nothing = IoBuffer.allocate(8).length(0);
            assertThat(new Write(file, nothing, 0).whole().submit().await().bytes()).isZero();
            IoBuffer in = IoBuffer.allocate(8);
            assertThat(new Read(file, in, 0).submit().await().buffer().toByteArray()).containsExactly(1);
        });
    }

    @Test
    default void what_is_asked_for_is_what_the_buffer_held_at_the_submission() throws Exception {
        runTask(() -> {
            TestDescriptor file = file((byte) 1);
            IoBuffer buffer = IoBuffer.allocate(8).length(2);
            Write write = new Write(file, buffer, 0).whole();
            write.submit();
            buffer.awaitOwned();
            buffer.length(5);
            assertThat(write.await().bytes()).isEqualTo(2);
        });
    }

    @Test
    default void whole_operation_may_be_submitted_again() throws Exception {
        int rounds = Math.min(scaled(200), 50);
        runTask(() -> {
            TestPipe pipe = pipe();
            byte[] all = Cases.pattern(100);
            Read read = wholeRead(pipe, all.length);
            Write write = Cases.write(pipe, all).whole();
            for (int i = 0; i < rounds; i++) {
                read.submit();
                assertThat(write.submit().await().bytes()).isEqualTo(all.length);
                assertThat(read.await().bytes()).isEqualTo(all.length);
                assertThat(read.buffer().toByteArray()).isEqualTo(all);
            }
        });
    }

    // ---- ending early ----

    @Test
    default void cancel_between_two_parts_brings_the_buffer_back() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            Read read = wholeRead(pipe, 8);
            for (int round = 0; round < 3; round++) {
                read.submit();
                pipe.feed((byte) 1, (byte) 2, (byte) 3);
                settle();
                settle();
                read.cancel();
                assertThatThrownBy(read::await).isInstanceOf(CancellationException.class);
                assertThat(read.buffer().state()).isEqualTo(IoBuffer.State.OWNED);
                byte[] rest = pipe.drain();
                byte[] taken = read.buffer().toByteArray();
                assertThat(Cases.concat(List.of(taken.length <= 3 ? taken : new byte[0], rest))).containsExactly(1, 2, 3);
                assertThat(read.awaitResult().error()).isInstanceOfSatisfying(UringException.class,
                        e -> assertThat(e.errno()).isEqualTo(Errno.ECANCELED));
            }
            pipe.feed((byte) 9);
            assertThat(pipe.drain()).as("nobody reads any more").containsExactly(9);
        });
    }

    @Test
    default void limit_between_two_parts_brings_the_buffer_back() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            int room = pipe.fill();
            pipe.drain();
            Write write = Cases.write(pipe, Cases.pattern(2 * room)).whole();
            write.submit();
            assertThatThrownBy(() -> write.await(Duration.ofMillis(20))).isInstanceOf(IOException.class);
            assertThat(write.buffer().state()).isEqualTo(IoBuffer.State.OWNED);
            assertThat(pipe.drain()).hasSizeLessThanOrEqualTo(2 * room);
        });
    }

    @Test
    default void close_between_two_parts_brings_the_buffer_back() throws Exception {
        TestPipe pipe = pipe();
        Read read = wholeRead(pipe, 8);
        read.submit();
        pipe.feed((byte) 1, (byte) 2, (byte) 3);
        runTask(this::settle);
        pipe.reader().close();
        assertThat(read.isDone()).isTrue();
        assertThat(read.buffer().state()).isEqualTo(IoBuffer.State.OWNED);
        assertThatThrownBy(read::await).isInstanceOfAny(CancellationException.class, IOException.class);
        assertThat(pipe.reader().useCount()).isZero();
    }

    // ---- links ----

    @Test
    default void whole_read_in_a_chain_is_whole_or_breaks_it() throws Exception {
        runTask(() -> {
            for (boolean emulated : new boolean[] {false, true}) {
                TestPipe pipe = pipe();
                TestPipe out = pipe();
                Read read = wholeRead(pipe, 4);
                Write after = Cases.write(out, (byte) 7);
                Op<?> last = emulated ? new Timeout(Duration.ZERO) : new Nop();
                pipe.feed((byte) 1, (byte) 2);
                Ops.link(read, after, last);
                settle();
                settle();
                boolean brokeEarly = read.isDone();
                pipe.feed((byte) 3, (byte) 4);
                BufResult result = read.awaitResult();
                if (result.error() == null) {
                    assertThat(result.buffer().toByteArray()).containsExactly(1, 2, 3, 4);
                    assertThat(after.await().bytes()).isOne();
                    last.await();
                    assertThat(out.drain()).containsExactly(7);
                } else {
                    assertThat(emulated).as("the worker goes on from a short result").isFalse();
                    assertThat(result.error()).isExactlyInstanceOf(EOFException.class);
                    assertThat(result.buffer().length()).isBetween(1, 3);
                    Cases.assertErrno(after, Errno.ECANCELED);
                    Cases.assertErrno(last, Errno.ECANCELED);
                    assertThat(out.drain()).isEmpty();
                }
                assertThat(brokeEarly && result.error() == null).as("done with two of four bytes").isFalse();
                pipe.drain();
            }
        });
    }

    @Test
    default void whole_write_in_a_chain_lets_the_next_one_start() throws Exception {
        runTask(() -> {
            for (boolean emulated : new boolean[] {false, true}) {
                TestDescriptor file = file();
                Write write = new Write(file, IoBuffer.copyOf(Cases.pattern(4000)), 0).whole();
                IoBuffer in = IoBuffer.allocate(4000);
                Read read = new Read(file, in, 0).whole();
                Op<?> last = emulated ? new Timeout(Duration.ZERO) : new Nop();
                Ops.link(write, read, last);
                BufResult written = write.awaitResult();
                if (written.error() == null) {
                    BufResult result = read.awaitResult();
                    assertThat(result.error() == null ? in.toByteArray() : Cases.pattern(4000))
                            .isEqualTo(Cases.pattern(4000));
                    assertThat(emulated && result.error() != null).isFalse();
                } else {
                    assertThat(emulated).isFalse();
                    assertThat(written.error()).hasMessageContaining("write ended early");
                    Cases.assertErrno(read, Errno.ECANCELED);
                }
            }
        });
    }

    @Test
    default void end_of_file_breaks_a_chain_of_whole_reads() throws Exception {
        runTask(() -> {
            for (boolean emulated : new boolean[] {false, true}) {
                Read culprit = new Read(file(Cases.pattern(3)), IoBuffer.allocate(8), 0).whole();
                Nop after = new Nop();
                Op<?> last = emulated ? new Timeout(Duration.ZERO) : new Nop();
                Ops.link(culprit, after, last);
                assertThatThrownBy(culprit::await).isExactlyInstanceOf(EOFException.class);
                assertThat(culprit.buffer().length()).isBetween(1, 3);
                Cases.assertErrno(after, Errno.ECANCELED);
                Cases.assertErrno(last, Errno.ECANCELED);
            }
        });
    }

    // ---- several buffers ----

    private static List<IoBuffer> buffers(int count, int capacity) {
        List<IoBuffer> buffers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            buffers.add(IoBuffer.allocate(capacity));
        }
        return buffers;
    }

    private static byte[] contentOf(List<IoBuffer> buffers) {
        return Cases.concat(buffers.stream().map(IoBuffer::toByteArray).toList());
    }

    @Test
    default void buffers_are_filled_in_order_and_know_how_far() throws Exception {
        runTask(() -> {
            TestDescriptor file = file(Cases.pattern(10));
            for (boolean attempted : new boolean[] {false, true}) {
                List<IoBuffer> buffers = buffers(4, 4);
                assertThat(Vectored.read(file, buffers, 2, attempted).submit().await()).isEqualTo(8);
                assertThat(buffers).extracting(IoBuffer::length).containsExactly(4, 4, 0, 0);
                assertThat(contentOf(buffers)).isEqualTo(Arrays.copyOfRange(Cases.pattern(10), 2, 10));
                assertThat(Vectored.read(file, buffers, 5, attempted).submit().await()).isEqualTo(5);
                assertThat(buffers).extracting(IoBuffer::length).containsExactly(4, 1, 0, 0);
                assertThat(Vectored.read(file, buffers, 10, attempted).submit().await()).isZero();
                assertThat(buffers).extracting(IoBuffer::length).containsExactly(0, 0, 0, 0);
            }
        });
    }

    @Test
    default void more_buffers_than_one_call_takes_are_moved_all_the_same() throws Exception {
        runTask(() -> {
            byte[] all = Cases.pattern(2500 * 3);
            for (boolean attempted : new boolean[] {false, true}) {
                TestDescriptor file = file();
                List<IoBuffer> out = new ArrayList<>();
                for (int i = 0; i < 2500; i++) {
                    out.add(IoBuffer.copyOf(Arrays.copyOfRange(all, 3 * i, 3 * i + 3)));
                }
                Vectored write = Vectored.write(file, out, 5, attempted);
                assertThat(write.submit().await()).isEqualTo(all.length);
                assertThat(write.submit().await()).as("again").isEqualTo(all.length);
                List<IoBuffer> in = buffers(2501, 3);
                Vectored read = Vectored.read(file, in, 5, attempted);
                assertThat(read.submit().await()).isEqualTo(all.length);
                assertThat(contentOf(in)).isEqualTo(all);
                assertThat(in.getLast().length()).isZero();
            }
        });
    }

    @Test
    default void empty_buffers_are_passed_over() throws Exception {
        runTask(() -> {
            for (boolean attempted : new boolean[] {false, true}) {
                TestDescriptor file = file();
                List<IoBuffer> out = List.of(IoBuffer.copyOf(new byte[0]), IoBuffer.copyOf(new byte[] {1, 2}),
                        IoBuffer.copyOf(new byte[0]), IoBuffer.copyOf(new byte[] {3}), IoBuffer.copyOf(new byte[0]));
                assertThat(Vectored.write(file, out, 0, attempted).submit().await()).isEqualTo(3);
                IoBuffer in = IoBuffer.allocate(8);
                assertThat(Vectored.read(file, List.of(in), 0, attempted).submit().await()).isEqualTo(3);
                assertThat(in.toByteArray()).containsExactly(1, 2, 3);
                assertThat(Vectored.write(file, List.of(out.get(0), out.get(2)), 0, attempted).submit().await()).isZero();
            }
        });
    }

    @Test
    default void a_buffer_given_twice_is_refused_and_nothing_moves() throws Exception {
        runTask(() -> {
            TestDescriptor file = file(Cases.pattern(10));
            IoBuffer first = IoBuffer.allocate(4);
            IoBuffer twice = IoBuffer.allocate(4);
            for (IoBuffer again : List.of(twice, twice.slice(1, 2))) {
                Vectored read = Vectored.read(file, List.of(first, twice, again), 0, false);
                assertThatThrownBy(read::submit).isInstanceOf(BufferInFlightException.class);
                assertThat(first.state()).isEqualTo(IoBuffer.State.OWNED);
                assertThat(twice.state()).isEqualTo(IoBuffer.State.OWNED);
                assertThat(file.useCount()).isZero();
            }
            IoBuffer released = IoBuffer.allocate(4);
            released.close();
            assertThatThrownBy(Vectored.read(file, List.of(first, released), 0, false)::submit)
                    .isInstanceOf(IllegalStateException.class);
            assertThat(Vectored.read(file, List.of(first, twice), 0, false).submit().await()).isEqualTo(8);
            assertThatThrownBy(() -> Vectored.read(file, List.of(), 0, false)).isInstanceOf(IllegalArgumentException.class);
        });
    }

    @Test
    default void refused_and_failed_transfers_bring_all_buffers_back() throws Exception {
        runTask(() -> {
            List<IoBuffer> buffers = buffers(3, 4);
            for (boolean attempted : new boolean[] {false, true}) {
                Cases.assertErrno(Vectored.read(missing(), buffers, 0, attempted).submit(), Errno.EBADF);
                assertThat(buffers).extracting(IoBuffer::state).containsOnly(IoBuffer.State.OWNED);
                assertThat(buffers).extracting(IoBuffer::length).as("as they were").containsOnly(4);
            }
            TestDescriptor closed = file();
            closed.close();
            assertThatThrownBy(Vectored.write(closed, buffers, 0, false).submit()::await)
                    .isInstanceOf(ClosedChannelException.class);
            assertThat(buffers).extracting(IoBuffer::state).containsOnly(IoBuffer.State.OWNED);
        });
    }

    @Test
    default void cancelled_transfers_bring_all_buffers_back() throws Exception {
        int rounds = Math.min(scaled(200), 50);
        runTask(() -> {
            TestDescriptor file = file(Cases.pattern(5000));
            List<IoBuffer> buffers = buffers(5, 1000);
            for (int i = 0; i < rounds; i++) {
                Vectored read = Vectored.read(file, buffers, 0, i % 2 == 0);
                read.submit();
                if (i % 3 == 0) {
                    settle();
                }
                read.cancel();
                try {
                    assertThat(read.await()).isEqualTo(5000);
                    assertThat(contentOf(buffers)).isEqualTo(Cases.pattern(5000));
                } catch (CancellationException e) {
                    // in time
                }
                assertThat(buffers).extracting(IoBuffer::state).containsOnly(IoBuffer.State.OWNED);
            }
        });
    }

    @Test
    default void short_transfer_of_several_buffers_breaks_a_chain() throws Exception {
        runTask(() -> {
            for (boolean attempted : new boolean[] {false, true}) {
                TestDescriptor file = file(Cases.pattern(6));
                Vectored culprit = Vectored.read(file, buffers(2, 4), 0, attempted);
                Nop after = new Nop();
                Ops.link(culprit, after);
                assertThat(culprit.await()).isBetween(1L, 6L);
                Cases.assertErrno(after, Errno.ECANCELED);
            }
        });
    }

    // ---- two descriptors ----

    @Test
    default void operation_holds_both_descriptors() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            TestDescriptor other = file();
            ReadBesides op = new ReadBesides(pipe.reader(), other);
            op.submit();
            settle();
            assertThat(pipe.reader().useCount()).isOne();
            assertThat(other.useCount()).isOne();
            pipe.feed((byte) 5);
            assertThat(op.await()).isEqualTo((byte) 5);
            assertThat(pipe.reader().useCount()).isZero();
            assertThat(other.useCount()).isZero();
        });
    }

    @Test
    default void close_of_either_descriptor_cancels_the_operation() throws Exception {
        for (boolean ofOther : new boolean[] {false, true}) {
            TestPipe pipe = pipe();
            TestDescriptor other = file();
            ReadBesides op = new ReadBesides(pipe.reader(), other);
            op.submit();
            runTask(this::settle);
            Descriptor closed = ofOther ? other : pipe.reader();
            closed.close();
            assertThat(op.isDone()).isTrue();
            assertThatThrownBy(op::await).isInstanceOf(AsynchronousCloseException.class)
                    .hasMessageContaining("its descriptor was closed");
            assertThat(ground().identity(closed.fd())).isNull();
            assertThat((ofOther ? pipe.reader() : other).useCount()).isZero();
        }
    }

    @Test
    default void refused_descriptor_lets_go_of_the_other() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            TestDescriptor closed = file();
            closed.close();
            for (Op<?> op : List.of(new ReadBesides(pipe.reader(), closed), new ReadBesides(closed, pipe.reader()))) {
                assertThatThrownBy(op.submit()::await).isInstanceOf(ClosedChannelException.class);
                assertThat(pipe.reader().useCount()).isZero();
            }
            ReadBesides chained = new ReadBesides(pipe.reader(), closed);
            Read before = Cases.read(pipe, 1);
            Ops.link(before, chained);
            assertThatThrownBy(chained::await).isInstanceOf(ClosedChannelException.class);
            Cases.assertErrno(before, Errno.ECANCELED);
            assertThat(pipe.reader().useCount()).isZero();
        });
    }

    @Test
    default void descriptors_of_two_runtimes_are_refused() throws Exception {
        UringRuntime stranger = newRuntime();
        TestDescriptor other = new TestDescriptor(ground().file(new byte[1]), stranger);
        runTask(() -> {
            TestPipe pipe = pipe();
            assertThatThrownBy(new ReadBesides(pipe.reader(), other).submit()::await).isInstanceOf(IOException.class)
                    .hasMessageContaining("of one runtime");
            assertThat(pipe.reader().useCount()).isZero();
            assertThat(other.useCount()).isZero();
        });
    }

    @Test
    default void operation_without_a_first_descriptor_belongs_where_the_second_does() throws Exception {
        TestDescriptor other = file();
        Op<Byte> op = new ReadBesides(null, other) {
            @Override
            protected Readiness readiness() {
                return Readiness.IMMEDIATE;
            }

            @Override
            protected int attempt(Sys sys, java.lang.foreign.MemorySegment selected) {
                return 0;
            }
        }.submit(); // this thread has no current runtime
        assertThat(op.await()).isZero();
        assertThat(other.useCount()).isZero();
    }
}
