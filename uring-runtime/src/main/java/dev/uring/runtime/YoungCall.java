package dev.uring.runtime;

import dev.uring.ffi.Errno;
import java.lang.System.Logger.Level;

/**
 * A system call that this host may lack: its kernel is older than the call, or a seccomp filter hides it. The first call
 * that is refused tells, once for the process, and none is made after it.
 */
final class YoungCall {
    private final String name;
    private final String since;
    private final String instead;
    /** Written by whoever finds out, never back; a thread that sees it late asks the kernel once more. */
    private boolean missing;

    /**
     * Describes a call.
     *
     * @param name as in its manual page
     * @param since the first Linux that has it
     * @param instead what is done without it, or cannot be
     */
    YoungCall(String name, String since, String instead) {
        this.name = name;
        this.since = since;
        this.instead = instead;
    }

    /** Answers whether the call was refused before, and should not be made. */
    boolean isMissing() {
        return missing;
    }

    /** Answers whether that answer of the call says that there is no such call. */
    boolean isMissing(int result) {
        if (result == -Errno.ENOSYS) {
            miss();
        }
        return result == -Errno.ENOSYS;
    }

    /** Has the call not be made any more. */
    void miss() {
        if (!missing) {
            missing = true;
            System.getLogger("dev.uring").log(Level.DEBUG, "degraded: " + name + " is refused: errno="
                    + Errno.describe(Errno.ENOSYS) + "; " + instead + "; remedy: Linux " + since
                    + " or later, and a seccomp profile that allows " + name);
        }
    }

    @Override
    public String toString() {
        return name + (missing ? " is refused" : "");
    }
}
