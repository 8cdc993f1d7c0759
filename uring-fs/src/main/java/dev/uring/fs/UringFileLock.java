package dev.uring.fs;

import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;

/** A lock of a channel: a {@link RangeLock} by java.nio's rules. For any thread. */
final class UringFileLock extends FileLock {
    private final FileLocks owner;
    /** Null while it is waited for. */
    private volatile RangeLock range;

    UringFileLock(FileChannel channel, FileLocks owner, long position, long size, boolean shared) {
        super(channel, position, size, shared);
        this.owner = owner;
    }

    UringFileLock(AsynchronousFileChannel channel, FileLocks owner, long position, long size, boolean shared) {
        super(channel, position, size, shared);
        this.owner = owner;
    }

    void taken(RangeLock lock) {
        range = lock;
    }

    boolean isOf(FileLocks locks) {
        return owner == locks;
    }

    @Override
    public boolean isValid() {
        RangeLock lock = range;
        return lock != null && lock.isValid() && acquiredBy().isOpen();
    }

    @Override
    public void release() throws IOException {
        if (!acquiredBy().isOpen()) {
            throw new ClosedChannelException();
        }
        try {
            range.close();
        } finally {
            owner.remove(this);
        }
    }
}
