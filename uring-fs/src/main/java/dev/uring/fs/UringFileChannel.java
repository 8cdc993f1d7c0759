package dev.uring.fs;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A {@link FileChannel} over an {@link AsyncFile}, for code that knows only java.nio: it does what the JDK's own
 * channels are documented to do, with the JDK's exceptions. A call parks a task and blocks any other thread; never
 * call it in a callback on a worker. For any thread; calls that use the position take turns, positional reads and
 * writes do not wait for one another.
 *
 * <p>Buffers of {@link ByteBuffer#allocateDirect} and mapped ones are the kernel's for the time of the call, in place;
 * all others are copied through blocks of 16 or 256 KiB, so those are written and read in pieces of that size. A
 * gathering write puts buffers below 64 KiB together, up to 256 KiB.
 *
 * <p>An interrupt asks the kernel to cancel the operation, waits until it has let go, and then closes the channel, as
 * {@link java.nio.channels.InterruptibleChannel} says; closing cancels and waits likewise. A thread that is
 * interrupted while it waits for a lock gets {@link FileLockInterruptionException}, and the channel stays open.
 *
 * <p>Locks belong to the open file, not to the process (fcntl(2), OFD), so they also hold against the JDK's channels
 * of this process. The JDK's belong to the process, and are lost when it closes any descriptor of the file, such as
 * this one. {@link #map} opens the file once more with the JDK, since only that can map.
 */
public final class UringFileChannel extends FileChannel {
    private final AsyncFile file;
    private final OpenOptions options;
    private final FileLocks locks;
    /** Whether there are no offsets, as in a pipe; then the position is 0, and of no meaning. */
    private final boolean stream;
    /** Held during every call that uses the position. */
    private final ReentrantLock positionLock = new ReentrantLock();
    /** Bytes from the start; under the lock. */
    private long position;

    /** What is done once the arguments are checked; what it answers is for the caller to know. */
    @FunctionalInterface
    private interface Call {
        long run() throws IOException;
    }

    /** Moves bytes into a piece of memory or out of it; so many were moved through the same memory before. */
    @FunctionalInterface
    private interface Move {
        int move(ByteBuffer piece, long done) throws IOException;
    }

    UringFileChannel(AsyncFile file) throws IOException {
        this.file = file;
        options = file.options();
        locks = new FileLocks(file);
        stream = file.isStream();
    }

    /**
     * Opens a file, and waits for that; needs a current runtime. As {@link FileChannel#open(Path, OpenOption...)},
     * with the exceptions of {@link AsyncFile#open(Path, OpenOption...)}.
     */
    public static UringFileChannel open(Path path, OpenOption... options) throws IOException {
        return open(path, OpenOptions.of(options));
    }

    /**
     * As the other; the only attribute is {@code posix:permissions}.
     *
     * @throws UnsupportedOperationException for another attribute or option
     */
    public static UringFileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        OpenOptions all = OpenOptions.of(options.toArray(OpenOption[]::new));
        for (FileAttribute<?> each : attributes) {
            if (!each.name().equals("posix:permissions")) {
                throw new UnsupportedOperationException("attribute cannot be set at open: attribute=" + each.name());
            }
            int mode = 0;
            for (Object permission : (Set<?>) each.value()) {
                mode |= FileStat.mode(Set.of((PosixFilePermission) permission));
            }
            all = all.withMode(mode);
        }
        return open(path, all);
    }

    /** As the others, with options that java.nio.file does not have. */
    public static UringFileChannel open(Path path, OpenOptions options) throws IOException {
        AsyncFile file = AsyncFile.open(path, options).await();
        try {
            return new UringFileChannel(file);
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /** Answers the file, which closes with the channel. */
    public AsyncFile file() {
        return file;
    }

    // ---- reading and writing ----

    @Override
    public int read(ByteBuffer target) throws IOException {
        requireReadable();
        requireFillable(target);
        return (int) locked(() -> waiting(() -> {
            int bytes = ByteTransfer.read(file, target, here());
            position += Math.max(bytes, 0);
            return bytes;
        }));
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, targets.length);
        requireReadable();
        ByteBuffer[] part = Arrays.copyOfRange(targets, offset, offset + length);
        for (ByteBuffer each : part) {
            requireFillable(each);
        }
        return locked(() -> waiting(() -> {
            long bytes = ByteTransfer.readScattered(file, part, here());
            position += Math.max(bytes, 0);
            return bytes;
        }));
    }

    @Override
    public int read(ByteBuffer target, long at) throws IOException {
        Objects.requireNonNull(target);
        requireNotNegative(at, "position");
        requireReadable();
        requireFillable(target);
        requireOffsets();
        return (int) waiting(() -> ByteTransfer.read(file, target, at));
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        Objects.requireNonNull(source);
        requireWritable();
        return (int) locked(() -> waiting(() -> {
            int bytes = ByteTransfer.write(file, source, here());
            wrote(bytes);
            return bytes;
        }));
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, sources.length);
        requireWritable();
        ByteBuffer[] part = Arrays.copyOfRange(sources, offset, offset + length);
        return locked(() -> waiting(() -> {
            long bytes = ByteTransfer.writeGathered(file, part, here());
            wrote(bytes);
            return bytes;
        }));
    }

    /** Writes at a position; in a file that is open to append that is the end, as for the JDK on Linux. */
    @Override
    public int write(ByteBuffer source, long at) throws IOException {
        Objects.requireNonNull(source);
        requireNotNegative(at, "position");
        requireWritable();
        requireOffsets();
        return (int) waiting(() -> ByteTransfer.write(file, source, at));
    }

    private long here() {
        return stream ? ByteTransfer.STREAM : position;
    }

    private void wrote(long bytes) throws IOException {
        position = options.appends() && !stream ? file.size() : position + bytes;
    }

    // ---- position and size ----

    /** Answers the position; of a file that is open to append, the size. */
    @Override
    public long position() throws IOException {
        requireOpen();
        requireOffsets();
        return locked(() -> guarded(() -> options.appends() ? file.size() : position));
    }

    @Override
    public FileChannel position(long newPosition) throws IOException {
        requireOpen();
        requireNotNegative(newPosition, "position");
        requireOffsets();
        locked(() -> guarded(() -> position = newPosition));
        return this;
    }

    @Override
    public long size() throws IOException {
        requireOpen();
        return guarded(file::size);
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        requireOpen();
        requireNotNegative(size, "size");
        requireWritable();
        locked(() -> waiting(() -> {
            if (size < file.size()) {
                file.truncate(size).await();
            }
            position = Math.min(position, size);
            return position;
        }));
        return this;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        requireOpen();
        waiting(() -> {
            (metaData ? file.fsync() : file.fdatasync()).await();
            return 0;
        });
    }

    // ---- transfers ----

    /** Copies to a channel: to another {@link UringFileChannel} inside the kernel, else through a block. */
    @Override
    public long transferTo(long at, long count, WritableByteChannel target) throws IOException {
        requireOpen();
        if (!target.isOpen()) {
            throw new ClosedChannelException();
        }
        requireReadable();
        if (target instanceof UringFileChannel to) {
            to.requireWritable();
        }
        requireNotNegative(at, "position");
        requireNotNegative(count, "count");
        requireOffsets();
        return waiting(() -> {
            long size = file.size();
            long there = size == 0 ? count : Math.min(count, size - at);
            return at > size ? 0 : transferToFrom(at, there, target, size > 0);
        });
    }

    private long transferToFrom(long at, long count, WritableByteChannel target, boolean sized) throws IOException {
        if (sized && target instanceof UringFileChannel to && to.isBeside(this)) {
            return to.append(this, at, count);
        }
        return throughBlock(count, (piece, done) -> ByteTransfer.read(file, piece, at + done),
                (piece, done) -> target.write(piece));
    }

    /** Answers whether the kernel can copy from there to here: both have offsets, and numbers of the same driver. */
    private boolean isBeside(UringFileChannel source) {
        return !stream && !source.stream && source.file.runtime() == file.runtime();
    }

    /** Copies a range of another channel to this one's position. */
    private long append(UringFileChannel source, long at, long count) throws IOException {
        return locked(() -> {
            long bytes = source.file.copyTo(at, file, position, count);
            wrote(bytes);
            return bytes;
        });
    }

    /** Copies from a channel: from another {@link UringFileChannel} inside the kernel, else through a block. */
    @Override
    public long transferFrom(ReadableByteChannel source, long at, long count) throws IOException {
        requireOpen();
        if (!source.isOpen()) {
            throw new ClosedChannelException();
        }
        if (source instanceof UringFileChannel from) {
            from.requireReadable();
        }
        requireWritable();
        requireNotNegative(at, "position");
        requireNotNegative(count, "count");
        requireOffsets();
        return waiting(() -> source instanceof UringFileChannel from && isBeside(from)
                ? from.copyHere(this, at, count)
                : throughBlock(count, (piece, done) -> source.read(piece),
                        (piece, done) -> ByteTransfer.write(file, piece, at + done)));
    }

    /** Copies from this channel's position on, and moves it. */
    private long copyHere(UringFileChannel target, long at, long count) throws IOException {
        return locked(() -> {
            long size = file.size();
            // Files of /proc and the like say that they are empty and are not.
            long there = size == 0 ? count : Math.clamp(size - position, 0, count);
            long bytes = file.copyTo(position, target.file, at, there);
            position += bytes;
            return bytes;
        });
    }

    /** Fills a block and empties it, until one of the two does less than it could. */
    private static long throughBlock(long count, Move fill, Move empty) throws IOException {
        long done = 0;
        Block block = Block.take(count);
        try {
            while (done < count) {
                ByteBuffer piece = block.buffer((int) Math.min(count - done, block.capacity()));
                if (fill.move(piece, done) <= 0) {
                    break;
                }
                int read = piece.flip().remaining();
                int bytes = empty.move(piece, done);
                done += bytes;
                if (bytes < read) {
                    break;
                }
            }
            block.giveBack();
        } catch (IOException | CancellationException e) {
            if (done == 0) {
                throw e; // else the next call meets it, and this one tells what was moved
            }
        }
        return done;
    }

    // ---- locks ----

    @Override
    public FileLock lock(long at, long size, boolean shared) throws IOException {
        UringFileLock lock = entered(at, size, shared);
        if (Thread.currentThread().isInterrupted()) {
            locks.remove(lock);
            throw new FileLockInterruptionException();
        }
        try {
            return locks.take(lock, true);
        } catch (InterruptedIOException e) {
            throw because(new FileLockInterruptionException(), e);
        } catch (ClosedChannelException | CancellationException e) {
            throw because(new AsynchronousCloseException(), e);
        }
    }

    @Override
    public FileLock tryLock(long at, long size, boolean shared) throws IOException {
        UringFileLock lock = entered(at, size, shared);
        try {
            return locks.take(lock, false);
        } catch (IOException | CancellationException e) {
            throw failed(e);
        }
    }

    private UringFileLock entered(long at, long size, boolean shared) throws IOException {
        requireOpen();
        if (shared) {
            requireReadable();
        } else {
            requireWritable();
        }
        var lock = new UringFileLock(this, locks, at, FileLocks.sizeOf(at, size), shared);
        locks.enter(lock);
        return lock;
    }

    // ---- mapping ----

    /**
     * Maps a region by a channel of the JDK, which is opened for it and closed again; the mapping outlives both. Where
     * the host does not show descriptors as paths (/proc), the file is found by its path. Blocks the thread. That
     * channel's close gives up whatever locks the JDK's channels of this process hold on the file (fcntl(2)), those of
     * this class not.
     */
    @Override
    public MappedByteBuffer map(MapMode mode, long at, long size) throws IOException {
        requireMappable(mode);
        try (FileChannel mapped = reopened(mode)) {
            return mapped.map(mode, at, size);
        }
    }

    /** As the other, to a segment that lives as long as the arena. */
    @Override
    public MemorySegment map(MapMode mode, long at, long size, Arena arena) throws IOException {
        requireMappable(mode);
        try (FileChannel mapped = reopened(mode)) {
            return mapped.map(mode, at, size, arena);
        }
    }

    private void requireMappable(MapMode mode) throws IOException {
        Objects.requireNonNull(mode);
        requireOpen();
        if (mode != MapMode.READ_ONLY) {
            requireWritable();
        }
        requireReadable();
    }

    private FileChannel reopened(MapMode mode) throws IOException {
        return mode == MapMode.READ_ONLY ? file.reopened(StandardOpenOption.READ)
                : file.reopened(StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    // ---- closing ----

    @Override
    protected void implCloseChannel() throws IOException {
        try {
            file.close();
        } finally {
            locks.removeAll(); // no earlier, or a new lock would wait for one that is being given back
        }
    }

    // ---- helpers ----

    private void requireOpen() throws ClosedChannelException {
        if (!isOpen() || !file.isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private void requireReadable() throws ClosedChannelException {
        requireOpen();
        if (!options.canRead()) {
            throw new NonReadableChannelException();
        }
    }

    private void requireWritable() throws ClosedChannelException {
        requireOpen();
        if (!options.canWrite()) {
            throw new NonWritableChannelException();
        }
    }

    private static void requireFillable(ByteBuffer target) {
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("buffer is read-only");
        }
    }

    private static void requireNotNegative(long value, String name) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must not be negative: " + name + "=" + value);
        }
    }

    /** Reads and writes at a position would silently move the stream where the ring makes them. */
    private void requireOffsets() throws IOException {
        if (stream) {
            throw ByteTransfer.noOffsets(file);
        }
    }

    /**
     * At the start of what may wait, with the lock held where there is one: the channel may have been closed
     * meanwhile.
     */
    private void begun() throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new ClosedByInterruptException();
        }
        if (!isOpen()) {
            throw new AsynchronousCloseException();
        }
    }

    /** Makes a call with the position, which no other call moves meanwhile. */
    private long locked(Call call) throws IOException {
        positionLock.lock();
        try {
            return call.run();
        } finally {
            positionLock.unlock();
        }
    }

    /** Makes a call that waits, between {@link #begun} and {@link #ended}. */
    private long waiting(Call call) throws IOException {
        return guarded(() -> {
            long answer = call.run();
            ended();
            return answer;
        });
    }

    /** Makes a call after {@link #begun}, and throws what channels do in place of what it threw. */
    private long guarded(Call call) throws IOException {
        try {
            begun();
            return call.run();
        } catch (IOException | CancellationException e) {
            throw failed(e);
        }
    }

    /** At the end: an interrupt that came too late to cancel closes the channel all the same. */
    private void ended() throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new ClosedByInterruptException();
        }
    }

    /** Answers what a call throws, and closes the channel of an interrupted thread. */
    private IOException failed(Exception cause) {
        if (Thread.currentThread().isInterrupted()) {
            IOException interrupted = cause instanceof ClosedByInterruptException ready ? ready
                    : because(new ClosedByInterruptException(), cause);
            try {
                close();
            } catch (IOException e) {
                interrupted.addSuppressed(e);
            }
            return interrupted;
        }
        if (cause instanceof AsynchronousCloseException ready) {
            return ready;
        }
        if (!isOpen() || !file.isOpen() || cause instanceof ClosedChannelException) {
            return because(new AsynchronousCloseException(), cause);
        }
        // Nobody but a close cancels what this class asks for: in a transfer, that of the other channel.
        return cause instanceof IOException ready ? ready : because(new AsynchronousCloseException(), cause);
    }

    private static <E extends IOException> E because(E exception, Exception cause) {
        exception.initCause(cause);
        return exception;
    }

    @Override
    public String toString() {
        return "UringFileChannel[" + file + (isOpen() ? "" : " closed") + "]";
    }
}
