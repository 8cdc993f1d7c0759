package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * Holds a limit of a process, and names the limits: {@code struct rlimit}.
 *
 * <pre>
 * offset size name     C type
 *      0    8 rlim_cur rlim_t
 *      8    8 rlim_max rlim_t
 *          16 bytes in all
 * </pre>
 */
public final class ResourceLimit {
    /** {@code sizeof(struct rlimit)}. */
    public static final long SIZE = 16;

    /** {@code RLIMIT_CPU}. */
    public static final int PROCESSOR_SECONDS = 0;
    /** {@code RLIMIT_FSIZE}. */
    public static final int FILE_BYTES = 1;
    /** {@code RLIMIT_DATA}. */
    public static final int DATA_BYTES = 2;
    /** {@code RLIMIT_STACK}. */
    public static final int STACK_BYTES = 3;
    /** {@code RLIMIT_CORE}. */
    public static final int CORE_BYTES = 4;
    /** {@code RLIMIT_NPROC}. */
    public static final int PROCESSES = 6;
    /** {@code RLIMIT_NOFILE}. */
    public static final int OPEN_FILES = 7;
    /** {@code RLIMIT_MEMLOCK}: in bytes. */
    public static final int LOCKED_MEMORY = 8;
    /** {@code RLIMIT_AS}: in bytes. */
    public static final int ADDRESS_SPACE = 9;

    private ResourceLimit() {
    }

    /** Reads the limit that counts; -1 is unlimited. */
    public static long soft(MemorySegment struct) {
        return struct.get(JAVA_LONG, 0);
    }

    /** Writes the limit that counts; -1 is unlimited. */
    public static void soft(MemorySegment struct, long value) {
        struct.set(JAVA_LONG, 0, value);
    }

    /** Reads how far the limit may be raised; -1 is unlimited. */
    public static long hard(MemorySegment struct) {
        return struct.get(JAVA_LONG, 8);
    }

    /** Writes how far the limit may be raised; -1 is unlimited. */
    public static void hard(MemorySegment struct, long value) {
        struct.set(JAVA_LONG, 8, value);
    }
}
