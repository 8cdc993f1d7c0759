package dev.uring.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** An eventfd(2): a counter in the kernel by which one thread wakes another that waits for descriptors. */
public final class EventCounter implements AutoCloseable {
    /** The number 1 as the kernel reads it; shared by all and never written again. */
    private static final MemorySegment ONE = Arena.global().allocateFrom(ValueLayout.JAVA_LONG, 1);

    private final int fd;

    private EventCounter(int fd) {
        this.fd = fd;
    }

    /**
     * Creates a counter at 0. It blocks, as a ring needs: a read of a non-blocking one would answer EAGAIN at once.
     *
     * @throws SystemCallException EMFILE, ENFILE, ENOMEM
     */
    public static EventCounter create() throws SystemCallException {
        int fd = Libc.eventfd(0, EventFlag.CLOSE_ON_EXEC);
        if (fd < 0) {
            throw new SystemCallException("eventfd", "", -fd, Refusal.of(-fd).remedy());
        }
        return new EventCounter(fd);
    }

    /** Answers the descriptor to wait on: readable while the counter is above 0; a read of 8 bytes resets it. */
    public int fd() {
        return fd;
    }

    /** Adds one; any thread. A counter at its limit stays readable, which is all that matters. */
    public void increment() {
        long result = Libc.write(fd, ONE, Long.BYTES);
        assert result == Long.BYTES || result == -Errno.EAGAIN : "eventfd=" + fd + " result=" + result;
    }

    @Override
    public void close() {
        Libc.close(fd);
    }
}
