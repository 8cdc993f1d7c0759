package dev.uring.bench;

import dev.uring.fs.AsyncFile;
import dev.uring.runtime.BufferPool;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Random reads by {@link AsyncFile#readAt} into registered buffers, from a number of tasks, each one read at a time. */
final class ReadTasks implements Load {
    private final UringRuntime runtime = OneWorker.start();
    private final AsyncFile file;
    private final BufferPool pool;
    private final long fileBytes;
    private final List<Count> counts;
    private final List<JoinHandle<Void>> tasks = new ArrayList<>();
    private volatile boolean stopped;

    ReadTasks(Path path, int depth, boolean direct) throws Exception {
        file = OneWorker.open(runtime, path, Blocks.options(direct, StandardOpenOption.READ));
        pool = runtime.handle().run(() ->
                BufferPool.create(BufferPool.Options.of(RandomBlocks.BLOCK_BYTES, depth)));
        fileBytes = Files.size(path);
        counts = IntStream.range(0, depth).mapToObj(_ -> new Count()).toList();
        for (int i = 0; i < depth; i++) {
            int seed = i;
            tasks.add(runtime.handle().spawn(() -> loop(seed)));
        }
    }

    private Void loop(int seed) throws IOException {
        RandomBlocks blocks = new RandomBlocks(fileBytes, seed);
        Count count = counts.get(seed);
        try (IoBuffer buffer = pool.take()) {
            while (!stopped) {
                Blocks.requireWhole(file.readAt(buffer, blocks.next()).await().bytes());
                count.increment();
            }
        }
        return null;
    }

    @Override
    public long done() {
        return counts.stream().mapToLong(Count::get).sum();
    }

    @Override
    public long calls() {
        return runtime.metrics().enters();
    }

    @Override
    public void stop() throws Exception {
        stopped = true;
        for (JoinHandle<Void> task : tasks) {
            task.await();
        }
        pool.close();
        file.close();
        runtime.close();
    }
}
