package dev.uring.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.runtime.Carriers;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Tasks;
import dev.uring.runtime.UringRuntime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection in memory: order, back-pressure, and how each side learns that the other is gone. */
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DuplexTest {
    private static final long SEED = Long.getLong("uring.test.seed", System.nanoTime());

    private static void write(Duplex end, String text) throws IOException {
        end.write(IoBuffer.copyOf(text.getBytes(UTF_8)));
    }

    private static String read(Duplex end) throws IOException {
        try (IoBuffer piece = end.read()) {
            return piece == null ? null : piece.toString(UTF_8);
        }
    }

    /** Runs on a thread of its own, which waits by the time this returns. */
    private static <T> FutureTask<T> waiting(Callable<T> body) {
        var task = new FutureTask<>(body);
        Thread thread = Thread.ofPlatform().daemon().start(task);
        while (thread.getState() != Thread.State.WAITING && thread.getState() != Thread.State.TERMINATED) {
            Thread.onSpinWait();
        }
        assertThat(task.isDone()).as("waits").isFalse();
        return task;
    }

    private static void assertFails(FutureTask<?> task, Class<? extends Throwable> type) {
        assertThatThrownBy(task::get).isInstanceOf(ExecutionException.class).cause().isExactlyInstanceOf(type);
    }

    // ---- bytes ----

    @Test
    void what_one_end_writes_the_other_reads_each_way() throws IOException {
        Duplex.Pair pair = Duplex.pair(32);
        write(pair.first(), "ping");
        write(pair.second(), "pong");
        assertThat(read(pair.second())).isEqualTo("ping");
        assertThat(read(pair.first())).isEqualTo("pong");
    }

    @Test
    void a_read_into_a_buffer_takes_what_fits_and_leaves_the_rest() throws IOException {
        Duplex.Pair pair = Duplex.pair(8);
        write(pair.first(), "abcde");
        IoBuffer buffer = IoBuffer.allocate(3);
        assertThat(pair.second().read(buffer)).isEqualTo(3);
        assertThat(buffer.toString(UTF_8)).isEqualTo("abc");
        write(pair.first(), "fghi"); // around the end of the ring
        assertThat(pair.second().read(buffer)).isEqualTo(3);
        assertThat(buffer.toString(UTF_8)).isEqualTo("def");
        assertThat(read(pair.second())).isEqualTo("ghi");
    }

    @Test
    void an_empty_write_is_no_end() throws IOException {
        Duplex.Pair pair = Duplex.pair(4);
        pair.first().write(IoBuffer.copyOf(new byte[0]));
        write(pair.first(), "a");
        assertThat(read(pair.second())).isEqualTo("a");
    }

    @Test
    void a_capacity_below_one_is_refused() {
        assertThatThrownBy(() -> Duplex.pair(0)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("capacityBytes=0");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 64, 4096})
    void random_bytes_go_both_ways_at_once_between_threads(int capacityBytes) throws Exception {
        Duplex.Pair pair = Duplex.pair(capacityBytes);
        int count = Math.min(200_000, 3000 * capacityBytes);
        byte[] there = new byte[count];
        byte[] back = new byte[count / 2];
        new Random(SEED).nextBytes(there);
        new Random(~SEED).nextBytes(back);
        var writers = Arrays.asList(new FutureTask<Void>(() -> send(pair.first(), there)),
                new FutureTask<Void>(() -> send(pair.second(), back)));
        writers.forEach(each -> Thread.ofPlatform().daemon().start(each));
        var reader = new FutureTask<>(() -> receive(pair.first(), new Random(SEED)));
        Thread.ofVirtual().start(reader);
        assertThat(receive(pair.second(), new Random(SEED))).as("-During.test.seed=" + SEED).isEqualTo(there);
        assertThat(reader.get()).as("-During.test.seed=" + SEED).isEqualTo(back);
        for (FutureTask<Void> each : writers) {
            each.get();
        }
    }

    private static Void send(Duplex end, byte[] bytes) throws IOException {
        var random = new Random(SEED);
        for (int at = 0; at < bytes.length;) {
            int length = Math.min(bytes.length - at, 1 + random.nextInt(500));
            end.write(IoBuffer.copyOf(Arrays.copyOfRange(bytes, at, at + length)));
            at += length;
        }
        end.finish();
        return null;
    }

    private static byte[] receive(Duplex end, Random random) throws IOException {
        var all = new ByteArrayOutputStream();
        while (true) {
            if (random.nextBoolean()) {
                IoBuffer buffer = IoBuffer.allocate(1 + random.nextInt(700));
                if (end.read(buffer) == 0) {
                    return all.toByteArray();
                }
                all.writeBytes(buffer.toByteArray());
            } else {
                try (IoBuffer piece = end.read()) {
                    if (piece == null) {
                        return all.toByteArray();
                    }
                    all.writeBytes(piece.toByteArray());
                }
            }
        }
    }

    // ---- back-pressure ----

    @Test
    void a_writer_waits_while_the_reader_is_a_capacity_behind() throws Exception {
        Duplex.Pair pair = Duplex.pair(4);
        write(pair.first(), "abcd");
        FutureTask<Void> writer = waiting(() -> {
            write(pair.first(), "efghij");
            return null;
        });
        assertThat(read(pair.second())).isEqualTo("abcd");
        var rest = new StringBuilder();
        while (rest.length() < 6) {
            rest.append(read(pair.second()));
        }
        assertThat(rest).hasToString("efghij");
        writer.get();
    }

    @Test
    void a_writer_that_waits_is_told_when_the_other_end_closes() throws Exception {
        Duplex.Pair pair = Duplex.pair(1);
        write(pair.first(), "a");
        FutureTask<Void> writer = waiting(() -> {
            write(pair.first(), "b");
            return null;
        });
        pair.second().close();
        assertFails(writer, SocketException.class);
    }

    // ---- ends ----

    @Test
    void after_a_finish_the_reader_gets_the_rest_and_the_end_and_may_still_answer() throws IOException {
        Duplex.Pair pair = Duplex.pair(16);
        write(pair.first(), "request");
        pair.first().finish();
        pair.first().finish();
        assertThat(read(pair.second())).isEqualTo("request");
        assertThat(read(pair.second())).isNull();
        assertThat(pair.second().read(IoBuffer.allocate(1))).isZero();
        write(pair.second(), "answer");
        assertThat(read(pair.first())).isEqualTo("answer");
        assertThatExceptionOfType(SocketException.class).isThrownBy(() -> write(pair.first(), "more"))
                .withMessageContaining("EPIPE");
    }

    @Test
    void after_a_close_the_reader_gets_the_rest_and_the_end_and_a_writer_a_broken_pipe() throws IOException {
        Duplex.Pair pair = Duplex.pair(16);
        write(pair.first(), "last");
        write(pair.second(), "unread");
        pair.first().close();
        assertThat(read(pair.second())).isEqualTo("last");
        assertThat(read(pair.second())).isNull();
        assertThatExceptionOfType(SocketException.class).isThrownBy(() -> write(pair.second(), "x"))
                .withMessage("write failed: capacityBytes=16 errno=EPIPE(32)");
    }

    @Test
    void a_reader_that_waits_gets_the_end_when_the_other_end_closes() throws Exception {
        Duplex.Pair pair = Duplex.pair(16);
        FutureTask<String> reader = waiting(() -> read(pair.second()));
        pair.first().close();
        assertThat(reader.get()).isNull();
    }

    @Test
    void a_close_ends_what_waits_at_the_same_end() throws Exception {
        Duplex.Pair pair = Duplex.pair(1);
        write(pair.first(), "a");
        FutureTask<String> reader = waiting(() -> read(pair.first()));
        FutureTask<Void> writer = waiting(() -> {
            write(pair.first(), "b");
            return null;
        });
        pair.first().close();
        assertFails(reader, AsynchronousCloseException.class);
        assertFails(writer, AsynchronousCloseException.class);
        pair.first().close();
        assertThatThrownBy(() -> read(pair.first())).isExactlyInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> write(pair.first(), "c")).isExactlyInstanceOf(ClosedChannelException.class);
    }

    @Test
    void an_interrupt_ends_a_wait_and_takes_no_byte() throws Exception {
        Duplex.Pair pair = Duplex.pair(16);
        FutureTask<Void> reader = new FutureTask<>(() -> {
            assertThatThrownBy(() -> read(pair.second())).isExactlyInstanceOf(InterruptedIOException.class)
                    .hasMessage("read was interrupted");
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            return null;
        });
        Thread thread = Thread.ofPlatform().daemon().start(reader);
        thread.interrupt();
        reader.get();
        write(pair.first(), "a");
        assertThat(read(pair.second())).isEqualTo("a");
    }

    // ---- tasks ----

    @ParameterizedTest
    @EnumSource(names = {"ON", "OFF"})
    void tasks_of_one_worker_talk_and_wait_for_each_other(Carriers carriers) throws Exception {
        try (UringRuntime runtime = UringRuntime.builder().enableAll().carriers(carriers).multiThread(1).build()) {
            Duplex.Pair pair = Duplex.pair(3);
            byte[] bytes = new byte[5000];
            new Random(SEED).nextBytes(bytes);
            byte[] read = runtime.blockOn(() -> {
                JoinHandle<Void> writer = Tasks.spawn(() -> send(pair.first(), bytes));
                byte[] all = receive(pair.second(), new Random(SEED));
                writer.await();
                return all;
            });
            assertThat(read).as("-During.test.seed=" + SEED).isEqualTo(bytes);
        }
    }
}
