package dev.uring.ffi;

/**
 * What CLONE_BUFFERS takes.
 *
 * <pre>
 * struct io_uring_clone_buffers, 32 bytes
 *  offset size name              C type
 *       0    4 src_fd            __u32
 *       4    4 flags             __u32
 *       8    4 src_off           __u32
 *      12    4 dst_off           __u32
 *      16    4 nr                __u32
 *      20   12 pad               __u32[3]
 * </pre>
 */
final class CloneBuffers {
    static final int SIZE = 32;
    static final int SOURCE_FD = 0;
    static final int FLAGS = 4;
    static final int SOURCE_OFFSET = 8;
    static final int DESTINATION_OFFSET = 12;
    static final int COUNT = 16;

    private CloneBuffers() {
    }
}
