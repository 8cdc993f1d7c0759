package dev.uring.fs;

import dev.uring.ffi.Errno;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Tasks;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;

/**
 * Moves bytes between a file and the byte buffers of java.nio, and waits. Buffers of allocateDirect, and mapped ones,
 * are used in place: nobody can free them, and the call returns no earlier than the kernel has let go. All others go
 * through a {@link Block}, in pieces.
 *
 * <p>As the JDK does, a call that has moved some bytes answers how many, whatever stopped it; the next call meets
 * that, too.
 */
final class ByteTransfer {
    /** The offset of a file that has none: a pipe, a terminal. */
    static final long STREAM = -1;
    static final int END = -1;

    private static final int IN_PLACE_BYTES_MAX = 1 << 30;
    /** From here on a buffer among several is worth an operation of its own. */
    private static final int GATHER_BYTES_MAX = 64 << 10;
    /**
     * The kind of scope that nobody closes: heap memory has it, and what java.nio allocates. Memory of an arena could
     * be freed or be another thread's, and only the JDK can hold it against that.
     */
    private static final Class<?> UNCLOSEABLE = MemorySegment.ofArray(new byte[0]).scope().getClass();

    private ByteTransfer() {
    }

    /**
     * Reads into the buffer's remaining room, and moves its position.
     *
     * @param offset bytes from the start of the file, or {@link #STREAM}
     * @return 1 to the room, 0 where there is none, {@link #END} at the end
     */
    static int read(AsyncFile file, ByteBuffer target, long offset) throws IOException {
        int wanted = target.remaining();
        if (wanted == 0) {
            return 0;
        }
        MemorySegment memory = MemorySegment.ofBuffer(target);
        if (isInPlace(memory)) {
            int bytes = readOnce(file, IoBuffer.wrapUnsafe(prefix(memory, wanted)), offset);
            target.position(target.position() + bytes);
            return bytes == 0 ? END : bytes;
        }
        return readThroughBlock(file, target, memory, offset);
    }

    private static int readThroughBlock(AsyncFile file, ByteBuffer target, MemorySegment memory, long offset)
            throws IOException {
        int wanted = target.remaining();
        int start = target.position();
        Block block = Block.take(wanted);
        int done = 0;
        IoBuffer piece = null;
        try {
            int room;
            int bytes;
            do {
                room = Math.min(wanted - done, block.capacity());
                piece = IoBuffer.wrapUnsafe(prefix(block.memory(), room));
                bytes = readOnce(file, piece, at(offset, done));
                MemorySegment.copy(block.memory(), 0, memory, done, bytes);
                done += bytes;
                target.position(start + done);
                // A stream may have no more for now, and the next read would wait for it.
            } while (bytes == room && done < wanted && offset != STREAM);
        } catch (IOException | CancellationException e) {
            if (done == 0) {
                throw e;
            }
        } finally {
            giveBack(block, piece);
        }
        return done == 0 ? END : done;
    }

    /**
     * Writes the buffer's remaining bytes, and moves its position; answers how many, fewer only where an error stopped
     * it.
     */
    static int write(AsyncFile file, ByteBuffer source, long offset) throws IOException {
        int wanted = source.remaining();
        if (wanted == 0) {
            return 0;
        }
        MemorySegment memory = MemorySegment.ofBuffer(source);
        int start = source.position();
        boolean inPlace = isInPlace(memory);
        Block block = inPlace ? null : Block.take(wanted);
        int done = 0;
        IoBuffer piece = null;
        try {
            int written = 1;
            while (done < wanted && written > 0) {
                int bytes = Math.min(wanted - done, inPlace ? IN_PLACE_BYTES_MAX : block.capacity());
                if (!inPlace) {
                    MemorySegment.copy(memory, done, block.memory(), 0, bytes);
                }
                piece = IoBuffer.wrapUnsafe(inPlace ? memory.asSlice(done, bytes) : prefix(block.memory(), bytes));
                written = writeOnce(file, piece, at(offset, done));
                done += written;
                source.position(start + done);
            }
        } catch (IOException | CancellationException e) {
            if (done == 0) {
                throw e;
            }
        } finally {
            if (block != null) {
                giveBack(block, piece);
            }
        }
        return done;
    }

    /** Reads into several buffers, in order: small ones share one read. Answers as {@link #read} does. */
    static long readScattered(AsyncFile file, ByteBuffer[] targets, long offset) throws IOException {
        long wanted = remaining(targets);
        if (wanted == 0) {
            return 0;
        }
        long done = 0;
        Block block = Block.take(wanted);
        IoBuffer piece = null;
        try {
            int next = 0;
            int asked;
            int bytes;
            do {
                next = firstWithRoom(targets, next);
                if (isLarge(targets[next])) {
                    asked = targets[next].remaining();
                    bytes = Math.max(read(file, targets[next], at(offset, done)), 0);
                } else {
                    asked = sharedRoom(targets, next, block.capacity());
                    piece = IoBuffer.wrapUnsafe(prefix(block.memory(), asked));
                    bytes = readOnce(file, piece, at(offset, done));
                    scatter(block.buffer(bytes), targets, next);
                }
                done += bytes;
            } while (bytes == asked && done < wanted && offset != STREAM);
        } catch (IOException | CancellationException e) {
            if (done == 0) {
                throw e;
            }
        } finally {
            giveBack(block, piece);
        }
        return done == 0 ? END : done;
    }

