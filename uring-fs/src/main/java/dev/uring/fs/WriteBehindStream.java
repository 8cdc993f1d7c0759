package dev.uring.fs;

import dev.uring.runtime.BufferOp;
import dev.uring.runtime.IoBuffer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/**
 * Writes a file from one offset on, with several writes in flight behind the writer.
 *
 * <p>The blocks are a ring: one is being filled, the others are being written or free. A block is used again once its
 * write has ended; what that came to is looked at then, and at flush and close. The first failure is kept, and all
 * that comes after it is refused with it, since nobody could tell what the file holds.
 *
 * <p>For one thread at a time.
 */
final class WriteBehindStream extends OutputStream {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private final AsyncFile file;
    private final int blockBytes;
    /** What offsets and lengths are multiples of: 1 but for O_DIRECT. */
    private final int alignment;
    /** Whether bytes go where the file ends, or flow: then one write is in flight at a time. */
    private final boolean stream;
    private final StreamSlot[] slots;

    /** Which slot is being filled, where its first byte belongs, and how many it has. */
    private int current;
    private long blockOffset;
    private int filled;
    /** How many bytes of the current block are in the file already, by a flush. */
    private int flushed;
    private IOException failure;
    private boolean closed;

    WriteBehindStream(AsyncFile file, long offset, WriteBehind options) throws IOException {
        this.file = file;
        alignment = file.blockAlignment();
        blockBytes = options.blockBytes();
        WriteBehind.requireAligned("blockBytes", blockBytes, alignment);
        WriteBehind.requireAligned("offset", offset, alignment);
        if (alignment > 1 && file.options().appends()) {
            throw new IllegalArgumentException("with O_DIRECT a file that is open to append cannot end in the "
                    + "middle of a block: path=" + file.path() + "; open it without APPEND, and give the offset");
        }
        stream = file.isStream();
        slots = new StreamSlot[stream || file.options().appends() ? 1 : options.depth()];
        blockOffset = offset;
        slots[0] = new StreamSlot(blockBytes);
    }

    @Override
    public void write(int value) throws IOException {
        requireUsable();
        makeRoom();
        slots[current].block.memory().set(BYTE, filled++, (byte) value);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, source.length);
        requireUsable();
        int done = 0;
        while (done < length) {
            makeRoom();
            int bytes = Math.min(length - done, blockBytes - filled);
            MemorySegment.copy(source, offset + done, slots[current].block.memory(), BYTE, filled, bytes);
            filled += bytes;
            done += bytes;
        }
    }

    private void makeRoom() throws IOException {
        if (filled == blockBytes) {
            if (flushed < filled) {
                submit();
            }
            next();
        }
    }

    /** Starts the write of a full block, but for what a flush has written of it. */
    private void submit() {
        int from = flushed - flushed % alignment;
        slots[current].op = written(slots[current].block.memory().asSlice(from, filled - from), blockOffset + from);
    }

    private BufferOp written(MemorySegment bytes, long offset) {
        IoBuffer buffer = IoBuffer.wrapUnsafe(bytes);
        return stream ? file.writeAll(buffer) : file.writeAllAt(buffer, offset);
    }

    /** Goes on to the next block, once its last write has ended. */
    private void next() throws IOException {
        current = (current + 1) % slots.length;
        blockOffset += filled;
        filled = 0;
        flushed = 0;
        if (slots[current] == null) {
            slots[current] = new StreamSlot(blockBytes);
        }
        awaitWrite(slots[current]);
        requireUsable();
    }

    /** Waits for a block's write, if there is one, and keeps its failure if it is the first. */
    private void awaitWrite(StreamSlot slot) {
        BufferOp write = slot.op;
        if (write == null) {
            return;
        }
        slot.op = null;
        try {
            write.await();
        } catch (IOException e) {
            fail(e);
        } catch (CancellationException e) {
            fail((IOException) new InterruptedIOException(e.getMessage()).initCause(e));
        }
    }

    private void fail(IOException e) {
        if (failure == null) {
            failure = e;
        } else if (failure != e) {
            failure.addSuppressed(e);
        }
    }

    /** Waits until all that was written before is in the file, if not yet on the device. */
    @Override
    public void flush() throws IOException {
        requireUsable();
        flushAll();
        requireUsable();
    }

    /** Looks at every write, whatever failed: nothing may be in flight afterwards. */
    private void flushAll() {
        if (failure == null && filled > flushed) {
            try {
                flushBlock();
            } catch (IOException e) {
                fail(e);
            }
        }
        for (StreamSlot each : slots) {
            if (each != null) {
                awaitWrite(each);
            }
        }
        flushed = filled;
    }

    private void flushBlock() throws IOException {
        int over = filled % alignment;
        if (over == 0) {
            submit();
            return;
        }
        long end = blockOffset + filled;
        long size = file.size();
        Block block = slots[current].block;
        int padded = filled - over + alignment;
        block.memory().asSlice(filled, padded - filled).fill((byte) 0);
        if (size > end) {
            keepWhatFollows(block.memory().asSlice(filled - over, alignment), blockOffset + filled - over, over);
        }
        int from = flushed - flushed % alignment;
        slots[current].op = written(block.memory().asSlice(from, padded - from), blockOffset + from);
        awaitWrite(slots[current]);
        for (StreamSlot each : slots) {
            if (each != null) {
                awaitWrite(each); // a file is cut only once it is whole up to there
            }
        }
        if (failure == null && size < blockOffset + padded) {
            cut(Math.max(size, end));
        }
    }

    /** Reads what the file has behind the end into the padding. */
    private void keepWhatFollows(MemorySegment padding, long offset, int over) throws IOException {
        Block kept = new Block(alignment);
        try {
            int bytes = file.readAt(IoBuffer.wrapUnsafe(kept.memory()), offset).await().bytes();
            if (bytes > over) {
                MemorySegment.copy(kept.memory(), over, padding, over, bytes - over);
            }
        } catch (CancellationException e) {
            throw (IOException) new InterruptedIOException(e.getMessage()).initCause(e);
        }
    }

    private void cut(long size) throws IOException {
        try {
            file.truncate(size).await();
        } catch (CancellationException e) {
            throw (IOException) new InterruptedIOException(e.getMessage()).initCause(e);
        }
    }

    private void requireUsable() throws IOException {
        if (closed) {
            throw new IOException("stream is closed: path=" + file.path());
        }
        throwFailure();
    }

    /** Throws the first failure, each time as an exception of its own, since each has a place of its own. */
    private void throwFailure() throws IOException {
        if (failure != null) {
            throw new IOException("a write behind has failed: " + failure.getMessage(), failure);
        }
    }

    /** Flushes; the file stays open. Reports a failure even if it was reported before. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        flushAll();
        throwFailure();
    }
}
