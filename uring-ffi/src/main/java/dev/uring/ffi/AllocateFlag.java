package dev.uring.ffi;

/** Names the modes of fallocate. */
public final class AllocateFlag {
    /** {@code FALLOC_FL_KEEP_SIZE}. */
    public static final int KEEP_SIZE = 1;
    /** {@code FALLOC_FL_PUNCH_HOLE}: together with KEEP_SIZE. */
    public static final int PUNCH_HOLE = 2;
    /** {@code FALLOC_FL_COLLAPSE_RANGE}. */
    public static final int COLLAPSE_RANGE = 8;
    /** {@code FALLOC_FL_ZERO_RANGE}. */
    public static final int ZERO_RANGE = 0x10;
    /** {@code FALLOC_FL_INSERT_RANGE}. */
    public static final int INSERT_RANGE = 0x20;
    /** {@code FALLOC_FL_UNSHARE_RANGE}. */
    public static final int UNSHARE_RANGE = 0x40;

    private AllocateFlag() {
    }
}
