package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What io_uring_setup(2) takes and answers.
 *
 * <pre>
 * struct io_uring_params, 120 bytes
 *  offset size name              C type
 *       0    4 sq_entries        __u32
 *       4    4 cq_entries        __u32
 *       8    4 flags             __u32
 *      12    4 sq_thread_cpu     __u32
 *      16    4 sq_thread_idle    __u32
 *      20    4 features          __u32
 *      24    4 wq_fd             __u32
 *      28   12 resv              __u32[3]
 *      40   40 sq_off            struct io_sqring_offsets
 *      80   40 cq_off            struct io_cqring_offsets
 * </pre>
 */
final class Params {
    static final int SIZE = 120;
    static final int SQ_ENTRIES = 0;
    static final int CQ_ENTRIES = 4;
    static final int FLAGS = 8;
    static final int SQ_THREAD_CPU = 12;
    static final int SQ_THREAD_IDLE_MILLIS = 16;
    static final int FEATURES = 20;
    static final int WORK_QUEUE_FD = 24;
    static final int SQ_OFFSETS = 40;
    static final int CQ_OFFSETS = 80;

    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT;

    private Params() {
    }

    /** Answers how many submission entries the ring got. */
    static int sqEntries(MemorySegment params) {
        return params.get(U32, SQ_ENTRIES);
    }

    /** Answers how many completion entries the ring got. */
    static int cqEntries(MemorySegment params) {
        return params.get(U32, CQ_ENTRIES);
    }

    static void cqEntries(MemorySegment params, int cqEntries) {
        params.set(U32, CQ_ENTRIES, cqEntries);
    }

    static int flags(MemorySegment params) {
        return params.get(U32, FLAGS);
    }

    static void flags(MemorySegment params, int flags) {
        params.set(U32, FLAGS, flags);
    }

    static void sqThreadCpu(MemorySegment params, int sqThreadCpu) {
        params.set(U32, SQ_THREAD_CPU, sqThreadCpu);
    }

    static void sqThreadIdleMillis(MemorySegment params, int sqThreadIdleMillis) {
        params.set(U32, SQ_THREAD_IDLE_MILLIS, sqThreadIdleMillis);
    }

    /** Answers the bits of {@link Feature}. */
    static int features(MemorySegment params) {
        return params.get(U32, FEATURES);
    }

    static void workQueueFd(MemorySegment params, int workQueueFd) {
        params.set(U32, WORK_QUEUE_FD, workQueueFd);
    }
}
