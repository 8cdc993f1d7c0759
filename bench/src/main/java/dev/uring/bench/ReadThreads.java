package dev.uring.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Random reads of one {@link FileChannel} from a number of threads, platform or virtual, each one read at a time. */
final class ReadThreads extends ThreadCrew {
    private final long fileBytes;

    ReadThreads(Thread.Builder builder, Path file, int depth, boolean direct) throws IOException {
        super(builder, FileChannel.open(file, Blocks.options(direct, StandardOpenOption.READ)));
        fileBytes = channel.size();
        start(depth);
    }

    @Override
    void loop(Member member) throws IOException {
        ByteBuffer buffer = Blocks.allocate();
        RandomBlocks blocks = new RandomBlocks(fileBytes, member.number());
        while (member.goesOn()) {
            Blocks.requireWhole(channel.read(buffer.clear(), blocks.next()));
            member.countOne();
        }
    }
}
