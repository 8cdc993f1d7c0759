package dev.uring.ffi;

/**
 * The {@code IOSQE_*} flags that every submission entry may carry.
 */
public final class SqeFlag {
    /** The descriptor is an index of a registered file; since 5.1. */
    public static final int FIXED_FILE = 1 << 0;
    /** Starts after all earlier requests have completed; since 5.2. */
    public static final int IO_DRAIN = 1 << 1;
    /** The next entry starts after this one has succeeded; since 5.3. */
    public static final int IO_LINK = 1 << 2;
    /** The next entry starts after this one, whatever its result; since 5.5. */
    public static final int IO_HARDLINK = 1 << 3;
    /** Goes to a kernel worker without a first try; since 5.6. */
    public static final int ASYNC = 1 << 4;
    /** The kernel picks a buffer from the entry's group; since 5.7. */
    public static final int BUFFER_SELECT = 1 << 5;
    /** Success posts no completion; since 5.17. */
    public static final int CQE_SKIP_SUCCESS = 1 << 6;

    /** Names by bit number, from bit 0 on. */
    private static final String[] NAMES = {
        "FIXED_FILE", "IO_DRAIN", "IO_LINK", "IO_HARDLINK", "ASYNC", "BUFFER_SELECT", "CQE_SKIP_SUCCESS",
    };

    private SqeFlag() {
    }

    /** Tells the names of the bits in {@code flags}, joined by a bar; unknown bits by their number; 0 for none. */
    public static String describe(int flags) {
        return FlagNames.join(flags, NAMES);
    }
}
