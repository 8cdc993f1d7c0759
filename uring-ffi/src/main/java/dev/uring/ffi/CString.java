package dev.uring.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.file.InvalidPathException;
import java.util.Arrays;

/**
 * Turns Java paths and names into NUL-terminated C strings and back.
 *
 * <p>Bytes are those that {@code java.nio.file} uses for the same string: the charset of {@code sun.jnu.encoding}. A
 * string that this charset cannot express is refused, as {@code Path.of} refuses it, because replacing a character
 * would name another file.
 */
public final class CString {
    /** The empty string, for calls that take a descriptor and no path. */
    public static final MemorySegment EMPTY = Arena.global().allocate(1).asReadOnly();

    private static final Charset CHARSET = charset(System.getProperty("sun.jnu.encoding"));

    private CString() {
    }

    /**
     * Encodes a path or name with its closing NUL.
     *
     * @throws InvalidPathException if the path contains a NUL, or a character that the charset of paths cannot express
     */
    public static MemorySegment encode(SegmentAllocator allocator, String path) {
        return encode(allocator, bytes(path));
    }

    /** Copies raw bytes and adds the closing NUL; the bytes contain none. */
    public static MemorySegment encode(SegmentAllocator allocator, byte[] bytes) {
        MemorySegment string = allocator.allocate(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, string, ValueLayout.JAVA_BYTE, 0, bytes.length);
        string.set(ValueLayout.JAVA_BYTE, bytes.length, (byte) 0);
        return string;
    }

    /** Decodes {@code length} bytes, which contain no NUL, such as the target of a symbolic link. */
    public static String decode(MemorySegment segment, long offset, long lengthBytes) {
        return new String(segment.asSlice(offset, lengthBytes).toArray(ValueLayout.JAVA_BYTE), CHARSET);
    }

    /** Decodes the string that begins at {@code offset} and ends before the next NUL. */
    public static String decode(MemorySegment segment, long offset) {
        return decode(segment, offset, length(segment, offset));
    }

    /**
     * Counts the bytes before the next NUL.
     *
     * @throws IndexOutOfBoundsException if the segment ends without one
     */
    static long length(MemorySegment segment, long offset) {
        long length = 0;
        while (segment.get(ValueLayout.JAVA_BYTE, offset + length) != 0) {
            length++;
        }
        return length;
    }

    /**
     * Encodes a path or name without a closing NUL.
     *
     * @throws InvalidPathException as {@link #encode(SegmentAllocator, String)}
     */
    public static byte[] bytes(String path) {
        if (path.indexOf('\0') >= 0) {
            throw new InvalidPathException(path, "Nul character not allowed");
        }
        try {
            ByteBuffer encoded = CHARSET.newEncoder().encode(CharBuffer.wrap(path));
            return Arrays.copyOf(encoded.array(), encoded.limit());
        } catch (CharacterCodingException e) {
            InvalidPathException refused = new InvalidPathException(path,
                    "Malformed input or input contains unmappable characters, charset=" + CHARSET);
            refused.initCause(e);
            throw refused;
        }
    }

    private static Charset charset(String name) {
        return name != null && Charset.isSupported(name) ? Charset.forName(name) : Charset.defaultCharset();
    }
}
