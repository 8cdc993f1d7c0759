package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/**
 * Holds the attributes of a file as statx fills them in: {@code struct statx}. Who plays the kernel writes those that he
 * can know.
 *
 * <pre>
 * offset size name                          C type
 *      0    4 stx_mask                      __u32
 *      4    4 stx_blksize                   __u32
 *      8    8 stx_attributes                __u64
 *     16    4 stx_nlink                     __u32
 *     20    4 stx_uid                       __u32
 *     24    4 stx_gid                       __u32
 *     28    2 stx_mode                      __u16
 *     32    8 stx_ino                       __u64
 *     40    8 stx_size                      __u64
 *     48    8 stx_blocks                    __u64
 *     56    8 stx_attributes_mask           __u64
 *     64    8 stx_atime.tv_sec              __s64
 *     72    4 stx_atime.tv_nsec             __u32
 *     80    8 stx_btime.tv_sec              __s64
 *     88    4 stx_btime.tv_nsec             __u32
 *     96    8 stx_ctime.tv_sec              __s64
 *    104    4 stx_ctime.tv_nsec             __u32
 *    112    8 stx_mtime.tv_sec              __s64
 *    120    4 stx_mtime.tv_nsec             __u32
 *    128    4 stx_rdev_major                __u32
 *    132    4 stx_rdev_minor                __u32
 *    136    4 stx_dev_major                 __u32
 *    140    4 stx_dev_minor                 __u32
 *    144    8 stx_mnt_id                    __u64
 *    152    4 stx_dio_mem_align             __u32
 *    156    4 stx_dio_offset_align          __u32
 *    160    8 stx_subvol                    __u64
 *    168    4 stx_atomic_write_unit_min     __u32
 *    172    4 stx_atomic_write_unit_max     __u32
 *    176    4 stx_atomic_write_segments_max __u32
 *    180    4 stx_dio_read_offset_align     __u32
 *    184    4 stx_atomic_write_unit_max_opt __u32
 *         256 bytes in all
 * </pre>
 */
public final class Statx {
    /** {@code sizeof(struct statx)}. */
    public static final long SIZE = 256;

    private Statx() {
    }

    /** Reads which fields were filled in ({@link StatxMask}). */
    public static int mask(MemorySegment struct) {
        return struct.get(JAVA_INT, 0);
    }

