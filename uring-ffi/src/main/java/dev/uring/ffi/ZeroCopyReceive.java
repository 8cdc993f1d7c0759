package dev.uring.ffi;

/**
 * The constants of zero-copy receive, {@code linux/io_uring/zcrx.h}.
 */
public final class ZeroCopyReceive {
    /** Place of the area's id in an offset; since 6.15. */
    public static final int AREA_SHIFT = 48;
    /** Bits of the area's id in an offset; since 6.15. */
    public static final long AREA_MASK = -1L << AREA_SHIFT;
    /** The area is a dma-buf; since 6.16. */
    public static final int AREA_DMABUF = 1;
    /** Takes over an instance that another ring exported; since 6.19. */
    public static final int REG_IMPORT = 1;
    /** Works without a network device, by copying; since 7.1. */
    public static final int REG_NODEV = 2;
    /** The size of receive pages can be asked for; since 7.0. */
    public static final int FEATURE_RX_PAGE_SIZE = 1 << 0;
    /** Events are reported; since 7.2. */
    public static final int FEATURE_EVENT = 1 << 1;
    /** The kernel had no buffer; since 7.2. */
    public static final int EVENT_ALLOC_FAIL = 0;
    /** The kernel had to copy; since 7.2. */
    public static final int EVENT_COPY = 1;
    /** The description of events has a place for counters; since 7.2. */
    public static final int EVENT_DESC_FLAG_STATS = 1 << 0;
    /** Makes the kernel take the refill queue's entries; since 6.19. */
    public static final int CTRL_FLUSH_RQ = 0;
    /** Makes the instance available to other rings; since 6.19. */
    public static final int CTRL_EXPORT = 1;
    /** Asks for an event again; since 7.2. */
    public static final int CTRL_ARM_EVENT = 2;

    private ZeroCopyReceive() {
    }
}
