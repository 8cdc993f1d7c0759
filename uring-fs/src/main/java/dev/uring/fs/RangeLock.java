package dev.uring.fs;

import dev.uring.runtime.UringException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A range of a file that is locked against all who lock it through another open file, of this process or others. It belongs
 * to the open file: locking again through the same {@link AsyncFile} changes the lock and does not wait, and closing the file
 * gives it back. For any thread.
 */
public final class RangeLock implements AutoCloseable {
    private final AsyncFile file;
    private final long offset;
    private final long lengthBytes;
    private final boolean shared;
    private final AtomicBoolean released = new AtomicBoolean();

    RangeLock(AsyncFile file, long offset, long lengthBytes, boolean shared) {
        this.file = file;
        this.offset = offset;
        this.lengthBytes = lengthBytes;
        this.shared = shared;
    }

    /** Answers the first byte. */
    public long offset() {
        return offset;
    }

    /** Answers how many bytes; 0 is to the end, however far it moves. */
    public long lengthBytes() {
        return lengthBytes;
    }

    /** Answers whether others may hold the same range shared, too. */
    public boolean isShared() {
        return shared;
    }

    /** Answers whether it still holds. */
    public boolean isValid() {
        return !released.get() && file.isOpen();
    }

    /** Gives the range back; without effect when that was done, or the file is closed. Does not wait. */
    @Override
    public void close() throws IOException {
        if (!released.compareAndSet(false, true)) {
            return;
        }
        try {
            long result = file.unlock(offset, lengthBytes);
            if (result < 0) {
                throw new UringException("unlock", "path=" + file.path() + " offset=" + offset + " lengthBytes="
                        + lengthBytes, (int) -result);
            }
        } catch (ClosedChannelException e) {
            System.getLogger("dev.uring").log(Level.TRACE, "the close of the file has given the lock back", e);
        }
    }

    /** For a lock that nobody took: there is no one to throw to. */
    void releaseQuietly() {
        try {
            close();
        } catch (IOException e) {
            System.getLogger("dev.uring").log(Level.WARNING, "a lock that nobody took could not be given back", e);
        }
    }

    @Override
    public String toString() {
        return "RangeLock[" + file.path() + " offset=" + offset + " lengthBytes=" + lengthBytes + (shared ? " shared" : "")
                + (isValid() ? "" : " released") + "]";
    }
}
