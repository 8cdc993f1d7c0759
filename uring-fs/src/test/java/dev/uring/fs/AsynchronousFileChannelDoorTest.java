package dev.uring.fs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What AsynchronousFileChannel documents, asked of the JDK's and of ours in the same words. */
@ParameterizedClass(name = "{0}")
@EnumSource(DoorSide.class)
class AsynchronousFileChannelDoorTest extends DoorTest {
    /** A handler that is a future; its attachment goes through it too. */
    private static final class Answer<V> implements CompletionHandler<V, String> {
        private final CompletableFuture<V> future = new CompletableFuture<>();

        @Override
        public void completed(V result, String attachment) {
            assertThat(attachment).isEqualTo("attached");
            future.complete(result);
        }

        @Override
        public void failed(Throwable failure, String attachment) {
            assertThat(attachment).isEqualTo("attached");
            future.completeExceptionally(failure);
        }
    }

    private AsynchronousFileChannel channel(Path path, OpenOption... options) throws Exception {
        return closedAfterwards(side.openAsynchronous(runtime, path, options));
    }

    private static Throwable failure(Future<?> future) throws InterruptedException {
        try {
            return new AssertionError("answered " + future.get());
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (CancellationException e) {
            return e;
        }
    }

    @Test
    void futures_answer_reads_and_writes() throws Exception {
        test(() -> {
            AsynchronousFileChannel channel = channel(file("0123456789"), READ, WRITE);
            for (ByteBuffer each : List.of(ByteBuffer.allocate(6), ByteBuffer.allocateDirect(6))) {
                Future<Integer> read = channel.read(each, 2);
                assertThat(read.get()).isEqualTo(6);
                assertThat(read.isDone()).isTrue();
                assertThat(read.isCancelled()).isFalse();
                assertThat(read.cancel(true)).isFalse();
                assertThat(US_ASCII.decode(each.flip()).toString()).isEqualTo("234567");
                assertThat(channel.read(each.clear(), 100).get()).isEqualTo(-1);
                assertThat(each.position()).isZero();
                assertThat(channel.read(each.limit(0), 100).get()).isZero();
                assertThat(channel.write(each.clear().put(bytes("abcdef")).flip(), 8).get(10, TimeUnit.SECONDS))
                        .isEqualTo(6);
            }
            assertThat(channel.size()).isEqualTo(14);
            assertThat(channel.truncate(20).size()).isEqualTo(14);
            assertThat(channel.truncate(3)).isSameAs(channel);
            assertThat(channel.size()).isEqualTo(3);
            channel.force(true);
            channel.force(false);
        });
    }

    @Test
    void handlers_are_called_with_their_attachment_and_may_wait() throws Exception {
        test(() -> {
            AsynchronousFileChannel channel = channel(file("0123456789"), READ, WRITE);
            var read = new Answer<Integer>();
            channel.read(ByteBuffer.allocate(4), 8, "attached", read);
            assertThat(read.future.get()).isEqualTo(2);
            var wrote = new Answer<Integer>();
            channel.write(bytes("xyz"), 9, "attached", wrote);
            assertThat(wrote.future.get()).isEqualTo(3);
            var nested = new CompletableFuture<Integer>();
            channel.read(ByteBuffer.allocate(1), 0, "attached", new CompletionHandler<Integer, String>() {
                @Override
                public void completed(Integer result, String attachment) {
                    try {
                        nested.complete(channel.read(ByteBuffer.allocateDirect(5), 10).get());
                    } catch (InterruptedException | ExecutionException e) {
                        nested.completeExceptionally(e);
                    }
                }

                @Override
                public void failed(Throwable failure, String attachment) {
                    nested.completeExceptionally(failure);
                }
            });
            assertThat(nested.get()).isEqualTo(2);
            var none = new Answer<Integer>();
            channel.read(ByteBuffer.allocate(0), 0, "attached", none);
            assertThat(none.future.get()).isZero();
        });
    }

    @Test
    void wrong_arguments_are_refused_at_once() throws Exception {
        Path path = file("abc");
        test(() -> {
            assertThatThrownBy(() -> channel(path, APPEND)).isInstanceOf(UnsupportedOperationException.class);
            AsynchronousFileChannel reader = channel(path, READ);
            AsynchronousFileChannel writer = channel(path, WRITE);
            ByteBuffer one = ByteBuffer.allocate(1);
            assertThatIllegalArgumentException().isThrownBy(() -> reader.read(one, -1));
            assertThatIllegalArgumentException().isThrownBy(() -> reader.read(one.asReadOnlyBuffer(), 0));
            assertThatIllegalArgumentException().isThrownBy(() -> writer.write(one, -1));
            assertThatIllegalArgumentException().isThrownBy(() -> writer.truncate(-1));
            assertThatIllegalArgumentException().isThrownBy(() -> writer.lock(-1, 1, false));
            assertThatThrownBy(() -> reader.read(one, 0, "", null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> writer.read(one, 0)).isInstanceOf(NonReadableChannelException.class);
            assertThatThrownBy(() -> writer.lock(0, 1, true)).isInstanceOf(NonReadableChannelException.class);
            assertThatThrownBy(() -> reader.write(one, 0)).isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> reader.truncate(0)).isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> reader.tryLock()).isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> reader.lock()).isInstanceOf(NonWritableChannelException.class);
        });
    }

    @Test
    void a_closed_channel_answers_so() throws Exception {
        test(() -> {
            AsynchronousFileChannel channel = channel(file("abc"), READ, WRITE);
            FileLock lock = channel.lock().get();
            channel.close();
            channel.close();
            assertThat(channel.isOpen()).isFalse();
            assertThat(lock.isValid()).isFalse();
            for (Future<?> each : List.of(channel.read(ByteBuffer.allocate(1), 0), channel.write(bytes("x"), 0),
                    channel.read(ByteBuffer.allocate(0), 0), channel.lock())) {
                assertThat(failure(each)).isExactlyInstanceOf(ClosedChannelException.class);
            }
            var answer = new Answer<Integer>();
            channel.read(ByteBuffer.allocate(1), 0, "attached", answer);
            assertThat(failure(answer.future)).isExactlyInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(channel::size).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> channel.truncate(1)).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> channel.force(true)).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(channel::tryLock).isInstanceOf(ClosedChannelException.class);
        });
    }

    @Test
    void many_calls_are_pending_at_once() throws Exception {
        byte[] content = new byte[1 << 20];
        new Random(5).nextBytes(content);
        test(() -> {
            AsynchronousFileChannel channel = channel(file(""), READ, WRITE);
            int piece = 4096;
            List<Future<Integer>> writes = new ArrayList<>();
            for (int at = 0; at < content.length; at += piece) {
                writes.add(channel.write(ByteBuffer.wrap(content, at, piece).slice(), at));
            }
            for (Future<Integer> each : writes) {
                assertThat(each.get()).isEqualTo(piece);
            }
            List<ByteBuffer> buffers = new ArrayList<>();
            var left = new CountDownLatch(content.length / piece);
            for (int at = 0; at < content.length; at += piece) {
                ByteBuffer buffer = at % (2 * piece) == 0 ? ByteBuffer.allocate(piece)
                        : ByteBuffer.allocateDirect(piece);
                buffers.add(buffer);
                channel.read(buffer, at, left, new CompletionHandler<Integer, CountDownLatch>() {
                    @Override
                    public void completed(Integer result, CountDownLatch attachment) {
                        attachment.countDown();
                    }

                    @Override
                    public void failed(Throwable failure, CountDownLatch attachment) {
                        throw new AssertionError(failure);
                    }
                });
            }
            left.await();
            ByteBuffer all = ByteBuffer.allocate(content.length);
            buffers.forEach(each -> all.put(each.flip()));
            assertThat(all.array()).isEqualTo(content);
        });
    }

    @Test
    void a_pipe_has_no_positions() throws Exception {
        assumeFalse(runtime != null && runtime.driver().name().equals("nio"), "nio opens no named pipes");
        AsynchronousFileChannel channel = channel(pipe(), READ, WRITE);
        test(() -> {
            assertThat(failure(channel.read(ByteBuffer.allocate(1), 0))).isInstanceOf(IOException.class);
            assertThat(failure(channel.write(bytes("x"), 0))).isInstanceOf(IOException.class);
        });
    }

    // ---- locks ----

    @Test
    void overlapping_locks_of_one_process_are_refused() throws Exception {
        Path path = file("0123456789");
        test(() -> {
            AsynchronousFileChannel one = channel(path, READ, WRITE);
            AsynchronousFileChannel two = channel(path, READ, WRITE);
            FileLock held = one.lock(2, 4, false).get();
            assertThat(held.isValid()).isTrue();
            assertThat(held.acquiredBy()).isSameAs(one);
            assertThatThrownBy(() -> one.lock()).isInstanceOf(OverlappingFileLockException.class);
            assertThatThrownBy(() -> two.tryLock(0, 3, true)).isInstanceOf(OverlappingFileLockException.class);
            FileChannel channel = fileChannel(path, READ, WRITE);
            assertThatThrownBy(channel::tryLock).as("both kinds of channel share the table")
                    .isInstanceOf(OverlappingFileLockException.class);
            held.release();
            var answer = new Answer<FileLock>();
            two.lock(0, Long.MAX_VALUE, false, "attached", answer);
            try (FileLock now = answer.future.get()) {
                assertThat(now.isValid()).isTrue();
            }
            assertThat(two.tryLock().isValid()).isTrue();
        });
    }

    @Test
    void closing_ends_what_is_pending() throws Exception {
        Path path = file("0123456789");
        AsynchronousFileChannel channel = channel(path, READ, WRITE);
        try (AutoCloseable other = foreignLock(path)) {
            assertThat(other).isNotNull();
            test(() -> {
                assertThat(channel.tryLock(0, 1, false)).isNull();
                Future<FileLock> pending = channel.lock(0, 5, false);
                var answer = new Answer<FileLock>();
                channel.lock(5, 5, false, "attached", answer);
                assertThatThrownBy(() -> pending.get(20, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
                channel.close();
                assertThat(failure(pending)).isInstanceOf(AsynchronousCloseException.class);
                assertThat(failure(answer.future)).isInstanceOf(AsynchronousCloseException.class);
            });
        }
    }

    // ---- what is promised beyond the JDK ----

    @Test
    void a_cancelled_future_is_done_when_its_call_has_ended() throws Exception {
        assumeTrue(side != DoorSide.JDK, "the JDK's is done at once, and its call goes on");
        Path path = file("0123456789");
        AsynchronousFileChannel channel = channel(path, READ, WRITE);
        try (AutoCloseable other = foreignLock(path)) {
            assertThat(other).isNotNull();
            test(() -> {
                Future<FileLock> pending = channel.lock(0, 5, false);
                assertThat(pending.cancel(true)).isTrue();
                assertThat(failure(pending)).isInstanceOf(CancellationException.class);
                assertThat(pending.isCancelled()).isTrue();
                assertThat(channel.isOpen()).as("a cancel does not close").isTrue();
            });
        }
        test(() -> assertThat(channel.tryLock()).as("nothing is left in the table").isNotNull());
    }

    @Test
    void cancelled_reads_leave_their_buffers_alone_once_done() throws Exception {
        assumeTrue(side != DoorSide.JDK, "the JDK's is done at once, and its call goes on");
        Path path = Files.write(directory.resolve("large"), new byte[8 << 20]);
        test(() -> {
            AsynchronousFileChannel channel = channel(path, READ);
            for (int i = 0; i < 50; i++) {
                ByteBuffer target = ByteBuffer.allocateDirect(8 << 20);
                Future<Integer> read = channel.read(target, 0);
                read.cancel(i % 2 == 0);
                try {
                    assertThat(read.get()).isEqualTo(target.position());
                    assertThat(read.isCancelled()).isFalse();
                } catch (CancellationException e) {
                    assertThat(read.isCancelled()).as(e.toString()).isTrue();
                    assertThat(target.position()).isZero();
                }
            }
            assertThat(channel.read(ByteBuffer.allocate(10), 0).get()).as("open and usable").isEqualTo(10);
        });
    }

    @Test
    void what_is_pending_when_the_runtime_ends_is_told() throws Exception {
        assumeTrue(side != DoorSide.JDK, "the JDK has no runtime that ends");
        Path path = file("0123456789");
        AsynchronousFileChannel channel = channel(path, READ, WRITE);
        try (AutoCloseable other = foreignLock(path)) {
            assertThat(other).isNotNull();
            List<Future<?>> pending = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                pending.add(channel.lock(i, 1, false));
            }
            runtime.close();
            for (Future<?> each : pending) {
                assertThat(failure(each)).isInstanceOf(IOException.class);
            }
            assertThat(failure(channel.read(ByteBuffer.allocate(1), 0))).isInstanceOf(ClosedChannelException.class);
        }
    }
}
