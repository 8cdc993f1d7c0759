package dev.uring.bench;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import one.jasyncfio.AsyncFile;
import one.jasyncfio.EventExecutor;
import one.jasyncfio.OpenOption;

/**
 * Random reads through jasyncfio 0.0.7, a number of them in flight, each started again when the future of the one before
 * completes. O_DIRECT it cannot do (it takes such files to a polled ring, which disks without poll queues refuse), and
 * with more than some 50 in flight its thread waits for itself.
 */
final class ReadJasyncfio implements Load {
    static final int DEPTH_MAX = 48;
    /** A read that a callback asks for is submitted only when its loop has spun for so long: not its default of 1000. */
    private static final long SPIN_MILLIS = 0;

    private final EventExecutor executor = EventExecutor.builder().entries(256).sleepTimeout(SPIN_MILLIS).build();
    private final AsyncFile file;
    private final List<Reader> readers;
    private final CountDownLatch ended;
    private volatile boolean stopped;

    /** One read in flight. */
    private final class Reader implements BiConsumer<Integer, Throwable> {
        private final ByteBuffer buffer = Blocks.allocate();
        private final RandomBlocks blocks;
        private final Count count = new Count();

        Reader(RandomBlocks blocks) {
            this.blocks = blocks;
        }

        void read() {
            file.read(buffer.clear(), blocks.next(), RandomBlocks.BLOCK_BYTES).whenComplete(this);
        }

        @Override
        public void accept(Integer bytes, Throwable failure) {
            if (failure != null) {
                throw new IllegalStateException(failure);
            }
            Blocks.requireWhole(bytes);
            count.increment();
            if (stopped) {
                ended.countDown();
            } else {
                read();
            }
        }
    }

    ReadJasyncfio(Path path, int depth) throws Exception {
        file = AsyncFile.open(path, executor, OpenOption.READ_ONLY).get();
        long fileBytes = Files.size(path);
        readers = IntStream.range(0, depth).mapToObj(seed -> new Reader(new RandomBlocks(fileBytes, seed))).toList();
        ended = new CountDownLatch(depth);
        readers.forEach(Reader::read);
    }

    @Override
    public long done() {
        return readers.stream().mapToLong(reader -> reader.count.get()).sum();
    }

    @Override
    public void stop() throws Exception {
        stopped = true;
        ended.await();
        file.close().get();
        executor.close();
    }
}
