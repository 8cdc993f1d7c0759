package dev.uring.runtime;

import dev.uring.ffi.Errno;
import java.io.IOException;

/** Thrown when an operation fails with an error for which the JDK has no exception type of its own. */
public class UringException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int errno;
    private final String operation;

    /**
     * Describes a failed operation.
     *
     * @param operation what was tried, such as {@code read}
     * @param operands its operands as {@code name=value} pairs, may be empty
     * @param errno the positive Linux error number
     */
    public UringException(String operation, String operands, int errno) {
        super(message(operation, operands, errno));
        this.operation = operation;
        this.errno = errno;
    }

    /**
     * Describes a failed operation, and what its caller can do about it.
     *
     * @param nextStep a sentence in lower case
     */
    public UringException(String operation, String operands, int errno, String nextStep) {
        super(message(operation, operands, errno) + "; " + nextStep);
        this.operation = operation;
        this.errno = errno;
    }

    /** Answers the text that every failed operation carries: {@code read failed: fd=7 errno=EBADF(9)}. */
    public static String message(String operation, String operands, int errno) {
        return operation + " failed: " + operands + (operands.isEmpty() ? "" : " ") + "errno=" + Errno.describe(errno);
    }

    /** Answers the positive Linux error number, see {@link Errno}. */
    public int errno() {
        return errno;
    }

    /** Answers what was tried. */
    public String operation() {
        return operation;
    }
}
