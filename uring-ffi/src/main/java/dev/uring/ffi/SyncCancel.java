package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What SYNC_CANCEL takes.
 *
 * <pre>
 * struct io_uring_sync_cancel_reg, 64 bytes
 *  offset size name              C type
 *       0    8 addr              __u64
 *       8    4 fd                __s32
 *      12    4 flags             __u32
 *      16   16 timeout           struct __kernel_timespec
 *      32    1 opcode            __u8
 *      33    7 pad               __u8[7]
 *      40   24 pad2              __u64[3]
 * </pre>
 */
final class SyncCancel {
    static final int SIZE = 64;
    static final int USER_DATA = 0;
    static final int FD = 8;
    static final int FLAGS = 12;
    static final int TIMEOUT = 16;
    static final int OPCODE = 32;

    private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG;

    private SyncCancel() {
    }

    static void userData(MemorySegment cancel, long userData) {
        cancel.set(U64, USER_DATA, userData);
    }

    static void fd(MemorySegment cancel, int fd) {
        cancel.set(U32, FD, fd);
    }

    static void flags(MemorySegment cancel, int flags) {
        cancel.set(U32, FLAGS, flags);
    }

    static void opcode(MemorySegment cancel, int opcode) {
        cancel.set(U8, OPCODE, (byte) opcode);
    }

    /** Sets how long to wait for the cancelled requests; two times -1 is for ever. */
    static void timeout(MemorySegment cancel, long seconds, long nanos) {
        cancel.set(U64, TIMEOUT + KernelTimespec.SECONDS, seconds);
        cancel.set(U64, TIMEOUT + KernelTimespec.NANOS, nanos);
    }
}
