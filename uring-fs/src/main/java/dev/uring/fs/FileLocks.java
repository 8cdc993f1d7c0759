package dev.uring.fs;

import dev.uring.fs.FileStat.FileKey;
import java.io.IOException;
import java.nio.channels.OverlappingFileLockException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The locks of one channel, in a table of all that channels of this process hold or wait for: what overlaps there is
 * refused before the kernel is asked. The JDK's own channels have a table of their own; against those the kernel
 * decides.
 *
 * <p>For any thread.
 */
final class FileLocks {
    /** By file, since several channels may be open on one; a list is replaced, never changed. */
    private static final ConcurrentHashMap<FileKey, List<UringFileLock>> HELD = new ConcurrentHashMap<>();

    private final AsyncFile file;
    /** Looked up with the first lock; the same whoever does it. */
    private volatile FileKey key;

    FileLocks(AsyncFile file) {
        this.file = file;
    }

    /**
     * Enters a lock that is about to be asked for.
     *
     * @throws OverlappingFileLockException when a channel of this process holds a part, or waits for one
     */
    void enter(UringFileLock lock) throws IOException {
        if (key == null) {
            key = file.key();
        }
        HELD.compute(key, (_, held) -> {
            List<UringFileLock> more = new ArrayList<>();
            if (held != null) {
                for (UringFileLock each : held) {
                    if (each.overlaps(lock.position(), lock.size())) {
                        throw new OverlappingFileLockException();
                    }
                }
                more.addAll(held);
            }
            more.add(lock);
            return more;
        });
    }

    /**
     * Asks for the lock, which was entered: waits for it, or answers null when another process or the JDK has a part.
     */
    UringFileLock take(UringFileLock lock, boolean waiting) throws IOException {
        boolean taken = false;
        try {
            // A range that ends with the last number has no end.
            long length = lock.position() + lock.size() == Long.MAX_VALUE ? 0 : lock.size();
            RangeLock range = waiting ? file.lock(lock.position(), length, lock.isShared())
                    : file.tryLock(lock.position(), length, lock.isShared()).await();
            taken = range != null;
            lock.taken(range);
        } finally {
            if (!taken) {
                remove(lock);
            }
        }
        return taken ? lock : null;
    }

    /** Takes a lock off the table. */
    void remove(UringFileLock lock) {
        removeIf(each -> each == lock);
    }

    /** Takes all locks of this channel off the table, once the kernel has given them back. */
    void removeAll() {
        removeIf(each -> each.isOf(this));
    }

    private void removeIf(Predicate<UringFileLock> which) {
        FileKey known = key;
        if (known == null) {
            return;
        }
        HELD.computeIfPresent(known, (_, held) -> {
            List<UringFileLock> fewer = new ArrayList<>(held);
            fewer.removeIf(which);
            return fewer.isEmpty() ? null : fewer;
        });
    }

    /** Answers what a size of 0 means. */
    static long sizeOf(long position, long size) {
        return size == 0 ? Long.MAX_VALUE - Math.max(0, position) : size;
    }
}
