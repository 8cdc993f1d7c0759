package dev.uring.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Random reads, a number of them in flight, each started again by what tells its result. */
abstract class ReadsInFlight implements Load {
    /** Complete before {@link #start}. */
    private final List<Reader> readers = new ArrayList<>();
    private final CountDownLatch ended;
    private volatile boolean stopped;

    /** One read in flight. */
    abstract class Reader {
        private final RandomBlocks blocks;
        private final Count count = new Count();

        Reader(RandomBlocks blocks) {
            this.blocks = blocks;
        }

        /** Starts the read of {@link #next}, whose result goes to {@link #came}. */
        abstract void read();

        /** Answers the offset of the next read. */
        final long next() {
            return blocks.next();
        }

        final void came(int bytes) {
            Blocks.requireWhole(bytes);
            count.increment();
            if (stopped) {
                ended.countDown();
            } else {
                read();
            }
        }
    }

    ReadsInFlight(int depth) {
        ended = new CountDownLatch(depth);
    }

    /** Takes one of as many readers as the depth says. */
    final void add(Reader reader) {
        readers.add(reader);
    }

    /** Starts the first read of each. */
    final void start() {
        readers.forEach(Reader::read);
    }

    @Override
    public final long done() {
        return readers.stream().mapToLong(reader -> reader.count.get()).sum();
    }

    @Override
    public final void stop() throws Exception {
        stopped = true;
        ended.await();
        close();
    }

    /** Closes what the reads needed, none of which is in flight any more. */
    abstract void close() throws Exception;
}
