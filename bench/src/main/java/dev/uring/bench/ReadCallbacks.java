package dev.uring.bench;

import dev.uring.fs.AsyncFile;
import dev.uring.runtime.BufResult;
import dev.uring.runtime.BufferPool;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;

/** Random reads by {@link AsyncFile#readAt} into registered buffers, each started again by the callback of its result. */
final class ReadCallbacks implements Load {
    private final UringRuntime runtime = OneWorker.start();
    private final AsyncFile file;
    private final BufferPool pool;
    private final List<Reader> readers = new ArrayList<>();
    private final CountDownLatch ended;
    private volatile boolean stopped;

    /** One read in flight. */
    private final class Reader implements BiConsumer<BufResult, IOException> {
        private final IoBuffer buffer;
        private final RandomBlocks blocks;
        private final Count count = new Count();

        Reader(IoBuffer buffer, RandomBlocks blocks) {
            this.buffer = buffer;
            this.blocks = blocks;
        }

        void read() {
            file.readAt(buffer, blocks.next()).onComplete(this);
        }

        @Override
        public void accept(BufResult result, IOException failure) {
            if (failure != null) {
                throw new UncheckedIOException(failure);
            }
            Blocks.requireWhole(result.bytes());
            count.increment();
            if (stopped) {
                buffer.close();
                ended.countDown();
            } else {
                read();
            }
        }
    }

    ReadCallbacks(Path path, int depth, boolean direct) throws Exception {
        file = OneWorker.open(runtime, path, Blocks.options(direct, StandardOpenOption.READ));
        pool = runtime.handle().run(() ->
                BufferPool.create(BufferPool.Options.of(RandomBlocks.BLOCK_BYTES, depth)));
        ended = new CountDownLatch(depth);
        long fileBytes = Files.size(path);
        for (int seed = 0; seed < depth; seed++) {
            readers.add(new Reader(pool.take(), new RandomBlocks(fileBytes, seed)));
        }
        runtime.handle().execute(() -> readers.forEach(Reader::read));
    }

    @Override
    public long done() {
        return readers.stream().mapToLong(reader -> reader.count.get()).sum();
    }

    @Override
    public long calls() {
        return runtime.metrics().enters();
    }

    @Override
    public void stop() throws IOException, InterruptedException {
        stopped = true;
        ended.await();
        pool.close();
        file.close();
        runtime.close();
    }
}
