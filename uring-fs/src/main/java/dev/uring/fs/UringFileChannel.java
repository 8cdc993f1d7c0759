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
        positionLock.lock();
        try {
            begun();
            int bytes = ByteTransfer.read(file, target, here());
            position += Math.max(bytes, 0);
            ended();
            return bytes;
        } catch (IOException | CancellationException e) {
            throw failed(e);
        } finally {
            positionLock.unlock();
        }
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, targets.length);
        requireReadable();
        ByteBuffer[] part = Arrays.copyOfRange(targets, offset, offset + length);
        for (ByteBuffer each : part) {
            requireFillable(each);
        }
        positionLock.lock();
        try {
            begun();
            long bytes = ByteTransfer.readScattered(file, part, here());
            position += Math.max(bytes, 0);
            ended();
            return bytes;
        } catch (IOException | CancellationException e) {
            throw failed(e);
        } finally {
            positionLock.unlock();
        }
    }

    @Override
    public int read(ByteBuffer target, long at) throws IOException {
        Objects.requireNonNull(target);
        requireNotNegative(at, "position");
        requireReadable();
        requireFillable(target);
        requireOffsets();
        try {
            begun();
            int bytes = ByteTransfer.read(file, target, at);
            ended();
            return bytes;
        } catch (IOException | CancellationException e) {
            throw failed(e);
        }
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        Objects.requireNonNull(source);
        requireWritable();
        positionLock.lock();
        try {
            begun();
            int bytes = ByteTransfer.write(file, source, here());
            wrote(bytes);
            ended();
            return bytes;
        } catch (IOException | CancellationException e) {
            throw failed(e);
        } finally {
            positionLock.unlock();
        }
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, sources.length);
        requireWritable();
        ByteBuffer[] part = Arrays.copyOfRange(sources, offset, offset + length);
        positionLock.lock();
        try {
            begun();
            long bytes = ByteTransfer.writeGathered(file, part, here());
            wrote(bytes);
            ended();
            return bytes;
        } catch (IOException | CancellationException e) {
            throw failed(e);
        } finally {
            positionLock.unlock();
        }
    }

    /** Writes at a position; in a file that is open to append that is the end, as for the JDK on Linux. */
    @Override
    public int write(ByteBuffer source, long at) throws IOException {
        Objects.requireNonNull(source);
        requireNotNegative(at, "position");
        requireWritable();
        requireOffsets();
        try {
            begun();
            int bytes = ByteTransfer.write(file, source, at);
            ended();
            return bytes;
        } catch (IOException | CancellationException e) {
            throw failed(e);
        }
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
        positionLock.lock();
        try {
            begun();
            return options.appends() ? file.size() : position;
        } catch (IOException e) {
            throw failed(e);
        } finally {
            positionLock.unlock();
        }
    }

    @Override
    public FileChannel position(long newPosition) throws IOException {
        requireOpen();
        requireNotNegative(newPosition, "position");
        requireOffsets();
        positionLock.lock();
        try {
            begun();
            position = newPosition;
            return this;
        } catch (IOException e) {
            throw failed(e);
        } finally {
            positionLock.unlock();
        }
    }

    @Override
    public long size() throws IOException {
        requireOpen();
        try {
            begun();
            return file.size();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        requireOpen();
        requireNotNegative(size, "size");
        requireWritable();
        positionLock.lock();
        try {
            begun();
            if (size < file.size()) {
                file.truncate(size).await();
            }
            position = Math.min(position, size);
            ended();
            return this;
        } catch (IOException | CancellationException e) {
            throw failed(e);
        } finally {
            positionLock.unlock();
        }
    }

    @Override
    public void force(boolean metaData) throws IOException {
        requireOpen();
        try {
            begun();
            (metaData ? file.fsync() : file.fdatasync()).await();
            ended();
        } catch (IOException | CancellationException e) {
            throw failed(e);
        }
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
        try {
            begun();
            long size = file.size();
            long there = size == 0 ? count : Math.min(count, size - at);
            long bytes = at > size ? 0 : transferToFrom(at, there, target, size > 0);
            ended();
            return bytes;
        } catch (IOException | CancellationException e) {
            throw failed(e);
        }
    }

    private long transferToFrom(long at, long count, WritableByteChannel target, boolean sized) throws IOException {
        if (sized && target instanceof UringFileChannel to && to.isBeside(this)) {
            return to.append(this, at, count);
        }
        long done = 0;
        Block block = Block.take(count);
        try {
            while (done < count) {
                ByteBuffer piece = block.buffer((int) Math.min(count - done, block.capacity()));
                if (ByteTransfer.read(file, piece, at + done) <= 0) {
                    break;
                }
                int read = piece.flip().remaining();
                int bytes = target.write(piece);
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

    /** Answers whether the kernel can copy from there to here: both have offsets, and numbers of the same driver. */
    private boolean isBeside(UringFileChannel source) {
        return !stream && !source.stream && source.file.runtime() == file.runtime();
    }

    /** Copies a range of another channel to this one's position. */
    private long append(UringFileChannel source, long at, long count) throws IOException {
        positionLock.lock();
        try {
            long bytes = source.file.copyTo(at, file, position, count);
            wrote(bytes);
            return bytes;
        } finally {
            positionLock.unlock();
        }
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
        try {
            begun();
            long bytes = source instanceof UringFileChannel from && isBeside(from) ? from.copyHere(this, at, count)
                    : transferFromBlock(source, at, count);
            ended();
            return bytes;
        } catch (IOException | CancellationException e) {
            throw failed(e);
        }
    }

    /** Copies from this channel's position on, and moves it. */
    private long copyHere(UringFileChannel target, long at, long count) throws IOException {
        positionLock.lock();
        try {
            long size = file.size();
            // Files of /proc and the like say that they are empty and are not.
            long there = size == 0 ? count : Math.clamp(size - position, 0, count);
            long bytes = file.copyTo(position, target.file, at, there);
            position += bytes;
            return bytes;
        } finally {
            positionLock.unlock();
        }
    }

    private long transferFromBlock(ReadableByteChannel source, long at, long count) throws IOException {
        long done = 0;
        Block block = Block.take(count);
        try {
            while (done < count) {
                ByteBuffer piece = block.buffer((int) Math.min(count - done, block.capacity()));
                if (source.read(piece) <= 0) {
                    break;
                }
                int read = piece.flip().remaining();
                int bytes = ByteTransfer.write(file, piece, at + done);
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
