package dev.uring.runtime;

import java.io.IOException;

/** Thrown by operations on a runtime that is being shut down or has been. */
public final class RuntimeShutdownException extends IOException {
    private static final long serialVersionUID = 1L;

    RuntimeShutdownException(String what) {
        super(what + " failed: the runtime is being shutdown");
    }
}
