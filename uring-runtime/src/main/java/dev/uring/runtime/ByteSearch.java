package dev.uring.runtime;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Finds a byte in memory, eight at a time: delimiters are looked for in all that a connection receives. */
final class ByteSearch {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    /** The first byte in memory is the lowest of the word, so that the lowest match is the first. */
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long TOPS = 0x8080808080808080L;

    private ByteSearch() {
    }

    /** Answers the index of the first byte of that value in {@code [from, to)}, or -1. */
    static int indexOf(MemorySegment memory, byte value, int from, int to) {
        long pattern = (value & 0xFF) * ONES;
        int at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            long word = memory.get(WORD, at) ^ pattern;
            // The lowest top bit that is left belongs to the first zero byte; borrows reach only bytes above that.
            long zeros = word - ONES & ~word & TOPS;
            if (zeros != 0) {
                return at + (Long.numberOfTrailingZeros(zeros) >>> 3);
            }
        }
        for (; at < to; at++) {
            if (memory.get(BYTE, at) == value) {
                return at;
            }
        }
        return -1;
    }
}
