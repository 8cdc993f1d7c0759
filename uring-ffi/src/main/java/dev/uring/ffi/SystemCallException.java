package dev.uring.ffi;

import java.io.IOException;

/** Thrown when a system call that sets something up is refused; says which, why, and what to do about it. */
public final class SystemCallException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String operation;
    private final int errno;

    SystemCallException(String operation, String operands, int errno, String nextStep) {
        super(operation + " failed: " + operands + (operands.isEmpty() ? "" : " ") + "errno=" + Errno.describe(errno)
                + (nextStep.isEmpty() ? "" : "; " + nextStep));
        this.operation = operation;
        this.errno = errno;
    }

    /** Answers the name of the system call, such as {@code io_uring_setup}. */
    public String operation() {
        return operation;
    }

    /** Answers the positive error number, see {@link Errno}. */
    public int errno() {
        return errno;
    }
}
