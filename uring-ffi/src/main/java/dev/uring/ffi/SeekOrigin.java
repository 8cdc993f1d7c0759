package dev.uring.ffi;

/** Names what an offset of lseek counts from. */
public final class SeekOrigin {
    /** {@code SEEK_SET}. */
    public static final int START = 0;
    /** {@code SEEK_CUR}. */
    public static final int CURRENT = 1;
    /** {@code SEEK_END}. */
    public static final int END = 2;
    /** {@code SEEK_DATA}: the next data at or after the offset. */
    public static final int DATA = 3;
    /** {@code SEEK_HOLE}: the next hole at or after the offset. */
    public static final int HOLE = 4;

    private SeekOrigin() {
    }
}
