package dev.uring.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.runtime.BufferPool;
import dev.uring.runtime.Carriers;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Reads that are started now, and taken later or not at all. */
@ParameterizedClass(name = "carriers={0}")
@EnumSource(names = {"ON", "OFF"})
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PrefetchTest {
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 16;

    @TempDir
    Path directory;
    @Parameter
    Carriers carriers;
    private UringRuntime runtime;
    private AsyncFile file;
    private final byte[] content = new byte[BLOCK * BLOCKS - 100];

    @BeforeEach
    void open() throws Exception {
        new Random(1).nextBytes(content);
        Path path = Files.write(directory.resolve("file"), content);
        runtime = UringRuntime.builder().enableAll().carriers(carriers).build();
        file = runtime.blockOn(() -> AsyncFile.open(path).await());
    }

    @AfterEach
    void close() throws IOException {
        file.close();
        runtime.close();
    }

    private byte[] range(int offset, int length) {
        return Arrays.copyOfRange(content, Math.min(offset, content.length),
                Math.min(offset + length, content.length));
    }

    private void takeAll() throws IOException {
        List<Prefetch> ahead = new ArrayList<>();
        for (int i = 0; i < BLOCKS; i++) {
            ahead.add(Prefetch.start(file, (long) i * BLOCK, BLOCK));
        }
        for (int i = 0; i < BLOCKS; i++) {
            try (Prefetch each = ahead.get(i); IoBuffer buffer = each.take()) {
                assertThat(buffer.toByteArray()).isEqualTo(range(i * BLOCK, BLOCK));
                assertThat(each.isDone()).isTrue();
            }
        }
    }

    @Test
    void many_reads_are_under_way_and_taken_in_order_by_tasks_and_threads() throws Exception {
        takeAll();
        runtime.blockOn(() -> {
            takeAll();
            return null;
        });
    }

    @Test
    void a_read_at_and_beyond_the_end_has_a_shorter_length() throws Exception {
        for (int offset : new int[] {content.length - 1, content.length, content.length + BLOCK}) {
            try (IoBuffer buffer = Prefetch.start(file, offset, BLOCK).take()) {
                assertThat(buffer.toByteArray()).isEqualTo(range(offset, BLOCK));
            }
        }
    }

    @Test
    void a_buffer_that_nobody_takes_goes_back_to_its_pool() throws Exception {
        try (BufferPool pool = runtime.blockOn(() -> BufferPool.create(BufferPool.Options.of(BLOCK, 2)))) {
            for (int i = 0; i < 500; i++) {
                IoBuffer buffer = pool.tryTake();
                while (buffer == null) {
                    Thread.onSpinWait(); // the kernel may still have both
                    buffer = pool.tryTake();
                }
                Prefetch unused = Prefetch.start(file, (long) i % BLOCKS * BLOCK, buffer);
                unused.close();
                unused.close();
                assertThatIllegalStateException().isThrownBy(unused::take).withMessageContaining("closed before");
            }
            while (!pool.outstanding().isEmpty()) {
                Thread.sleep(1);
            }
        }
    }

    @Test
    void a_taken_buffer_is_the_callers_even_after_close() throws Exception {
        Prefetch prefetch = Prefetch.start(file, 0, BLOCK);
        IoBuffer buffer = prefetch.take();
        prefetch.close();
        assertThat(buffer.toByteArray()).isEqualTo(range(0, BLOCK));
        assertThatIllegalStateException().isThrownBy(prefetch::take).withMessageContaining("taken before");
        buffer.close();
    }

    @Test
    void close_by_one_thread_and_take_by_another_leave_the_buffer_to_one_of_them() throws Exception {
        try (BufferPool pool = runtime.blockOn(() -> BufferPool.create(BufferPool.Options.of(BLOCK, 1)))) {
            for (int i = 0; i < 300; i++) {
                Prefetch prefetch = Prefetch.start(file, 0, pool.take());
                Thread closer = Thread.ofPlatform().start(prefetch::close);
                try (IoBuffer buffer = prefetch.take()) {
                    assertThat(buffer.get(0)).isEqualTo(content[0]);
                } catch (IllegalStateException e) {
                    assertThat(e.getMessage()).containsAnyOf("cancelled", "closed before");
                }
                closer.join();
                while (!pool.outstanding().isEmpty()) {
                    Thread.sleep(1);
                }
            }
        }
    }

    @Test
    void an_interrupted_take_gives_the_buffer_back() throws Exception {
        try (BufferPool pool = runtime.blockOn(() -> BufferPool.create(BufferPool.Options.of(BLOCK, 1)))) {
            for (int i = 0; i < 100; i++) {
                Prefetch prefetch = Prefetch.start(file, 0, pool.take());
                Thread.currentThread().interrupt();
                try (IoBuffer buffer = prefetch.take()) {
                    assertThat(buffer.length()).as("it was done in time").isEqualTo(BLOCK);
                } catch (InterruptedIOException e) {
                    assertThat(e.getMessage()).contains("interrupted");
                } finally {
                    Thread.interrupted();
                }
                while (!pool.outstanding().isEmpty()) {
                    Thread.sleep(1);
                }
            }
        }
    }

    @Test
    void errors_come_with_take_and_give_the_buffer_back() throws Exception {
        assertThatIllegalArgumentException().isThrownBy(() -> Prefetch.start(file, -1, BLOCK));
        assertThatIllegalArgumentException().isThrownBy(() -> Prefetch.start(file, 0, 0));
        Path folder = directory;
        IoBuffer first = IoBuffer.allocate(BLOCK);
        try (AsyncFile noFile = runtime.blockOn(() -> AsyncFile.open(folder).await())) {
            assertThatThrownBy(Prefetch.start(noFile, 0, first)::take).isInstanceOf(IOException.class)
                    .hasMessageContaining("EISDIR");
        }
        awaitReleased(first);
        file.close();
        IoBuffer second = IoBuffer.allocate(BLOCK);
        assertThatThrownBy(Prefetch.start(file, 0, second)::take).isInstanceOf(ClosedChannelException.class);
        awaitReleased(second);
        IoBuffer third = IoBuffer.allocate(BLOCK);
        Prefetch.start(file, 0, third).close();
        awaitReleased(third);
    }

    private static void awaitReleased(IoBuffer buffer) throws InterruptedException {
        while (buffer.state() != IoBuffer.State.RELEASED) {
            Thread.sleep(1);
        }
    }

    @Test
    void a_callback_must_not_take() throws Exception {
        var refused = new AtomicReference<RuntimeException>();
        runtime.blockOn(() -> {
            Prefetch prefetch = Prefetch.start(file, 0, BLOCK);
            var told = new CountDownLatch(1);
            file.stat().onComplete((_, _) -> {
                try {
                    Prefetch.start(file, 0, BLOCK).take();
                } catch (IllegalStateException e) {
                    refused.set(e);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                told.countDown();
            });
            told.await();
            prefetch.close();
            return null;
        });
        assertThat(refused.get()).hasMessageContaining("await in a callback would stop the worker");
    }
}
