package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.ffi.Errno;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** Buffers that are handed over to a queue, and single reads into provided buffers. */
interface QueueCases extends Cases {
    private static IoBuffer filled(byte[] bytes) {
        return IoBuffer.copyOf(bytes);
    }

    @Test
    default void queued_buffers_arrive_whole_and_in_order_and_are_closed() throws Exception {
        byte[] sent = Cases.pattern(scaled(400_000));
        runTask(() -> {
            TestPipe pipe = pipe();
            JoinHandle<byte[]> reader = Tasks.spawn(() -> Cases.readFully(pipe, sent.length));
            var writes = new QueuedWrites(pipe.writer());
            List<IoBuffer> buffers = new ArrayList<>();
            Random random = new Random(setup().name().hashCode());
            for (int from = 0; from < sent.length;) {
                int to = Math.min(from + random.nextInt(9000), sent.length);
                IoBuffer buffer = filled(Arrays.copyOfRange(sent, from, to));
                buffers.add(buffer);
                writes.add(buffer);
                if (random.nextInt(10) == 0) {
                    writes.flush();
                    assertThat(writes.needsFlush()).isFalse();
                }
                from = to;
            }
            writes.flush();
            assertThat(Arrays.equals(reader.await(), sent)).isTrue();
            assertThat(buffers).allMatch(each -> each.state() == IoBuffer.State.RELEASED);
        });
    }

    @Test
    default void buffers_may_be_queued_from_another_thread_than_the_worker() throws Exception {
        byte[] sent = Cases.pattern(scaled(100_000));
        TestPipe pipe = pipe();
        var got = new CompletableFuture<byte[]>();
        runtime().handle().execute(() -> {
            try {
                got.complete(Cases.readFully(pipe, sent.length));
            } catch (IOException | RuntimeException | Error e) {
                got.completeExceptionally(e);
            }
        });
        var writes = new QueuedWrites(pipe.writer());
        for (int from = 0; from < sent.length; from += 100) {
            writes.add(filled(Arrays.copyOfRange(sent, from, Math.min(from + 100, sent.length))));
        }
        writes.flush();
        assertThat(Arrays.equals(got.get(), sent)).isTrue();
    }

