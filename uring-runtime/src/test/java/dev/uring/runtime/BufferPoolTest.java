package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pools: sizes, registration, waiting, and what is not returned. */
class BufferPoolTest {
    private UringRuntime runtime;

    @BeforeEach
    void build() throws Exception {
        runtime = UringRuntime.builder().enableAll().multiThread(2).build();
    }

    @AfterEach
    void close() {
        runtime.close();
    }

    private BufferPool pool(BufferPool.Options options) {
        return BufferPool.create(runtime, options);
    }

    private static void awaitRegistered(BufferPool pool) throws InterruptedException {
        for (int i = 0; i < 20_000 && !pool.isRegistered(); i++) {
            Thread.sleep(1);
        }
    }

    @Test
    void the_smallest_size_that_fits_is_taken_and_no_larger_one_instead() {
        try (BufferPool pool = pool(BufferPool.Options.of(65536, 1).and(512, 1).and(4096, 1));
                IoBuffer small = pool.take(100); IoBuffer large = pool.take(5000)) {
            assertThat(small.capacity()).isEqualTo(512);
            assertThat(large.capacity()).isEqualTo(65536);
            assertThat(pool.tryTake(100)).isNull();
        }
    }

    @Test
    void pages_start_at_pages() {
        try (BufferPool pool = pool(BufferPool.Options.of(4096, 3).and(5120, 2))) {
            for (int i = 0; i < 2; i++) {
                try (IoBuffer buffer = pool.take(4096); IoBuffer odd = pool.take(5000)) {
                    assertThat(buffer.memory().address() % 4096).isZero();
                    assertThat(odd.memory().address() % 4096).isZero();
                }
            }
        }
    }

