package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.ffi.Errno;
import dev.uring.ffi.PollFlag;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Results, errors, ends, offsets and order of reads and writes. */
interface StreamCases extends Cases {
    @Test
    default void nop_answers() throws Exception {
        runTask(() -> assertThat(new Nop().submit().await()).isNull());
    }

    @Test
    default void read_takes_what_was_written_before() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            pipe.feed(Cases.pattern(100));
            assertThat(Cases.readFully(pipe, 100)).isEqualTo(Cases.pattern(100));
        });
    }

    @Test
    default void read_waits_for_what_is_written_later() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            Read read = Cases.read(pipe, 16);
            read.submit();
            settle();
            assertThat(read.isDone()).isFalse();
            pipe.feed((byte) 42);
            BufResult result = read.await();
            assertThat(result.bytes()).isEqualTo(1);
            assertThat(result.buffer().length()).isEqualTo(1);
            assertThat(result.buffer().get(0)).isEqualTo((byte) 42);
        });
    }

    @Test
    default void write_arrives_at_the_other_end() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            Cases.writeFully(pipe, Cases.pattern(100));
            assertThat(pipe.drain()).isEqualTo(Cases.pattern(100));
        });
    }

    @Test
    default void write_to_a_full_pipe_waits_for_room() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            int filled = pipe.fill();
            Write write = Cases.write(pipe, (byte) 1);
            write.submit();
            settle();
            assertThat(write.isDone()).isFalse();
            int drained = pipe.drain().length;
            assertThat(write.await().bytes()).isEqualTo(1);
            assertThat(drained + pipe.drain().length).isEqualTo(filled + 1);
        });
    }

    @Test
    default void buffer_comes_back_with_the_result_and_with_an_error() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            pipe.feed((byte) 1);
            IoBuffer buffer = IoBuffer.allocate(8);
            Read read = new Read(pipe.reader(), buffer, Read.NO_OFFSET);
            assertThat(read.submit().await().buffer()).isSameAs(buffer);
            assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
            BufResult failed = ((Read) new Read(missing(), buffer, Read.NO_OFFSET).submit()).awaitResult();
            assertThat(failed.error()).isNotNull();
            assertThat(failed.buffer()).isSameAs(buffer);
            assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
        });
    }

    @Test
    default void end_of_a_stream_is_0_bytes_again_and_again() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            pipe.feed((byte) 1);
            pipe.writer().close();
            assertThat(Cases.readFully(pipe, 1)).containsExactly(1);
            for (int i = 0; i < 3; i++) {
                BufResult end = Cases.read(pipe, 16).submit().await();
                assertThat(end.bytes()).isZero();
                assertThat(end.buffer().length()).isZero();
            }
        });
    }

    @Test
    default void end_of_a_stream_ends_a_read_that_waits() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            Read read = Cases.read(pipe, 16);
            read.submit();
            settle();
            pipe.writer().close();
            assertThat(read.await().bytes()).isZero();
        });
    }

    @Test
    default void write_of_nothing_moves_nothing() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            assertThat(Cases.write(pipe).submit().await().bytes()).isZero();
            assertThat(pipe.drain()).isEmpty();
        });
    }

    @Test
    default void read_into_nothing_leaves_the_bytes() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            pipe.feed((byte) 5);
            IoBuffer nothing = IoBuffer.allocate(8).slice(3, 3);
            assertThat(new Read(pipe.reader(), nothing, Read.NO_OFFSET).submit().await().bytes()).isZero();
            assertThat(pipe.drain()).containsExactly(5);
        });
    }

    @Test
    default void megabyte_arrives_whole_and_in_order() throws Exception {
        int count = scaled(1 << 20);
        runTask(() -> {
            TestPipe pipe = pipe();
            JoinHandle<Void> writer = Tasks.spawn(() -> {
                Cases.writeFully(pipe, Cases.pattern(count));
                pipe.writer().close();
                return null;
            });
            var all = new ByteArrayOutputStream();
            Read read = Cases.read(pipe, 10_000);
            for (int n = read.submit().await().bytes(); n > 0; n = read.submit().await().bytes()) {
                all.writeBytes(read.await().buffer().toByteArray());
            }
            writer.await();
            assertThat(Arrays.equals(all.toByteArray(), Cases.pattern(count))).isTrue();
        });
    }

    /** The system call would wait for the reader, with the worker's thread. */
    @Test
    default void attempted_write_larger_than_the_room_stops_nobody() throws Exception {
        int count = 1 << 20;
        runTask(() -> {
            TestPipe pipe = pipe();
            TestPipe other = pipe();
            IoBuffer rest = IoBuffer.copyOf(Cases.pattern(count));
            var all = new ByteArrayOutputStream();
            while (all.size() < count) {
                Op<BufResult> write = new AttemptedWrite(pipe.writer(), rest).submit();
                settle();
                Cases.writeFully(other, new byte[] {1});
                assertThat(Cases.readFully(other, 1)).containsExactly(1);
                all.writeBytes(pipe.drain()); // slow: not before others have had their turn
                int written = write.await().bytes();
                assertThat(written).isPositive();
                all.writeBytes(pipe.drain());
                if (written < rest.length()) {
                    rest = rest.slice(written, rest.length());
                }
            }
            assertThat(Arrays.equals(all.toByteArray(), Cases.pattern(count))).isTrue();
        });
    }

    // ---- offsets ----

    @Test
    default void read_at_an_offset_leaves_the_position() throws Exception {
        runTask(() -> {
            TestDescriptor file = file(Cases.pattern(10));
            assertThat(readFile(file, 1, 7)).containsExactly(Cases.pattern(10)[7]);
            assertThat(readFile(file, 1, Read.NO_OFFSET)).containsExactly(Cases.pattern(10)[0]);
            assertThat(readFile(file, 1, 3)).containsExactly(Cases.pattern(10)[3]);
            assertThat(readFile(file, 1, Read.NO_OFFSET)).containsExactly(Cases.pattern(10)[1]);
        });
    }

    private static byte[] readFile(TestDescriptor file, int capacity, long offset) throws Exception {
        return new Read(file, IoBuffer.allocate(capacity), offset).submit().await().buffer().toByteArray();
    }

    @Test
    default void write_at_an_offset_is_read_there() throws Exception {
        runTask(() -> {
            TestDescriptor file = file(new byte[10]);
            new Write(file, IoBuffer.copyOf(new byte[] {9}), 4).submit().await();
            new Write(file, IoBuffer.copyOf(new byte[] {8}), 12).submit().await();
            assertThat(readFile(file, 1, 4)).containsExactly(9);
            assertThat(readFile(file, 1, 12)).containsExactly(8);
            assertThat(readFile(file, 1, 11)).containsExactly(0);
        });
    }

    @Test
    default void read_behind_the_end_of_a_file_is_0_bytes() throws Exception {
        runTask(() -> {
            TestDescriptor file = file((byte) 1, (byte) 2);
            assertThat(readFile(file, 4, 2)).isEmpty();
            assertThat(readFile(file, 4, 1 << 20)).isEmpty();
            assertThat(readFile(file, 4, 1)).containsExactly(2);
        });
    }

    // ---- errors ----

    @Test
    default void the_wrong_end_of_a_pipe_is_EBADF_at_once() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            IoBuffer buffer = IoBuffer.copyOf(new byte[] {1});
            Cases.assertErrno(new Read(pipe.writer(), buffer, Read.NO_OFFSET).submit(), Errno.EBADF);
            Cases.assertErrno(new Write(pipe.reader(), buffer, Write.NO_OFFSET).submit(), Errno.EBADF);
            assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
        });
    }

    @Test
    default void number_that_is_not_open_is_EBADF() throws Exception {
        runTask(() -> {
            TestDescriptor missing = missing();
            IoBuffer buffer = IoBuffer.allocate(1);
            Cases.assertErrno(new Read(missing, buffer, Read.NO_OFFSET).submit(), Errno.EBADF);
            Cases.assertErrno(new Read(missing, buffer, 0).submit(), Errno.EBADF);
            Cases.assertErrno(new Write(missing, buffer, Write.NO_OFFSET).submit(), Errno.EBADF);
            Cases.assertErrno(new Write(missing, buffer, 0).submit(), Errno.EBADF);
            Cases.assertErrno(new AttemptedRead(missing, buffer, Readiness.READABLE).submit(), Errno.EBADF);
            Cases.assertErrno(new AttemptedRead(missing, buffer, Readiness.BLOCKING).submit(), Errno.EBADF);
            Cases.assertErrno(new AttemptedWrite(missing, buffer).submit(), Errno.EBADF);
            Cases.assertErrno(new Poll(missing, PollFlag.READABLE).submit(), Errno.EBADF);
            Cases.assertErrno(missing.closeAsync(), Errno.EBADF);
        });
    }

    @Test
    default void write_without_a_reader_is_EPIPE() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            pipe.reader().close();
            Cases.assertErrno(Cases.write(pipe, (byte) 1).submit(), Errno.EPIPE);
            Cases.assertErrno(new AttemptedWrite(pipe.writer(), IoBuffer.allocate(1)).submit(), Errno.EPIPE);
        });
    }

    @Test
    default void write_that_waits_fails_when_the_reader_goes() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            pipe.fill();
            Write write = Cases.write(pipe, (byte) 1);
            write.submit();
            settle();
            pipe.reader().close();
            Cases.assertErrno(write, Errno.EPIPE);
        });
    }

    @Test
    default void read_of_a_directory_is_EISDIR() throws Exception {
        runTask(() -> {
            TestDescriptor directory = new TestDescriptor(ground().directory(), runtime());
            IoBuffer buffer = IoBuffer.allocate(1);
            Cases.assertErrno(new Read(directory, buffer, 0).submit(), Errno.EISDIR);
            Cases.assertErrno(new Read(directory, buffer, Read.NO_OFFSET).submit(), Errno.EISDIR);
            Cases.assertErrno(new AttemptedRead(directory, buffer, Readiness.READABLE).submit(), Errno.EISDIR);
        });
    }

    @Test
    default void end_of_the_wrong_kind_is_EBADF() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            Read read = new Read(pipe.writer(), IoBuffer.allocate(1), Read.NO_OFFSET);
            Write write = new Write(pipe.reader(), IoBuffer.allocate(1), Write.NO_OFFSET);
            read.submit();
            write.submit();
            settle();
            settle();
            if (!read.isDone() || !write.isDone()) {
                pipe.reader().closeAsync();
                pipe.writer().closeAsync();
                Assumptions.abort("a wait for readiness never tells that a descriptor has no such side: "
                        + setup().name());
            }
            Cases.assertErrno(read, Errno.EBADF);
            Cases.assertErrno(write, Errno.EBADF);
        });
    }

    @Test
    default void error_names_operation_operands_and_errno() throws Exception {
        runTask(() -> {
            TestDescriptor missing = missing();
            assertThatThrownBy(() -> new Read(missing, IoBuffer.allocate(3), 5).submit().await())
                    .isInstanceOf(UringException.class)
                    .hasMessage("read failed: fd=" + missing.fd() + " lengthBytes=3 offset=5 errno=EBADF(9)");
        });
    }

    // ---- several at once ----

    @Test
    default void operation_may_be_submitted_again_after_its_result() throws Exception {
        int rounds = scaled(2000);
        runTask(() -> {
            TestPipe pipe = pipe();
            Write write = Cases.write(pipe, (byte) 1);
            Read read = Cases.read(pipe, 1);
            for (int i = 0; i < rounds; i++) {
                assertThat(write.submit().await().bytes()).isEqualTo(1);
                assertThat(read.submit().await().bytes()).isEqualTo(1);
            }
        });
    }

    @Test
    default void writes_started_together_arrive_in_their_order() throws Exception {
        ThisHost.assumeRingAsksPipes(runtime());
        runTask(() -> {
            TestPipe pipe = pipe();
            List<Op<?>> writes = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                writes.add(Cases.write(pipe, (byte) i).submit());
            }
            Ops.joinAll(writes.toArray(Op<?>[]::new));
            byte[] arrived = pipe.drain();
            for (int i = 0; i < 100; i++) {
                assertThat(arrived[i]).isEqualTo((byte) i);
            }
        });
    }

    @Test
    default void many_reads_of_one_pipe_take_every_byte_once() throws Exception {
        int count = Math.min(200, setup().operationsMax());
        runTask(() -> {
            TestPipe pipe = pipe();
            List<Op<BufResult>> reads = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                reads.add(Cases.read(pipe, 1).submit());
            }
            settle();
            byte[] given = new byte[count];
            for (int i = 0; i < count; i++) {
                given[i] = (byte) i;
                pipe.feed((byte) i);
            }
            List<byte[]> taken = new ArrayList<>();
            for (Op<BufResult> read : reads) {
                taken.add(read.await().buffer().toByteArray());
            }
            assertThat(Cases.sorted(Cases.concat(taken))).isEqualTo(Cases.sorted(given));
            assertThat(pipe.drain()).isEmpty();
        });
    }

    @Test
    default void one_byte_ends_one_of_two_readers() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            Read first = Cases.read(pipe, 8);
            Read second = Cases.read(pipe, 8);
            first.submit();
            second.submit();
            settle();
            pipe.feed((byte) 1);
            Op.awaitAny(List.of(first, second));
            settle();
            assertThat(first.isDone()).isNotEqualTo(second.isDone());
            pipe.feed((byte) 2);
            assertThat(first.await().buffer().get(0) + second.await().buffer().get(0)).isEqualTo(3);
        });
    }

    @Test
    default void operation_without_an_opcode_waits_for_readiness() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            AttemptedRead read = new AttemptedRead(pipe.reader(), IoBuffer.allocate(1), Readiness.READABLE);
            read.submit();
            settle();
            assertThat(read.isDone()).isFalse();
            AttemptedWrite write = new AttemptedWrite(pipe.writer(), IoBuffer.copyOf(new byte[] {7}));
            assertThat(write.submit().await().bytes()).isEqualTo(1);
            assertThat(read.await().buffer().toByteArray()).containsExactly(7);
        });
    }

    @Test
    default void operation_without_an_opcode_reads_files_too() throws Exception {
        runTask(() -> {
            TestDescriptor file = file((byte) 4, (byte) 5);
            IoBuffer one = IoBuffer.allocate(1);
            assertThat(new AttemptedRead(file, one, Readiness.READABLE).submit().await().buffer().get(0))
                    .isEqualTo((byte) 4);
            assertThat(new AttemptedRead(file, one, Readiness.BLOCKING).submit().await().buffer().get(0))
                    .isEqualTo((byte) 5);
        });
    }

    @Test
    default void operations_work_from_threads_that_are_no_tasks() throws Exception {
        TestPipe pipe = pipe();
        Op<BufResult> read = Cases.read(pipe, 1).submit();
        assertThat(Cases.write(pipe, (byte) 3).submit().await().bytes()).isEqualTo(1);
        assertThat(read.await().buffer().toByteArray()).containsExactly(3);
        assertThat(read.toCompletableFuture().get().bytes()).isEqualTo(1);
    }
}
