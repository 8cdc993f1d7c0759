package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * A buffer in a ring of provided buffers; {@code base} is the byte offset of the entry.
 *
 * <p>The last field of the first entry is the tail of the ring, so an entry is filled field by field.
 *
 * <pre>
 * struct io_uring_buf, 16 bytes
 *  offset size name              C type
 *       0    8 addr              __u64
 *       8    4 len               __u32
 *      12    2 bid               __u16
 *      14    2 resv              __u16
 * </pre>
 */
final class BufferRingEntry {
    static final int SIZE = 16;
    static final int ADDRESS = 0;
    static final int LENGTH = 8;
    static final int BUFFER_ID = 12;
    static final int TAIL = 14;

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT;
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG;
    private static final VarHandle TAIL_HANDLE = ValueLayout.JAVA_SHORT.varHandle().withInvokeExactBehavior();

    private BufferRingEntry() {
    }

    static void set(MemorySegment ring, long base, long address, int length, int bufferId) {
        ring.set(U64, base + ADDRESS, address);
        ring.set(U32, base + LENGTH, length);
        ring.set(U16, base + BUFFER_ID, (short) bufferId);
    }

    /** Publishes entries to the kernel: what was written before is visible to it before the new tail is. */
    static void tailRelease(MemorySegment ring, int tail) {
        TAIL_HANDLE.setRelease(ring, (long) TAIL, (short) tail);
    }
}
