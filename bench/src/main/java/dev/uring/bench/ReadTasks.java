package dev.uring.bench;

import dev.uring.fs.AsyncFile;
import dev.uring.runtime.BufferPool;
import dev.uring.runtime.IoBuffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Random reads by {@link AsyncFile#readAt} into registered buffers, from a number of tasks, each one read at a time. */
final class ReadTasks extends TaskCrew {
    private final AsyncFile file;
    private final BufferPool pool;
    private final long fileBytes;

    ReadTasks(Path path, int depth, boolean direct) throws Exception {
        file = OneWorker.open(runtime, path, Blocks.options(direct, StandardOpenOption.READ));
        pool = runtime.handle().run(() ->
                BufferPool.create(BufferPool.Options.of(RandomBlocks.BLOCK_BYTES, depth)));
        fileBytes = Files.size(path);
        start(depth);
    }

    @Override
    void loop(Member member) throws IOException {
        RandomBlocks blocks = new RandomBlocks(fileBytes, member.number());
        try (IoBuffer buffer = pool.take()) {
            while (member.goesOn()) {
                Blocks.requireWhole(file.readAt(buffer, blocks.next()).await().bytes());
                member.countOne();
            }
        }
    }

    @Override
    void close() throws IOException {
        pool.close();
        file.close();
    }
}
