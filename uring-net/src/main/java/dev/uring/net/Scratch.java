package dev.uring.net;

import dev.uring.runtime.IoBuffer;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Native memory that bytes of the caller's heap go through on their way to a sink, or from a source. Kept after use, so that
 * calls allocate none in the long run. For one call, and so one thread, at a time.
 */
final class Scratch implements AutoCloseable {
    /** Most reads and writes of protocols fit. */
    static final int SMALL_BYTES = 16 << 10;
    /** Moves large arrays in pieces: as large as pays, and small enough to stay in a cache. */
    static final int LARGE_BYTES = 256 << 10;

    /** At most 1 MiB and 4 MiB are kept; what is given back beyond that is garbage. */
    private static final ArrayBlockingQueue<MemorySegment> SMALL = new ArrayBlockingQueue<>(64);
    private static final ArrayBlockingQueue<MemorySegment> LARGE = new ArrayBlockingQueue<>(16);

    private final MemorySegment memory;
    /** The buffer that was handed out last, or null. */
    private IoBuffer last;

    private Scratch(MemorySegment memory) {
        this.memory = memory;
    }

    /** Takes memory to move so many bytes through, which may be more than it has. */
    static Scratch take(long bytes) {
        boolean small = bytes <= SMALL_BYTES;
        MemorySegment kept = (small ? SMALL : LARGE).poll();
        return new Scratch(kept != null ? kept
                : MemorySegment.ofBuffer(ByteBuffer.allocateDirect(small ? SMALL_BYTES : LARGE_BYTES)));
    }

    int capacity() {
        return (int) memory.byteSize();
    }

    MemorySegment memory() {
        return memory;
    }

    /** Answers the first bytes as a buffer to hand to a source or a sink, which is done with the one before. */
    IoBuffer buffer(int bytes) {
        last = IoBuffer.wrapUnsafe(memory.asSlice(0, bytes));
        return last;
    }

    /** Gives the memory up. What an operation holds still, since its worker has failed, is left to the collector. */
    @Override
    public void close() {
        if (last == null || last.state() != IoBuffer.State.IN_FLIGHT) {
            (capacity() == SMALL_BYTES ? SMALL : LARGE).offer(memory);
        }
    }
}
