package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Requests that answer again and again, with provided buffers and without. */
interface MultishotCases extends Cases {
    /** The group of the largest buffers, of which there are the fewest. */
    int GROUP = ProvidedBuffers.groups() - 1;
    /** How many it has. */
    int COUNT = ProvidedBuffers.countMax(GROUP);

    private static byte[] takeAll(Receives receives) throws IOException {
        var all = new ByteArrayOutputStream();
        for (IoBuffer buffer = receives.next(); buffer != null; buffer = receives.next()) {
            all.writeBytes(buffer.toByteArray());
            buffer.close();
        }
        return all.toByteArray();
    }

    private static byte[] takeAll(Bytes bytes) throws IOException {
        var all = new ByteArrayOutputStream();
        for (Integer each = bytes.next(); each != null; each = bytes.next()) {
            all.write(each);
        }
        return all.toByteArray();
    }

    @Test
    default void stream_arrives_whole_and_in_order_in_provided_buffers() throws Exception {
        byte[] sent = Cases.pattern(scaled(1_000_000));
        runTask(() -> {
            for (int group = 0; group <= GROUP; group++) {
                TestPipe pipe = pipe();
                JoinHandle<Void> writer = Tasks.spawn(() -> {
                    Cases.writeFully(pipe, sent);
                    pipe.writer().close();
                    return null;
                });
                var receives = new Receives(pipe.reader(), group);
                receives.start();
                assertThat(Arrays.equals(takeAll(receives), sent)).isTrue();
                assertThat(receives.next()).isNull();
                receives.close();
                writer.await();
            }
        });
    }

    @Test
    default void stream_arrives_whole_and_in_order_without_buffers() throws Exception {
        byte[] sent = Cases.pattern(scaled(50_000));
        runTask(() -> {
            TestPipe pipe = pipe();
            JoinHandle<Void> writer = Tasks.spawn(() -> {
                Cases.writeFully(pipe, sent);
                pipe.writer().close();
                return null;
            });
            var bytes = new Bytes(pipe.reader());
            bytes.start();
            assertThat(Arrays.equals(takeAll(bytes), sent)).isTrue();
            bytes.close();
            writer.await();
        });
    }

    @Test
    default void slow_consumer_stops_the_stream_and_loses_nothing() throws Exception {
        byte[] sent = Cases.pattern(20_000);
        runTask(() -> {
            TestPipe pipe = pipe();
            var bytes = new Bytes(pipe.reader());
            bytes.start();
            for (int i = 0; i < sent.length; i += 1000) {
                pipe.feed(Arrays.copyOfRange(sent, i, i + 1000));
                settle();
            }
            assertThat(pipe.drain()).as("what the stopped request left in the pipe").isNotEmpty();
        });
    }

    @Test
    default void stream_that_ends_behind_a_slow_consumer_loses_nothing() throws Exception {
        byte[] sent = Cases.pattern(400);
        runTask(() -> {
            for (int round = 0; round < 12; round++) {
                TestPipe pipe = pipe();
                pipe.feed(sent);
                pipe.writer().close();
                var bytes = new Bytes(pipe.reader());
                bytes.start();
                Time.sleep(Duration.ofMillis(5)).await();
                assertThat(takeAll(bytes)).isEqualTo(sent);
                bytes.close();
            }
        });
    }

    @Test
    default void slow_consumer_of_provided_buffers_loses_nothing() throws Exception {
        byte[] sent = Cases.pattern(2000);
        runTask(() -> {
            TestPipe pipe = pipe();
            var receives = new Receives(pipe.reader(), 0);
            receives.start();
            for (int i = 0; i < sent.length; i++) {
                pipe.feed(sent[i]);
                if (i % 2 == 0) {
                    new Nop().submit().await();
                }
            }
            settle();
            pipe.writer().close();
            settle();
            assertThat(takeAll(receives)).isEqualTo(sent);
            receives.close();
        });
    }

    @Test
    default void request_resumes_when_the_consumer_has_caught_up() throws Exception {
        byte[] sent = Cases.pattern(1000);
        runTask(() -> {
            TestPipe pipe = pipe();
            var bytes = new Bytes(pipe.reader());
            bytes.start();
            var all = new ByteArrayOutputStream();
            for (int round = 0; round < 3; round++) {
                pipe.feed(sent);
                Time.sleep(Duration.ofMillis(10)).await();
                for (int i = 0; i < sent.length; i++) {
                    all.write(bytes.next());
                }
            }
            assertThat(all.toByteArray()).isEqualTo(Cases.concat(List.of(sent, sent, sent)));
            bytes.close();
        });
    }

