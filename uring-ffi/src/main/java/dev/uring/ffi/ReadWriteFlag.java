package dev.uring.ffi;

/** Names the flags of preadv2 and pwritev2, which reads and writes of io_uring share. */
public final class ReadWriteFlag {
    /** {@code RWF_HIPRI}: polls for completion; direct I/O only. */
    public static final int HIGH_PRIORITY = 1;
    /** {@code RWF_DSYNC}: this write waits as fdatasync does. */
    public static final int DATA_SYNC = 2;
    /** {@code RWF_SYNC}: this write waits as fsync does. */
    public static final int SYNC = 4;
    /** {@code RWF_NOWAIT}: answers -EAGAIN instead of waiting for the device. */
    public static final int NO_WAIT = 8;
    /** {@code RWF_APPEND}: this write goes to the end. */
    public static final int APPEND = 0x10;
    /** {@code RWF_NOAPPEND}: this write honours its offset although the file is open for appending (kernel 6.9). */
    public static final int NO_APPEND = 0x20;
    /** {@code RWF_ATOMIC}: this write is never torn (kernel 6.11). */
    public static final int ATOMIC = 0x40;
    /** {@code RWF_DONTCACHE}: pages leave the cache when the operation is done (kernel 6.14). */
    public static final int DONT_CACHE = 0x80;

    private ReadWriteFlag() {
    }
}
