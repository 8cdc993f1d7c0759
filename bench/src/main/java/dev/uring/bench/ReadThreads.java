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

/** Random reads of one {@link FileChannel} from a number of threads, platform or virtual, each one read at a time. */
final class ReadThreads implements Load {
    private final FileChannel channel;
    private final long fileBytes;
    private final List<Count> counts;
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    ReadThreads(Thread.Builder builder, Path file, int depth, boolean direct) throws IOException {
        channel = FileChannel.open(file, Blocks.options(direct, StandardOpenOption.READ));
        fileBytes = channel.size();
        counts = IntStream.range(0, depth).mapToObj(_ -> new Count()).toList();
        for (int i = 0; i < depth; i++) {
            int seed = i;
            threads.add(builder.start(() -> loop(seed)));
        }
    }

    private void loop(int seed) {
        ByteBuffer buffer = Blocks.allocate();
        RandomBlocks blocks = new RandomBlocks(fileBytes, seed);
        Count count = counts.get(seed);
        try {
            while (!stopped) {
                Blocks.requireWhole(channel.read(buffer.clear(), blocks.next()));
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