    @Test
    default void writer_of_a_full_queue_waits_until_there_is_room() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            byte[] block = Cases.pattern(40_000);
            var writes = new QueuedWrites(pipe.writer());
            JoinHandle<Void> writer = Tasks.spawn(() -> {
                for (int i = 0; i < 40; i++) {
                    writes.add(filled(block));
                }
                writes.flush();
                return null;
            });
            settle();
            assertThat(writer.isFinished()).as("nobody reads").isFalse();
            for (int i = 0; i < 40; i++) {
                assertThat(Arrays.equals(Cases.readFully(pipe, block.length), block)).isTrue();
            }
            writer.await();
        });
    }

    @Test
    default void failure_closes_what_is_queued_and_is_told_to_the_writer() throws Exception {
        runTask(() -> {
            var writes = new QueuedWrites(missing());
            IoBuffer first = filled(new byte[10]);
            writes.add(first);
            assertThatThrownBy(writes::flush).isInstanceOfSatisfying(UringException.class,
                    e -> assertThat(e.errno()).isEqualTo(Errno.EBADF));
            IoBuffer second = filled(new byte[10]);
            assertThatThrownBy(() -> writes.add(second)).isInstanceOf(UringException.class);
            assertThat(List.of(first, second)).allMatch(each -> each.state() == IoBuffer.State.RELEASED);
            assertThat(writes.needsFlush()).isFalse();
        });
    }

    @Test
    default void close_of_the_descriptor_ends_the_queue_and_its_waiting_writer() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            var writes = new QueuedWrites(pipe.writer());
            List<IoBuffer> buffers = new CopyOnWriteArrayList<>();
            var thread = new CompletableFuture<Thread>();
            JoinHandle<Void> writer = Tasks.spawn(() -> {
                thread.complete(Thread.currentThread());
                while (true) {
                    IoBuffer buffer = filled(new byte[40_000]);
                    buffers.add(buffer);
                    writes.add(buffer);
                }
            });
            // A writer that comes after the close is told so, and not that it was ended by it.
            while (buffers.size() <= BufferQueueOp.CAPACITY || thread.join().getState() == Thread.State.RUNNABLE) {
                settle();
            }
            pipe.writer().closeAsync().await();
            assertThatThrownBy(writer::await).hasCauseInstanceOf(AsynchronousCloseException.class);
            assertThat(buffers).isNotEmpty().allMatch(each -> each.state() == IoBuffer.State.RELEASED);
            assertThatThrownBy(() -> new QueuedWrites(pipe.writer()).add(filled(new byte[1]))).satisfiesAnyOf(
                    e -> assertThat(e).isInstanceOf(ClosedChannelException.class));
        });
    }

    @Test
    default void interrupted_writer_of_a_full_queue_keeps_what_was_handed_over() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            var writes = new QueuedWrites(pipe.writer());
            var added = new CompletableFuture<Integer>();
            var thread = new CompletableFuture<Thread>();
            JoinHandle<Void> writer = Tasks.spawn(() -> {
                thread.complete(Thread.currentThread());
                int count = 0;
                try {
                    while (true) {
                        writes.add(filled(new byte[40_000]));
                        count++;
                    }
                } catch (InterruptedIOException e) {
                    Thread.interrupted();
                    added.complete(count);
                }
                return null;
            });
            awaitSleep(thread);
            writer.abort();
            int count = added.get();
            assertThat(Cases.readFully(pipe, count * 40_000)).hasSize(count * 40_000);
            writes.flush();
        });
    }

    @Test
    default void single_reads_take_provided_buffers_and_give_them_back() throws Exception {
        byte[] sent = Cases.pattern(scaled(60_000));
        runTask(() -> {
            TestPipe pipe = pipe();
            JoinHandle<Void> writer = Tasks.spawn(() -> {
                Cases.writeFully(pipe, sent);
                pipe.writer().close();
                return null;
            });
            var all = new ByteArrayOutputStream();
            var read = new ReadProvided(pipe.reader(), 0);
            for (IoBuffer each = read.submit().await(); each != null; each = read.submit().await()) {
                all.writeBytes(each.toByteArray());
                each.close();
            }
            assertThat(Arrays.equals(all.toByteArray(), sent)).isTrue();
            writer.await();
        });
    }

    @Test
    default void single_read_without_buffers_waits_for_one() throws Exception {
        int group = ProvidedBuffers.groups() - 1;
        int count = ProvidedBuffers.countMax(group);
        runTask(() -> {
            TestPipe pipe = pipe();
            List<IoBuffer> held = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                pipe.feed((byte) i);
                held.add(new ReadProvided(pipe.reader(), group).submit().await());
            }
            pipe.feed((byte) 77);
            var late = new ReadProvided(pipe.reader(), group);
            var cancelled = new ReadProvided(pipe.reader(), group);
            late.submit();
            cancelled.submit();
            settle();
            assertThat(late.isDone()).isFalse();
            cancelled.cancel();
            assertThatThrownBy(cancelled::await).isInstanceOf(CancellationException.class);
            held.removeFirst().close();
            try (IoBuffer buffer = late.await()) {
                assertThat(buffer.toByteArray()).containsExactly(77);
            }
            held.forEach(IoBuffer::close);
        });
    }

    @Test
    default void untaken_results_give_their_provided_buffers_back() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            pipe.feed((byte) 1);
            var read = new ReadProvided(pipe.reader(), 0);
            read.submit();
            settle();
            read.abandon();
            var waiting = new ReadProvided(pipe.reader(), 0);
            waiting.submit();
            settle();
            waiting.abandon();
            settle();
        });
    }

    @Test
    default void empty_buffer_is_filled_again_and_again() throws Exception {
        byte[] sent = Cases.pattern(scaled(50_000));
        runTask(() -> {
            TestPipe pipe = pipe();
            JoinHandle<Void> writer = Tasks.spawn(() -> {
                Cases.writeFully(pipe, sent);
                pipe.writer().close();
                return null;
            });
            var receives = new Receives(pipe.reader(), 0);
            receives.start();
            IoBuffer buffer = IoBuffer.empty();
            assertThatThrownBy(buffer::length).isInstanceOf(IllegalStateException.class);
            var all = new ByteArrayOutputStream();
            while (receives.next(buffer) > 0) {
                all.writeBytes(buffer.toByteArray());
                IoBuffer slice = buffer.slice(0, 1);
                assertThatThrownBy(() -> receives.next(buffer)).isInstanceOf(IllegalStateException.class);
                buffer.close();
                buffer.close();
                if (receives.poll(buffer) > 0) {
                    assertThatThrownBy(() -> slice.get(0)).as("slice of what was there before")
                            .isInstanceOf(IllegalStateException.class);
                    all.writeBytes(buffer.toByteArray());
                }
                buffer.close();
            }
            assertThat(Arrays.equals(all.toByteArray(), sent)).isTrue();
            assertThatThrownBy(() -> receives.next(IoBuffer.allocate(1))).isInstanceOf(IllegalStateException.class);
            receives.close();
            writer.await();
        });
    }

    @Test
    default void ready_callback_polls_every_byte_and_the_end() throws Exception {
        byte[] sent = Cases.pattern(scaled(50_000));
        TestPipe pipe = pipe();
        var all = new ByteArrayOutputStream();
        var end = new CompletableFuture<byte[]>();
        var receives = new Receives(pipe.reader(), 0);
        IoBuffer buffer = IoBuffer.empty();
        runTask(() -> {
            receives.start(() -> {
                try {
                    int bytes = receives.poll(buffer);
                    for (; bytes > 0; bytes = receives.poll(buffer)) {
                        all.writeBytes(buffer.toByteArray());
                        buffer.close();
                    }
                    if (bytes == 0) {
                        end.complete(all.toByteArray());
                    }
                } catch (IOException | RuntimeException | Error e) {
                    end.completeExceptionally(e);
                }
            });
            Cases.writeFully(pipe, sent);
            pipe.writer().close();
            assertThat(Arrays.equals(end.get(), sent)).isTrue();
            receives.close();
        });
    }
}
