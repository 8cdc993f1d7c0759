package dev.uring.fs;

import dev.uring.runtime.Handle;
import dev.uring.runtime.Op;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;

/**
 * An {@link AsynchronousFileChannel} over an {@link AsyncFile}, for code that knows only java.nio. Each read, write
 * and lock is a task of the file's runtime, and its handler is called in that task: so handlers may block, wait for
 * operations, and start others. What a handler throws goes to the uncaught exception handler of that thread. For any
 * thread.
 *
 * <p>Buffers are used as {@link UringFileChannel} says, and not touched after the result. Cancelling a future asks the
 * kernel: the future is done when that has let go of the buffer, and says then what happened, cancelled or completed
 * all the same. The other methods wait, and must not be called in a callback on a worker. Closing cancels what is
 * pending, which fails with AsynchronousCloseException, and waits for it. A handler whose call had not begun when the
 * runtime ended is told so by the thread that ends it.
 */
public final class UringAsynchronousFileChannel extends AsynchronousFileChannel {
    private final AsyncFile file;
    private final OpenOptions options;
    private final FileLocks locks;
    private final Handle runtime;
    /** Whether there are no offsets, as in a pipe; then nothing is read or written here. */
    private final boolean stream;

    /** Something that takes its time, and answers. */
    @FunctionalInterface
    interface Waiting<V> {
        V call() throws IOException;
    }

    UringAsynchronousFileChannel(AsyncFile file) throws IOException {
        this.file = file;
        options = file.options();
        locks = new FileLocks(file);
        runtime = file.runtime().handle();
        stream = file.isStream();
    }

    /**
     * Opens a file, and waits for that; needs a current runtime. As {@link AsynchronousFileChannel#open(Path,
     * OpenOption...)}, with the exceptions of {@link AsyncFile#open(Path, OpenOption...)}.
     *
     * @throws UnsupportedOperationException for APPEND, as in the JDK
     */
    public static UringAsynchronousFileChannel open(Path path, OpenOption... options) throws IOException {
        OpenOptions all = OpenOptions.of(options);
        if (all.appends()) {
            throw new UnsupportedOperationException("APPEND is not allowed: every write has a position");
        }
        AsyncFile file = AsyncFile.open(path, all).await();
        try {
            return new UringAsynchronousFileChannel(file);
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
    public <A> void read(ByteBuffer target, long position, A attachment,
            CompletionHandler<Integer, ? super A> handler) {
        Objects.requireNonNull(handler);
        start(reading(target, position), attachment, handler);
    }

    @Override
    public Future<Integer> read(ByteBuffer target, long position) {
        return start(reading(target, position), null, null);
    }

    private Waiting<Integer> reading(ByteBuffer target, long position) {
        requireNotNegative(position, "position");
        requireReadable();
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("buffer is read-only");
        }
        return () -> {
            requireOffsets();
            return ByteTransfer.read(file, target, position);
        };
    }

    @Override
    public <A> void write(ByteBuffer source, long position, A attachment,
            CompletionHandler<Integer, ? super A> handler) {
        Objects.requireNonNull(handler);
        start(writing(source, position), attachment, handler);
    }

    @Override
    public Future<Integer> write(ByteBuffer source, long position) {
        return start(writing(source, position), null, null);
    }

    private Waiting<Integer> writing(ByteBuffer source, long position) {
        Objects.requireNonNull(source);
        requireNotNegative(position, "position");
        requireWritable();
        return () -> {
            requireOffsets();
            return ByteTransfer.write(file, source, position);
        };
    }

    /** Starts a task that does it and then tells. */
    private <V, A> Future<V> start(Waiting<V> what, A attachment, CompletionHandler<V, ? super A> handler) {
        var pending = new PendingCall<V, A>(file, what, attachment, handler);
        pending.start(runtime);
        return pending;
    }

    // ---- locks ----

    @Override
    public <A> void lock(long position, long size, boolean shared, A attachment,
            CompletionHandler<FileLock, ? super A> handler) {
        Objects.requireNonNull(handler);
        start(locking(position, size, shared), attachment, handler);
    }

    @Override
    public Future<FileLock> lock(long position, long size, boolean shared) {
        return start(locking(position, size, shared), null, null);
    }

    /** Enters the lock in the table at once, so that an overlap is thrown to the caller. */
    private Waiting<FileLock> locking(long position, long size, boolean shared) {
        UringFileLock lock = described(position, size, shared);
        try {
            requireOpen();
            locks.enter(lock);
        } catch (IOException e) {
            return () -> {
                throw e;
            };
        }
        return new Locking(locks, lock);
    }

    /**
     * A lock that is waited for, or was given up before that began.
     *
     * @param locks where it is entered
     */
    record Locking(FileLocks locks, UringFileLock lock) implements Waiting<FileLock> {
        @Override
        public FileLock call() throws IOException {
            return locks.take(lock, true);
        }

        void giveUp() {
            locks.remove(lock);
        }
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        UringFileLock lock = described(position, size, shared);
        requireOpen();
        locks.enter(lock);
        try {
            return locks.take(lock, false);
        } catch (ClosedChannelException | CancellationException e) {
            throw PendingCall.closedMeanwhile(e);
        }
    }

    private UringFileLock described(long position, long size, boolean shared) {
        if (shared) {
            requireReadable();
        } else {
            requireWritable();
        }
        return new UringFileLock(this, locks, position, FileLocks.sizeOf(position, size), shared);
    }

    // ---- the file itself ----

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public AsynchronousFileChannel truncate(long size) throws IOException {
        requireNotNegative(size, "size");
        requireWritable();
        if (size < file.size()) {
            await(file.truncate(size));
        }
        return this;
    }

    @Override
    public void force(boolean metaData) throws IOException {
        await(metaData ? file.fsync() : file.fdatasync());
    }

    private static void await(Op<?> op) throws IOException {
        try {
            op.await();
        } catch (CancellationException e) {
            throw PendingCall.closedMeanwhile(e); // nobody but a close cancels what this class asks for
        }
    }

    @Override
    public boolean isOpen() {
        return file.isOpen();
    }

    @Override
    public void close() throws IOException {
        try {
            file.close();
        } finally {
            locks.removeAll();
        }
    }

    // ---- helpers ----

    private void requireOpen() throws ClosedChannelException {
        if (!file.isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private void requireOffsets() throws IOException {
        if (stream) {
            throw ByteTransfer.noOffsets(file);
        }
    }

    private void requireReadable() {
        if (!options.canRead()) {
            throw new NonReadableChannelException();
        }
    }

    private void requireWritable() {
        if (!options.canWrite()) {
            throw new NonWritableChannelException();
        }
    }

    private static void requireNotNegative(long value, String name) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must not be negative: " + name + "=" + value);
        }
    }

    @Override
    public String toString() {
        return "UringAsynchronousFileChannel[" + file + "]";
    }
}
