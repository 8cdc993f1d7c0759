package dev.uring.fs;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * One record on its way to a log, and who is to be told:
 *
 * <pre>
 * state     event                          next       who moves it, with the log's lock or as the only one
 * NEW       no room, called from the line  CALLED     whoever made room, or ended the line
 * NEW,      copied into a group            ACCEPTED   its writer
 * CALLED
 * ACCEPTED  group durable                  DURABLE    the committing task
 * ACCEPTED  group failed                   FAILED     the thread that ends the task
 * </pre>
 *
 * <p>It tells the waiting writer whether it is over.
 */
final class LogRecord implements BooleanSupplier {
    private static final int NEW = 0;
    private static final int CALLED = 1;
    private static final int ACCEPTED = 2;
    private static final int DURABLE = 3;
    private static final int FAILED = 4;

    private final AsyncFile file;
    private final int lengthBytes;
    /** Who waits: for the record, or, where there is a future, for room alone. */
    private final Thread writer = Thread.currentThread();
    private final CompletableFuture<Long> future;
    private long offset;
    private Throwable cause;
    private LogRecord next;
    private volatile int state = NEW;

    /**
     * Describes a record of the calling thread.
     *
     * @param future whom to tell, or null for the thread
     */
    LogRecord(AsyncFile file, int lengthBytes, CompletableFuture<Long> future) {
        this.file = file;
        this.lengthBytes = lengthBytes;
        this.future = future;
    }

    int lengthBytes() {
        return lengthBytes;
    }

    CompletableFuture<Long> future() {
        return future;
    }

    LogRecord next() {
        return next;
    }

    void next(LogRecord follower) {
        next = follower;
    }

    /** Has the writer try, which waits in line. */
    void call() {
        if (state == NEW) {
            state = CALLED;
            file.runtime().unpark(writer);
        }
    }

    boolean isCalled() {
        return state == CALLED;
    }

    void acceptedAt(long fileOffset) {
        assert state <= CALLED : state;
        offset = fileOffset;
        state = ACCEPTED;
    }

    void succeed() {
        assert state == ACCEPTED : state;
        state = DURABLE;
        if (future != null) {
            future.complete(offset);
        } else {
            file.runtime().unpark(writer);
        }
    }

    void fail(Throwable why) {
        assert state == ACCEPTED : state;
        cause = why;
        state = FAILED;
        if (future != null) {
            future.completeExceptionally(failure());
        } else {
            file.runtime().unpark(writer);
        }
    }

    /** Answers whether the record is durable, or has failed. */
    @Override
    public boolean getAsBoolean() {
        return state >= DURABLE;
    }

    /** Answers the offset of a record that is over, or throws why it failed. */
    long result() throws IOException {
        if (state == FAILED) {
            throw failure();
        }
        return offset;
    }

    /** An exception of its own for each record. */
    private IOException failure() {
        return new IOException("append failed: path=" + file.path() + " offset=" + offset + " lengthBytes=" + lengthBytes
                + "; whether it is durable is unknown, open the log again and read what is there", cause);
    }
}
