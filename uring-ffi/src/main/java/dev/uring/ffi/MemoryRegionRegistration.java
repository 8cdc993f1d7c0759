package dev.uring.ffi;

/**
 * What MEM_REGION takes.
 *
 * <pre>
 * struct io_uring_mem_region_reg, 32 bytes
 *  offset size name              C type
 *       0    8 region_uptr       __u64
 *       8    8 flags             __u64
 *      16   16 __resv            __u64[2]
 * </pre>
 */
final class MemoryRegionRegistration {
    static final int SIZE = 32;
    static final int REGION = 0;
    static final int FLAGS = 8;

    private MemoryRegionRegistration() {
    }
}
