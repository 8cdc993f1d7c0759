package dev.uring.net;

import dev.uring.ffi.CqeFlag;
import dev.uring.runtime.ProvidedBuffers;

/**
 * What the last receives of a connection say about the next one: how large its buffer should be, and whether bytes are there
 * already. A guess costs nothing but time, so threads may race for it.
 */
final class ReceiveSizes {
    /** So many full buffers in a row ask for larger ones; so many that were mostly empty, for smaller ones. */
    private static final int FULL_MAX = 2;
    private static final int SPARSE_MAX = 64;
    private static final int SPARSE = 8;

    private int group;
    private int full;
    private int sparse;
    private boolean hasMore = true;

    /** Answers the group of provided buffers that the next receive should name. */
    int group() {
        return group;
    }

    /** Answers whether bytes may wait; false when the kernel said, or a short result showed, that none do. */
    boolean hasMore() {
        return hasMore;
    }

    /** Takes note of a result; answers whether {@link #group} has changed by it. */
    boolean came(int usedGroup, int bytes, int flags) {
        int capacity = ProvidedBuffers.bufferBytes(usedGroup);
        hasMore = (flags & CqeFlag.SOCK_NONEMPTY) != 0 || bytes == capacity;
        full = bytes == capacity ? full + 1 : 0;
        sparse = bytes <= capacity / SPARSE ? sparse + 1 : 0;
        if (full == FULL_MAX && usedGroup == group && group < ProvidedBuffers.groups() - 1) {
            return change(group + 1);
        }
        return sparse >= SPARSE_MAX && group > 0 && change(group - 1);
    }

    private boolean change(int to) {
        group = to;
        full = 0;
        sparse = 0;
        return true;
    }
}
