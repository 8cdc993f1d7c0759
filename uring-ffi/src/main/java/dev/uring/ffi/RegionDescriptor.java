package dev.uring.ffi;

/**
 * Memory that is registered with a ring; {@link MemoryRegionRegistration} points at it.
 *
 * <pre>
 * struct io_uring_region_desc, 64 bytes
 *  offset size name              C type
 *       0    8 user_addr         __u64
 *       8    8 size              __u64
 *      16    4 flags             __u32
 *      20    4 id                __u32
 *      24    8 mmap_offset       __u64
 *      32   32 __resv            __u64[4]
 * </pre>
 */
final class RegionDescriptor {
    static final int SIZE = 64;
    static final int USER_ADDRESS = 0;
    static final int SIZE_BYTES = 8;
    static final int FLAGS = 16;
    static final int ID = 20;
    static final int MAP_OFFSET = 24;

    private RegionDescriptor() {
    }
}
