package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A completion in the queue; {@code base} is the byte offset of the entry.
 *
 * <pre>
 * struct io_uring_cqe, 16 bytes
 *  offset size name              C type
 *       0    8 user_data         __u64
 *       8    4 res               __s32
 *      12    4 flags             __u32
 *      16      big_cqe           __u64[], on rings with CQE32
 * </pre>
 */
final class CompletionEntry {
    static final int SIZE = 16;
    static final int USER_DATA = 0;
    static final int RESULT = 8;
    static final int FLAGS = 12;

    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG;

    private CompletionEntry() {
    }

    static long userData(MemorySegment entries, long base) {
        return entries.get(U64, base + USER_DATA);
    }

    static int result(MemorySegment entries, long base) {
        return entries.get(U32, base + RESULT);
    }

    static int flags(MemorySegment entries, long base) {
        return entries.get(U32, base + FLAGS);
    }
}
