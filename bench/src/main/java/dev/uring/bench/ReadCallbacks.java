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
import java.util.function.BiConsumer;

/** Random reads by {@link AsyncFile#readAt} into registered buffers, each started again by the callback of its result. */
final class ReadCallbacks extends ReadsInFlight {
    private final UringRuntime runtime = OneWorker.start();
    private final AsyncFile file;
    private final BufferPool pool;
    private final List<IoBuffer> buffers = new ArrayList<>();

    /** One read in flight. */
    private final class Reader extends ReadsInFlight.Reader implements BiConsumer<BufResult, IOException> {
        private final IoBuffer buffer;

        Reader(IoBuffer buffer, RandomBlocks blocks) {
            super(blocks);
            this.buffer = buffer;
        }

        @Override
        void read() {
            file.readAt(buffer, next()).onComplete(this);
        }

        @Override
        public void accept(BufResult result, IOException failure) {
            if (failure != null) {
                throw new UncheckedIOException(failure);
            }
            came(result.bytes());
        }
    }

    ReadCallbacks(Path path, int depth, boolean direct) throws Exception {
        super(depth);
        file = OneWorker.open(runtime, path, Blocks.options(direct, StandardOpenOption.READ));
        pool = runtime.handle().run(() ->
                BufferPool.create(BufferPool.Options.of(RandomBlocks.BLOCK_BYTES, depth)));
        long fileBytes = Files.size(path);
        for (int seed = 0; seed < depth; seed++) {
            IoBuffer buffer = pool.take();
            buffers.add(buffer);
            add(new Reader(buffer, new RandomBlocks(fileBytes, seed)));
        }
        runtime.handle().execute(this::start);
    }

    @Override
    public long calls() {
        return runtime.metrics().enters();
    }

    @Override
    void close() throws IOException {
        buffers.forEach(IoBuffer::close);
        pool.close();
        file.close();
        runtime.close();
    }
}
