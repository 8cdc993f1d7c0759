package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.runtime.BufferOp;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Op;
import dev.uring.runtime.Tasks;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Pipes without names and with: order, ends, errors, and what is no pipe. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PipeTest extends OnEveryDriver {
    private static final String NO_FIFO = "java.nio would wait for the other side of a named pipe";
    private static final String NO_SIZES = "java.nio knows no sizes of pipes";

    @TempDir
    private Path folder;

    private Path fifo() throws Exception {
        Path path = folder.resolve("fifo");
        assertThat(new ProcessBuilder("mkfifo", path.toString()).inheritIO().start().waitFor()).isZero();
        return path;
    }

    private static IoBuffer bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return IoBuffer.copyOf(bytes);
    }

    // ---- without a name ----

    @Test
    void random_writes_arrive_whole_and_in_order() throws Exception {
        StringBuilder seed = new StringBuilder();
        Random random = random(seed);
        byte[] sent = new byte[scaled(1 << 20)];
        random.nextBytes(sent);
        task(() -> {
            try (Pipe pipe = Pipe.open().await()) {
                JoinHandle<Void> writing = Tasks.spawn(() -> {
                    for (int at = 0; at < sent.length;) {
                        int length = Math.min(sent.length - at, 1 + random.nextInt(100_000));
                        pipe.writer().write(IoBuffer.copyOf(java.util.Arrays.copyOfRange(sent, at, at + length)));
                        at += length;
                    }
                    pipe.writer().finish();
                    pipe.writer().finish();
                    return null;
                });
                var received = new ByteArrayOutputStream();
                for (IoBuffer piece = pipe.reader().read(); piece != null; piece = pipe.reader().read()) {
                    received.writeBytes(piece.toByteArray());
                    piece.close();
                }
                writing.await();
                assertThat(received.toByteArray()).as(seed.toString()).isEqualTo(sent);
                assertThat(pipe.reader().read(IoBuffer.allocate(1))).isZero();
            }
        });
    }

    @Test
    void exact_reads_wait_for_all_and_tell_an_early_end() throws Exception {
        task(() -> {
            try (Pipe pipe = Pipe.open().await()) {
                BufferOp exact = pipe.reader().receiveExactly(IoBuffer.allocate(4));
                pipe.writer().write(bytes(1, 2));
                settle();
                pipe.writer().write(List.of(bytes(3), bytes(4), bytes(5)));
                assertThat(exact.await().buffer().toByteArray()).containsExactly(1, 2, 3, 4);
                pipe.writer().finish();
                IoBuffer rest = IoBuffer.allocate(4);
                assertThatThrownBy(() -> pipe.reader().receiveExactly(rest).await()).isInstanceOf(EOFException.class);
                assertThat(rest.toByteArray()).containsExactly(5);
            }
        });
    }

    @Test
    void writing_without_a_reader_is_an_error_and_no_signal() throws Exception {
        task(() -> {
            try (Pipe pipe = Pipe.open().await()) {
                pipe.reader().close();
                IoBuffer buffer = bytes(1, 2, 3);
                assertThatThrownBy(() -> pipe.writer().send(buffer).await())
                        .isInstanceOf(IOException.class).hasMessageContaining("EPIPE(32)");
                assertThat(buffer.toByteArray()).containsExactly(1, 2, 3);
            }
        });
    }

    @Test
    void a_full_pipe_makes_its_writer_wait_until_there_is_room() throws Exception {
        task(() -> {
            try (Pipe pipe = Pipe.open().await()) {
                byte[] much = random(300_000);
                BufferOp all = pipe.writer().sendAll(IoBuffer.copyOf(much));
                settle();
                assertThat(all.isDone()).isFalse();
                IoBuffer received = IoBuffer.allocate(much.length);
                pipe.reader().receiveExactly(received).await();
                assertThat(received.toByteArray()).isEqualTo(much);
                assertThat(all.await().bytes()).isEqualTo(much.length);
            }
        });
    }

    @Test
    void a_cancelled_read_loses_nothing() throws Exception {
        task(() -> {
            try (Pipe pipe = Pipe.open().await()) {
                IoBuffer buffer = IoBuffer.allocate(8);
                BufferOp waiting = pipe.reader().receive(buffer);
                settle();
                waiting.cancel();
                assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class);
                pipe.writer().write(bytes(7));
                assertThat(pipe.reader().read(buffer)).isEqualTo(1);
                assertThat(buffer.get(0)).isEqualTo((byte) 7);
            }
        });
    }

    @Test
    void a_pipe_that_nobody_takes_is_closed() throws Exception {
        task(() -> {
            for (int i = 0; i < 5; i++) {
                Pipe.open().abandon();
            }
            settle();
        });
    }

    @Test
    void the_capacity_is_told_and_changed() throws Exception {
        notOnNio(NO_SIZES);
        task(() -> {
            try (Pipe pipe = Pipe.open().await()) {
                assertThat(pipe.reader().capacity()).isEqualTo(65536);
                assertThat(pipe.writer().capacity(5000)).isEqualTo(8192);
                assertThat(pipe.reader().capacity()).isEqualTo(8192);
                pipe.writer().write(IoBuffer.allocate(4097)); // two pages, however it is cut
                assertThatThrownBy(() -> pipe.writer().capacity(4096)).hasMessageContaining("EBUSY(16)");
            }
        });
    }

    // ---- with a name ----

    @Test
    void a_named_pipe_carries_bytes_from_writer_to_reader() throws Exception {
        notOnNio(NO_FIFO);
        Path path = fifo();
        task(() -> {
            try (PipeReader reader = PipeReader.open(path).await()) {
                BufferOp waiting = reader.receiveExactly(IoBuffer.allocate(3));
                settle();
                assertThat(waiting.isDone()).as("before a writer").isFalse();
                try (PipeWriter writer = PipeWriter.open(path).await()) {
                    settle();
                    assertThat(waiting.isDone()).isFalse();
                    writer.write(bytes(1, 2, 3));
                    assertThat(waiting.await().buffer().toByteArray()).containsExactly(1, 2, 3);
                }
                assertThat(reader.read()).as("after the writer").isNull();
            }
        });
    }

    @Test
    void a_resilient_reader_outlives_its_writers() throws Exception {
        notOnNio(NO_FIFO);
        Path path = fifo();
        task(() -> {
            try (PipeReader reader = PipeReader.openResilient(path).await()) {
                for (int i = 0; i < 3; i++) {
                    BufferOp waiting = reader.receive(IoBuffer.allocate(8));
                    settle();
                    assertThat(waiting.isDone()).isFalse();
                    try (PipeWriter writer = PipeWriter.open(path).await()) {
                        writer.write(bytes(i));
                    }
                    assertThat(waiting.await().buffer().toByteArray()).containsExactly(i);
                }
            }
        });
    }

    @Test
    void a_writer_without_a_reader_is_told_what_to_do() throws Exception {
        notOnNio(NO_FIFO);
        Path path = fifo();
        task(() -> {
            assertThatThrownBy(() -> PipeWriter.open(path).await()).isInstanceOf(FileSystemException.class)
                    .hasMessageContainingAll("ENXIO(6)", path.toString(), "no reader has it open");
            try (PipeWriter writer = PipeWriter.openResilient(path).await()) {
                writer.write(bytes(1, 2));
                try (PipeReader reader = PipeReader.open(path).await()) {
                    IoBuffer both = IoBuffer.allocate(2);
                    reader.receiveExactly(both).await();
                    assertThat(both.toByteArray()).containsExactly(1, 2);
                }
            }
        });
    }

    @Test
    void what_is_no_pipe_is_not_opened_as_one() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "text");
        task(() -> {
            for (Op<?> open : List.of(PipeReader.open(file), PipeWriter.open(file), PipeReader.openResilient(file))) {
                assertThatThrownBy(open::await).isInstanceOf(FileSystemException.class)
                        .hasMessageContainingAll("EINVAL(22)", "it is no named pipe");
            }
            assertThatThrownBy(() -> PipeReader.open(folder.resolve("missing")).await())
                    .isInstanceOf(NoSuchFileException.class).hasMessageContaining("ENOENT(2)");
        });
        assertThat(Files.readString(file)).isEqualTo("text");
    }

    @Test
    void the_wrong_access_is_refused_by_the_kernel() throws Exception {
        notOnNio(NO_FIFO);
        Path path = fifo();
        assertThat(path.toFile().setWritable(false, false)).isTrue();
        Assumptions.assumeFalse(Files.isWritable(path), "this user may write everything");
        task(() -> {
            try (PipeReader _ = PipeReader.open(path).await()) {
                assertThatThrownBy(() -> PipeWriter.open(path).await()).isInstanceOf(AccessDeniedException.class);
            }
        });
    }

    @Test
    void on_nio_a_named_pipe_is_refused_in_words() throws Exception {
        Assumptions.assumeTrue(isNio(), "only java.nio refuses");
        Path path = fifo();
        task(() -> assertThatThrownBy(() -> PipeReader.open(path).await()).isInstanceOf(FileSystemException.class)
                .hasMessageContaining("EOPNOTSUPP"));
    }
}