    private static int firstWithRoom(ByteBuffer[] buffers, int from) {
        int at = from;
        while (!buffers[at].hasRemaining()) {
            at++;
        }
        return at;
    }

    /** Answers how many bytes of the buffers from one on fit in a block, up to the first that is large itself. */
    private static int sharedRoom(ByteBuffer[] buffers, int from, int capacity) {
        int room = 0;
        for (int i = from; i < buffers.length && !isLarge(buffers[i]) && room < capacity; i++) {
            room += Math.min(buffers[i].remaining(), capacity - room);
        }
        return room;
    }

    private static void scatter(ByteBuffer share, ByteBuffer[] targets, int from) {
        for (int i = from; share.hasRemaining(); i++) {
            int bytes = Math.min(targets[i].remaining(), share.remaining());
            targets[i].put(targets[i].position(), share, share.position(), bytes);
            targets[i].position(targets[i].position() + bytes);
            share.position(share.position() + bytes);
        }
    }

    /**
     * Writes several buffers, in order: small ones share one write, so that they stay together in a file open to
     * append.
     */
    static long writeGathered(AsyncFile file, ByteBuffer[] sources, long offset) throws IOException {
        long wanted = remaining(sources);
        if (wanted == 0) {
            return 0;
        }
        long done = 0;
        Block block = Block.take(wanted);
        IoBuffer piece = null;
        try {
            int next = 0;
            int bytes;
            do {
                next = firstWithRoom(sources, next);
                if (isLarge(sources[next])) {
                    bytes = write(file, sources[next], at(offset, done));
                } else {
                    int asked = sharedRoom(sources, next, block.capacity());
                    gather(sources, next, block.buffer(asked));
                    piece = IoBuffer.wrapUnsafe(prefix(block.memory(), asked));
                    bytes = writeOnce(file, piece, at(offset, done));
                    advance(sources, next, bytes);
                }
                done += bytes;
            } while (bytes > 0 && done < wanted);
        } catch (IOException | CancellationException e) {
            if (done == 0) {
                throw e;
            }
        } finally {
            giveBack(block, piece);
        }
        return done;
    }

    private static boolean isLarge(ByteBuffer one) {
        return one.remaining() >= GATHER_BYTES_MAX;
    }

    /** Fills the share, and moves no source: only what was written is taken. */
    private static void gather(ByteBuffer[] sources, int from, ByteBuffer share) {
        for (int i = from; share.hasRemaining(); i++) {
            int bytes = Math.min(sources[i].remaining(), share.remaining());
            share.put(share.position(), sources[i], sources[i].position(), bytes);
            share.position(share.position() + bytes);
        }
    }

    private static void advance(ByteBuffer[] sources, int from, int bytes) {
        int left = bytes;
        for (int i = from; left > 0; i++) {
            int taken = Math.min(sources[i].remaining(), left);
            sources[i].position(sources[i].position() + taken);
            left -= taken;
        }
    }

    private static long remaining(ByteBuffer[] buffers) {
        long sum = 0;
        for (ByteBuffer each : buffers) {
            sum += each.remaining();
        }
        return sum;
    }

    /** What a pipe or terminal answers to a position: the ring would ignore that, and move the stream. */
    static IOException noOffsets(AsyncFile file) {
        return file.failure("seek", "fd=" + file.fd(), Errno.ESPIPE);
    }

    private static int readOnce(AsyncFile file, IoBuffer buffer, long offset) throws IOException {
        Tasks.requireMayWait("read"); // before the kernel has memory that an exception would hand back
        BufferOp read = offset == STREAM ? file.read(buffer) : file.readAt(buffer, offset);
        return read.await().bytes();
    }

    private static int writeOnce(AsyncFile file, IoBuffer buffer, long offset) throws IOException {
        Tasks.requireMayWait("write");
        BufferOp write = offset == STREAM ? file.write(buffer) : file.writeAt(buffer, offset);
        return write.await().bytes();
    }

    private static long at(long offset, long done) {
        return offset == STREAM ? STREAM : offset + done;
    }

    private static boolean isInPlace(MemorySegment memory) {
        return memory.isNative() && memory.scope().getClass() == UNCLOSEABLE;
    }

    private static MemorySegment prefix(MemorySegment memory, int bytes) {
        return memory.asSlice(0, Math.min(bytes, IN_PLACE_BYTES_MAX));
    }

    /** A block that an operation still holds, since its worker has failed, is left to the collector. */
    private static void giveBack(Block block, IoBuffer last) {
        if (last == null || last.state() != IoBuffer.State.IN_FLIGHT) {
            block.giveBack();
        }
    }
}
