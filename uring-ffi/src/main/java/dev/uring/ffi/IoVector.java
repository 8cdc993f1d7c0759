package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * Describes one piece of memory in an array for vectored I/O: {@code struct iovec}.
 *
 * <pre>
 * offset size name     C type
 *      0    8 iov_base void *
 *      8    8 iov_len  size_t
 *          16 bytes in all
 * </pre>
 */
public final class IoVector {
    /** {@code sizeof(struct iovec)}. */
    public static final long SIZE = 16;

    private IoVector() {
    }

    /** Reads the address of the piece. */
    public static long base(MemorySegment array, int index) {
        return array.get(JAVA_LONG, index * SIZE);
    }

    /** Reads the length of the piece in bytes. */
    public static long length(MemorySegment array, int index) {
        return array.get(JAVA_LONG, index * SIZE + 8);
    }

    /** Writes one piece: address and length of a native segment, which must stay alive while the kernel uses it. */
    public static void set(MemorySegment array, int index, MemorySegment piece) {
        set(array, index, piece, piece.byteSize());
    }

    /** Writes one piece: the first {@code lengthBytes} of a native segment. */
    public static void set(MemorySegment array, int index, MemorySegment piece, long lengthBytes) {
        assert lengthBytes <= piece.byteSize() : "lengthBytes=" + lengthBytes + " pieceBytes=" + piece.byteSize();
        array.set(ADDRESS, index * SIZE, piece);
        array.set(JAVA_LONG, index * SIZE + 8, lengthBytes);
    }
}
