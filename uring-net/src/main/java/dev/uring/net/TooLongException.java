package dev.uring.net;

import java.io.IOException;

/** Thrown when the other side sends more than the caller is willing to hold: a line, a frame, a whole stream. */
public final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    private final long limitBytes;

    /**
     * Describes what is too long.
     *
     * @param what its name, with operands as {@code name=value} pairs behind it
     * @param limitBytes what would have been allowed
     * @param next what the caller can do
     */
    TooLongException(String what, long limitBytes, String next) {
        super(what + " limitBytes=" + limitBytes + "; " + next);
        this.limitBytes = limitBytes;
    }

    /** Answers the limit that was given, in bytes. */
    public long limitBytes() {
        return limitBytes;
    }
}
