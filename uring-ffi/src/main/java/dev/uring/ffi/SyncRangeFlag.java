package dev.uring.ffi;

/** Names the steps of sync_file_range. */
public final class SyncRangeFlag {
    /** {@code SYNC_FILE_RANGE_WAIT_BEFORE}. */
    public static final int WAIT_BEFORE = 1;
    /** {@code SYNC_FILE_RANGE_WRITE}. */
    public static final int WRITE = 2;
    /** {@code SYNC_FILE_RANGE_WAIT_AFTER}. */
    public static final int WAIT_AFTER = 4;

    private SyncRangeFlag() {
    }
}
