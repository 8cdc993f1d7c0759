package dev.uring.fs;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * A page-aligned piece of direct memory that the doors to java.nio and java.io move bytes through, where the caller's
 * memory cannot be used in place. Kept after use, so that calls allocate none in the long run. For one thread at a
 * time.
 */
final class Block {
    /** Most calls of databases and codecs move a page or a few. */
    static final int SMALL_BYTES = 16 << 10;
    /** Moves large transfers in pieces: as large as pays, and small enough to stay in a cache. */
    static final int LARGE_BYTES = 256 << 10;
    private static final int PAGE = 4096;

    /** At most 1 MiB and 4 MiB are kept; what is given back beyond that is garbage. */
    private static final ArrayBlockingQueue<Block> SMALL = new ArrayBlockingQueue<>(64);
    private static final ArrayBlockingQueue<Block> LARGE = new ArrayBlockingQueue<>(16);

    private final ByteBuffer buffer;
    private final MemorySegment memory;

    /** Allocates one that is never given back. */
    Block(int bytes) {
        int pages = (bytes + PAGE - 1) / PAGE;
        buffer = ByteBuffer.allocateDirect((pages + 1) * PAGE).alignedSlice(PAGE).slice(0, bytes);
        memory = MemorySegment.ofBuffer(buffer);
    }

    /** Takes a block for a transfer of so many bytes, which may be more than it has. */
    static Block take(long bytes) {
        boolean small = bytes <= SMALL_BYTES;
        Block kept = (small ? SMALL : LARGE).poll();
        return kept != null ? kept : new Block(small ? SMALL_BYTES : LARGE_BYTES);
    }

    /** Gives the block up; nobody, the kernel included, may use its memory any more. */
    void giveBack() {
        (capacity() == SMALL_BYTES ? SMALL : LARGE).offer(this);
    }

    int capacity() {
        return (int) memory.byteSize();
    }

    MemorySegment memory() {
        return memory;
    }

    /** Answers the first bytes as a buffer, in the same object each time. */
    ByteBuffer buffer(int bytes) {
        return buffer.clear().limit(bytes);
    }
}
