package dev.uring.net;

import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Tasks;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.concurrent.CancellationException;

/**
 * See {@link ByteStreams#channel}. Buffers of allocateDirect, and mapped ones, are used in place: nobody can free them, and a
 * call returns no earlier than the kernel has let go. All others go through {@link Scratch}.
 */
final class StreamChannel implements ByteChannel {
    private static final int IN_PLACE_BYTES_MAX = 1 << 30;
    /**
     * The kind of scope that nobody closes: heap memory has it, and what java.nio allocates. Memory of an arena could be
     * freed or be another thread's, and only the JDK can hold it against that.
     */
    private static final Class<?> UNCLOSEABLE = MemorySegment.ofArray(new byte[0]).scope().getClass();

    private final ByteSource source;
    private final ByteSink sink;
    /** Any thread. */
    private volatile boolean closed;

    StreamChannel(ByteSource source, ByteSink sink) {
        this.source = Objects.requireNonNull(source);
        this.sink = Objects.requireNonNull(sink);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        requireOpen(source);
        int room = target.remaining();
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("buffer is read-only: " + target);
        }
        if (room == 0) {
            return 0;
        }
        Tasks.requireMayWait("read"); // before the kernel has memory that an exception would hand back
        int bytes;
        try {
            bytes = readInto(target, MemorySegment.ofBuffer(target), room);
        } catch (CancellationException e) {
            throw ByteStreams.closedMeanwhile(e);
        }
        target.position(target.position() + bytes);
        return bytes == 0 ? -1 : bytes;
    }

    private int readInto(ByteBuffer target, MemorySegment memory, int room) throws IOException {
        if (isInPlace(memory)) {
            return source.read(IoBuffer.wrapUnsafe(memory.asSlice(0, Math.min(room, IN_PLACE_BYTES_MAX))));
        }
        if (source instanceof StreamReader reader && target.hasArray()) {
            return reader.read(target.array(), target.arrayOffset() + target.position(), room);
        }
        try (Scratch scratch = Scratch.take(room)) {
            int bytes = source.read(scratch.buffer(Math.min(room, scratch.capacity())));
            MemorySegment.copy(scratch.memory(), 0, memory, 0, bytes);
            return bytes;
        }
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        requireOpen(sink);
        int length = bytes.remaining();
        if (length == 0) {
            return 0;
        }
        Tasks.requireMayWait("write");
        try {
            writeFrom(bytes, MemorySegment.ofBuffer(bytes), length);
        } catch (CancellationException e) {
            throw ByteStreams.closedMeanwhile(e);
        }
        return length;
    }

    /** Moves the position behind each piece that was written. */
    private void writeFrom(ByteBuffer bytes, MemorySegment memory, int length) throws IOException {
        int start = bytes.position();
        boolean inPlace = isInPlace(memory);
        try (Scratch scratch = inPlace ? null : Scratch.take(length)) {
            for (int done = 0; done < length;) {
                int piece = Math.min(length - done, inPlace ? IN_PLACE_BYTES_MAX : scratch.capacity());
                if (inPlace) {
                    sink.write(IoBuffer.wrapUnsafe(memory.asSlice(done, piece)));
                } else {
                    MemorySegment.copy(memory, done, scratch.memory(), 0, piece);
                    sink.write(scratch.buffer(piece));
                }
                done += piece;
                bytes.position(start + done);
            }
        }
    }

    private static boolean isInPlace(MemorySegment memory) {
        return memory.isNative() && memory.scope().getClass() == UNCLOSEABLE;
    }

    private void requireOpen(Object end) throws ClosedChannelException {
        if (closed || !ByteStreams.isOpen(end)) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public boolean isOpen() {
        return !closed && ByteStreams.isOpen(source) && ByteStreams.isOpen(sink);
    }

    /** Closes both ends; a call that waits on one ends with {@link AsynchronousCloseException}. */
    @Override
    public void close() throws IOException {
        closed = true;
        try {
            ByteStreams.close(source);
        } finally {
            ByteStreams.close(sink);
        }
    }
}
