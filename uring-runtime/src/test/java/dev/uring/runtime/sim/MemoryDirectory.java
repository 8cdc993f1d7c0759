package dev.uring.runtime.sim;

import dev.uring.ffi.FileMode;
import java.util.TreeMap;

/** A directory in memory: what its names stand for now, and what they would after a crash. */
final class MemoryDirectory extends MemoryNode {
    final TreeMap<String, MemoryNode> entries = new TreeMap<>();
    final TreeMap<String, MemoryNode> durable = new TreeMap<>();
    /** Itself for the root; null once removed. */
    MemoryDirectory parent;

    MemoryDirectory(long inode, int mode, MemoryDirectory parent) {
        super(inode, mode);
        this.parent = parent == null ? this : parent;
    }

    boolean isBelow(MemoryNode other) {
        for (MemoryDirectory each = this; each != null && each.parent != each; each = each.parent) {
            if (each == other) {
                return true;
            }
        }
        return false;
    }

    @Override
    int type() {
        return FileMode.DIRECTORY;
    }

    @Override
    int links() {
        return 2 + (int) entries.values().stream().filter(MemoryDirectory.class::isInstance).count();
    }

    @Override
    long size() {
        return entries.size();
    }
}
