package dev.uring.ffi;

/** Names the bits of a file mode: type and permissions. */
public final class FileMode {
    /** {@code S_IFMT}: the bits that hold the type. */
    public static final int TYPE_MASK = 0170000;
    /** {@code S_IFSOCK}. */
    public static final int SOCKET = 0140000;
    /** {@code S_IFLNK}. */
    public static final int SYMBOLIC_LINK = 0120000;
    /** {@code S_IFREG}. */
    public static final int REGULAR = 0100000;
    /** {@code S_IFBLK}. */
    public static final int BLOCK_DEVICE = 060000;
    /** {@code S_IFDIR}. */
    public static final int DIRECTORY = 040000;
    /** {@code S_IFCHR}. */
    public static final int CHARACTER_DEVICE = 020000;
    /** {@code S_IFIFO}. */
    public static final int PIPE = 010000;
    /** {@code S_ISUID}. */
    public static final int SET_USER = 04000;
    /** {@code S_ISGID}. */
    public static final int SET_GROUP = 02000;
    /** {@code S_ISVTX}. */
    public static final int STICKY = 01000;

    private FileMode() {
    }
}
