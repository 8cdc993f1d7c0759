package dev.uring.runtime;

import java.nio.channels.AsynchronousCloseException;

/** The JDK's exception for an operation that the close of its descriptor has ended, with the operation's name. */
final class ClosedInUseException extends AsynchronousCloseException {
    private static final long serialVersionUID = 1;

    private final String operation;

    ClosedInUseException(String operation) {
        this.operation = operation;
    }

    @Override
    public String getMessage() {
        return operation + " was ended: its descriptor was closed";
    }
}
