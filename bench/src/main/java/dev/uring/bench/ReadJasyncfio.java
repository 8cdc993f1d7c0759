package dev.uring.bench;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import one.jasyncfio.AsyncFile;
import one.jasyncfio.EventExecutor;
import one.jasyncfio.OpenOption;

/**
 * Random reads through jasyncfio 0.0.7, a number of them in flight, each started again when the future of the one before
 * completes. O_DIRECT it cannot do (it takes such files to a polled ring, which disks without poll queues refuse), and
 * with more than some 50 in flight its thread waits for itself.
 */
final class ReadJasyncfio extends ReadsInFlight {
    static final int DEPTH_MAX = 48;
    /** A read that a callback asks for is submitted only when its loop has spun for so long: not its default of 1000. */
    private static final long SPIN_MILLIS = 0;

    private final EventExecutor executor = EventExecutor.builder().entries(256).sleepTimeout(SPIN_MILLIS).build();
    private final AsyncFile file;

    /** One read in flight. */
    private final class Reader extends ReadsInFlight.Reader implements BiConsumer<Integer, Throwable> {
        private final ByteBuffer buffer = Blocks.allocate();

        Reader(RandomBlocks blocks) {
            super(blocks);
        }

        @Override
        void read() {
            file.read(buffer.clear(), next(), RandomBlocks.BLOCK_BYTES).whenComplete(this);
        }

        @Override
        public void accept(Integer bytes, Throwable failure) {
            if (failure != null) {
                throw new IllegalStateException(failure);
            }
            came(bytes);
        }
    }

    ReadJasyncfio(Path path, int depth) throws Exception {
        super(depth);
        file = AsyncFile.open(path, executor, OpenOption.READ_ONLY).get();
        long fileBytes = Files.size(path);
        for (int seed = 0; seed < depth; seed++) {
            add(new Reader(new RandomBlocks(fileBytes, seed)));
        }
        start();
    }

    @Override
    void close() throws Exception {
        file.close().get();
        executor.close();
    }
}
