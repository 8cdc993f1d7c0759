package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What FILE_ALLOC_RANGE takes: the slots that the kernel may choose from.
 *
 * <pre>
 * struct io_uring_file_index_range, 16 bytes
 *  offset size name              C type
 *       0    4 off               __u32
 *       4    4 len               __u32
 *       8    8 resv              __u64
 * </pre>
 */
final class FileIndexRange {
    static final int SIZE = 16;
    static final int OFFSET = 0;
    static final int LENGTH = 4;

    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT;

    private FileIndexRange() {
    }

    static void offset(MemorySegment range, int offset) {
        range.set(U32, OFFSET, offset);
    }

    static void length(MemorySegment range, int length) {
        range.set(U32, LENGTH, length);
    }
}
