package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What PBUF_STATUS takes and answers.
 *
 * <pre>
 * struct io_uring_buf_status, 40 bytes
 *  offset size name              C type
 *       0    4 buf_group         __u32
 *       4    4 head              __u32
 *       8   32 resv              __u32[8]
 * </pre>
 */
final class BufferRingStatus {
    static final int SIZE = 40;
    static final int GROUP = 0;
    static final int HEAD = 4;

    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT;

    private BufferRingStatus() {
    }

    static void group(MemorySegment status, int group) {
        status.set(U32, GROUP, group);
    }

    /** Answers how many buffers the kernel has taken, as a 16-bit counter. */
    static int head(MemorySegment status) {
        return status.get(U32, HEAD);
    }
}
