package dev.uring.ffi;

/**
 * The flags that kernel and program share in the rings, and the offsets at which the rings are mapped.
 */
public final class RingFlag {
    /** The kernel's submission thread sleeps; since 5.1. */
    public static final int SQ_NEED_WAKEUP = 1 << 0;
    /** Completions wait in the kernel for room in the queue; since 5.8. */
    public static final int SQ_CQ_OVERFLOW = 1 << 1;
    /** Completion work waits for the program to enter the kernel; since 5.19. */
    public static final int SQ_TASKRUN = 1 << 2;
    /** The registered eventfd is not signalled; the program writes this one; since 5.8. */
    public static final int CQ_EVENTFD_DISABLED = 1 << 0;
    /** Maps the submission ring, and since 5.4 the completion ring with it; since 5.1. */
    public static final long OFF_SQ_RING = 0L;
    /** Maps the completion ring; since 5.1. */
    public static final long OFF_CQ_RING = 0x8000000L;
    /** Maps the submission entries; since 5.1. */
    public static final long OFF_SQES = 0x10000000L;
    /** Maps a ring of provided buffers that the kernel has allocated; since 6.4. */
    public static final long OFF_PBUF_RING = 0x80000000L;
    /** Place of the buffer group in that offset; since 6.4. */
    public static final int OFF_PBUF_SHIFT = 16;
    /** Bits of the offset that tell what is mapped; since 6.4. */
    public static final long OFF_MMAP_MASK = 0xf8000000L;

    private RingFlag() {
    }
}
