package dev.uring.ffi;

/** Names the attributes that statx reports. */
public final class StatxAttribute {
    /** {@code STATX_ATTR_COMPRESSED}. */
    public static final int COMPRESSED = 4;
    /** {@code STATX_ATTR_IMMUTABLE}. */
    public static final int IMMUTABLE = 0x10;
    /** {@code STATX_ATTR_APPEND}. */
    public static final int APPEND_ONLY = 0x20;
    /** {@code STATX_ATTR_NODUMP}. */
    public static final int NO_DUMP = 0x40;
    /** {@code STATX_ATTR_ENCRYPTED}. */
    public static final int ENCRYPTED = 0x800;
    /** {@code STATX_ATTR_AUTOMOUNT}. */
    public static final int AUTOMOUNT = 0x1000;
    /** {@code STATX_ATTR_MOUNT_ROOT}. */
    public static final int MOUNT_ROOT = 0x2000;
    /** {@code STATX_ATTR_VERITY}. */
    public static final int VERITY = 0x100000;
    /** {@code STATX_ATTR_DAX}. */
    public static final int DIRECT_ACCESS = 0x200000;
    /** {@code STATX_ATTR_WRITE_ATOMIC}. */
    public static final int ATOMIC_WRITE = 0x400000;

    private StatxAttribute() {
    }
}
