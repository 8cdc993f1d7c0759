package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;

/**
 * Describes a record lock for fcntl: {@code struct flock}.
 *
 * <pre>
 * offset size name     C type
 *      0    2 l_type   short
 *      2    2 l_whence short
 *      8    8 l_start  off_t
 *     16    8 l_len    off_t
 *     24    4 l_pid    pid_t
 *          32 bytes in all
 * </pre>
 *
 * <p>Locks of a description ({@code OFD}) belong to the open file, those of a process are lost when it closes any
 * descriptor of the file.
 */
public final class LockRange {
    /** {@code sizeof(struct flock)}. */
    public static final long SIZE = 32;

    /** {@code F_RDLCK}. */
    public static final int SHARED = 0;
    /** {@code F_WRLCK}. */
    public static final int EXCLUSIVE = 1;
    /** {@code F_UNLCK}. */
    public static final int UNLOCKED = 2;
    /** {@code F_OFD_GETLK}: tests: UNLOCKED, or the lock that is in the way. */
    public static final int GET_FOR_DESCRIPTION = 36;
    /** {@code F_OFD_SETLK}: -EAGAIN when another holds it. */
    public static final int SET_FOR_DESCRIPTION = 37;
    /** {@code F_OFD_SETLKW}: waits for it. */
    public static final int AWAIT_FOR_DESCRIPTION = 38;
    /** {@code F_GETLK}. */
    public static final int GET_FOR_PROCESS = 5;
    /** {@code F_SETLK}. */
    public static final int SET_FOR_PROCESS = 6;
    /** {@code F_SETLKW}. */
    public static final int AWAIT_FOR_PROCESS = 7;
    /** {@code LOCK_SH}: for flock. */
    public static final int WHOLE_FILE_SHARED = 1;
    /** {@code LOCK_EX}: for flock. */
    public static final int WHOLE_FILE_EXCLUSIVE = 2;
    /** {@code LOCK_UN}: for flock. */
    public static final int WHOLE_FILE_UNLOCK = 8;
    /** {@code LOCK_NB}: for flock, beside one of the others. */
    public static final int WHOLE_FILE_NO_WAIT = 4;

    private LockRange() {
    }

    /** Reads the type: SHARED, EXCLUSIVE or UNLOCKED. */
    public static int type(MemorySegment struct) {
        return Short.toUnsignedInt(struct.get(JAVA_SHORT, 0));
    }

    /** Writes the type: SHARED, EXCLUSIVE or UNLOCKED. */
    public static void type(MemorySegment struct, int value) {
        struct.set(JAVA_SHORT, 0, (short) value);
    }

    /** Reads what the start counts from ({@link SeekOrigin}). */
    public static int origin(MemorySegment struct) {
        return Short.toUnsignedInt(struct.get(JAVA_SHORT, 2));
    }

    /** Writes what the start counts from ({@link SeekOrigin}). */
    public static void origin(MemorySegment struct, int value) {
        struct.set(JAVA_SHORT, 2, (short) value);
    }

    /** Reads the first byte. */
    public static long start(MemorySegment struct) {
        return struct.get(JAVA_LONG, 8);
    }

    /** Writes the first byte. */
    public static void start(MemorySegment struct, long value) {
        struct.set(JAVA_LONG, 8, value);
    }

    /** Reads the count of bytes; 0 is to the end, however far it moves. */
    public static long length(MemorySegment struct) {
        return struct.get(JAVA_LONG, 16);
    }

    /** Writes the count of bytes; 0 is to the end, however far it moves. */
    public static void length(MemorySegment struct, long value) {
        struct.set(JAVA_LONG, 16, value);
    }

    /** Reads the process that holds the lock, -1 for a lock of a description. */
    public static int process(MemorySegment struct) {
        return struct.get(JAVA_INT, 24);
    }

    /** Writes the process that holds the lock, -1 for a lock of a description. */
    public static void process(MemorySegment struct, int value) {
        struct.set(JAVA_INT, 24, value);
    }

    /** Writes a request that counts from the start of the file; the process is 0, as locks of a description demand. */
    public static void set(MemorySegment struct, int type, long start, long length) {
        type(struct, type);
        origin(struct, SeekOrigin.START);
        start(struct, start);
        length(struct, length);
        process(struct, 0);
    }
}
