package dev.uring.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.CompletionHandler;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/**
 * Random reads of an {@link AsynchronousFileChannel}, a number of them in flight, each started again by the handler of its
 * result. The JDK gives each read to a thread, so there are as many threads as reads.
 */
final class ReadAsyncChannel implements Load {
    private final ExecutorService threads;
    private final AsynchronousFileChannel channel;
    private final List<Reader> readers;
    private final CountDownLatch ended;
    private volatile boolean stopped;

    /** One read in flight. */
    private final class Reader implements CompletionHandler<Integer, Void> {
        private final ByteBuffer buffer = Blocks.allocate();
        private final RandomBlocks blocks;
        private final Count count = new Count();

        Reader(RandomBlocks blocks) {
            this.blocks = blocks;
        }

        void read() {
            channel.read(buffer.clear(), blocks.next(), null, this);
        }

        @Override
        public void completed(Integer bytes, Void attachment) {
            Blocks.requireWhole(bytes);
            count.increment();
            if (stopped) {
                ended.countDown();
            } else {
                read();
            }
        }

        @Override
        public void failed(Throwable failure, Void attachment) {
            throw new IllegalStateException(failure);
        }
    }

    ReadAsyncChannel(Path file, int depth, boolean direct) throws IOException {
        threads = Executors.newFixedThreadPool(depth);
        channel = AsynchronousFileChannel.open(file, Set.of(Blocks.options(direct, StandardOpenOption.READ)), threads);
        long fileBytes = channel.size();
        readers = IntStream.range(0, depth).mapToObj(seed -> new Reader(new RandomBlocks(fileBytes, seed))).toList();
        ended = new CountDownLatch(depth);
        readers.forEach(Reader::read);
    }

    @Override
    public long done() {
        return readers.stream().mapToLong(reader -> reader.count.get()).sum();
    }

    @Override
    public void stop() throws IOException, InterruptedException {
        stopped = true;
        ended.await();
        channel.close();
        threads.shutdown();
    }
}
