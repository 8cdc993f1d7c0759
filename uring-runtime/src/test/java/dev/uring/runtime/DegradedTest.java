package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Errno;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.Sqe;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a kernel lacks is recorded, and so is what ran without it; each is told once. */
@Tag("io_uring") // masks what it has
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DegradedTest {
    /** Stands for one of the young opcodes of other modules. */
    private static final class Shorten extends Op<Integer> {
        private final boolean byCall;

        Shorten(boolean byCall) {
            this.byCall = byCall;
        }

        @Override
        protected boolean prepare(Sqe sqe, Capabilities kernel) {
            if (!kernel.supports(Opcode.FTRUNCATE) || byCall) {
                return false;
            }
            sqe.nop();
            return true;
        }

        @Override
        protected Readiness readiness() {
            return Readiness.BLOCKING;
        }

        @Override
        protected int attempt(Sys sys, MemorySegment selected) {
            return 7;
        }

        @Override
        protected Integer decode(int res, int flags) {
            return res;
        }
    }

    private static UringRuntime runtime(String mask, int workers) throws Exception {
        return UringRuntime.builder().enableAll().multiThread(workers).provider(new IoUringProvider(mask)).build();
    }

    private static Capabilities kernel() {
        return ((Capabilities.Answer.Available) Capabilities.probe()).capabilities();
    }

    @Test
    void what_is_masked_is_missing_with_what_is_done_instead_and_how_to_get_it() throws Exception {
        try (UringRuntime runtime = runtime("pipe, FTRUNCATE,BUFFER_RING,DEFER_TASKRUN", 1)) {
            List<DriverInfo.Missing> missing = runtime.driver().missing();
            assertThat(missing).contains(
                    new DriverInfo.Missing("FTRUNCATE", "6.9", "the system call, on the blocking pool",
                            "take it out of -During.mask"));
            assertThat(missing).extracting(DriverInfo.Missing::what)
                    .containsSubsequence("BUFFER_RING", "DEFER_TASKRUN", "FTRUNCATE", "PIPE");
            assertThat(runtime.driver().toString()).contains("without [", "FTRUNCATE");
            assertThat(runtime.degraded()).as("nothing has run").isEmpty();
        }
    }

    @Test
    void what_no_operation_uses_is_not_missing() {
        Capabilities full = kernel();
        assertThat(Losses.of(full.without(java.util.Set.of("FUTEX_WAIT", "BUNDLES", "READ_MULTISHOT"))))
                .isEqualTo(Losses.of(full));
    }

    @Test
    void each_kind_of_operation_is_told_once_in_a_runtime_whatever_the_worker() throws Exception {
        List<String> said = new CopyOnWriteArrayList<>();
        try (var _ = listening(said); UringRuntime runtime = runtime("FTRUNCATE", 2)) {
            for (Worker worker : runtime.workers()) {
                for (int i = 0; i < 3; i++) {
                    var set = runtime.blockOn(() -> new Shorten(false).submit().await());
                    assertThat(set).isEqualTo(7);
                }
                assertThat(worker).isNotNull();
            }
            String told = "degraded: Shorten runs on the blocking pool, since this kernel has no opcode FTRUNCATE "
                    + "(Linux 6.9)";
            assertThat(runtime.degraded()).containsExactly(told);
            assertThat(said).containsExactly(told);
        }
        try (var _ = listening(said); UringRuntime runtime = runtime("FTRUNCATE", 1)) {
            runtime.blockOn(() -> new Shorten(false).submit().await());
            assertThat(runtime.degraded()).hasSize(1);
            assertThat(said).as("once per runtime").hasSize(2);
        }
    }

    @Test
    void what_goes_to_the_pool_by_choice_is_not_degraded() throws Exception {
        try (UringRuntime runtime = runtime("PIPE", 1)) {
            assertThat(runtime.blockOn(() -> new Shorten(true).submit().await())).isEqualTo(7);
            assertThat(runtime.degraded()).isEmpty();
        }
    }

    @Test
    void reads_without_an_opcode_are_told_by_the_way_they_take() throws Exception {
        try (UringRuntime runtime = runtime("READ,CLOSE", 1); Pipes pipes = Pipes.open(runtime)) {
            runtime.blockOn(() -> {
                new Write(pipes.writer, IoBuffer.copyOf(new byte[] {1}), Write.NO_OFFSET).submit().await();
                return new Read(pipes.reader, IoBuffer.allocate(8), Read.NO_OFFSET).submit().await();
            });
            pipes.close();
            assertThat(runtime.degraded()).containsExactly(
                    "degraded: Close runs on the blocking pool, since this kernel has no opcode CLOSE (Linux 5.6)",
                    "degraded: Read is tried by the worker, and waits by a poll, since this kernel has no opcode READ (Linux 5.6)");
        }
    }

    @Test
    void provided_buffers_chosen_without_the_kernel_are_told() throws Exception {
        try (UringRuntime runtime = runtime("BUFFER_RING", 1); Pipes pipes = Pipes.open(runtime)) {
            runtime.blockOn(() -> {
                new Write(pipes.writer, IoBuffer.copyOf(new byte[] {1}), Write.NO_OFFSET).submit().await();
                new ReadProvided(pipes.reader, 0).submit().await().close();
                return null;
            });
            assertThat(runtime.degraded()).containsExactly(
                    "degraded: ReadProvided is tried by the worker, and waits by a poll, since this kernel has no BUFFER_RING (Linux 5.19)",
                    "degraded: provided buffers are chosen without the kernel, since this kernel has no BUFFER_RING "
                            + "(Linux 5.19)");
        }
    }

    @Test
    void a_pool_that_cannot_be_registered_is_told() throws Exception {
        try (UringRuntime runtime = runtime("SPARSE_TABLES", 1);
                BufferPool pool = BufferPool.create(runtime, BufferPool.Options.of(4096, 1))) {
            runtime.blockOn(() -> new Nop().submit().await());
            assertThat(pool.isRegistered()).isFalse();
            assertThat(runtime.degraded()).singleElement().asString().startsWith("degraded: a buffer pool is used without");
        }
    }

    /** On a leased ring it would not be found by the close of its descriptor. */
    @Test
    void a_batch_that_may_wait_goes_to_the_workers_where_no_call_cancels() throws Exception {
        try (UringRuntime runtime = runtime("SYNC_CANCEL,CANCEL_BY_DESCRIPTOR", 1); Pipes pipes = Pipes.open(runtime);
                OpBatch batch = new OpBatch(runtime.handle(), 4)) {
            batch.add(new Read(pipes.reader, IoBuffer.allocate(8), Read.NO_OFFSET));
            batch.submit();
            Thread closer = Thread.ofPlatform().start(() -> pipes.reader.closeAsync());
            assertThat(batch.next()).isZero();
            assertThat(batch.result(0)).isEqualTo(-Errno.ECANCELED);
            closer.join();
        }
    }

    /** Before 5.19 no request cancels all: the operations are named one by one. */
    @Test
    void a_batch_of_files_is_cancelled_one_by_one_where_no_request_cancels_all() throws Exception {
        try (UringRuntime runtime = runtime("CANCEL_BY_DESCRIPTOR", 1); Pipes pipes = Pipes.open(runtime);
                OpBatch batch = new OpBatch(runtime.handle(), 64)) {
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 64; i++) {
                    batch.add(new Waits(pipes.reader));
                }
                batch.submit();
                batch.cancel();
                batch.awaitAll();
                for (int i = 0; i < 64; i++) {
                    assertThat(batch.result(i)).isEqualTo(-Errno.ECANCELED);
                }
            }
        }
    }

    /** Waits on a ring and says that it does not, so that a batch keeps it for itself. */
    private static final class Waits extends Op<Integer> {
        private final Descriptor descriptor;

        Waits(Descriptor descriptor) {
            this.descriptor = descriptor;
        }

        @Override
        protected boolean prepare(Sqe sqe, Capabilities kernel) {
            sqe.pollAdd(descriptor.fd(), dev.uring.ffi.PollFlag.READABLE);
            return true;
        }

        @Override
        protected Readiness readiness() {
            return Readiness.BLOCKING;
        }

        @Override
        protected int attempt(Sys sys, MemorySegment selected) {
            throw new AssertionError("the kernel has an opcode for it");
        }

        @Override
        protected Integer decode(int res, int flags) {
            return res;
        }

        @Override
        protected Descriptor descriptor() {
            return descriptor;
        }
    }

    @Test
    void a_ring_is_tried_smaller_and_smaller_down_to_the_least() {
        var asked = dev.uring.ffi.RingOptions.of(1024).withCompletionEntries(16384);
        int tries = 0;
        for (var smaller = RingDriver.smaller(asked); !smaller.equals(asked); smaller = RingDriver.smaller(asked)) {
            assertThat(smaller.entries()).isLessThanOrEqualTo(asked.entries()).isPositive();
            assertThat(smaller.completionEntries()).isGreaterThanOrEqualTo(smaller.entries());
            assertThat(smaller.preferred()).isEqualTo(asked.preferred());
            asked = smaller;
            tries++;
        }
        assertThat(asked.entries()).isEqualTo(64);
        assertThat(asked.completionEntries()).isEqualTo(RingDriver.COMPLETIONS_MIN);
        assertThat(tries).isEqualTo(7);
        assertThat(RingDriver.smaller(dev.uring.ffi.RingOptions.of(8).withCompletionEntries(128)))
                .isEqualTo(dev.uring.ffi.RingOptions.of(8).withCompletionEntries(128));
    }

    private static AutoCloseable listening(List<String> said) {
        Logger logger = Logger.getLogger("dev.uring");
        Level before = logger.getLevel();
        var handler = new Handler() {
            @Override
            public void publish(LogRecord told) {
                if (told.getMessage().startsWith("degraded: ")) {
                    assertThat(told.getLevel()).isEqualTo(Level.FINE);
                    said.add(told.getMessage());
                }
            }

            @Override
            public void flush() {
                // nothing is kept
            }

            @Override
            public void close() {
                // nothing is held
            }
        };
        logger.setLevel(Level.FINE);
        logger.addHandler(handler);
        return () -> {
            logger.removeHandler(handler);
            logger.setLevel(before);
        };
    }
}
