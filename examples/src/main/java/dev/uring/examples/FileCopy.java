package dev.uring.examples;

import dev.uring.ffi.OpenFlag;
import dev.uring.fs.AsyncFile;
import dev.uring.fs.FileStat;
import dev.uring.runtime.BufferPool;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinSet;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * One copy of the bytes of a file. Several lanes, each a task with one registered buffer, take the next block, read it
 * and write it, until one finds the end. With O_DIRECT the last block is written up to a boundary, and what is too much
 * cut off.
 */
final class FileCopy {
    /** What O_DIRECT asks for where the kernel does not say. */
    private static final int DIRECT_ALIGNMENT = 4096;
    /** How much the kernel is asked to copy at once: it cannot be interrupted meanwhile. */
    private static final long KERNEL_BYTES = 64 << 20;

    private final AsyncFile in;
    private final AsyncFile out;
    private final long size;
    private final int lanes;
    private final int blockBytes;
    /** What offsets and lengths must be multiples of. */
    private final int alignment;
    private final long beginNanos = System.nanoTime();
    /** The offset of the next block that no lane has taken. */
    private final AtomicLong next = new AtomicLong();
    /** The lowest offset at which a lane found the end. */
    private final AtomicLong end = new AtomicLong(Long.MAX_VALUE);
    private final LongAdder done = new LongAdder();

    FileCopy(AsyncFile in, AsyncFile out, FileStat source, int depth, int blockBytes) {
        this.in = in;
        this.out = out;
        this.blockBytes = blockBytes;
        size = source.size();
        // Files of /proc say that they are empty, are made while they are read, and want to be read in order.
        lanes = size == 0 ? 1 : (int) Math.min(depth, (size + blockBytes - 1) / blockBytes);
        alignment = (in.options().flags() & OpenFlag.DIRECT) == 0 ? 1
                : Math.max(source.directOffsetAlignment(), DIRECT_ALIGNMENT);
    }

    /** Answers a line about how far it is; for any thread. */
    String progress() {
        return Progress.line(done.sum(), size, System.nanoTime() - beginNanos);
    }

    void inKernel() throws IOException {
        long copied = KERNEL_BYTES;
        for (long at = 0; copied == KERNEL_BYTES; at += copied) {
            copied = in.copyTo(at, out, at, KERNEL_BYTES);
            done.add(copied);
        }
    }

    void inBlocks() throws Exception {
        try (var pool = BufferPool.create(BufferPool.Options.of(blockBytes, lanes)); var tasks = new JoinSet<Void>()) {
            for (int lane = 0; lane < lanes; lane++) {
                tasks.spawn(() -> copyLane(pool));
            }
            while (!tasks.isEmpty()) {
                tasks.joinNext(); // the first failure ends the others
            }
        }
        // Cuts off what was padded, and what lanes beyond the end have found there because the file just grew.
        out.truncate(end.get()).await();
    }

    private Void copyLane(BufferPool pool) throws IOException {
        try (IoBuffer block = pool.take()) {
            for (long at = next.getAndAdd(blockBytes); at < end.get(); at = next.getAndAdd(blockBytes)) {
                int bytes = read(block, at);
                if (bytes < blockBytes) {
                    end.accumulateAndGet(at + bytes, Math::min);
                }
                if (bytes > 0) {
                    out.writeAllAt(block.length((bytes + alignment - 1) / alignment * alignment), at).await();
                    done.add(bytes);
                }
            }
        }
        return null;
    }

    /** Fills the block as far as the file goes: answers fewer bytes at its end only. */
    private int read(IoBuffer block, long at) throws IOException {
        int bytes = in.readAt(block, at).await().bytes();
        int more = bytes;
        // With O_DIRECT a read that ends between two boundaries has found the end, and could not be gone on from.
        while (more > 0 && bytes < blockBytes && bytes % alignment == 0) {
            more = in.readAt(block.slice(bytes, blockBytes), at + bytes).await().bytes();
            bytes += more;
        }
        return bytes;
    }
}
