package dev.uring.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What RESTRICTIONS takes an array of.
 *
 * <pre>
 * struct io_uring_restriction, 16 bytes
 *  offset size name              C type
 *       0    2 opcode            __u16
 *       2    1 register_op       __u8
 *       3    1 resv              __u8
 *       4   12 resv2             __u32[3]
 * </pre>
 */
final class Restriction {
    static final int SIZE = 16;
    static final int KIND = 0;
    static final int VALUE = 2;

    private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT;

    private Restriction() {
    }

    /** Sets the kind: RESTRICTION_* of {@link RegisterFlag}. */
    static void kind(MemorySegment restriction, int kind) {
        restriction.set(U16, KIND, (short) kind);
    }

    /** Sets the opcode or the flags that the kind is about. */
    static void value(MemorySegment restriction, int value) {
        restriction.set(U8, VALUE, (byte) value);
    }
}
