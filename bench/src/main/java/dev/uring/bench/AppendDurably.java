package dev.uring.bench;

import dev.uring.fs.AsyncFile;
import dev.uring.runtime.IoBuffer;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tasks that write one record after the other at the end of the file, durably: by {@link AsyncFile#writeDurably}, or by a
 * write and an {@link AsyncFile#fdatasync} after it.
 */
final class AppendDurably extends TaskCrew {
    private final AsyncFile file;
    private final boolean syncs;
    private final AtomicLong end = new AtomicLong();

    AppendDurably(Path path, int writers, boolean syncs) throws Exception {
        this.syncs = syncs;
        file = OneWorker.open(runtime, path, StandardOpenOption.WRITE, StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING);
        start(writers);
    }

    @Override
    void loop(Member member) throws IOException {
        IoBuffer record = IoBuffer.allocate(Append.RECORD_BYTES).length(Append.RECORD_BYTES);
        while (member.goesOn()) {
            long offset = end.getAndAdd(Append.RECORD_BYTES);
            if (syncs) {
                Blocks.requireWhole(file.writeAllAt(record, offset).await().bytes(), Append.RECORD_BYTES);
                file.fdatasync().await();
            } else {
                Blocks.requireWhole(file.writeDurably(record, offset).await().bytes(), Append.RECORD_BYTES);
            }
            member.countOne();
        }
    }

    @Override
    void close() throws IOException {
        file.close();
    }
}
