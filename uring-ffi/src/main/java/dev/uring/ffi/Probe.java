package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What the kernel can do, as PROBE answers it; {@link ProbeOperation} entries follow.
 *
 * <pre>
 * struct io_uring_probe, 16 bytes
 *  offset size name              C type
 *       0    1 last_op           __u8
 *       1    1 ops_len           __u8
 *       2    2 resv              __u16
 *       4   12 resv2             __u32[3]
 *      16      ops               struct io_uring_probe_op[]
 * </pre>
 */
final class Probe {
    static final int SIZE = 16;
    static final int LAST_OPCODE = 0;
    static final int COUNT = 1;
    static final int OPERATIONS = 16;

    private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;

    private Probe() {
    }

    /** Answers the last opcode that the kernel has. */
    static int lastOpcode(MemorySegment probe) {
        return Byte.toUnsignedInt(probe.get(U8, LAST_OPCODE));
    }

    /** Answers how many entries follow. */
    static int count(MemorySegment probe) {
        return Byte.toUnsignedInt(probe.get(U8, COUNT));
    }

    /** Tells whether the kernel has the opcode; {@code probe} is what it filled. */
    static boolean supports(MemorySegment probe, int opcode) {
        return opcode < count(probe)
                && (ProbeOperation.flags(probe, OPERATIONS + (long) opcode * ProbeOperation.SIZE)
                        & RegisterFlag.OP_SUPPORTED) != 0;
    }
}
