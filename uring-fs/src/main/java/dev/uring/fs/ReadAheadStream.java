package dev.uring.fs;

import dev.uring.runtime.BufferOp;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Read;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Reads a file from one offset on, with several reads in flight ahead of the reader.
 *
 * <p>The blocks are a ring: the head is consumed, those behind it are being read, each from where the one before ends.
 * That holds as long as reads are full. A short one means the end, or that the kernel gave less; then those behind are
 * dropped, and reading starts afresh where the bytes ended. So a file that grows is read on, too.
 *
 * <p>One thread reads; another may close.
 */
final class ReadAheadStream extends InputStream {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private final AsyncFile file;
    private final int blockBytes;
    /** What offsets are multiples of: 1 but for O_DIRECT. */
    private final int alignment;
    /** Whether the file has no offsets; then one read is in flight at a time. */
    private final boolean stream;
    private final StreamSlot[] slots;
    /** Held while reads are submitted, so that none is after the close. */
    private final ReentrantLock lock = new ReentrantLock();
    /** Set under the lock. */
    private volatile boolean closed;

    /** Which slot is consumed, and how many from it on have been submitted. */
    private int head;
    private int submitted;
    /**
     * Where the next read is to start, and where the file was seen to end: beyond that only one read looks for more.
     */
    private long nextOffset;
    private long sizeSeen;
    /** What is left of the head's bytes; from and to are equal when it is yet to be awaited. */
    private int from;
    private int to;
    /** Bytes that the next block begins with and that were consumed before, for the alignment's sake. */
    private int skipped;

    ReadAheadStream(AsyncFile file, long offset, ReadAhead options) throws IOException {
        this.file = file;
        alignment = file.blockAlignment();
        blockBytes = options.blockBytes();
        WriteBehind.requireAligned("blockBytes", blockBytes, alignment);
        stream = file.isStream();
        slots = new StreamSlot[stream ? 1 : options.depth()];
        startAt(offset);
    }

    /** Nothing is in flight: reading begins at this byte, or as little before as the alignment asks for. */
    private void startAt(long offset) throws IOException {
        skipped = (int) (offset % alignment);
        nextOffset = offset - skipped;
        sizeSeen = stream ? 0 : file.size();
        submitted = 0;
        from = 0;
        to = 0;
    }

    /** Answers the offset of the next byte to hand out. */
    private long position() {
        return nextOffset - (long) submitted * blockBytes + (to > 0 ? from : skipped);
    }

    @Override
    public int read() throws IOException {
        requireOpen();
        if (from == to && !fill()) {
            return -1;
        }
        return slots[head].block.memory().get(BYTE, from++) & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        requireOpen();
        if (length == 0) {
            return 0;
        }
        if (from == to && !fill()) {
            return -1;
        }
        int bytes = Math.min(length, to - from);
        MemorySegment.copy(slots[head].block.memory(), BYTE, from, target, offset, bytes);
        from += bytes;
        return bytes;
    }

    /** Awaits the next bytes; answers false at the end. */
    private boolean fill() throws IOException {
        if (to > 0) {
            consumed();
        }
        submitAll();
        int bytes = awaitHead();
        if (bytes <= skipped) {
            restart();
            return false;
        }
        from = skipped;
        to = bytes;
        skipped = 0;
        return true;
    }

    /** The head is empty: it is the last in the ring now, or short, and what was read behind it is of no use. */
    private void consumed() throws IOException {
        if (to == blockBytes || stream) {
            head = (head + 1) % slots.length;
            submitted--;
            from = 0;
            to = 0;
        } else {
            restart();
        }
    }

    private void restart() throws IOException {
        long at = position();
        drop();
        startAt(at);
    }

    private void submitAll() throws IOException {
        lock.lock();
        try {
            requireOpen();
            while (submitted < slots.length && (submitted == 0 || nextOffset < sizeSeen)) {
                int index = (head + submitted) % slots.length;
                if (slots[index] == null) {
                    slots[index] = new StreamSlot(blockBytes);
                }
                StreamSlot slot = slots[index];
                IoBuffer buffer = IoBuffer.wrapUnsafe(slot.block.memory());
                slot.op = stream ? file.read(buffer) : file.readAt(buffer, nextOffset);
                nextOffset += blockBytes;
                submitted++;
            }
        } finally {
            lock.unlock();
        }
    }

    private int awaitHead() throws IOException {
        try {
            return slots[head].op.await().bytes();
        } catch (IOException | CancellationException e) {
            requireOpen();
            restart();
            throw e instanceof IOException failure ? failure
                    : (IOException) new InterruptedIOException(e.getMessage()).initCause(e);
        }
    }

    /** Cancels all that is in flight, and waits until it has ended: its memory is used again. */
    private void drop() {
        for (StreamSlot slot : slots) {
            if (slot != null && slot.op != null) {
                slot.op.cancel();
            }
        }
        for (StreamSlot slot : slots) {
            if (slot != null && slot.op != null) {
                slot.op.awaitResult();
                slot.op = null;
            }
        }
    }

    /** Answers how many bytes can be had without waiting: what is left of the block that was read last. */
    @Override
    public int available() throws IOException {
        requireOpen();
        return to - from;
    }

    /** Skips up to the end; what was read ahead is used, what lies beyond is not read. */
    @Override
    public long skip(long count) throws IOException {
        requireOpen();
        if (count <= 0) {
            return 0;
        }
        if (count <= to - from) {
            from += (int) count;
            return count;
        }
        if (stream) {
            return super.skip(count);
        }
        long at = position();
        long bytes = Math.min(count, Math.max(0, file.size() - at));
        if (bytes == 0) {
            return super.skip(count); // files of /proc and the like have no size
        }
        if (bytes <= (long) submitted * blockBytes) {
            return super.skip(bytes);
        }
        drop();
        startAt(at + bytes);
        return bytes;
    }

    @Override
    public long transferTo(OutputStream target) throws IOException {
        Objects.requireNonNull(target);
        byte[] piece = new byte[Math.min(blockBytes, Block.SMALL_BYTES)];
        long bytes = 0;
        for (int read = read(piece); read >= 0; read = read(piece)) {
            target.write(piece, 0, read);
            bytes += read;
        }
        return bytes;
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("stream is closed: path=" + file.path());
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            lock.unlock();
        }
        BufferOp[] inFlight = Arrays.stream(slots).filter(Objects::nonNull).map(slot -> slot.op)
                .filter(Objects::nonNull).toArray(BufferOp[]::new);
        for (BufferOp each : inFlight) {
            each.cancel();
        }
        for (BufferOp each : inFlight) {
            each.awaitResult();
        }
    }
}
