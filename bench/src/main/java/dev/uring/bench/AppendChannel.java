package dev.uring.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Platform threads that append to one {@link FileChannel}, each of which forces what it has written. */
final class AppendChannel implements Load {
    private final FileChannel channel;
    private final List<Count> counts;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    AppendChannel(Path file, int writers) throws IOException {
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        channel.truncate(0);
        counts = IntStream.range(0, writers).mapToObj(_ -> new Count()).toList();
        for (Count count : counts) {
            threads.add(Thread.ofPlatform().start(() -> loop(count)));
        }
    }

    private void loop(Count count) {
        ByteBuffer record = ByteBuffer.allocateDirect(Append.RECORD_BYTES);
        try {
            while (!stopped) {
                Blocks.requireWhole(channel.write(record.clear()), Append.RECORD_BYTES);
                channel.force(false);
                count.increment();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long done() {
        return counts.stream().mapToLong(Count::get).sum();
    }

    @Override
    public void stop() throws IOException, InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
        channel.close();
    }
}
