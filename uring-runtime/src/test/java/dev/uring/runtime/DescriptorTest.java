package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.ffi.Libc;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PollFlag;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Close once, and in order: refuse, cancel, drain, and only then give the number back. */
class DescriptorTest extends RuntimeTest {
    private static boolean isOpen(int fd) {
        return Files.isSymbolicLink(Path.of("/proc/self/fd/" + fd));
    }

    @Test
    void closing_twice_closes_once_and_answers_the_same_operation() throws Exception {
        Pipe pipe = Pipe.open(runtime);
        Op<Void> first = pipe.reader.closeAsync();
        Op<Void> second = pipe.reader.closeAsync();
        assertThat(second).isSameAs(first);
        first.await();
        assertThat(isOpen(pipe.reader.fd())).isFalse();
        // The number may belong to somebody else by now, whom a late close must not hit.
        try (Pipe other = Pipe.open(runtime)) {
            assertThat(List.of(other.reader.fd(), other.writer.fd())).contains(pipe.reader.fd());
            pipe.reader.close();
            pipe.reader.closeAsync().await();
            assertThat(isOpen(other.reader.fd())).isTrue();
            assertThat(isOpen(other.writer.fd())).isTrue();
        }
        pipe.writer.close();
    }

    @Test
    void use_after_close_is_a_closed_channel_and_returns_the_buffer() throws Exception {
        Pipe pipe = Pipe.open(runtime);
        pipe.close();
        assertThat(pipe.reader.isOpen()).isFalse();
        IoBuffer buffer = IoBuffer.allocate(4);
        Op<BufResult> read = pipe.read(buffer).submit();
        assertThat(read.isDone()).isTrue();
        assertThatThrownBy(read::await).isInstanceOf(ClosedChannelException.class);
        assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
        assertThatThrownBy(() -> task(() -> pipe.write(buffer).submit().await()))
                .isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> new Poll(pipe.reader, PollFlag.READABLE).submit().await())
                .isInstanceOf(ClosedChannelException.class);
        var told = new CompletableFuture<IOException>();
        pipe.read(buffer).submit().onComplete((_, error) -> told.complete(error));
        assertThat(told.get(10, TimeUnit.SECONDS)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> pipe.read(buffer).submit().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(ClosedChannelException.class);
    }

    @Test
    void close_ends_a_pending_read_and_returns_its_buffer_first() throws Exception {
        Pipe pipe = Pipe.open(runtime);
        IoBuffer buffer = IoBuffer.allocate(4);
        JoinHandle<BufResult> reading = runtime.spawn(() -> pipe.read(buffer).submit().await());
        eventually("reads", () -> pipe.reader.useCount() == 1);
        pipe.close();
        assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
        assertThat(isOpen(pipe.reader.fd())).isFalse();
        assertThatThrownBy(reading::await).satisfies(e -> {
            Throwable cause = e instanceof java.util.concurrent.ExecutionException ? e.getCause() : e;
            assertThat(cause).isInstanceOfAny(CancellationException.class, ClosedChannelException.class);
        });
    }

    @Test
    void close_ends_every_kind_of_pending_operation() throws Exception {
        Pipe pipe = Pipe.open(runtime);
        IoBuffer full = IoBuffer.allocate(1 << 20);
        Op<BufResult> write = pipe.write(full).submit();
        eventually("the pipe is full", () -> pipe.writer.useCount() == 0);
        assertThat(write.await().bytes()).as("what fits").isPositive();
        List<Op<?>> pending = List.of(
                pipe.write(full).submit(),
                new Poll(pipe.writer, PollFlag.WRITABLE).submit());
        pipe.writer.close();
        for (Op<?> op : pending) {
            assertThat(op.isDone()).isTrue();
            assertThatThrownBy(op::await).isInstanceOfAny(CancellationException.class, ClosedChannelException.class);
        }
        assertThat(full.state()).isEqualTo(IoBuffer.State.OWNED);
        pipe.reader.close();
    }

    @Test
    void close_from_a_task_and_from_a_callback() throws Exception {
        Pipe first = Pipe.open(runtime);
        Op<BufResult> pending = first.read(IoBuffer.allocate(1)).submit();
        task(first::close);
        assertThat(pending.isDone()).isTrue();

        Pipe second = Pipe.open(runtime);
        second.read(IoBuffer.allocate(1)).submit();
        List<Op<Void>> closes = callback(() -> List.of(second.reader.closeAsync(), second.writer.closeAsync()));
        for (Op<Void> close : closes) {
            close.await();
        }
        assertThat(isOpen(second.reader.fd())).isFalse();
    }

    @Test
    void a_close_cannot_be_cancelled() throws Exception {
        Pipe pipe = Pipe.open(runtime);
        pipe.read(IoBuffer.allocate(1)).submit();
        Op<Void> close = pipe.reader.closeAsync();
        close.cancel();
        close.abandon();
        eventually("closed", () -> !isOpen(pipe.reader.fd()));
        pipe.writer.close();
    }

    @Test
    void an_interrupted_close_closes_all_the_same() throws Exception {
        Pipe pipe = Pipe.open(runtime);
        pipe.read(IoBuffer.allocate(1)).submit();
        Thread.currentThread().interrupt();
        pipe.reader.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(isOpen(pipe.reader.fd())).isFalse();
        pipe.writer.close();
    }

