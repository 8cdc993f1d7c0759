package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What the kernel tells about one opcode; {@code base} is the byte offset of the entry.
 *
 * <pre>
 * struct io_uring_probe_op, 8 bytes
 *  offset size name              C type
 *       0    1 op                __u8
 *       1    1 resv              __u8
 *       2    2 flags             __u16
 *       4    4 resv2             __u32
 * </pre>
 */
final class ProbeOperation {
    static final int SIZE = 8;
    static final int OPCODE = 0;
    static final int FLAGS = 2;

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT;

    private ProbeOperation() {
    }

    static int flags(MemorySegment probe, long base) {
        return Short.toUnsignedInt(probe.get(U16, base + FLAGS));
    }
}
