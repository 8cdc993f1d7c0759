package dev.uring.ffi;

/**
 * The opcodes of io_uring_register(2).
 */
public final class RegisterOpcode {
    /** Registers buffers; since 5.1. */
    public static final int BUFFERS = 0;
    /** Forgets all buffers; since 5.1. */
    public static final int UNREGISTER_BUFFERS = 1;
    /** Registers files; since 5.1. */
    public static final int FILES = 2;
    /** Forgets all files; since 5.1. */
    public static final int UNREGISTER_FILES = 3;
    /** Signals an eventfd on completions; since 5.2. */
    public static final int EVENTFD = 4;
    /** Forgets the eventfd; since 5.2. */
    public static final int UNREGISTER_EVENTFD = 5;
    /** Changes registered files; since 5.5. */
    public static final int FILES_UPDATE = 6;
    /** Signals an eventfd on completions that did not finish inline; since 5.6. */
    public static final int EVENTFD_ASYNC = 7;
    /** Tells which request opcodes exist; since 5.6. */
    public static final int PROBE = 8;
    /** Registers the caller's credentials; since 5.6. */
    public static final int PERSONALITY = 9;
    /** Forgets credentials; since 5.6. */
    public static final int UNREGISTER_PERSONALITY = 10;
    /** Limits what the ring accepts; since 5.10. */
    public static final int RESTRICTIONS = 11;
    /** Enables a ring that was set up with R_DISABLED; since 5.10. */
    public static final int ENABLE_RINGS = 12;
    /** Registers files with tags, or an empty table; since 5.13. */
    public static final int FILES2 = 13;
    /** Changes registered files and tags; since 5.13. */
    public static final int FILES_UPDATE2 = 14;
    /** Registers buffers with tags, or an empty table; since 5.13. */
    public static final int BUFFERS2 = 15;
    /** Changes registered buffers and tags; since 5.13. */
    public static final int BUFFERS_UPDATE = 16;
    /** Binds kernel workers to CPUs; since 5.14. */
    public static final int IOWQ_AFF = 17;
    /** Lets kernel workers run anywhere; since 5.14. */
    public static final int UNREGISTER_IOWQ_AFF = 18;
    /** Sets and tells the limits of kernel workers; since 5.15. */
    public static final int IOWQ_MAX_WORKERS = 19;
    /** Registers ring descriptors for this thread; since 5.18. */
    public static final int RING_FDS = 20;
    /** Forgets ring descriptors of this thread; since 5.18. */
    public static final int UNREGISTER_RING_FDS = 21;
    /** Registers a ring of provided buffers; since 5.19. */
    public static final int PBUF_RING = 22;
    /** Forgets a ring of provided buffers; since 5.19. */
    public static final int UNREGISTER_PBUF_RING = 23;
    /** Cancels requests and waits for it; since 6.0. */
    public static final int SYNC_CANCEL = 24;
    /** Limits the slots that the kernel allocates itself; since 6.0. */
    public static final int FILE_ALLOC_RANGE = 25;
    /** Tells how far the kernel has come in a buffer ring; since 6.8. */
    public static final int PBUF_STATUS = 26;
    /** Sets busy polling of network devices; since 6.9. */
    public static final int NAPI = 27;
    /** Ends busy polling of network devices; since 6.9. */
    public static final int UNREGISTER_NAPI = 28;
    /** Chooses the clock of timed waits; since 6.12. */
    public static final int CLOCK = 29;
    /** Takes over the registered buffers of another ring; since 6.12. */
    public static final int CLONE_BUFFERS = 30;
    /** Posts a MSG_RING message without a ring of one's own; since 6.13. */
    public static final int SEND_MSG_RING = 31;
    /** Registers a hardware queue for zero-copy receive; since 6.15. */
    public static final int ZCRX_IFQ = 32;
    /** Changes the sizes of the rings; since 6.13. */
    public static final int RESIZE_RINGS = 33;
    /** Registers memory, such as wait arguments; since 6.13. */
    public static final int MEM_REGION = 34;
    /** Tells what the kernel supports; since 6.18. */
    public static final int QUERY = 35;
    /** Controls zero-copy receive; since 6.19. */
    public static final int ZCRX_CTRL = 36;
    /** Filters requests by a BPF program; since 7.0. */
    public static final int BPF_FILTER = 37;
    /** Number of opcodes in the header that these constants follow; since 5.1. */
    public static final int COUNT = 38;
    /** Added to an opcode: the descriptor is the index of a registered ring; since 6.3. */
    public static final int USE_REGISTERED_RING = 1 << 31;

    private RegisterOpcode() {
    }
}
