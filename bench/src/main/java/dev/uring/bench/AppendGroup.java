package dev.uring.bench;

import dev.uring.fs.GroupCommit;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Tasks that append one record after the other to a {@link GroupCommit}, which syncs once for all that came meanwhile. */
final class AppendGroup implements Load {
    private final UringRuntime runtime = OneWorker.start();
    private final GroupCommit log;
    private final List<Count> counts;
    private final List<JoinHandle<Void>> tasks = new ArrayList<>();
    private volatile boolean stopped;

    AppendGroup(Path path, int writers) throws Exception {
        Files.deleteIfExists(path); // it would go on at the end
        log = runtime.blockOn(() -> GroupCommit.open(path));
        counts = IntStream.range(0, writers).mapToObj(_ -> new Count()).toList();
        for (Count count : counts) {
            tasks.add(runtime.handle().spawn(() -> loop(count)));
        }
    }

    private Void loop(Count count) throws IOException {
        IoBuffer record = IoBuffer.allocate(Append.RECORD_BYTES).length(Append.RECORD_BYTES);
        while (!stopped) {
            log.append(record);
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
        log.close();
        runtime.close();
    }
}
