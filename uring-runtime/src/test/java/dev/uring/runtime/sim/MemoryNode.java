package dev.uring.runtime.sim;

import dev.uring.ffi.Statx;
import dev.uring.ffi.StatxMask;
import java.lang.foreign.MemorySegment;

/** What a name stands for: a file or a directory. Under the host's monitor. */
abstract sealed class MemoryNode permits MemoryFile, MemoryDirectory {
    final long inode;
    /** Permissions alone. */
    int mode;
    long accessSeconds;
    int accessNanos;
    long modificationSeconds;
    int modificationNanos;

    MemoryNode(long inode, int mode) {
        this.inode = inode;
        this.mode = mode;
        accessSeconds = inode; // a clock that ticks whenever something is made
        modificationSeconds = inode;
    }

    abstract int type();

    abstract int links();

    abstract long size();

    final void stat(MemorySegment result) {
        result.asSlice(0, Statx.SIZE).fill((byte) 0);
        Statx.mask(result, StatxMask.BASIC & ~(StatxMask.CHANGE_TIME | StatxMask.BLOCKS));
        Statx.mode(result, type() | mode);
        Statx.inode(result, inode);
        Statx.links(result, links());
        Statx.size(result, size());
        Statx.accessSeconds(result, accessSeconds);
        Statx.accessNanos(result, accessNanos);
        Statx.modificationSeconds(result, modificationSeconds);
        Statx.modificationNanos(result, modificationNanos);
    }
}
