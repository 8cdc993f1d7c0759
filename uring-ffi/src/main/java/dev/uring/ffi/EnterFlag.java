package dev.uring.ffi;

/**
 * The {@code IORING_ENTER_*} flags of io_uring_enter(2).
 */
public final class EnterFlag {
    /** Waits for completions, and runs completion work; since 5.1. */
    public static final int GETEVENTS = 1 << 0;
    /** Wakes the kernel's submission thread; since 5.1. */
    public static final int SQ_WAKEUP = 1 << 1;
    /** Waits for room in the submission queue; since 5.10. */
    public static final int SQ_WAIT = 1 << 2;
    /** The argument is an {@code io_uring_getevents_arg}; since 5.11. */
    public static final int EXT_ARG = 1 << 3;
    /** The descriptor is the index of a registered ring; since 5.18. */
    public static final int REGISTERED_RING = 1 << 4;
    /** The timeout is a point in time; since 6.12. */
    public static final int ABS_TIMER = 1 << 5;
    /** The argument is an offset in the registered wait region; since 6.13. */
    public static final int EXT_ARG_REG = 1 << 6;
    /** Waiting is not accounted as waiting for I/O; since 6.15. */
    public static final int NO_IOWAIT = 1 << 7;

    /** Names by bit number, from bit 0 on. */
    private static final String[] NAMES = {
        "GETEVENTS", "SQ_WAKEUP", "SQ_WAIT", "EXT_ARG", "REGISTERED_RING", "ABS_TIMER", "EXT_ARG_REG",
        "NO_IOWAIT",
    };

    private EnterFlag() {
    }

    /** Tells the names of the bits in {@code flags}, joined by a bar; unknown bits by their number; 0 for none. */
    public static String describe(int flags) {
        return FlagNames.join(flags, NAMES);
    }
}
