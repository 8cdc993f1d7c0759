package dev.uring.runtime;

/** Thrown in a callback when a worker has no room for one more operation in flight; tasks wait for room instead. */
public final class BusyException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    BusyException(String message) {
        super(message);
    }
}
