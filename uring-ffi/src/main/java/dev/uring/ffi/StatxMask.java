package dev.uring.ffi;

/** Names the fields that statx is asked for, and that it says it filled in. */
public final class StatxMask {
    /** {@code STATX_TYPE}. */
    public static final int TYPE = 1;
    /** {@code STATX_MODE}. */
    public static final int MODE = 2;
    /** {@code STATX_NLINK}. */
    public static final int LINKS = 4;
    /** {@code STATX_UID}. */
    public static final int USER = 8;
    /** {@code STATX_GID}. */
    public static final int GROUP = 0x10;
    /** {@code STATX_ATIME}. */
    public static final int ACCESS_TIME = 0x20;
    /** {@code STATX_MTIME}. */
    public static final int MODIFICATION_TIME = 0x40;
    /** {@code STATX_CTIME}. */
    public static final int CHANGE_TIME = 0x80;
    /** {@code STATX_INO}. */
    public static final int INODE = 0x100;
    /** {@code STATX_SIZE}. */
    public static final int SIZE = 0x200;
    /** {@code STATX_BLOCKS}. */
    public static final int BLOCKS = 0x400;
    /** {@code STATX_BASIC_STATS}: all of the above, what stat answers. */
    public static final int BASIC = 0x7ff;
    /** {@code STATX_BTIME}. */
    public static final int BIRTH_TIME = 0x800;
    /** {@code STATX_MNT_ID}. */
    public static final int MOUNT_ID = 0x1000;
    /** {@code STATX_DIOALIGN}: kernel 6.1. */
    public static final int DIRECT_ALIGNMENT = 0x2000;
    /** {@code STATX_MNT_ID_UNIQUE}: kernel 6.8. */
    public static final int MOUNT_ID_UNIQUE = 0x4000;
    /** {@code STATX_SUBVOL}: kernel 6.10. */
    public static final int SUBVOLUME = 0x8000;
    /** {@code STATX_WRITE_ATOMIC}: kernel 6.11. */
    public static final int ATOMIC_WRITE = 0x10000;
    /** {@code STATX_DIO_READ_ALIGN}: kernel 6.14. */
    public static final int DIRECT_READ_ALIGNMENT = 0x20000;

    private StatxMask() {
    }
}
