package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.ffi.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.InterruptedByTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** C1: memory that was handed over cannot be touched. C2: it comes back exactly once, whatever the result. */
class IoBufferTest extends RuntimeTest {
    private final IoBuffer buffer = IoBuffer.allocate(64);

    // ---- C1 ----

    @Test
    void no_accessor_works_while_a_read_is_in_flight() throws Exception {
        try (Pipe pipe = Pipe.open(runtime)) {
            Read read = pipe.read(buffer);
            read.submit();
            List<ThrowingCallable> touches = List.of(
                    () -> buffer.get(0),
                    () -> buffer.put(0, (byte) 1),
                    () -> buffer.put(0, new byte[2]),
                    buffer::segment,
                    buffer::asByteBuffer,
                    buffer::length,
                    () -> buffer.length(1),
                    () -> buffer.slice(0, 1),
                    buffer::toByteArray,
                    () -> buffer.toString(StandardCharsets.US_ASCII),
                    buffer::close,
                    () -> pipe.read(buffer).submit(),
                    () -> pipe.write(buffer).submit());
            for (ThrowingCallable touch : touches) {
                assertThatThrownBy(touch).isInstanceOf(BufferInFlightException.class)
                        .hasMessageContaining("operation=read fd=" + pipe.reader.fd() + " lengthBytes=64")
                        .hasMessageContaining("await the operation first");
            }
            assertThat(buffer.state()).isEqualTo(IoBuffer.State.IN_FLIGHT);
            assertThat(buffer.toString()).contains("IN_FLIGHT").contains("read fd=" + pipe.reader.fd());
            assertThat(buffer.capacity()).isEqualTo(64);

            pipe.send("hello");
            BufResult result = read.await();
            assertThat(result.bytes()).isEqualTo(5);
            assertThat(result.buffer()).isSameAs(buffer);
            assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
            assertThat(buffer.length()).isEqualTo(5);
            assertThat(buffer.toString(StandardCharsets.US_ASCII)).isEqualTo("hello");
        }
    }

    @Test
    void a_refused_submission_leaves_the_other_operation_and_its_own_fresh() throws Exception {
        try (Pipe pipe = Pipe.open(runtime)) {
            Read first = pipe.read(buffer);
            Read second = pipe.read(buffer);
            first.submit();
            assertThatThrownBy(second::submit).isInstanceOf(BufferInFlightException.class);
            pipe.send("a");
            assertThat(first.await().bytes()).isEqualTo(1);
            second.submit();
            pipe.send("bc");
            assertThat(second.await().bytes()).isEqualTo(2);
            assertThat(pipe.reader.useCount()).isZero();
        }
    }

    @Test
    void slices_share_one_owner() throws Exception {
        IoBuffer left = buffer.slice(0, 16);
        IoBuffer right = buffer.slice(16, 64);
        try (Pipe pipe = Pipe.open(runtime)) {
            Read read = pipe.read(left);
            read.submit();
            assertThatThrownBy(() -> right.get(0)).isInstanceOf(BufferInFlightException.class);
            assertThatThrownBy(() -> buffer.put(20, (byte) 1)).isInstanceOf(BufferInFlightException.class);
            assertThatThrownBy(() -> pipe.read(right).submit()).isInstanceOf(BufferInFlightException.class);
            pipe.send("0123456789abcdefXYZ");
            assertThat(read.await().bytes()).isEqualTo(16);
            assertThat(left.length()).isEqualTo(16);
            assertThat(right.length()).isEqualTo(48);
            assertThat(buffer.length()).isEqualTo(64);
            assertThat(buffer.get(15)).isEqualTo((byte) 'f');
            assertThat(buffer.get(16)).isZero();
        }
        left.close();
        assertThat(right.state()).isEqualTo(IoBuffer.State.RELEASED);
        assertThatIllegalStateException().isThrownBy(() -> right.get(0)).withMessageContaining("released");
    }

    @Test
    void a_slice_reads_and_writes_its_own_part() throws Exception {
        IoBuffer middle = buffer.slice(8, 12);
        try (Pipe pipe = Pipe.open(runtime)) {
            pipe.send("wxyz");
            assertThat(((BufferOp) pipe.read(middle).submit()).await().bytes()).isEqualTo(4);
            assertThat(buffer.get(7)).isZero();
            assertThat(buffer.get(8)).isEqualTo((byte) 'w');
            assertThat(buffer.get(12)).isZero();
            pipe.write(middle.length(2)).submit().await();
            pipe.read(buffer).submit().await();
            assertThat(buffer.toString(StandardCharsets.US_ASCII)).isEqualTo("wx");
        }
    }

