package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/**
 * Tells what waitid found: the part of {@code siginfo_t} that it fills in.
 *
 * <pre>
 * offset size name      C type
 *      0    4 si_signo  int
 *      4    4 si_errno  int
 *      8    4 si_code   int
 *     16    4 si_pid    pid_t
 *     20    4 si_uid    uid_t
 *     24    4 si_status int
 *         128 bytes in all
 * </pre>
 */
public final class SignalInformation {
    /** {@code sizeof(siginfo_t)}. */
    public static final long SIZE = 128;

    private SignalInformation() {
    }

    /** Reads the signal, SIGCHLD; 0 when no child had changed state. */
    public static int signal(MemorySegment struct) {
        return struct.get(JAVA_INT, 0);
    }

    /** Reads an error number, 0 here. */
    public static int errno(MemorySegment struct) {
        return struct.get(JAVA_INT, 4);
    }

    /** Reads what happened, such as CHILD_EXITED of {@link ProcessFlag}. */
    public static int code(MemorySegment struct) {
        return struct.get(JAVA_INT, 8);
    }

    /** Reads the process id of the child. */
    public static int process(MemorySegment struct) {
        return struct.get(JAVA_INT, 16);
    }

    /** Reads the user id of the child. */
    public static int user(MemorySegment struct) {
        return struct.get(JAVA_INT, 20);
    }

    /** Reads the exit code, or the signal that ended the child. */
    public static int status(MemorySegment struct) {
        return struct.get(JAVA_INT, 24);
    }
}
