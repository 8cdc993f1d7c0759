package dev.uring.bench;

import dev.uring.fs.AsyncFile;
import dev.uring.fs.Batch;
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

/** Random reads by one {@link Batch} of a platform thread: a round of so many, and when all have come, the next. */
final class ReadBatch implements Load {
    private final UringRuntime runtime = OneWorker.start();
    private final AsyncFile file;
    private final BufferPool pool;
    private final List<IoBuffer> buffers = new ArrayList<>();
    private final RandomBlocks blocks;
    private final Count count = new Count();
    private final Thread thread;
    private volatile boolean stopped;

    ReadBatch(Path path, int depth, boolean direct) throws Exception {
        file = OneWorker.open(runtime, path, Blocks.options(direct, StandardOpenOption.READ));
        pool = runtime.handle().run(() ->
                BufferPool.create(BufferPool.Options.of(RandomBlocks.BLOCK_BYTES, depth)));
        for (int i = 0; i < depth; i++) {
            buffers.add(pool.take());
        }
        blocks = new RandomBlocks(Files.size(path), 0);
        thread = Thread.ofPlatform().start(this::loop);
    }

    private void loop() {
        try (Batch batch = Batch.open(runtime.handle(), buffers.size())) {
            while (!stopped) {
                round(batch);
                count.add(buffers.size());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void round(Batch batch) throws IOException {
        for (int i = 0; i < buffers.size(); i++) {
            batch.read(file, buffers.get(i), blocks.next());
        }
        batch.submitAndWait();
        for (int i = 0; i < buffers.size(); i++) {
            Blocks.requireWhole(batch.result(i));
        }
    }

    @Override
    public long done() {
        return count.get();
    }

    @Override
    public void stop() throws IOException, InterruptedException {
        stopped = true;
        thread.join();
        buffers.forEach(IoBuffer::close);
        pool.close();
        file.close();
        runtime.close();
    }
}
