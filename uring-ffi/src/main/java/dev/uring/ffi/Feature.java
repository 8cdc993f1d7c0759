package dev.uring.ffi;

/**
 * The {@code IORING_FEAT_*} bits that io_uring_setup(2) answers.
 */
public final class Feature {
    /** One mapping holds both rings; since 5.4. */
    public static final int SINGLE_MMAP = 1 << 0;
    /** Completions are kept when the queue is full; since 5.5. */
    public static final int NODROP = 1 << 1;
    /** What an entry points at, other than data, is free after submission; since 5.5. */
    public static final int SUBMIT_STABLE = 1 << 2;
    /** Offset -1 is the file's own position; since 5.6. */
    public static final int RW_CUR_POS = 1 << 3;
    /** Requests run with the submitter's credentials; since 5.6. */
    public static final int CUR_PERSONALITY = 1 << 4;
    /** Waiting for readiness takes no kernel thread; since 5.7. */
    public static final int FAST_POLL = 1 << 5;
    /** Poll takes all 32 bits of events; since 5.9. */
    public static final int POLL_32BITS = 1 << 6;
    /** SQPOLL rings take unregistered files; since 5.11. */
    public static final int SQPOLL_NONFIXED = 1 << 7;
    /** Enter takes a timeout; since 5.11. */
    public static final int EXT_ARG = 1 << 8;
    /** Kernel workers are threads of the process; since 5.12. */
    public static final int NATIVE_WORKERS = 1 << 9;
    /** Registered files and buffers carry tags, and can be updated; since 5.13. */
    public static final int RSRC_TAGS = 1 << 10;
    /** Requests may ask for no completion on success; since 5.17. */
    public static final int CQE_SKIP = 1 << 11;
    /** A linked request may use the file that an earlier one opens; since 5.17. */
    public static final int LINKED_FILE = 1 << 12;
    /** Register takes the index of a registered ring; since 6.3. */
    public static final int REG_REG_RING = 1 << 13;
    /** Send and receive may use many buffers at once; since 6.10. */
    public static final int RECVSEND_BUNDLE = 1 << 14;
    /** Waiting takes a minimal time to gather completions; since 6.12. */
    public static final int MIN_TIMEOUT = 1 << 15;
    /** Reads and writes take attributes, such as protection information; since 6.14. */
    public static final int RW_ATTR = 1 << 16;
    /** Enter takes NO_IOWAIT; since 6.15. */
    public static final int NO_IOWAIT = 1 << 17;

    /** Names by bit number, from bit 0 on. */
    private static final String[] NAMES = {
        "SINGLE_MMAP", "NODROP", "SUBMIT_STABLE", "RW_CUR_POS", "CUR_PERSONALITY", "FAST_POLL",
        "POLL_32BITS", "SQPOLL_NONFIXED", "EXT_ARG", "NATIVE_WORKERS", "RSRC_TAGS", "CQE_SKIP",
        "LINKED_FILE", "REG_REG_RING", "RECVSEND_BUNDLE", "MIN_TIMEOUT", "RW_ATTR", "NO_IOWAIT",
    };

    private Feature() {
    }

    /** Tells the names of the bits in {@code flags}, joined by a bar; unknown bits by their number; 0 for none. */
    public static String describe(int flags) {
        return FlagNames.join(flags, NAMES);
    }
}
