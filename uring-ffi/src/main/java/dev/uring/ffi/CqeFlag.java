package dev.uring.ffi;

/**
 * The {@code IORING_CQE_F_*} flags of a completion, and the places of what shares their word.
 *
 * <p>TSTAMP_HW lies among the bits of the buffer id: it has its meaning only in completions of TX_TIMESTAMP.
 */
public final class CqeFlag {
    /** The upper 16 bits are the id of the buffer that was used; since 5.7. */
    public static final int BUFFER = 1 << 0;
    /** More completions of the same request follow; since 5.13. */
    public static final int MORE = 1 << 1;
    /** The socket had more data after this receive; since 5.19. */
    public static final int SOCK_NONEMPTY = 1 << 2;
    /** Tells that the memory of a zero-copy send is free; since 6.0. */
    public static final int NOTIF = 1 << 3;
    /** The kernel keeps using the same buffer; since 6.12. */
    public static final int BUF_MORE = 1 << 4;
    /** Fills a gap at the end of the queue: to be ignored; since 6.18. */
    public static final int SKIP = 1 << 5;
    /** The entry has 32 bytes, on a ring with CQE_MIXED; since 6.18. */
    public static final int F_32 = 1 << 15;
    /** Place of the buffer id in the word; since 5.7. */
    public static final int BUFFER_SHIFT = 16;
    /** The timestamp was taken by the hardware; since 6.17. */
    public static final int TSTAMP_HW = 1 << 16;
    /** Place of TSTAMP_HW; since 6.17. */
    public static final int TIMESTAMP_HW_SHIFT = 16;
    /** Place of the timestamp's type; since 6.17. */
    public static final int TIMESTAMP_TYPE_SHIFT = 17;

    /** Names by bit number, from bit 0 on. */
    private static final String[] NAMES = {
        "BUFFER", "MORE", "SOCK_NONEMPTY", "NOTIF", "BUF_MORE", "SKIP", null, null, null, null, null,
        null, null, null, null, "F_32",
    };

    private CqeFlag() {
    }

    /** Tells the names of the bits in {@code flags}, and the buffer id if there is one; 0 for none. */
    public static String describe(int flags) {
        String names = FlagNames.join(flags & (1 << BUFFER_SHIFT) - 1, NAMES);
        return (flags & BUFFER) == 0 ? names : names + "|buffer=" + (flags >>> BUFFER_SHIFT);
    }
}