    /** The number must be taken as long as anything uses it, or a later open would get it under a pending operation. */
    @Test
    void a_number_is_not_reused_under_a_pending_operation() throws Exception {
        for (int round = 0; round < (FULL ? 10_000 : 500); round++) {
            Pipe pipe = Pipe.open(runtime);
            IoBuffer buffer = IoBuffer.allocate(1);
            Op<BufResult> read = pipe.read(buffer).submit();
            Op<Void> close = pipe.reader.closeAsync();
            int probe = Libc.dup(pipe.writer.fd()); // the kernel gives the lowest free number
            boolean readHadEnded = read.isDone();
            if (probe == pipe.reader.fd()) {
                assertThat(readHadEnded).isTrue();
            }
            close.await();
            assertThat(read.isDone()).isTrue();
            Libc.close(probe);
            pipe.writer.close();
        }
    }

    @Test
    void submissions_race_with_the_close_and_all_end() throws Exception {
        int threads = 3;
        for (int round = 0; round < (FULL ? 20_000 : 1500); round++) {
            Pipe pipe = Pipe.open(runtime);
            var barrier = new CyclicBarrier(threads + 1);
                List<CompletableFuture<Integer>> counts = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                boolean inTask = t == 0;
                var count = new CompletableFuture<Integer>();
                counts.add(count);
                Runnable body = () -> submitUntilClosed(pipe, barrier, count);
                if (inTask) {
                    runtime.handle().execute(body);
                } else {
                    Thread.ofVirtual().start(body);
                }
            }
            barrier.await();
            Op<Void> close = pipe.reader.closeAsync();
            for (CompletableFuture<Integer> count : counts) {
                count.get(20, TimeUnit.SECONDS);
            }
            close.await();
            assertThat(pipe.reader.useCount()).isZero();
            pipe.writer.close();
        }
    }

    /** The steps of submit with a close between them, which the race above hits rarely. */
    @Test
    void an_operation_that_was_accepted_before_the_close_and_begins_after_it_ends() throws Exception {
        Pipe pipe = Pipe.open(runtime);
        IoBuffer buffer = IoBuffer.allocate(1);
        Read read = pipe.read(buffer);
        read.takeUp();
        read.moveBuffer();
        assertThat(read.acquireOrRefuse(runtime)).isNull();
        Op<Void> close = pipe.reader.closeAsync();
        foreign(() -> new Nop().submit()).await(); // the worker has cancelled what it had
        runtime.dispatch(read);
        eventually("closed", close::isDone);
        assertThatThrownBy(read::await).isInstanceOfAny(CancellationException.class, ClosedChannelException.class);
        assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
        pipe.writer.close();
    }

    private static void submitUntilClosed(Pipe pipe, CyclicBarrier barrier, CompletableFuture<Integer> count) {
        int submitted = 0;
        try {
            barrier.await();
            while (true) {
                IoBuffer buffer = IoBuffer.allocate(1);
                Op<BufResult> read = pipe.read(buffer).submit();
                submitted++;
                try {
                    read.await();
                } catch (CancellationException e) {
                    assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
                }
            }
        } catch (ClosedChannelException e) {
            count.complete(submitted);
        } catch (Throwable t) {
            count.completeExceptionally(t);
        }
    }

    @Test
    void many_closers_close_once() throws Exception {
        for (int round = 0; round < (FULL ? 10_000 : 300); round++) {
            Pipe pipe = Pipe.open(runtime);
            var barrier = new CyclicBarrier(4);
            List<CompletableFuture<Op<Void>>> closes = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                var close = new CompletableFuture<Op<Void>>();
                closes.add(close);
                Thread.ofVirtual().start(() -> {
                    try {
                        barrier.await();
                        close.complete(pipe.reader.closeAsync());
                    } catch (Exception e) {
                        close.completeExceptionally(e);
                    }
                });
            }
            Op<Void> first = closes.getFirst().get(10, TimeUnit.SECONDS);
            for (CompletableFuture<Op<Void>> close : closes) {
                assertThat(close.get(10, TimeUnit.SECONDS)).isSameAs(first);
            }
            first.await();
            pipe.writer.close();
        }
    }

    @Test
    void a_poll_tells_the_events_that_are_there() throws Exception {
        try (Pipe pipe = Pipe.open(runtime, OpenFlag.NON_BLOCKING)) {
            assertThat(new Poll(pipe.writer, PollFlag.WRITABLE).submit().await() & PollFlag.WRITABLE).isNotZero();
            Op<Integer> readable = new Poll(pipe.reader, PollFlag.READABLE).submit();
            Thread.sleep(10);
            assertThat(readable.isDone()).isFalse();
            pipe.send("x");
            assertThat(readable.await() & PollFlag.READABLE).isNotZero();
        }
    }

    @Test
    void the_kernels_complaint_names_operation_and_operands() throws Exception {
        Pipe.End wrong = new Pipe.End(100_000, runtime);
        assertThatThrownBy(() -> new Read(wrong, IoBuffer.allocate(8), 16).submit().await())
                .isInstanceOf(UringException.class)
                .hasMessage("read failed: fd=100000 lengthBytes=8 offset=16 errno=EBADF(9)");
        assertThatThrownBy(wrong::close).hasMessageContaining("close failed: fd=100000 errno=EBADF(9)");
    }
}
