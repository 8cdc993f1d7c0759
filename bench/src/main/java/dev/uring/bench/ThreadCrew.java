package dev.uring.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;

/** A crew of threads, platform or virtual, that share a {@link FileChannel}. */
abstract class ThreadCrew extends Crew {
    final FileChannel channel;
    private final Thread.Builder builder;

    ThreadCrew(Thread.Builder builder, FileChannel channel) {
        this.builder = builder;
        this.channel = channel;
    }

    @Override
    final Ending begin(Member member) {
        return builder.start(() -> {
            try {
                loop(member);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        })::join;
    }

    @Override
    final void close() throws IOException {
        channel.close();
    }
}
