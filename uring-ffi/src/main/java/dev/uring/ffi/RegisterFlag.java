package dev.uring.ffi;

/**
 * The flags and small values inside the arguments of io_uring_register(2).
 */
public final class RegisterFlag {
    /** In place of a descriptor: leave this slot as it is; since 5.12. */
    public static final int FILES_SKIP = -2;
    /** Registers an empty table; since 5.19. */
    public static final int RSRC_REGISTER_SPARSE = 1 << 0;
    /** In a probe: the kernel has this opcode; since 5.6. */
    public static final int OP_SUPPORTED = 1 << 0;
    /** The source ring of cloned buffers is a registered index; since 6.12. */
    public static final int SRC_REGISTERED = 1 << 0;
    /** Cloned buffers replace those that are there; since 6.13. */
    public static final int DST_REPLACE = 1 << 1;
    /** The kernel allocates the buffer ring, to be mapped; since 6.4. */
    public static final int PBUF_RING_MMAP = 1 << 0;
    /** Buffers are consumed piece by piece; since 6.12. */
    public static final int PBUF_RING_INC = 1 << 1;
    /** The region lies in the caller's memory; since 6.13. */
    public static final int MEM_REGION_TYPE_USER = 1;
    /** The region holds wait arguments; since 6.13. */
    public static final int MEM_REGION_REG_WAIT_ARG = 1;
    /** The wait argument has a timeout; since 6.13. */
    public static final int REG_WAIT_TS = 1 << 0;
    /** Allows an opcode of register; since 5.10. */
    public static final int RESTRICTION_REGISTER_OP = 0;
    /** Allows an opcode of requests; since 5.10. */
    public static final int RESTRICTION_SQE_OP = 1;
    /** Allows flags of entries; since 5.10. */
    public static final int RESTRICTION_SQE_FLAGS_ALLOWED = 2;
    /** Demands flags of entries; since 5.10. */
    public static final int RESTRICTION_SQE_FLAGS_REQUIRED = 3;
    /** Number of kinds of restriction; since 5.10. */
    public static final int RESTRICTION_LAST = 4;
    /** Sets busy polling; since 6.9. */
    public static final int NAPI_REGISTER_OP = 0;
    /** Adds a device queue to poll; since 6.13. */
    public static final int NAPI_STATIC_ADD_ID = 1;
    /** Removes a device queue to poll; since 6.13. */
    public static final int NAPI_STATIC_DEL_ID = 2;
    /** The kernel finds the device queues itself; since 6.9. */
    public static final int NAPI_TRACKING_DYNAMIC = 0;
    /** The program names the device queues; since 6.13. */
    public static final int NAPI_TRACKING_STATIC = 1;
    /** No device queue is polled; since 6.13. */
    public static final int NAPI_TRACKING_INACTIVE = 255;
    /** Index of the limit of workers for files and block devices; since 5.15. */
    public static final int WQ_BOUND = 0;
    /** Index of the limit of workers for everything else; since 5.15. */
    public static final int WQ_UNBOUND = 1;
    /** Asks for opcodes and flags; since 6.18. */
    public static final int QUERY_OPCODES = 0;
    /** Asks for what zero-copy receive can do; since 6.19. */
    public static final int QUERY_ZCRX = 1;
    /** Asks for the size and alignment of the ring headers; since 6.19. */
    public static final int QUERY_SCQ = 2;
    /** Asks for events of zero-copy receive; since 7.2. */
    public static final int QUERY_ZCRX_EVENT = 3;
    /** Registers a filter; since 7.0. */
    public static final int BPF_CMD_FILTER = 1;
    /** Denies opcodes without a filter; since 7.0. */
    public static final int BPF_FILTER_DENY_REST = 1;
    /** Refuses a filter that expects another size of context; since 7.0. */
    public static final int BPF_FILTER_SZ_STRICT = 2;

    private RegisterFlag() {
    }
}