    @Test
    void a_released_buffer_refuses_everything_but_a_second_close() throws Exception {
        buffer.close();
        buffer.close();
        assertThat(buffer.state()).isEqualTo(IoBuffer.State.RELEASED);
        try (Pipe pipe = Pipe.open(runtime)) {
            List<ThrowingCallable> touches = List.of(() -> buffer.get(0), buffer::segment, buffer::length,
                    () -> buffer.slice(0, 1), () -> pipe.read(buffer).submit());
            for (ThrowingCallable touch : touches) {
                assertThatIllegalStateException().isThrownBy(touch).withMessageContaining("buffer is released")
                        .isNotInstanceOf(BufferInFlightException.class);
            }
            assertThat(pipe.reader.useCount()).isZero();
        }
    }

    @Test
    void await_owned_returns_when_the_operation_has_ended() throws Exception {
        buffer.awaitOwned();
        try (Pipe pipe = Pipe.open(runtime)) {
            Op<BufResult> read = pipe.read(buffer).submit();
            var owned = new CountDownLatch(1);
            Thread waiting = Thread.ofPlatform().start(() -> {
                buffer.awaitOwned();
                owned.countDown();
            });
            Thread.sleep(30);
            assertThat(owned.getCount()).isOne();
            pipe.send("x");
            owned.await();
            assertThat(buffer.length()).isOne();
            read.await();
            waiting.join();
        }
    }

    // ---- strict mode ----

    @Test
    void views_die_with_the_move() throws Exception {
        assertThat(IoBuffer.strict()).as("tests run with -During.strict=true").isTrue();
        MemorySegment segment = buffer.segment();
        ByteBuffer bytes = buffer.asByteBuffer();
        MemorySegment ofSlice = buffer.slice(0, 8).segment();
        segment.set(ValueLayout.JAVA_BYTE, 0, (byte) 7);
        assertThat(bytes.get(0)).isEqualTo((byte) 7);
        try (Pipe pipe = Pipe.open(runtime)) {
            Op<BufResult> read = pipe.read(buffer).submit();
            List<ThrowingCallable> stale = List.of(() -> segment.get(ValueLayout.JAVA_BYTE, 0), () -> bytes.get(0),
                    () -> ofSlice.get(ValueLayout.JAVA_BYTE, 0));
            for (ThrowingCallable touch : stale) {
                assertThatIllegalStateException().isThrownBy(touch);
            }
            pipe.send("x");
            read.await();
            for (ThrowingCallable touch : stale) {
                assertThatIllegalStateException().as("a view does not come back to life").isThrownBy(touch);
            }
            assertThat(buffer.segment().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 'x');
        }
    }

