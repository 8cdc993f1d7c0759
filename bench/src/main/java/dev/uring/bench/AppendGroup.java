package dev.uring.bench;

import dev.uring.fs.GroupCommit;
import dev.uring.runtime.IoBuffer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tasks that append one record after the other to a {@link GroupCommit}, which syncs once for all that came meanwhile. */
final class AppendGroup extends TaskCrew {
    private final GroupCommit log;

    AppendGroup(Path path, int writers) throws Exception {
        Files.deleteIfExists(path); // it would go on at the end
        log = runtime.blockOn(() -> GroupCommit.open(path));
        start(writers);
    }

    @Override
    void loop(Member member) throws IOException {
        IoBuffer record = IoBuffer.allocate(Append.RECORD_BYTES).length(Append.RECORD_BYTES);
        while (member.goesOn()) {
            log.append(record);
            member.countOne();
        }
    }

    @Override
    void close() throws IOException {
        log.close();
    }
}