    /** Writes which fields are filled in ({@link StatxMask}). */
    public static void mask(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 0, value);
    }

    /** Reads the preferred size of I/O in bytes. */
    public static int blockBytes(MemorySegment struct) {
        return struct.get(JAVA_INT, 4);
    }

    /** Writes the preferred size of I/O in bytes. */
    public static void blockBytes(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 4, value);
    }

    /** Reads the attributes ({@link StatxAttribute}). */
    public static long attributes(MemorySegment struct) {
        return struct.get(JAVA_LONG, 8);
    }

    /** Reads the count of hard links. */
    public static int links(MemorySegment struct) {
        return struct.get(JAVA_INT, 16);
    }

    /** Writes the count of hard links. */
    public static void links(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 16, value);
    }

    /** Reads the user id of the owner. */
    public static int user(MemorySegment struct) {
        return struct.get(JAVA_INT, 20);
    }

    /** Writes the user id of the owner. */
    public static void user(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 20, value);
    }

    /** Reads the group id of the owner. */
    public static int group(MemorySegment struct) {
        return struct.get(JAVA_INT, 24);
    }

    /** Writes the group id of the owner. */
    public static void group(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 24, value);
    }

    /** Reads type and permissions ({@link FileMode}). */
    public static int mode(MemorySegment struct) {
        return Short.toUnsignedInt(struct.get(JAVA_SHORT, 28));
    }

    /** Writes type and permissions ({@link FileMode}). */
    public static void mode(MemorySegment struct, int value) {
        struct.set(JAVA_SHORT, 28, (short) value);
    }

    /** Reads the inode number. */
    public static long inode(MemorySegment struct) {
        return struct.get(JAVA_LONG, 32);
    }

    /** Writes the inode number. */
    public static void inode(MemorySegment struct, long value) {
        struct.set(JAVA_LONG, 32, value);
    }

    /** Reads the size of the file in bytes. */
    public static long size(MemorySegment struct) {
        return struct.get(JAVA_LONG, 40);
    }

    /** Writes the size of the file in bytes. */
    public static void size(MemorySegment struct, long value) {
        struct.set(JAVA_LONG, 40, value);
    }

    /** Reads the count of blocks of 512 bytes. */
    public static long blocks(MemorySegment struct) {
        return struct.get(JAVA_LONG, 48);
    }

    /** Writes the count of blocks of 512 bytes. */
    public static void blocks(MemorySegment struct, long value) {
        struct.set(JAVA_LONG, 48, value);
    }

    /** Reads which attributes the file system knows. */
    public static long attributesMask(MemorySegment struct) {
        return struct.get(JAVA_LONG, 56);
    }

    /** Reads the seconds of the last access. */
    public static long accessSeconds(MemorySegment struct) {
        return struct.get(JAVA_LONG, 64);
    }

    /** Writes the seconds of the last access. */
    public static void accessSeconds(MemorySegment struct, long value) {
        struct.set(JAVA_LONG, 64, value);
    }

    /** Reads the nanoseconds of the last access. */
    public static int accessNanos(MemorySegment struct) {
        return struct.get(JAVA_INT, 72);
    }

    /** Writes the nanoseconds of the last access. */
    public static void accessNanos(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 72, value);
    }

    /** Reads the seconds of the creation. */
    public static long birthSeconds(MemorySegment struct) {
        return struct.get(JAVA_LONG, 80);
    }

    /** Writes the seconds of the creation. */
    public static void birthSeconds(MemorySegment struct, long value) {
        struct.set(JAVA_LONG, 80, value);
    }

    /** Reads the nanoseconds of the creation. */
    public static int birthNanos(MemorySegment struct) {
        return struct.get(JAVA_INT, 88);
    }

    /** Writes the nanoseconds of the creation. */
    public static void birthNanos(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 88, value);
    }

    /** Reads the seconds of the last change of attributes. */
    public static long changeSeconds(MemorySegment struct) {
        return struct.get(JAVA_LONG, 96);
    }

    /** Writes the seconds of the last change of attributes. */
    public static void changeSeconds(MemorySegment struct, long value) {
        struct.set(JAVA_LONG, 96, value);
    }

    /** Reads the nanoseconds of the last change of attributes. */
    public static int changeNanos(MemorySegment struct) {
        return struct.get(JAVA_INT, 104);
    }

    /** Writes the nanoseconds of the last change of attributes. */
    public static void changeNanos(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 104, value);
    }

    /** Reads the seconds of the last change of data. */
    public static long modificationSeconds(MemorySegment struct) {
        return struct.get(JAVA_LONG, 112);
    }

    /** Writes the seconds of the last change of data. */
    public static void modificationSeconds(MemorySegment struct, long value) {
        struct.set(JAVA_LONG, 112, value);
    }

    /** Reads the nanoseconds of the last change of data. */
    public static int modificationNanos(MemorySegment struct) {
        return struct.get(JAVA_INT, 120);
    }

    /** Writes the nanoseconds of the last change of data. */
    public static void modificationNanos(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 120, value);
    }

    /** Reads the major number of the device that this file is. */
    public static int specialDeviceMajor(MemorySegment struct) {
        return struct.get(JAVA_INT, 128);
    }

    /** Writes the major number of the device that this file is. */
    public static void specialDeviceMajor(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 128, value);
    }

    /** Reads the minor number of the device that this file is. */
    public static int specialDeviceMinor(MemorySegment struct) {
        return struct.get(JAVA_INT, 132);
    }

    /** Writes the minor number of the device that this file is. */
    public static void specialDeviceMinor(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 132, value);
    }

    /** Reads the major number of the device that the file is on. */
    public static int deviceMajor(MemorySegment struct) {
        return struct.get(JAVA_INT, 136);
    }

    /** Writes the major number of the device that the file is on. */
    public static void deviceMajor(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 136, value);
    }

    /** Reads the minor number of the device that the file is on. */
    public static int deviceMinor(MemorySegment struct) {
        return struct.get(JAVA_INT, 140);
    }

    /** Writes the minor number of the device that the file is on. */
    public static void deviceMinor(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 140, value);
    }

    /** Reads the id of the mount. */
    public static long mountId(MemorySegment struct) {
        return struct.get(JAVA_LONG, 144);
    }

    /** Reads the alignment of memory for direct I/O, 0 when it has none. */
    public static int directMemoryAlignment(MemorySegment struct) {
        return struct.get(JAVA_INT, 152);
    }

    /** Reads the alignment of offset and length for direct I/O. */
    public static int directOffsetAlignment(MemorySegment struct) {
        return struct.get(JAVA_INT, 156);
    }

    /** Reads the subvolume. */
    public static long subvolume(MemorySegment struct) {
        return struct.get(JAVA_LONG, 160);
    }

    /** Reads the least bytes of an atomic write. */
    public static int atomicWriteBytesMin(MemorySegment struct) {
        return struct.get(JAVA_INT, 168);
    }

    /** Reads the most bytes of an atomic write. */
    public static int atomicWriteBytesMax(MemorySegment struct) {
        return struct.get(JAVA_INT, 172);
    }

    /** Reads the most pieces of an atomic write. */
    public static int atomicWriteVectorsMax(MemorySegment struct) {
        return struct.get(JAVA_INT, 176);
    }

    /** Reads the alignment of offset and length for direct reads. */
    public static int directReadOffsetAlignment(MemorySegment struct) {
        return struct.get(JAVA_INT, 180);
    }

    /** Reads the most bytes of a fast atomic write, 0 when it is the same. */
    public static int atomicWriteBytesOptimal(MemorySegment struct) {
        return struct.get(JAVA_INT, 184);
    }
}
