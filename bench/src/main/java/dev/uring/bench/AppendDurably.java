package dev.uring.bench;

import dev.uring.fs.AsyncFile;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Tasks that write one record after the other at the end of the file, durably: by {@link AsyncFile#writeDurably}, or by a
 * write and an {@link AsyncFile#fdatasync} after it.
 */
final class AppendDurably implements Load {
    private final UringRuntime runtime = OneWorker.start();
    private final AsyncFile file;
    private final boolean syncs;
    private final AtomicLong end = new AtomicLong();
    private final List<Count> counts;
    private final List<JoinHandle<Void>> tasks = new ArrayList<>();
    private volatile boolean stopped;

    AppendDurably(Path path, int writers, boolean syncs) throws Exception {
        this.syncs = syncs;
        file = OneWorker.open(runtime, path, StandardOpenOption.WRITE, StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING);
        counts = IntStream.range(0, writers).mapToObj(_ -> new Count()).toList();
        for (Count count : counts) {
            tasks.add(runtime.handle().spawn(() -> loop(count)));
        }
    }

    private Void loop(Count count) throws IOException {
        IoBuffer record = IoBuffer.allocate(Append.RECORD_BYTES).length(Append.RECORD_BYTES);
        while (!stopped) {
            long offset = end.getAndAdd(Append.RECORD_BYTES);
            if (syncs) {
                Blocks.requireWhole(file.writeAllAt(record, offset).await().bytes(), Append.RECORD_BYTES);
                file.fdatasync().await();
            } else {
                Blocks.requireWhole(file.writeDurably(record, offset).await().bytes(), Append.RECORD_BYTES);
            }
            count.increment();
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
        file.close();
        runtime.close();
    }
}
