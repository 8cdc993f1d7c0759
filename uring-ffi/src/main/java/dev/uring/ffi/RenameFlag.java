package dev.uring.ffi;

/** Names the flags of renameat2. */
public final class RenameFlag {
    /** {@code RENAME_NOREPLACE}: fails with EEXIST when the new name is taken. */
    public static final int NO_REPLACE = 1;
    /** {@code RENAME_EXCHANGE}: swaps the two names in one step. */
    public static final int EXCHANGE = 2;
    /** {@code RENAME_WHITEOUT}. */
    public static final int WHITEOUT = 4;

    private RenameFlag() {
    }
}
