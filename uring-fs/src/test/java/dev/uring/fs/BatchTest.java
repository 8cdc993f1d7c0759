package dev.uring.fs;

import static dev.uring.runtime.ThisHost.assumeOptimised;
import static dev.uring.runtime.ThisHost.assumeRing;
import static dev.uring.runtime.ThisHost.hasRing;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.uring.ffi.Errno;
import dev.uring.runtime.BufferInFlightException;
import dev.uring.runtime.BufferPool;
import dev.uring.runtime.Carriers;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.OpBatch;
import dev.uring.runtime.Uring;
import dev.uring.runtime.UringException;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Batches: the same results from a platform thread, which may lease a ring, and from a task, in both modes. */
@ParameterizedClass(name = "{0}")
@MethodSource("places")
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BatchTest {
    private static final int BLOCK = 512;
    private static final int BLOCKS = 64;

    /** Where the batch is used. */
    record Place(Carriers carriers, boolean inTask) {
        @Override
        public String toString() {
            return "carriers=" + carriers + (inTask ? " task" : " thread");
        }
    }

    static List<Place> places() {
        return List.of(new Place(Carriers.ON, false), new Place(Carriers.ON, true), new Place(Carriers.OFF, false),
                new Place(Carriers.OFF, true));
    }

    @TempDir
    Path directory;
    @Parameter
    Place place;
    private UringRuntime runtime;

    @BeforeEach
    void open() throws IOException {
        runtime = UringRuntime.builder().multiThread(2).enableAll().carriers(place.carriers).build();
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    private void there(Uring.Body body) throws Exception {
        if (place.inTask) {
            runtime.blockOn(() -> {
                body.run();
                return null;
            });
        } else {
            body.run();
        }
    }

    private AsyncFile opened(Path path, java.nio.file.OpenOption... options) throws Exception {
        return runtime.handle().run(() -> AsyncFile.open(path, options)).await();
    }

    private static byte block(int number) {
        return (byte) (number * 7 + 1);
    }

    /** A file whose blocks are known. */
    private Path blocks(String name) throws IOException {
        byte[] bytes = new byte[BLOCK * BLOCKS];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = block(i / BLOCK);
        }
        return Files.write(directory.resolve(name), bytes);
    }

    private static void assertBlock(IoBuffer buffer, int number) {
        byte[] expected = new byte[BLOCK];
        Arrays.fill(expected, block(number));
        assertThat(buffer.toByteArray()).as("block %d", number).isEqualTo(expected);
    }

    @Test
    void reads_of_many_files_give_each_its_bytes_round_after_round() throws Exception {
        there(() -> {
            Random random = new Random(7);
            try (AsyncFile one = opened(blocks("one")); AsyncFile two = opened(blocks("two"));
                    Batch batch = Batch.open(runtime.handle(), 100)) {
                for (int round = 0; round < 20; round++) {
                    int count = 1 + random.nextInt(100);
                    IoBuffer[] buffers = new IoBuffer[count];
                    int[] numbers = new int[count];
                    for (int i = 0; i < count; i++) {
                        buffers[i] = IoBuffer.allocate(BLOCK);
                        numbers[i] = random.nextInt(BLOCKS);
                        AsyncFile file = random.nextBoolean() ? one : two;
                        assertThat(batch.read(file, buffers[i], (long) numbers[i] * BLOCK)).isEqualTo(i);
                    }
                    batch.submitAndWait();
                    for (int i = 0; i < count; i++) {
                        assertThat(batch.result(i)).isEqualTo(BLOCK);
                        assertBlock(buffers[i], numbers[i]);
                    }
                }
            }
        });
    }

    @Test
    void every_index_is_answered_once_in_the_order_of_the_ends() throws Exception {
        there(() -> {
            try (AsyncFile file = opened(blocks("file")); Batch batch = Batch.open(runtime.handle(), BLOCKS)) {
                for (int round = 0; round < 3; round++) {
                    IoBuffer[] buffers = new IoBuffer[BLOCKS];
                    for (int i = 0; i < BLOCKS; i++) {
                        buffers[i] = IoBuffer.allocate(BLOCK);
                        batch.read(file, buffers[i], (long) i * BLOCK);
                    }
                    batch.submit();
                    List<Integer> answered = new ArrayList<>();
                    for (int i = batch.nextCompleted(); i >= 0; i = batch.nextCompleted()) {
                        answered.add(i);
                        assertBlock(buffers[i], i);
                        assertThat(batch.bytes(i)).isEqualTo(BLOCK);
                    }
                    Collections.sort(answered);
                    assertThat(answered).hasSize(BLOCKS).doesNotHaveDuplicates();
                    assertThat(batch.nextCompleted()).isEqualTo(-1);
                }
            }
        });
    }

    @Test
    void writes_arrive_and_reads_of_the_next_round_see_them() throws Exception {
        there(() -> {
            Path path = directory.resolve("written");
            try (AsyncFile file = opened(path, READ, WRITE, CREATE); Batch batch = Batch.open(runtime.handle(), 8)) {
                for (int i = 0; i < 4; i++) {
                    batch.write(file, IoBuffer.copyOf(new byte[] {(byte) i, (byte) i}), i * 2L);
                }
                batch.writeDurably(file, IoBuffer.copyOf(new byte[] {9}), 8);
                batch.submitAndWait();
                for (int i = 0; i < 5; i++) {
                    assertThat(batch.bytes(i)).isEqualTo(i < 4 ? 2 : 1);
                }
                IoBuffer all = IoBuffer.allocate(100);
                batch.read(file, all, 0);
                batch.submitAndWait();
                assertThat(batch.result(0)).isEqualTo(9);
                assertThat(all.toByteArray()).containsExactly(0, 0, 1, 1, 2, 2, 3, 3, 9);
            }
            assertThat(Files.readAllBytes(path)).hasSize(9);
        });
    }

    @Test
    void an_error_is_that_of_its_operation_alone() throws Exception {
        there(() -> {
            try (AsyncFile good = opened(blocks("good")); AsyncFile writable = opened(blocks("bad"), WRITE);
                    AsyncFile closed = opened(blocks("closed")); Batch batch = Batch.open(runtime.handle(), 4)) {
                closed.close();
                IoBuffer[] buffers = {IoBuffer.allocate(BLOCK), IoBuffer.allocate(BLOCK), IoBuffer.allocate(BLOCK),
                    IoBuffer.allocate(BLOCK)};
                batch.read(good, buffers[0], 0);
                batch.read(writable, buffers[1], 0);
                batch.read(closed, buffers[2], 0);
                batch.read(good, buffers[3], (long) BLOCK * BLOCKS);
                batch.submitAndWait();
                assertThat(batch.result(0)).isEqualTo(BLOCK);
                assertThat(batch.result(1)).isEqualTo(-Errno.EBADF);
                assertThatThrownBy(() -> batch.bytes(1)).isInstanceOf(UringException.class)
                        .hasMessageContaining("path=" + writable.path()).hasMessageContaining("errno=EBADF(9)");
                assertThatThrownBy(() -> batch.bytes(2)).isInstanceOf(ClosedChannelException.class);
                assertThat(batch.result(3)).as("the end").isZero();
                for (IoBuffer each : buffers) {
                    assertThat(each.state()).isEqualTo(IoBuffer.State.OWNED);
                }
            }
        });
    }

    @Test
    void a_buffer_in_flight_is_refused_and_nothing_is_submitted() throws Exception {
        there(() -> {
            try (AsyncFile file = opened(blocks("file")); Batch batch = Batch.open(runtime.handle(), 4)) {
                IoBuffer other = IoBuffer.allocate(BLOCK);
                IoBuffer twice = IoBuffer.allocate(BLOCK);
                batch.read(file, other, 0);
                batch.read(file, twice, 0);
                batch.read(file, twice, BLOCK);
                assertThatThrownBy(batch::submit).isInstanceOf(BufferInFlightException.class);
                assertThat(other.state()).isEqualTo(IoBuffer.State.OWNED);
                assertThat(twice.state()).isEqualTo(IoBuffer.State.OWNED);
            }
        });
    }

    @Test
    void misuse_says_what_is_wrong() throws Exception {
        there(() -> {
            try (AsyncFile file = opened(blocks("file"))) {
                Batch batch = Batch.open(runtime.handle(), 1);
                batch.submitAndWait();
                assertThat(batch.nextCompleted()).as("an empty round").isEqualTo(-1);
                batch.read(file, IoBuffer.allocate(1), 0);
                assertThatIllegalStateException().isThrownBy(() -> batch.read(file, IoBuffer.allocate(1), 0))
                        .withMessageContaining("batch is full: capacity=1");
                assertThatIllegalStateException().isThrownBy(() -> batch.result(0)).withMessageContaining("not ended");
                batch.submitAndWait();
                assertThatIllegalStateException().isThrownBy(batch::submit).withMessageContaining("submitted once");
                assertThatThrownBy(() -> batch.result(1)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> batch.read(file, IoBuffer.allocate(1), -1))
                        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("offset=-1");
                batch.close();
                batch.close();
                assertThatIllegalStateException().isThrownBy(() -> batch.read(file, IoBuffer.allocate(1), 0))
                        .withMessageContaining("batch is closed");
                assertThatThrownBy(() -> Batch.open(runtime.handle(), 0)).hasMessageContaining("capacity=0");
                assertThatThrownBy(() -> Batch.open(runtime.handle(), OpBatch.CAPACITY_MAX + 1))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        });
    }

    @Test
    void a_closed_batch_has_its_buffers_back_whatever_was_in_flight() throws Exception {
        there(() -> {
            try (AsyncFile file = opened(blocks("file"))) {
                for (int round = 0; round < 50; round++) {
                    IoBuffer[] buffers = new IoBuffer[BLOCKS];
                    try (Batch batch = Batch.open(runtime.handle(), BLOCKS)) {
                        for (int i = 0; i < BLOCKS; i++) {
                            buffers[i] = IoBuffer.allocate(BLOCK);
                            batch.read(file, buffers[i], (long) i * BLOCK);
                        }
                        batch.submit();
                    }
                    for (IoBuffer each : buffers) {
                        assertThat(each.state()).isEqualTo(IoBuffer.State.OWNED);
                    }
                }
            }
        });
    }

    @Test
    void cancel_ends_the_rest_and_each_tells_what_became_of_it() throws Exception {
        there(() -> {
            Path fifo = fifo();
            try (AsyncFile pipe = opened(fifo, READ, WRITE); AsyncFile file = opened(blocks("file"));
                    Batch batch = Batch.open(runtime.handle(), 3)) {
                assumeRing(runtime, "without the ring's read, one at an offset of a pipe is an error", "READ");
                IoBuffer waiting = IoBuffer.allocate(BLOCK);
                batch.read(file, IoBuffer.allocate(BLOCK), 0);
                batch.read(pipe, waiting, 0);
                batch.submit();
                assertThat(batch.nextCompleted()).isZero();
                assertThat(waiting.state()).isEqualTo(IoBuffer.State.IN_FLIGHT);
                batch.cancel();
                assertThat(batch.nextCompleted()).isEqualTo(1);
                assertThat(batch.result(1)).isEqualTo(-Errno.ECANCELED);
                assertThat(waiting.state()).isEqualTo(IoBuffer.State.OWNED);
                batch.read(file, waiting, BLOCK);
                batch.submitAndWait();
                assertBlock(waiting, 1);
            }
        });
    }

    @Test
    void the_close_of_a_file_ends_what_a_batch_waits_for() throws Exception {
        assumeRing(runtime, "without the ring's read, one at an offset of a pipe is an error", "READ");
        assumeRing(runtime, "before Linux 6.0 nobody but its thread ends what waits on the ring of a batch",
                "SYNC_CANCEL", "CANCEL_BY_DESCRIPTOR");
        AsyncFile pipe = opened(fifo(), READ, WRITE);
        var submitted = new CountDownLatch(1);
        Thread closer = Thread.ofPlatform().start(() -> {
            try {
                submitted.await();
                pipe.close();
            } catch (InterruptedException | IOException e) {
                throw new AssertionError(e);
            }
        });
        there(() -> {
            try (Batch batch = Batch.open(runtime.handle(), 1)) {
                batch.read(pipe, IoBuffer.allocate(1), 0);
                batch.submit();
                submitted.countDown();
                assertThat(batch.nextCompleted()).isZero();
                assertThat(batch.result(0)).isEqualTo(-Errno.ECANCELED);
            }
        });
        closer.join();
    }

    private Path fifo() throws Exception {
        Path fifo = directory.resolve("fifo");
        assumeTrue(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor() == 0, "there is no mkfifo");
        return fifo;
    }

    @Test
    void threads_use_batches_side_by_side() throws Exception {
        try (AsyncFile file = opened(blocks("file"))) {
            var failure = new AtomicReference<Throwable>();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                Random random = new Random(t);
                Runnable work = () -> {
                    try (Batch batch = Batch.open(runtime.handle(), 16)) {
                        for (int round = 0; round < 100; round++) {
                            int number = random.nextInt(BLOCKS);
                            IoBuffer[] buffers = new IoBuffer[16];
                            for (int i = 0; i < 16; i++) {
                                buffers[i] = IoBuffer.allocate(BLOCK);
                                batch.read(file, buffers[i], (number + i) % BLOCKS * (long) BLOCK);
                            }
                            batch.submitAndWait();
                            for (int i = 0; i < 16; i++) {
                                assertBlock(buffers[i], (number + i) % BLOCKS);
                            }
                        }
                    } catch (IOException | RuntimeException | AssertionError e) {
                        failure.set(e);
                    }
                };
                threads.add(place.inTask ? Thread.ofPlatform().unstarted(() -> {
                    try {
                        runtime.handle().spawn(() -> {
                            work.run();
                            return null;
                        }).await();
                    } catch (Exception e) {
                        failure.set(e);
                    }
                }) : Thread.ofPlatform().unstarted(work));
            }
            threads.forEach(Thread::start);
            for (Thread each : threads) {
                each.join();
            }
            assertThat(failure.get()).isNull();
        }
    }

    @Test
    void registered_buffers_are_used_by_pools_made_before_and_after_the_ring() throws Exception {
        try (AsyncFile file = opened(blocks("file")); Batch batch = Batch.open(runtime.handle(), BLOCKS)) {
            for (int pools = 0; pools < 3; pools++) {
                try (BufferPool pool = runtime.handle().run(() -> BufferPool.create(BufferPool.Options.of(BLOCK, BLOCKS)))) {
                    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
                    while (hasRing(runtime, "SPARSE_TABLES") && !pool.isRegistered()
                            && System.nanoTime() - deadline < 0) {
                        Thread.onSpinWait();
                    }
                    there(() -> {
                        IoBuffer[] buffers = new IoBuffer[BLOCKS];
                        for (int i = 0; i < BLOCKS; i++) {
                            buffers[i] = pool.take();
                            batch.read(file, buffers[i], (long) i * BLOCK);
                        }
                        batch.submitAndWait();
                        for (int i = 0; i < BLOCKS; i++) {
                            assertThat(batch.bytes(i)).isEqualTo(BLOCK);
                            assertBlock(buffers[i], i);
                            buffers[i].close();
                        }
                    });
                }
            }
        }
    }

    @Test
    void a_current_thread_runtime_takes_batches_inside_and_outside_of_its_tasks() throws Exception {
        Path path = blocks("file");
        try (UringRuntime own = UringRuntime.builder().currentThread().enableAll().carriers(place.carriers).build()) {
            AsyncFile file = own.blockOn(() -> AsyncFile.open(path).await());
            Uring.Body body = () -> {
                try (Batch batch = Batch.open(own.handle(), BLOCKS)) {
                    IoBuffer[] buffers = new IoBuffer[BLOCKS];
                    for (int i = 0; i < BLOCKS; i++) {
                        buffers[i] = IoBuffer.allocate(BLOCK);
                        batch.read(file, buffers[i], (long) i * BLOCK);
                    }
                    batch.submitAndWait();
                    for (int i = 0; i < BLOCKS; i++) {
                        assertBlock(buffers[i], i);
                    }
                }
            };
            if (place.inTask) {
                own.blockOn(() -> {
                    body.run();
                    return null;
                });
            } else {
                body.run();
            }
            file.close();
        }
    }

    @Test
    void a_reused_batch_allocates_nothing() throws Exception {
        assumeTrue(!place.inTask, "tasks allocate in the JDK when they park");
        assumeRing(runtime, "without the ring's read, the blocking pool allocates", "READ");
        assumeOptimised();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (AsyncFile file = opened(blocks("file")); Batch batch = Batch.open(runtime.handle(), BLOCKS)) {
            IoBuffer[] buffers = new IoBuffer[BLOCKS];
            for (int i = 0; i < BLOCKS; i++) {
                buffers[i] = IoBuffer.allocate(BLOCK);
            }
            long perRound = 0;
            for (int attempt = 0; attempt < 5; attempt++) { // the compiler takes some rounds
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int round = 0; round < 2000; round++) {
                    for (int i = 0; i < BLOCKS; i++) {
                        batch.read(file, buffers[i], (long) i * BLOCK);
                    }
                    batch.submitAndWait();
                    int sum = 0;
                    for (int i = batch.nextCompleted(); i >= 0; i = batch.nextCompleted()) {
                        sum += batch.result(i);
                    }
                    assert sum == BLOCK * BLOCKS;
                }
                perRound = (threads.getCurrentThreadAllocatedBytes() - before) / 2000;
            }
            assertThat(perRound).as("bytes per round of %d reads", BLOCKS).isLessThan(BLOCKS);
        }
    }
}
