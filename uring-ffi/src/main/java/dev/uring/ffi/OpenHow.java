package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * Says how openat2 opens a file: {@code struct open_how}.
 *
 * <pre>
 * offset size name    C type
 *      0    8 flags   __u64
 *      8    8 mode    __u64
 *     16    8 resolve __u64
 *          24 bytes in all
 * </pre>
 */
public final class OpenHow {
    /** {@code sizeof(struct open_how)}. */
    public static final long SIZE = 24;

    /** {@code RESOLVE_NO_XDEV}. */
    public static final int NO_MOUNT_CROSSING = 1;
    /** {@code RESOLVE_NO_MAGICLINKS}: links such as those in {@code /proc/self/fd}. */
    public static final int NO_MAGIC_LINKS = 2;
    /** {@code RESOLVE_NO_SYMLINKS}. */
    public static final int NO_SYMBOLIC_LINKS = 4;
    /** {@code RESOLVE_BENEATH}: a path that leaves the directory answers -EXDEV. */
    public static final int BENEATH = 8;
    /** {@code RESOLVE_IN_ROOT}: the directory is the root of absolute paths and {@code ..}. */
    public static final int IN_ROOT = 0x10;
    /** {@code RESOLVE_CACHED}: answers -EAGAIN instead of reading from the device (kernel 5.12). */
    public static final int CACHED = 0x20;

    private OpenHow() {
    }

    /** Reads the flags ({@link OpenFlag}). */
    public static long flags(MemorySegment struct) {
        return struct.get(JAVA_LONG, 0);
    }

    /** Writes the flags ({@link OpenFlag}). */
    public static void flags(MemorySegment struct, long value) {
        struct.set(JAVA_LONG, 0, value);
    }

    /** Reads the permissions of a new file; 0 without CREATE or TEMPORARY_FILE. */
    public static long mode(MemorySegment struct) {
        return struct.get(JAVA_LONG, 8);
    }

    /** Writes the permissions of a new file; 0 without CREATE or TEMPORARY_FILE. */
    public static void mode(MemorySegment struct, long value) {
        struct.set(JAVA_LONG, 8, value);
    }

    /** Reads how the path may be resolved (the constants here). */
    public static long resolve(MemorySegment struct) {
        return struct.get(JAVA_LONG, 16);
    }

    /** Writes how the path may be resolved (the constants here). */
    public static void resolve(MemorySegment struct, long value) {
        struct.set(JAVA_LONG, 16, value);
    }
}
