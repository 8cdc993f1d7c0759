package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.DescriptorCommand;
import dev.uring.ffi.Libc;
import dev.uring.ffi.ReadWriteFlag;
import dev.uring.ffi.Sqe;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the ring alone must do, because the kernel answers in its own way. */
@ExtendWith(LeakCheck.class)
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingDriverTest {
    /**
     * A read that the kernel answers with EAGAIN where it would have to wait, as it answers every read of a non-blocking
     * descriptor up to Linux 5.16.
     */
    private static final class ImpatientRead extends BufferOp {
        private int prepared;

        ImpatientRead(Descriptor descriptor) {
            super(descriptor, IoBuffer.allocate(8));
        }

        @Override
        protected boolean fills() {
            return true;
        }

        @Override
        protected boolean prepare(Sqe sqe, Capabilities kernel) {
            prepared++;
            sqe.read(descriptor().fd(), buffer().memory(), lengthBytes(), -1).operationFlags(ReadWriteFlag.NO_WAIT);
            return true;
        }

        @Override
        protected Readiness readiness() {
            return Readiness.READABLE;
        }

        @Override
        protected int attempt(Sys sys, MemorySegment selected) {
            throw new AssertionError("the kernel has an opcode for it");
        }
    }

    private static UringRuntime runtime() throws Exception {
        return UringRuntime.builder().enableAll().provider(new IoUringProvider("")).ring(DriverContract.SMALL).build();
    }

    @Test
    void read_that_the_kernel_will_not_wait_for_waits() throws Exception {
        try (UringRuntime runtime = runtime()) {
            ThisHost.assumeRingAsksPipes(runtime);
            runtime.blockOn(() -> {
                TestPipe pipe = TestPipe.open(new LibcGround(false), runtime);
                ImpatientRead read = new ImpatientRead(pipe.reader());
                for (int i = 0; i < 3; i++) {
                    read.submit();
                    Time.sleep(Duration.ofMillis(2)).await();
                    assertThat(read.isDone()).isFalse();
                    pipe.feed((byte) 1);
                    assertThat(read.await().bytes()).isEqualTo(1);
                    read.submit();
                    Time.sleep(Duration.ofMillis(2)).await();
                    read.cancel();
                    assertThatThrownBy(read::await).isInstanceOf(CancellationException.class);
                }
                assertThat(read.prepared).isLessThanOrEqualTo(9);
                return null;
            });
        }
    }

    @Test
    void reads_that_the_kernel_will_not_wait_for_outnumber_the_submission_queue() throws Exception {
        try (UringRuntime runtime = runtime()) {
            ThisHost.assumeRingAsksPipes(runtime);
            runtime.blockOn(() -> {
                TestPipe pipe = TestPipe.open(new LibcGround(false), runtime);
                List<ImpatientRead> reads = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    ImpatientRead read = new ImpatientRead(pipe.reader());
                    read.submit();
                    reads.add(read);
                }
                Time.sleep(Duration.ofMillis(2)).await();
                for (int i = 0; i < 50; i++) {
                    pipe.feed(new byte[8]);
                    new Nop().submit().await();
                }
                int taken = 0;
                for (ImpatientRead read : reads) {
                    taken += read.await().bytes();
                }
                assertThat(taken + pipe.drain().length).isEqualTo(8 * 50);
                return null;
            });
        }
    }

    @Test
    void close_ends_reads_that_the_kernel_will_not_wait_for() throws Exception {
        ImpatientRead read;
        int writer; // stays open, so that no hang-up ends the read
        try (UringRuntime runtime = runtime()) {
            TestPipe pipe = TestPipe.open(new LibcGround(false), runtime);
            writer = Libc.fcntl(pipe.writer().fd(), DescriptorCommand.DUPLICATE_CLOSE_ON_EXEC, 0);
            read = new ImpatientRead(pipe.reader());
            read.submit();
            Thread.sleep(2);
        }
        assertThat(Libc.close(writer)).isZero();
        assertThat(read.isDone()).isTrue();
        assertThat(read.buffer().state()).isEqualTo(IoBuffer.State.OWNED);
    }
}
