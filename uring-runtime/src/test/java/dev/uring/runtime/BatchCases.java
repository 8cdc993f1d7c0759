package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.ffi.Errno;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

/** Batches, from a platform thread, which may lease a ring, and from a task. */
interface BatchCases extends Cases {
    /** How a case is run: on the calling thread, or as a task. */
    default void onThreadAndInTask(Uring.Body body) throws Exception {
        body.run();
        runTask(body);
    }

    @Test
    default void batch_reads_each_offset_into_its_buffer_round_after_round() throws Exception {
        onThreadAndInTask(() -> {
            try (TestDescriptor file = file(Cases.pattern(4096)); OpBatch batch = new OpBatch(runtime().handle(), 40)) {
                for (int round = 0; round < 3; round++) {
                    Read[] reads = new Read[40 - round];
                    IoBuffer[] buffers = new IoBuffer[reads.length];
                    for (int i = 0; i < reads.length; i++) {
                        buffers[i] = IoBuffer.allocate(64);
                        reads[i] = new Read(file, buffers[i], i * 64L).whole();
                        assertThat(batch.add(reads[i])).isEqualTo(i);
                    }
                    batch.submitAndWait();
                    for (int i = 0; i < reads.length; i++) {
                        assertThat(batch.result(i)).isEqualTo(64);
                        assertThat(reads[i].await().bytes()).isEqualTo(64);
                        assertThat(buffers[i].toByteArray()).isEqualTo(slice(Cases.pattern(4096), i * 64, 64));
                    }
                }
            }
        });
    }

    private static byte[] slice(byte[] bytes, int from, int count) {
        return java.util.Arrays.copyOfRange(bytes, from, from + count);
    }

    @Test
    default void batch_answers_every_index_once() throws Exception {
        onThreadAndInTask(() -> {
            try (TestDescriptor file = file(Cases.pattern(512)); OpBatch batch = new OpBatch(runtime().handle(), 32)) {
                for (int i = 0; i < 32; i++) {
                    batch.add(i % 3 == 0 ? new Nop() : new Read(file, IoBuffer.allocate(16), i * 16L));
                }
                batch.submit();
                BitSet answered = new BitSet();
                for (int i = batch.next(); i >= 0; i = batch.next()) {
                    assertThat(answered.get(i)).as("answered before: %d", i).isFalse();
                    answered.set(i);
                    assertThat(batch.result(i)).isNotNegative();
                    assertThat(batch.error(i)).isNull();
                }
                assertThat(answered.cardinality()).isEqualTo(32);
            }
        });
    }

    @Test
    default void batch_writes_all_although_writes_are_short() throws Exception {
        onThreadAndInTask(() -> {
            try (TestDescriptor file = file(); OpBatch batch = new OpBatch(runtime().handle(), 8)) {
                byte[] expected = Cases.pattern(8 * 100);
                for (int i = 0; i < 8; i++) {
                    batch.add(new Write(file, IoBuffer.copyOf(slice(expected, i * 100, 100)), i * 100L).whole());
                }
                batch.submitAndWait();
                for (int i = 0; i < 8; i++) {
                    assertThat(batch.result(i)).isEqualTo(100);
                }
                IoBuffer all = IoBuffer.allocate(800);
                batch.add(new Read(file, all, 0).whole());
                batch.submitAndWait();
                assertThat(all.toByteArray()).isEqualTo(expected);
            }
        });
    }

    @Test
    default void batch_keeps_the_errors_of_its_operations_apart() throws Exception {
        onThreadAndInTask(() -> {
            TestDescriptor closed = file((byte) 1);
            closed.close();
            try (TestDescriptor file = file((byte) 7); TestDescriptor missing = missing();
                    OpBatch batch = new OpBatch(runtime().handle(), 3)) {
                IoBuffer[] buffers = {IoBuffer.allocate(1), IoBuffer.allocate(1), IoBuffer.allocate(1)};
                batch.add(new Read(missing, buffers[0], 0));
                batch.add(new Read(closed, buffers[1], 0));
                batch.add(new Read(file, buffers[2], 0));
                batch.submitAndWait();
                assertThat(batch.result(0)).isEqualTo(-Errno.EBADF);
                assertThat(batch.error(0)).isInstanceOf(UringException.class);
                assertThat(batch.error(1)).isInstanceOf(ClosedChannelException.class);
                assertThat(batch.result(2)).isEqualTo(1);
                for (IoBuffer each : buffers) {
                    assertThat(each.state()).isEqualTo(IoBuffer.State.OWNED);
                }
                assertThatThrownBy(missing::close).isInstanceOf(IOException.class); // there is nothing behind the number
            } catch (UringException e) {
                assertThat(e.errno()).isEqualTo(Errno.EBADF);
            }
        });
    }

    @Test
    default void batch_that_is_cancelled_tells_of_each_and_gives_the_buffers_back() throws Exception {
        onThreadAndInTask(() -> {
            TestPipe pipe = pipe();
            IoBuffer[] buffers = new IoBuffer[3]; // the smallest table has room for 4, and a task would wait for more
            try (OpBatch batch = new OpBatch(runtime().handle(), buffers.length)) {
                for (int i = 0; i < buffers.length; i++) {
                    buffers[i] = IoBuffer.allocate(4);
                    batch.add(new Read(pipe.reader(), buffers[i], Read.NO_OFFSET));
                }
                batch.submit();
                pipe.feed((byte) 5);
                assertThat(batch.result(batch.next())).as("one read has the byte").isEqualTo(1);
                batch.cancel();
                batch.awaitAll();
                for (int i = batch.next(); i >= 0; i = batch.next()) {
                    assertThat(batch.result(i)).isEqualTo(-Errno.ECANCELED);
                }
                for (IoBuffer each : buffers) {
                    assertThat(each.state()).isEqualTo(IoBuffer.State.OWNED);
                }
            }
        });
    }

    @Test
    default void batch_that_is_closed_waits_for_what_is_in_flight() throws Exception {
        onThreadAndInTask(() -> {
            TestPipe pipe = pipe();
            IoBuffer buffer = IoBuffer.allocate(4);
            try (OpBatch batch = new OpBatch(runtime().handle(), 1)) {
                batch.add(new Read(pipe.reader(), buffer, Read.NO_OFFSET));
                batch.submit();
                assertThat(buffer.state()).isEqualTo(IoBuffer.State.IN_FLIGHT);
            }
            assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
        });
    }

    @Test
    default void batch_waits_for_what_comes_later() throws Exception {
        onThreadAndInTask(() -> {
            TestPipe pipe = pipe();
            try (OpBatch batch = new OpBatch(runtime().handle(), 2)) {
                batch.add(new Nop());
                IoBuffer buffer = IoBuffer.allocate(4);
                batch.add(new Read(pipe.reader(), buffer, Read.NO_OFFSET));
                batch.submit();
                assertThat(batch.next()).isZero();
                Thread feeder = Thread.ofPlatform().start(() -> pipe.feed((byte) 9));
                assertThat(batch.next()).isEqualTo(1);
                assertThat(buffer.get(0)).isEqualTo((byte) 9);
                feeder.join();
            }
        });
    }
}
