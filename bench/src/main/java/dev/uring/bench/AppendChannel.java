package dev.uring.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Platform threads that append to one {@link FileChannel}, each of which forces what it has written. */
final class AppendChannel extends ThreadCrew {
    AppendChannel(Path file, int writers) throws IOException {
        super(Thread.ofPlatform(), FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
        channel.truncate(0);
        start(writers);
    }

    @Override
    void loop(Member member) throws IOException {
        ByteBuffer record = ByteBuffer.allocateDirect(Append.RECORD_BYTES);
        while (member.goesOn()) {
            Blocks.requireWhole(channel.write(record.clear()), Append.RECORD_BYTES);
            channel.force(false);
            member.countOne();
        }
    }
}
