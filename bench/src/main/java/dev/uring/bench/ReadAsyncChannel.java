package dev.uring.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.CompletionHandler;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Random reads of an {@link AsynchronousFileChannel}, a number of them in flight, each started again by the handler of its
 * result. The JDK gives each read to a thread, so there are as many threads as reads.
 */
final class ReadAsyncChannel extends ReadsInFlight {
    private final ExecutorService threads;
    private final AsynchronousFileChannel channel;

    /** One read in flight. */
    private final class Reader extends ReadsInFlight.Reader implements CompletionHandler<Integer, Void> {
        private final ByteBuffer buffer = Blocks.allocate();

        Reader(RandomBlocks blocks) {
            super(blocks);
        }

        @Override
        void read() {
            channel.read(buffer.clear(), next(), null, this);
        }

        @Override
        public void completed(Integer bytes, Void attachment) {
            came(bytes);
        }

        @Override
        public void failed(Throwable failure, Void attachment) {
            throw new IllegalStateException(failure);
        }
    }

    ReadAsyncChannel(Path file, int depth, boolean direct) throws IOException {
        super(depth);
        threads = Executors.newFixedThreadPool(depth);
        channel = AsynchronousFileChannel.open(file, Set.of(Blocks.options(direct, StandardOpenOption.READ)), threads);
        long fileBytes = channel.size();
        for (int seed = 0; seed < depth; seed++) {
            add(new Reader(new RandomBlocks(fileBytes, seed)));
        }
        start();
    }

    @Override
    void close() throws IOException {
        channel.close();
        threads.shutdown();
    }
}
