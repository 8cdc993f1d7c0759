package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/**
 * Walks the entries that getdents64 put into a buffer: {@code struct linux_dirent64}.
 *
 * <pre>
 * offset size name     C type
 *      0    8 d_ino    ino64_t
 *      8    8 d_off    off64_t
 *     16    2 d_reclen unsigned short
 *     18    1 d_type   unsigned char
 *     19      d_name   char[], closed by a NUL and padded to a multiple of 8
 * </pre>
 *
 * <p>Who plays the kernel writes them with {@link #set}.
 *
 * <p>The walk begins at offset 0, goes on with {@link #next}, and ends when the offset reaches the count of bytes that
 * getdents64 answered.
 */
public final class DirectoryEntry {
    /** {@code DT_UNKNOWN}: this file system does not say; ask statx. */
    public static final int UNKNOWN = 0;
    /** {@code DT_FIFO}. */
    public static final int PIPE = 1;
    /** {@code DT_CHR}. */
    public static final int CHARACTER_DEVICE = 2;
    /** {@code DT_DIR}. */
    public static final int DIRECTORY = 4;
    /** {@code DT_BLK}. */
    public static final int BLOCK_DEVICE = 6;
    /** {@code DT_REG}. */
    public static final int REGULAR = 8;
    /** {@code DT_LNK}. */
    public static final int SYMBOLIC_LINK = 10;
    /** {@code DT_SOCK}. */
    public static final int SOCKET = 12;

    private static final long NAME = 19;

    private DirectoryEntry() {
    }

    /** Reads the inode number of the entry at {@code offset}. */
    public static long inode(MemorySegment buffer, long offset) {
        return buffer.get(JAVA_LONG, offset);
    }

    /** Reads the position behind the entry, which lseek on the directory takes. */
    public static long position(MemorySegment buffer, long offset) {
        return buffer.get(JAVA_LONG, offset + 8);
    }

    /** Reads the size of the entry in bytes. */
    public static int length(MemorySegment buffer, long offset) {
        return Short.toUnsignedInt(buffer.get(JAVA_SHORT, offset + 16));
    }

    /** Reads the type of the file (the constants here). */
    public static int type(MemorySegment buffer, long offset) {
        return Byte.toUnsignedInt(buffer.get(JAVA_BYTE, offset + 18));
    }

    /** Reads the name; it may be {@code .} or {@code ..}. */
    public static String name(MemorySegment buffer, long offset) {
        return CString.decode(buffer, offset + NAME);
    }

    /** Reads the name as the file system has it, for names that are not valid text. */
    public static byte[] nameBytes(MemorySegment buffer, long offset) {
        return buffer.asSlice(offset + NAME, CString.length(buffer, offset + NAME)).toArray(JAVA_BYTE);
    }

    /** Answers the offset of the entry behind the one at {@code offset}. */
    public static long next(MemorySegment buffer, long offset) {
        int length = length(buffer, offset);
        if (length <= NAME) {
            throw new IllegalArgumentException("not a directory entry: offset=" + offset + " length=" + length);
        }
        return offset + length;
    }

    /** Answers how many bytes an entry with a name of that many bytes takes. */
    public static int length(int nameBytes) {
        return (int) (NAME + nameBytes + 1 + 7 & ~7);
    }

    /**
     * Writes an entry at {@code offset}.
     *
     * @param position what lies behind the entry, see {@link #position}
     * @param type one of the constants here
     * @param name no NUL; there are {@link #length(int)} bytes of room
     */
    public static void set(MemorySegment buffer, long offset, long inode, long position, int type, byte[] name) {
        int length = length(name.length);
        buffer.asSlice(offset, length).fill((byte) 0);
        buffer.set(JAVA_LONG, offset, inode);
        buffer.set(JAVA_LONG, offset + 8, position);
        buffer.set(JAVA_SHORT, offset + 16, (short) length);
        buffer.set(JAVA_BYTE, offset + 18, (byte) type);
        MemorySegment.copy(name, 0, buffer, JAVA_BYTE, offset + NAME, name.length);
    }
}
