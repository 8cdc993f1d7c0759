package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * Holds the attributes of a file as they were told before {@link Statx}: {@code struct stat}.
 *
 * <pre>
 *    x86-64         aarch64
 * offset size    offset size    name             C type
 *      0    8         0    8    st_dev           dev_t
 *      8    8         8    8    st_ino           ino_t
 *     16    8        20    4    st_nlink         nlink_t
 *     24    4        16    4    st_mode          mode_t
 *     28    4        24    4    st_uid           uid_t
 *     32    4        28    4    st_gid           gid_t
 *     40    8        32    8    st_rdev          dev_t
 *     48    8        48    8    st_size          off_t
 *     56    8        56    4    st_blksize       blksize_t
 *     64    8        64    8    st_blocks        blkcnt_t
 *     72    8        72    8    st_atim.tv_sec   time_t
 *     80    8        80    8    st_atim.tv_nsec  long
 *     88    8        88    8    st_mtim.tv_sec   time_t
 *     96    8        96    8    st_mtim.tv_nsec  long
 *    104    8       104    8    st_ctim.tv_sec   time_t
 *    112    8       112    8    st_ctim.tv_nsec  long
 *         144            128 bytes in all
 * </pre>
 */
public final class FileStatus {
    private static final boolean X86_64 = Architecture.HOST == Architecture.X86_64;

    /** {@code sizeof(struct stat)}. */
    public static final long SIZE = X86_64 ? 144 : 128;

    private static final long LINKS = X86_64 ? 16 : 20;
    private static final long MODE = X86_64 ? 24 : 16;
    private static final long USER = X86_64 ? 28 : 24;
    private static final long GROUP = X86_64 ? 32 : 28;
    private static final long SPECIAL_DEVICE = X86_64 ? 40 : 32;

    private FileStatus() {
    }

    /** Reads the device that the file is on. */
    public static long device(MemorySegment struct) {
        return struct.get(JAVA_LONG, 0);
    }

    /** Reads the inode number. */
    public static long inode(MemorySegment struct) {
        return struct.get(JAVA_LONG, 8);
    }

    /** Reads the count of hard links. */
    public static long links(MemorySegment struct) {
        return X86_64 ? struct.get(JAVA_LONG, LINKS) : struct.get(JAVA_INT, LINKS);
    }

    /** Reads type and permissions ({@link FileMode}). */
    public static int mode(MemorySegment struct) {
        return struct.get(JAVA_INT, MODE);
    }

    /** Reads the user id of the owner. */
    public static int user(MemorySegment struct) {
        return struct.get(JAVA_INT, USER);
    }

    /** Reads the group id of the owner. */
    public static int group(MemorySegment struct) {
        return struct.get(JAVA_INT, GROUP);
    }

    /** Reads the device that this file is. */
    public static long specialDevice(MemorySegment struct) {
        return struct.get(JAVA_LONG, SPECIAL_DEVICE);
    }

    /** Reads the size of the file in bytes. */
    public static long size(MemorySegment struct) {
        return struct.get(JAVA_LONG, 48);
    }

    /** Reads the preferred size of I/O in bytes. */
    public static long blockBytes(MemorySegment struct) {
        return X86_64 ? struct.get(JAVA_LONG, 56) : struct.get(JAVA_INT, 56);
    }

    /** Reads the count of blocks of 512 bytes. */
    public static long blocks(MemorySegment struct) {
        return struct.get(JAVA_LONG, 64);
    }

    /** Reads the seconds of the last access. */
    public static long accessSeconds(MemorySegment struct) {
        return struct.get(JAVA_LONG, 72);
    }

    /** Reads the nanoseconds of the last access. */
    public static long accessNanos(MemorySegment struct) {
        return struct.get(JAVA_LONG, 80);
    }

    /** Reads the seconds of the last change of data. */
    public static long modificationSeconds(MemorySegment struct) {
        return struct.get(JAVA_LONG, 88);
    }

    /** Reads the nanoseconds of the last change of data. */
    public static long modificationNanos(MemorySegment struct) {
        return struct.get(JAVA_LONG, 96);
    }

    /** Reads the seconds of the last change of attributes. */
    public static long changeSeconds(MemorySegment struct) {
        return struct.get(JAVA_LONG, 104);
    }

    /** Reads the nanoseconds of the last change of attributes. */
    public static long changeNanos(MemorySegment struct) {
        return struct.get(JAVA_LONG, 112);
    }

    /** Writes a {@link Statx} that says the same, and by its mask that it says no more. */
    public static void toStatx(MemorySegment struct, MemorySegment statx) {
        statx.asSlice(0, Statx.SIZE).fill((byte) 0);
        Statx.mask(statx, StatxMask.BASIC);
        Statx.blockBytes(statx, (int) blockBytes(struct));
        Statx.links(statx, (int) links(struct));
        Statx.user(statx, user(struct));
        Statx.group(statx, group(struct));
        Statx.mode(statx, mode(struct));
        Statx.inode(statx, inode(struct));
        Statx.size(statx, size(struct));
        Statx.blocks(statx, blocks(struct));
        Statx.accessSeconds(statx, accessSeconds(struct));
        Statx.accessNanos(statx, (int) accessNanos(struct));
        Statx.changeSeconds(statx, changeSeconds(struct));
        Statx.changeNanos(statx, (int) changeNanos(struct));
        Statx.modificationSeconds(statx, modificationSeconds(struct));
        Statx.modificationNanos(statx, (int) modificationNanos(struct));
        Statx.specialDeviceMajor(statx, major(specialDevice(struct)));
        Statx.specialDeviceMinor(statx, minor(specialDevice(struct)));
        Statx.deviceMajor(statx, major(device(struct)));
        Statx.deviceMinor(statx, minor(device(struct)));
    }

    /** The kernel packs 12 bits of the one between 8 and 12 of the other (linux/kdev_t.h, new_encode_dev). */
    private static int major(long device) {
        return (int) (device >>> 8) & 0xfff;
    }

    private static int minor(long device) {
        return (int) device & 0xff | (int) (device >>> 12) & 0xfff00;
    }
}
