package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What the kernel supports, as QUERY answers it for QUERY_OPCODES.
 *
 * <pre>
 * struct io_uring_query_opcode, 48 bytes
 *  offset size name              C type
 *       0    4 nr_request_opcodes __u32
 *       4    4 nr_register_opcodes __u32
 *       8    8 feature_flags     __u64
 *      16    8 ring_setup_flags  __u64
 *      24    8 enter_flags       __u64
 *      32    8 sqe_flags         __u64
 *      40    4 nr_query_opcodes  __u32
 *      44    4 __pad             __u32
 * </pre>
 */
final class QueryOpcodes {
    static final int SIZE = 48;
    static final int REQUEST_OPCODES = 0;
    static final int REGISTER_OPCODES = 4;
    static final int FEATURE_FLAGS = 8;
    static final int SETUP_FLAGS = 16;
    static final int ENTER_FLAGS = 24;
    static final int SQE_FLAGS = 32;
    static final int QUERY_OPCODES = 40;

    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG;

    private QueryOpcodes() {
    }

    /** Answers how many opcodes of requests there are. */
    static int requestOpcodes(MemorySegment answer) {
        return answer.get(U32, REQUEST_OPCODES);
    }

    /** Answers how many opcodes of register there are. */
    static int registerOpcodes(MemorySegment answer) {
        return answer.get(U32, REGISTER_OPCODES);
    }

    static long featureFlags(MemorySegment answer) {
        return answer.get(U64, FEATURE_FLAGS);
    }

    static long setupFlags(MemorySegment answer) {
        return answer.get(U64, SETUP_FLAGS);
    }

    static long enterFlags(MemorySegment answer) {
        return answer.get(U64, ENTER_FLAGS);
    }

    static long sqeFlags(MemorySegment answer) {
        return answer.get(U64, SQE_FLAGS);
    }

    /** Answers how many questions QUERY knows. */
    static int queryOpcodes(MemorySegment answer) {
        return answer.get(U32, QUERY_OPCODES);
    }
}
