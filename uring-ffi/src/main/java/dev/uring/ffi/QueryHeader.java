package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What QUERY takes: a list of questions, each with the place for its answer.
 *
 * <pre>
 * struct io_uring_query_hdr, 40 bytes
 *  offset size name              C type
 *       0    8 next_entry        __u64
 *       8    8 query_data        __u64
 *      16    4 query_op          __u32
 *      20    4 size              __u32
 *      24    4 result            __s32
 *      28   12 __resv            __u32[3]
 * </pre>
 */
final class QueryHeader {
    static final int SIZE = 40;
    static final int NEXT_ENTRY = 0;
    static final int QUERY_DATA = 8;
    static final int QUERY_OPCODE = 16;
    static final int SIZE_BYTES = 20;
    static final int RESULT = 24;

    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG;

    private QueryHeader() {
    }

    static void nextEntry(MemorySegment header, long nextEntry) {
        header.set(U64, NEXT_ENTRY, nextEntry);
    }

    static void queryData(MemorySegment header, long queryData) {
        header.set(U64, QUERY_DATA, queryData);
    }

    static void queryOpcode(MemorySegment header, int queryOpcode) {
        header.set(U32, QUERY_OPCODE, queryOpcode);
    }

    static void sizeBytes(MemorySegment header, int sizeBytes) {
        header.set(U32, SIZE_BYTES, sizeBytes);
    }

    /** Answers 0 or -errno. */
    static int result(MemorySegment header) {
        return header.get(U32, RESULT);
    }
}
