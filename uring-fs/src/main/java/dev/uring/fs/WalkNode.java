package dev.uring.fs;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.List;

/**
 * A directory of a walk and what was found in it. One scan fills it; which one is settled by {@link #claim}. What a scan
 * stores belongs to the walking thread once the scan has been awaited.
 */
final class WalkNode {
    private static final VarHandle SCAN;

    static {
        try {
            SCAN = MethodHandles.lookup().findVarHandle(WalkNode.class, "scan", TreeScan.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final WalkNode parent;
    final Path path;
    final int depth;
    /** Whether the directory may be reached through a link that the path ends with. */
    final boolean followsLink;
    /** What it is the same directory by; null where nobody asks. */
    final FileStat.FileKey key;
    /** Whether the walk is not to go into it; written by the walking thread before it starts a scan of the siblings. */
    boolean isLeftOut;
    /** What the last scan found, in the order of the file system; may be all or a part. */
    List<WalkEntry> children = List.of();
    /** Why it could not be read to its end, or null. */
    IOException error;
    /** The open directory if there is more to read than one scan takes, else null. */
    AsyncDirectory rest;
    /** Who reads it; set once from null by whoever gets there first, and by the walking thread for a rest. */
    private volatile TreeScan scan;

    WalkNode(WalkNode parent, Path path, int depth, boolean followsLink, FileStat.FileKey key) {
        this.parent = parent;
        this.path = path;
        this.depth = depth;
        this.followsLink = followsLink;
        this.key = key;
    }

    /** Settles who scans it; answers false when another scan has it. */
    boolean claim(TreeScan by) {
        return scan == null && SCAN.compareAndSet(this, (TreeScan) null, by);
    }

    void continuedBy(TreeScan by) {
        scan = by;
    }

    /** Answers who scans it, or null. */
    TreeScan scan() {
        return scan;
    }

    /** Answers whether one of the directories above, or this one, is that file. */
    boolean isBelow(FileStat.FileKey file) {
        for (WalkNode at = this; at != null; at = at.parent) {
            if (file.equals(at.key)) {
                return true;
            }
        }
        return false;
    }
}