    @Test
    void all_buffers_are_apart() {
        try (BufferPool pool = pool(BufferPool.Options.of(512, 10).and(4096, 5))) {
            List<IoBuffer> out = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                out.add(pool.take(512).put(0, new byte[] {(byte) i}));
            }
            for (int i = 0; i < 5; i++) {
                out.add(pool.take(4096).put(0, new byte[] {(byte) (10 + i)}));
            }
            for (int i = 0; i < out.size(); i++) {
                assertThat(out.get(i).get(0)).isEqualTo((byte) i);
            }
            out.forEach(IoBuffer::close);
        }
    }

    @Test
    void an_empty_pool_answers_null_or_waits() throws Exception {
        try (BufferPool pool = pool(BufferPool.Options.of(512, 1))) {
            IoBuffer only = pool.take();
            assertThat(pool.tryTake()).isNull();
            JoinHandle<Integer> waiting = runtime.spawn(() -> {
                try (IoBuffer second = pool.take()) {
                    return second.capacity();
                }
            });
            Thread.sleep(20);
            assertThat(waiting.isFinished()).isFalse();
            only.close();
            assertThat(waiting.await()).isEqualTo(512);
        }
    }

    @Test
    void an_aborted_waiter_takes_nothing() throws Exception {
        try (BufferPool pool = pool(BufferPool.Options.of(512, 1))) {
            IoBuffer only = pool.take();
            JoinHandle<IoBuffer> waiting = runtime.spawn(pool::take);
            Thread.sleep(20);
            waiting.abort();
            assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class);
            only.close();
            try (IoBuffer again = pool.tryTake()) {
                assertThat(again).isNotNull();
            }
        }
    }

    @Test
    void take_in_a_callback_is_refused_in_words() throws Exception {
        try (BufferPool pool = pool(BufferPool.Options.of(512, 1)); IoBuffer only = pool.take()) {
            assertThat(only).isNotNull();
            var thrown = new CompletableFuture<Throwable>();
            runtime.handle().run(() -> {
                new Nop().submit().onComplete((_, _) -> {
                    try {
                        pool.take();
                        thrown.complete(null);
                    } catch (IllegalStateException e) {
                        thrown.complete(e);
                    }
                });
                return null;
            });
            assertThat(thrown.get()).hasMessageContaining("use tryTake");
        }
    }

    @Test
    void too_large_a_wish_and_bad_options_are_refused_with_their_numbers() {
        try (BufferPool pool = pool(BufferPool.Options.of(512, 1))) {
            assertThatThrownBy(() -> pool.take(513)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("bytes=513").hasMessageContaining("largest=512");
        }
        assertThatThrownBy(() -> BufferPool.Options.of(100, 1)).hasMessageContaining("bytes=100");
        assertThatThrownBy(() -> BufferPool.Options.of(512, 0)).hasMessageContaining("count=0");
        assertThatThrownBy(() -> BufferPool.Options.of(1 << 20, 1025)).hasMessageContaining("limit=1073741824");
    }

    @Test
    void a_closed_pool_gives_nothing_but_takes_back() {
        BufferPool pool = pool(BufferPool.Options.of(512, 2));
        IoBuffer out = pool.take();
        pool.close();
        assertThat(pool.outstanding()).singleElement().asString().contains("capacity=512");
        assertThatThrownBy(pool::take).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        out.put(0, (byte) 1);
        out.close();
        assertThat(pool.outstanding()).isEmpty();
        pool.close();
    }

    @Tag("io_uring") // asks for the ring itself
    @Test
    void every_ring_registers_the_slab_and_reads_and_writes_use_it() throws Exception {
        ThisHost.assumeRingsHave("SPARSE_TABLES");
        try (BufferPool pool = pool(BufferPool.Options.of(4096, 4)); Pipes pipes = Pipes.open(runtime)) {
            awaitRegistered(pool);
            assertThat(pool.isRegistered()).isTrue();
            try (IoBuffer out = pool.take(); IoBuffer in = pool.take()) {
                assertThat(out.tableIndex(runtime)).isNotNegative();
                byte[] bytes = new byte[4096];
                ThreadLocalRandom.current().nextBytes(bytes);
                runtime.blockOn(() -> {
                    for (int round = 0; round < 100; round++) {
                        out.put(0, bytes).length(1000);
                        assertThat(new Write(pipes.writer, out, Write.NO_OFFSET).submit().await().bytes())
                                .isEqualTo(1000);
                        assertThat(new Read(pipes.reader, in, Read.NO_OFFSET).submit().await().bytes())
                                .isEqualTo(1000);
                        assertThat(in.toByteArray()).isEqualTo(Arrays.copyOf(bytes, 1000));
                    }
                    return null;
                });
            }
        }
    }

    @Test
    void a_buffer_of_another_runtime_is_used_unregistered() throws Exception {
        try (UringRuntime other = UringRuntime.builder().enableAll().build();
                BufferPool pool = pool(BufferPool.Options.of(512, 2)); Pipes pipes = Pipes.open(other)) {
            awaitRegistered(pool);
            try (IoBuffer buffer = pool.take()) {
                assertThat(buffer.tableIndex(other)).isEqualTo(-1);
                buffer.put(0, (byte) 7).length(1);
                assertThat(other.blockOn(() -> new Write(pipes.writer, buffer, Write.NO_OFFSET).submit().await().bytes()))
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void operations_after_the_pool_closed_still_work() throws Exception {
        BufferPool pool = pool(BufferPool.Options.of(512, 1));
        awaitRegistered(pool);
        try (IoBuffer buffer = pool.take(); Pipes pipes = Pipes.open(runtime)) {
            pool.close();
            buffer.put(0, (byte) 9).length(1);
            for (int i = 0; i < 100; i++) {
                assertThat(runtime.blockOn(
                        () -> new Write(pipes.writer, buffer, Write.NO_OFFSET).submit().await().bytes())).isEqualTo(1);
            }
        }
    }

    @Test
    void many_threads_take_and_return_without_sharing_a_buffer() throws Exception {
        try (BufferPool pool = pool(BufferPool.Options.of(512, 3))) {
            List<JoinHandle<Void>> tasks = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                byte mark = (byte) t;
                tasks.add(runtime.spawn(() -> {
                    for (int i = 0; i < 5_000; i++) {
                        try (IoBuffer buffer = pool.take()) {
                            buffer.put(0, mark).put(511, mark);
                            assertThat(buffer.get(0)).isEqualTo(mark);
                            assertThat(buffer.get(511)).isEqualTo(mark);
                        }
                    }
                    return null;
                }));
            }
            for (JoinHandle<Void> task : tasks) {
                task.await();
            }
            assertThat(pool.outstanding()).isEmpty();
        }
    }
}
