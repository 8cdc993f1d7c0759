package dev.uring.fallback;

import dev.uring.ffi.Errno;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.util.ArrayList;
import java.util.List;

/**
 * The locks of one open file, as locks of a description: a range may be converted, and given back in part.
 *
 * <p>java.nio falls short in four ways. Within the process also two shared locks exclude each other. A lock can neither
 * be converted nor cut, so it is given back and what remains of it is taken anew, and somebody may come between: -ENOLCK
 * says that a remainder is lost. On Linux they are locks of the process, which closing any channel of the same file
 * gives back, and which another process sees as such.
 */
final class NioLocks {
    private final FileChannel channel;
    private final List<FileLock> held = new ArrayList<>();

    NioLocks(FileChannel channel) {
        this.channel = channel;
    }

    /** A range as it was held. */
    private record Range(long first, long end, boolean isShared) {
    }

    /** Takes a lock from {@code first} to before {@code end}: 0, or -EAGAIN when another has it. */
    synchronized int take(long first, long end, boolean isShared) throws IOException {
        for (FileLock each : held) {
            if (each.isShared() == isShared && each.position() <= first && end(each) >= end) {
                return 0;
            }
        }
        List<Range> before = release(first, end);
        if (!lock(new Range(first, end, isShared))) {
            return restore(before) ? -Errno.EAGAIN : -Errno.ENOLCK;
        }
        return restore(outside(before, first, end)) ? 0 : -Errno.ENOLCK;
    }

    /** Gives back what is held from {@code first} to before {@code end}, if anything is. */
    synchronized int give(long first, long end) throws IOException {
        return restore(outside(release(first, end), first, end)) ? 0 : -Errno.ENOLCK;
    }

    /** Gives back each lock that overlaps; answers what they were. */
    private List<Range> release(long first, long end) throws IOException {
        List<Range> released = new ArrayList<>();
        for (int i = held.size() - 1; i >= 0; i--) {
            FileLock each = held.get(i);
            if (each.position() < end && end(each) > first) {
                released.add(new Range(each.position(), end(each), each.isShared()));
                held.remove(i);
                each.release();
            }
        }
        return released;
    }

    private static List<Range> outside(List<Range> ranges, long first, long end) {
        List<Range> rest = new ArrayList<>();
        for (Range each : ranges) {
            if (each.first < first) {
                rest.add(new Range(each.first, first, each.isShared));
            }
            if (each.end > end) {
                rest.add(new Range(end, each.end, each.isShared));
            }
        }
        return rest;
    }

    private boolean restore(List<Range> ranges) throws IOException {
        boolean all = true;
        for (Range each : ranges) {
            all &= lock(each);
        }
        return all;
    }

    private boolean lock(Range range) throws IOException {
        try {
            FileLock taken = channel.tryLock(range.first, range.end - range.first, range.isShared);
            if (taken != null) {
                held.add(taken);
            }
            return taken != null;
        } catch (OverlappingFileLockException e) {
            return false; // another descriptor of this process has it
        }
    }

    private static long end(FileLock lock) {
        return lock.position() + lock.size();
    }
}