    @Test
    void views_die_with_the_close() {
        MemorySegment segment = buffer.segment();
        buffer.close();
        assertThatIllegalStateException().isThrownBy(() -> segment.get(ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void submitting_under_the_open_view_of_another_thread_names_its_holder() throws Exception {
        var viewed = new CompletableFuture<Void>();
        var finish = new CountDownLatch(1);
        Thread holder = Thread.ofPlatform().name("view-holder").start(() -> {
            buffer.segment();
            viewed.complete(null);
            await(finish);
        });
        viewed.join();
        try (Pipe pipe = Pipe.open(runtime)) {
            MemorySegment own = buffer.segment();
            Read read = pipe.read(buffer);
            assertThatIllegalStateException().isThrownBy(read::submit).withMessageContaining("view-holder");
            assertThatIllegalStateException().isThrownBy(buffer::close).withMessageContaining("view-holder");
            assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
            assertThat(pipe.reader.useCount()).isZero();
            assertThat(own.get(ValueLayout.JAVA_BYTE, 0)).as("a refused move ends no view").isZero();
            buffer.segment().get(ValueLayout.JAVA_BYTE, 0);

            finish.countDown();
            holder.join();
            read.submit();
            assertThatIllegalStateException().isThrownBy(() -> own.get(ValueLayout.JAVA_BYTE, 0));
            pipe.send("x");
            assertThat(read.await().bytes()).as("views of ended threads do not count").isOne();
        }
    }

    @Test
    void views_of_ended_tasks_do_not_block() throws Exception {
        Thread ended = task(() -> {
            buffer.segment().set(ValueLayout.JAVA_BYTE, 0, (byte) 3);
            return Thread.currentThread();
        });
        ended.join(); // its result is out a little before its end
        Thread virtual = Thread.startVirtualThread(buffer::asByteBuffer);
        virtual.join();
        try (Pipe pipe = Pipe.open(runtime)) {
            pipe.send("x");
            assertThat(task(() -> pipe.read(buffer).submit().await()).bytes()).isOne();
        }
    }

    // ---- arguments ----

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, (1 << 30) + 1})
    void capacities_out_of_range_are_refused(int capacity) {
        assertThatIllegalArgumentException().isThrownBy(() -> IoBuffer.allocate(capacity))
                .withMessageContaining("capacity=" + capacity);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -8, 3, 12, Integer.MIN_VALUE})
    void alignments_that_are_no_power_of_two_are_refused(int alignment) {
        assertThatIllegalArgumentException().isThrownBy(() -> IoBuffer.allocateAligned(8, alignment))
                .withMessageContaining("alignment=" + alignment);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 512, 4096, 1 << 21})
    void aligned_buffers_have_aligned_addresses(int alignment) {
        for (int i = 0; i < 8; i++) {
            assertThat(IoBuffer.allocateAligned(100, alignment).segment().address() % alignment).isZero();
        }
    }

    @Test
    void a_new_buffer_is_zero_and_as_long_as_its_capacity() {
        assertThat(buffer.length()).isEqualTo(64);
        assertThat(buffer.toByteArray()).isEqualTo(new byte[64]);
        assertThat(buffer.asByteBuffer().remaining()).isEqualTo(64);
    }

    @Test
    void indexes_and_lengths_out_of_range_are_refused() {
        List<ThrowingCallable> outside = List.of(() -> buffer.get(64), () -> buffer.get(-1),
                () -> buffer.put(64, (byte) 1), () -> buffer.put(63, new byte[2]), () -> buffer.put(-1, new byte[0]),
                () -> buffer.slice(0, 65), () -> buffer.slice(-1, 3), () -> buffer.slice(5, 4));
        for (ThrowingCallable touch : outside) {
            assertThatThrownBy(touch).isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> buffer.length(65))
                .withMessageContaining("length=65").withMessageContaining("capacity=64");
        assertThatIllegalArgumentException().isThrownBy(() -> buffer.length(-1));
        assertThat(buffer.length(0).toByteArray()).isEmpty();
        assertThat(buffer.get(63)).as("indexes go to the capacity, whatever the length").isZero();
    }

    @Test
    void copies_are_of_their_own() {
        byte[] bytes = {1, 2, 3};
        IoBuffer copy = IoBuffer.copyOf(bytes);
        bytes[0] = 9;
        assertThat(copy.toByteArray()).containsExactly(1, 2, 3);
        assertThat(copy.capacity()).isEqualTo(3);
        byte[] out = copy.toByteArray();
        out[1] = 9;
        assertThat(copy.get(1)).isEqualTo((byte) 2);
        assertThat(IoBuffer.copyOf(new byte[0]).length()).isZero();
    }

    @Test
    void wrapped_memory_is_the_callers_own() throws Exception {
        assertThatIllegalArgumentException().isThrownBy(() -> IoBuffer.wrapUnsafe(MemorySegment.ofArray(new byte[4])))
                .withMessageContaining("copyOf");
        assertThatIllegalArgumentException().isThrownBy(() -> IoBuffer.wrapUnsafe(MemorySegment.NULL))
                .withMessageContaining("byteSize=0");
        try (Arena arena = Arena.ofShared(); Pipe pipe = Pipe.open(runtime)) {
            MemorySegment memory = arena.allocate(16);
            IoBuffer wrapped = IoBuffer.wrapUnsafe(memory);
            pipe.send("direct");
            assertThat(pipe.read(wrapped).submit().await().bytes()).isEqualTo(6);
            assertThat(memory.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 'd');
        }
    }

    @Test
    void buffers_without_bytes_move_no_bytes() throws Exception {
        try (Pipe pipe = Pipe.open(runtime)) {
            assertThat(pipe.write(buffer.length(0)).submit().await().bytes()).isZero();
            IoBuffer empty = buffer.slice(3, 3);
            assertThat(empty.capacity()).isZero();
            assertThat(pipe.write(empty).submit().await().bytes()).isZero();
            assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
        }
    }

    // ---- C2 ----

    /** Counts how often a buffer operation gives its buffer back, by its one way to do so. */
    private static final class Counted extends Op<Integer> {
        final AtomicInteger settled = new AtomicInteger();
        private final Descriptor descriptor;
        private final IoBuffer buffer;

        Counted(Descriptor descriptor, IoBuffer buffer) {
            this.descriptor = descriptor;
            this.buffer = buffer;
        }

        @Override
        protected boolean prepare(dev.uring.ffi.Sqe sqe, dev.uring.ffi.Capabilities kernel) {
            sqe.read(descriptor.fd(), buffer.memory(), buffer.capacity(), -1);
            return true;
        }

        @Override
        protected Readiness readiness() {
            return Readiness.READABLE;
        }

        @Override
        protected int attempt(Sys sys, MemorySegment selected) {
            return sys.read(descriptor.fd(), buffer.memory(), buffer.capacity());
        }

        @Override
        void settle(int res, int completionFlags) {
            assertThat(buffer.state()).as("until the terminal result").isEqualTo(IoBuffer.State.IN_FLIGHT);
            settled.incrementAndGet();
        }

        @Override
        protected Integer decode(int res, int flags) throws IOException {
            if (res < 0) {
                throw failure(-res);
            }
            return res;
        }

        @Override
        protected Descriptor descriptor() {
            return descriptor;
        }

        @Override
        protected IoBuffer buffer() {
            return buffer;
        }
    }

    private Counted submitted(Pipe pipe) {
        Counted op = new Counted(pipe.reader, buffer);
        op.submit();
        assertThat(buffer.state()).isEqualTo(IoBuffer.State.IN_FLIGHT);
        return op;
    }

    private void assertBackOnce(Counted op) {
        assertThat(op.settled).hasValue(1);
        assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
        buffer.put(0, (byte) 1);
        assertThat(buffer.get(0)).isEqualTo((byte) 1);
    }

    @Test
    void the_buffer_is_back_once_on_success() throws Exception {
        try (Pipe pipe = Pipe.open(runtime)) {
            Counted op = submitted(pipe);
            pipe.send("abc");
            assertThat(op.await()).isEqualTo(3);
            assertBackOnce(op);
        }
    }

    @Test
    void the_buffer_is_back_once_on_error() throws Exception {
        try (Pipe pipe = Pipe.open(runtime)) {
            Counted op = new Counted(pipe.writer, buffer); // the write end cannot be read
            op.submit();
            assertThatThrownBy(op::await).isInstanceOf(UringException.class)
                    .hasMessageContaining("errno=EBADF(9)");
            assertBackOnce(op);
        }
    }

    @Test
    void the_buffer_is_back_once_on_cancel() throws Exception {
        try (Pipe pipe = Pipe.open(runtime)) {
            Counted op = submitted(pipe);
            op.cancel();
            assertThatThrownBy(op::await).isInstanceOf(CancellationException.class);
            assertBackOnce(op);
        }
    }

    @Test
    void the_buffer_is_back_once_on_timeout() throws Exception {
        try (Pipe pipe = Pipe.open(runtime)) {
            Counted op = submitted(pipe);
            assertThatThrownBy(() -> op.await(Duration.ofMillis(20)))
                    .isInstanceOf(InterruptedByTimeoutException.class);
            assertBackOnce(op);
            Counted inTask = submitted(pipe);
            assertThatThrownBy(() -> task(() -> inTask.await(Duration.ofMillis(20))))
                    .isInstanceOf(InterruptedByTimeoutException.class);
            assertBackOnce(inTask);
        }
    }

    @Test
    void the_buffer_is_back_once_on_close_of_the_descriptor() throws Exception {
        Pipe pipe = Pipe.open(runtime);
        Counted op = submitted(pipe);
        pipe.close();
        assertBackOnce(op);
        Counted late = new Counted(pipe.reader, buffer);
        late.submit();
        assertThatThrownBy(late::await).isInstanceOf(ClosedChannelException.class);
        assertThat(late.settled).as("never started").hasValue(0);
        assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
    }

    @Test
    void the_buffer_is_back_once_on_close_of_the_runtime() throws Exception {
        Pipe pipe = Pipe.open(runtime);
        Counted op = submitted(pipe);
        runtime.close();
        assertBackOnce(op);
        assertThatThrownBy(op::await).isInstanceOf(RuntimeShutdownException.class);
    }

    @Test
    void the_buffer_is_back_when_nobody_waits_and_before_the_callback() throws Exception {
        try (Pipe pipe = Pipe.open(runtime)) {
            Counted op = submitted(pipe);
            op.abandon();
            eventually("back", () -> buffer.state() == IoBuffer.State.OWNED);
            assertBackOnce(op);

            var states = new CompletableFuture<IoBuffer.State>();
            Op<BufResult> read = pipe.read(buffer).submit();
            read.onComplete((_, _) -> states.complete(buffer.state()));
            pipe.send("x");
            assertThat(states.join()).isEqualTo(IoBuffer.State.OWNED);
        }
    }

    @Test
    void the_result_without_throwing_carries_error_and_buffer() throws Exception {
        try (Pipe pipe = Pipe.open(runtime)) {
            Read wrong = new Read(pipe.writer, buffer, Read.NO_OFFSET);
            wrong.submit();
            BufResult result = wrong.awaitResult();
            assertThat(result.error()).isInstanceOf(UringException.class).hasMessage(
                    "read failed: fd=" + pipe.writer.fd() + " lengthBytes=64 errno=EBADF(9)");
            assertThat(result.bytes()).isZero();
            assertThat(result.buffer()).isSameAs(buffer);
            assertThatThrownBy(result::orThrow).isSameAs(result.error());

            Read cancelled = pipe.read(buffer);
            cancelled.submit();
            cancelled.cancel();
            assertThat(cancelled.awaitResult().error()).isInstanceOfSatisfying(UringException.class,
                    e -> assertThat(e.errno()).isEqualTo(Errno.ECANCELED));
            assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