    @Test
    default void request_without_buffers_goes_on_when_one_comes_back() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            var receives = new Receives(pipe.reader(), GROUP);
            receives.start();
            List<IoBuffer> held = new ArrayList<>();
            for (int i = 0; i < COUNT; i++) {
                pipe.feed((byte) i);
                held.add(receives.next());
            }
            pipe.feed((byte) 77);
            settle();
            held.get(5).close();
            IoBuffer late = receives.next();
            assertThat(late.toByteArray()).containsExactly(77);
            for (int i = 0; i < COUNT; i++) {
                if (i != 5) {
                    assertThat(held.get(i).toByteArray()).containsExactly((byte) i);
                    held.get(i).close();
                }
            }
            late.close();
            pipe.feed((byte) 1, (byte) 2);
            pipe.writer().close();
            assertThat(takeAll(receives)).containsExactly(1, 2);
            receives.close();
        });
    }

    @Test
    default void two_requests_without_buffers_both_go_on() throws Exception {
        runTask(() -> {
            TestPipe left = pipe();
            TestPipe right = pipe();
            var leftReceives = new Receives(left.reader(), GROUP);
            var rightReceives = new Receives(right.reader(), GROUP);
            leftReceives.start();
            rightReceives.start();
            List<IoBuffer> held = new ArrayList<>();
            for (int i = 0; i < COUNT; i++) {
                left.feed((byte) i);
                held.add(leftReceives.next());
            }
            left.feed((byte) 1);
            right.feed((byte) 2);
            settle();
            held.forEach(IoBuffer::close);
            try (IoBuffer one = leftReceives.next(); IoBuffer two = rightReceives.next()) {
                assertThat(one.toByteArray()).containsExactly(1);
                assertThat(two.toByteArray()).containsExactly(2);
            }
            leftReceives.close();
            rightReceives.close();
        });
    }

    @Test
    default void close_mid_stream_loses_no_byte() throws Exception {
        int rounds = scaled(60);
        runTask(() -> {
            for (int round = 0; round < rounds; round++) {
                TestPipe pipe = pipe();
                int sent = 0;
                int taken = 0;
                var receives = new Receives(pipe.reader(), 0);
                receives.start();
                for (int i = 0; i < round; i++) {
                    pipe.feed(new byte[100]);
                    sent += 100;
                    if (i % 7 == 0) {
                        try (IoBuffer buffer = receives.next()) {
                            taken += buffer.length();
                        }
                    }
                }
                receives.close();
                assertThat(taken + receives.discardedBytes.get() + pipe.drain().length).isEqualTo(sent);
                pipe.feed((byte) 1);
                settle();
                assertThat(pipe.drain()).containsExactly(1);
                pipe.reader().close();
                pipe.writer().close();
            }
        });
    }

    @Test
    default void close_behind_a_slow_consumer_loses_no_byte() throws Exception {
        runTask(() -> {
            for (int sent : new int[] {100, 140, 1000, 5000}) {
                TestPipe pipe = pipe();
                var bytes = new Bytes(pipe.reader());
                pipe.feed(new byte[sent]);
                bytes.start();
                Time.sleep(Duration.ofMillis(10)).await();
                int taken = 0;
                for (int i = 0; i < 10; i++) {
                    bytes.next();
                    taken++;
                }
                bytes.close();
                assertThat(taken + bytes.discardedBytes.get() + pipe.drain().length).isEqualTo(sent);
            }
        });
    }

    @Test
    default void close_while_buffers_are_out_ends_the_request() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            var receives = new Receives(pipe.reader(), GROUP);
            receives.start();
            List<IoBuffer> held = new ArrayList<>();
            for (int i = 0; i < COUNT; i++) {
                pipe.feed((byte) i);
                held.add(receives.next());
            }
            pipe.feed((byte) 1);
            settle();
            receives.close();
            held.forEach(IoBuffer::close);
            settle();
            assertThat(receives.discardedBytes.get() + pipe.drain().length).isEqualTo(1);
        });
    }

    @Test
    default void close_ends_a_consumer_that_waits() throws Exception {
        runTask(() -> {
            TestPipe pipe = pipe();
            var receives = new Receives(pipe.reader(), 0);
            receives.start();
            pipe.reader().closeAsync();
            assertThatThrownBy(receives::next).isInstanceOf(ClosedChannelException.class);
            receives.close();
        });
    }

    /** Closes in a callback, which does not wait, and answers when the call has returned. */
    private void closeInCallback(MultiOp<?> stream) throws Exception {
        var closed = new CompletableFuture<Void>();
        runtime().handle().run(() -> new Nop().submit((_, _) -> {
            stream.close();
            closed.complete(null);
        }));
        closed.join();
    }

    @Test
    default void close_in_a_callback_disposes_of_what_nobody_took() throws Exception {
        for (boolean ended : new boolean[] {false, true}) {
            TestPipe pipe = pipe();
            var receives = new Receives(pipe.reader(), GROUP);
            receives.start();
            int sent = 0;
            for (int i = 0; i < 10; i++) {
                pipe.feed(new byte[100]);
                sent += 100;
                runTask(this::settle);
            }
            if (ended) {
                pipe.writer().close();
                runTask(this::settle);
            }
            closeInCallback(receives);
            int drained = 0;
            for (int i = 0; i < 1000 && drained + receives.discardedBytes.get() < sent; i++) {
                runTask(this::settle);
                drained += ended ? 0 : pipe.drain().length;
            }
            assertThat(drained + receives.discardedBytes.get()).isEqualTo(sent);
            if (ended) {
                assertThat(receives.next()).isNull();
            } else {
                assertThatThrownBy(receives::next).isInstanceOf(ClosedChannelException.class);
            }
        }
    }

    @Test
    default void close_against_a_consumer_that_takes_loses_no_byte_and_ends_it() throws Exception {
        int rounds = scaled(60);
        for (int round = 0; round < rounds; round++) {
            TestPipe pipe = pipe();
            var bytes = new Bytes(pipe.reader());
            bytes.start();
            int sent = round % 3 == 0 ? 0 : round * 7;
            var taken = new CompletableFuture<Integer>();
            Thread consumer = Thread.ofPlatform().daemon().start(() -> taken.complete(takeUntilClosed(bytes)));
            pipe.feed(new byte[sent]);
            if (round % 2 == 0) {
                Thread.sleep(1);
            }
            if (round % 4 < 2) {
                bytes.close();
            } else {
                closeInCallback(bytes);
            }
            int all = taken.get(20, TimeUnit.SECONDS);
            consumer.join();
            bytes.close(); // in a callback it did not wait
            assertThat(all + bytes.discardedBytes.get() + pipe.drain().length).isEqualTo(sent);
        }
    }

    private static int takeUntilClosed(Bytes bytes) {
        int taken = 0;
        try {
            while (bytes.next() != null) {
                taken++;
            }
            throw new AssertionError("the stream has no plain end");
        } catch (IOException e) {
            return e instanceof ClosedChannelException ? taken : Integer.MIN_VALUE;
        }
    }

    @Test
    default void close_twice_before_the_start_and_from_other_threads_is_fine() throws Exception {
        TestPipe pipe = pipe();
        var unused = new Receives(pipe.reader(), 0);
        unused.close();
        unused.close();
        var receives = new Receives(pipe.reader(), 0);
        receives.start();
        receives.close();
        receives.close();
        pipe.feed((byte) 1);
        Thread.sleep(2);
        assertThat(receives.discardedBytes.get() + pipe.drain().length).isEqualTo(1);
    }

    @Test
    default void interrupted_consumer_loses_no_byte() throws Exception {
        int rounds = scaled(100);
        runTask(() -> {
            TestPipe pipe = pipe();
            var bytes = new Bytes(pipe.reader());
            bytes.start();
            var all = new ByteArrayOutputStream();
            for (int i = 0; i < rounds; i++) {
                boolean interruptsItself = i % 4 == 1;
                JoinHandle<Void> consumer = Tasks.spawn(() -> {
                    try {
                        if (interruptsItself) {
                            Thread.currentThread().interrupt();
                        }
                        all.write(bytes.next());
                    } catch (InterruptedIOException e) {
                        Thread.interrupted();
                    }
                    return null;
                });
                if (i % 2 == 0) {
                    new Nop().submit().await();
                }
                pipe.feed((byte) i);
                if (!interruptsItself) {
                    consumer.abort();
                }
                try {
                    consumer.await();
                } catch (CancellationException e) {
                    continue; // aborted before its first step
                }
            }
            pipe.writer().close();
            all.writeBytes(takeAll(bytes));
            assertThat(all.size()).isEqualTo(rounds);
            for (int i = 0; i < rounds; i++) {
                assertThat(all.toByteArray()[i]).isEqualTo((byte) i);
            }
        });
    }

    @Test
    default void callback_gets_every_result_and_one_end() throws Exception {
        TestPipe pipe = pipe();
        var all = new ByteArrayOutputStream();
        var ends = new ArrayList<IOException>();
        var ended = new CompletableFuture<Void>();
        var receives = new Receives(pipe.reader(), 0);
        receives.start((buffer, error) -> {
            if (buffer != null) {
                all.writeBytes(buffer.toByteArray());
                buffer.close();
            } else {
                ends.add(error);
                ended.complete(null);
            }
        });
        byte[] sent = Cases.pattern(10_000);
        pipe.feed(sent);
        pipe.writer().close();
        ended.get();
        receives.close();
        runTask(this::settle);
        assertThat(all.toByteArray()).isEqualTo(sent);
        assertThat(ends).hasSize(1).containsOnlyNulls();
    }

    @Test
    default void callback_request_that_is_closed_ends_once() throws Exception {
        TestPipe pipe = pipe();
        var ends = new ArrayList<IOException>();
        List<IoBuffer> held = new ArrayList<>();
        var receives = new Receives(pipe.reader(), GROUP);
        receives.start((buffer, error) -> {
            if (buffer != null) {
                held.add(buffer);
            } else {
                ends.add(error);
            }
        });
        for (int i = 0; i <= COUNT; i++) {
            pipe.feed((byte) i);
            runTask(this::settle);
        }
        receives.close();
        runTask(() -> {
            held.forEach(IoBuffer::close);
            settle();
        });
        assertThat(ends).hasSize(1);
        assertThat(ends.getFirst()).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    default void error_ends_the_request() throws Exception {
        runTask(() -> {
            var receives = new Receives(missing(), 0);
            receives.start();
            assertThatThrownBy(receives::next).isInstanceOf(UringException.class).hasMessageContaining("EBADF");
            assertThatThrownBy(receives::next).isInstanceOf(UringException.class);
            receives.close();
        });
    }
}
