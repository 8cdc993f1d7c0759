package dev.uring.runtime;

/** Thrown when a buffer is touched, submitted or released while an operation, and so the kernel, owns it. */
public final class BufferInFlightException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    BufferInFlightException(String message) {
        super(message);
    }
}
