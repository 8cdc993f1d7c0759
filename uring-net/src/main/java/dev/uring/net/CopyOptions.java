package dev.uring.net;

import java.time.Duration;
import java.util.Objects;

/**
 * How {@link Copy#bidirectional(StreamSocket, StreamSocket, CopyOptions)} copies. Immutable; each method answers changed
 * options.
 *
 * @param splice whether bytes go past the process
 * @param idleTimeout ends the copy when no byte has moved either way for so long; null for never
 * @param progress counts along, or null
 */
public record CopyOptions(Splice splice, Duration idleTimeout, CopyProgress progress) {
    /** By pipes where it pays, without a time limit, uncounted. */
    public static final CopyOptions DEFAULT = new CopyOptions(Splice.AUTO, null, null);

    /** Whether bytes go from socket to socket through a pipe of the kernel, or through buffers of the process. */
    public enum Splice {
        /**
         * Buffers at first, a pipe while pieces of about 64 KiB or more come, and buffers again when they get short, as
         * then they cost less; buffers where there are no pipes. Each way chooses for itself.
         */
        AUTO,
        /** A pipe from the start, of two descriptors each way; the copy fails where there is none. */
        ALWAYS,
        /** Buffers. */
        NEVER
    }

    /**
     * Checks them.
     *
     * @throws IllegalArgumentException for a time that is not more than zero
     */
    public CopyOptions {
        Objects.requireNonNull(splice);
        if (idleTimeout != null && !idleTimeout.isPositive()) {
            throw new IllegalArgumentException("idleTimeout must be more than zero: idleTimeout=" + idleTimeout);
        }
    }

    /** Answers options with this choice of the way. */
    public CopyOptions withSplice(Splice splice) {
        return new CopyOptions(splice, idleTimeout, progress);
    }

    /** Answers options with this limit of the time in which nothing moves, more than zero; null for none. */
    public CopyOptions withIdleTimeout(Duration idleTimeout) {
        return new CopyOptions(splice, idleTimeout, progress);
    }

    /** Answers options that count into this, which serves one copy; null for nowhere. */
    public CopyOptions withProgress(CopyProgress progress) {
        return new CopyOptions(splice, idleTimeout, progress);
    }
}
