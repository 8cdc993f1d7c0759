package dev.uring.bench;

import dev.uring.fs.AsyncFile;
import dev.uring.fs.Batch;
import dev.uring.runtime.BufferPool;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Op;
import dev.uring.runtime.Ops;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What does a read cost that one thread gathers with 511 others and waits for: random blocks of 4 KiB with O_DIRECT, as a
 * query of a storage engine needs them.
 *
 * <pre>
 *   FileBatch WAY FILE SECONDS
 * </pre>
 *
 * <p>WAY is {@code threads} (a pool of 32 platform threads on {@link FileChannel}), {@code virtual} (a virtual thread for
 * each read), {@code join} (a task that starts all reads and waits for each) or {@code batch} ({@link Batch} from a platform
 * thread).
 *
 * <p>Estimate: what the driver and the disk's interrupts take, some 4 us a read, is the same for all. A pool of threads
 * adds a hand-over, two changes of threads and a wake-up, 3 us; a ring its entry and its share of few system calls, 0.1 us.
 */
public final class FileBatch {
    private static final int READS = 512;
    private static final int POOL_THREADS = 32;

    private FileBatch() {
    }

    /**
     * Measures one way.
     *
     * @param arguments see above
     * @throws Exception if there is no such file or a read fails
     */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 3) {
            System.err.println("usage: FileBatch threads|virtual|join|batch FILE SECONDS");
            System.exit(2);
        }
        LoadMeter.exitOnFailure();
        Path file = Path.of(arguments[1]);
        double seconds = Double.parseDouble(arguments[2]);
        System.out.println(switch (arguments[0]) {
            case "threads" -> onExecutor(Executors.newFixedThreadPool(POOL_THREADS), file, seconds);
            case "virtual" -> onExecutor(Executors.newVirtualThreadPerTaskExecutor(), file, seconds);
            case "join" -> onRuntime(file, seconds, FileBatch::inTask);
            case "batch" -> onRuntime(file, seconds, FileBatch::inBatch);
            default -> throw new IllegalArgumentException("no such way: name=" + arguments[0]);
        });
    }

    private static String onExecutor(ExecutorService executor, Path file, double seconds) throws Exception {
        RandomBlocks blocks = new RandomBlocks(Files.size(file), 0);
        try (executor; FileChannel channel = FileChannel.open(file, Blocks.options(true, StandardOpenOption.READ))) {
            List<Callable<Integer>> reads = new ArrayList<>();
            long[] offsets = new long[READS];
            for (int i = 0; i < READS; i++) {
                int index = i;
                ByteBuffer buffer = Blocks.allocate();
                reads.add(() -> channel.read(buffer.clear(), offsets[index]));
            }
            return Windows.measureFor(seconds, () -> {
                for (int i = 0; i < READS; i++) {
                    offsets[i] = blocks.next();
                }
                for (Future<Integer> read : executor.invokeAll(reads)) {
                    Blocks.requireWhole(read.get());
                }
                return READS;
            });
        }
    }

    /** A way to read into as many buffers as there are, again and again. */
    private interface Way {
        String measure(AsyncFile file, List<IoBuffer> buffers, RandomBlocks blocks, double seconds) throws Exception;
    }

    private static String onRuntime(Path path, double seconds, Way way) throws Exception {
        try (UringRuntime runtime = OneWorker.start();
                AsyncFile file = OneWorker.open(runtime, path, Blocks.options(true, StandardOpenOption.READ));
                BufferPool pool = runtime.handle().run(() ->
                        BufferPool.create(BufferPool.Options.of(RandomBlocks.BLOCK_BYTES, READS)))) {
            List<IoBuffer> buffers = new ArrayList<>();
            for (int i = 0; i < READS; i++) {
                buffers.add(pool.take());
            }
            String result = way.measure(file, buffers, new RandomBlocks(Files.size(path), 0), seconds);
            buffers.forEach(IoBuffer::close);
            return result;
        }
    }

    private static String inBatch(AsyncFile file, List<IoBuffer> buffers, RandomBlocks blocks, double seconds)
            throws Exception {
        try (Batch batch = Batch.open(file.runtime().handle(), READS)) {
            return Windows.measureFor(seconds, () -> {
                for (int i = 0; i < READS; i++) {
                    batch.read(file, buffers.get(i), blocks.next());
                }
                batch.submitAndWait();
                for (int i = 0; i < READS; i++) {
                    Blocks.requireWhole(batch.result(i));
                }
                return READS;
            });
        }
    }

    private static String inTask(AsyncFile file, List<IoBuffer> buffers, RandomBlocks blocks, double seconds)
            throws Exception {
        return Windows.measureFor(seconds, () -> file.runtime().blockOn(() -> readAll(file, buffers, blocks)));
    }

    private static long readAll(AsyncFile file, List<IoBuffer> buffers, RandomBlocks blocks) throws IOException {
        Op<?>[] reads = new Op<?>[buffers.size()];
        for (int i = 0; i < reads.length; i++) {
            reads[i] = file.readAt(buffers.get(i), blocks.next());
        }
        Ops.joinAll(reads);
        for (IoBuffer buffer : buffers) {
            Blocks.requireWhole(buffer.length());
        }
        return reads.length;
    }
}
