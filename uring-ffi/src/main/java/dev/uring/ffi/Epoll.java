package dev.uring.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An epoll instance, epoll(7), and the memory for its answers. One thread at a time, since an answer stands until the
 * next wait; {@link #add} and {@link #remove} too.
 */
public final class Epoll implements AutoCloseable {
    private static final int EVENTS_MAX = 512;
    private static final int NANOS_PER_MILLI = 1_000_000;

    private final int epoll;
    private final boolean hasPwait2;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment events = arena.allocate(EVENTS_MAX * EpollEvent.SIZE, Long.BYTES);
    private final MemorySegment asked = arena.allocate(EpollEvent.SIZE, Long.BYTES);
    private final MemorySegment timeout = arena.allocate(Timespec.SIZE, Long.BYTES);

    private Epoll(int epoll, boolean mayPwait2) {
        this.epoll = epoll;
        hasPwait2 = mayPwait2 && triesPwait2();
    }

    /** Nothing is watched, so no other answer is right: ENOSYS is a kernel's, EPERM an old seccomp profile's. */
    private boolean triesPwait2() {
        int result = wait2(0);
        return result == 0 || result == -Errno.EINTR;
    }

    /**
     * Makes an instance that watches nothing.
     *
     * @param mayPwait2 whether to use epoll_pwait2 where the kernel has it (5.11)
     * @throws SystemCallException EMFILE, ENFILE, ENOMEM
     */
    public static Epoll create(boolean mayPwait2) throws SystemCallException {
        int epoll = Libc.epollCreate1(EpollFlag.CLOSE_ON_EXEC);
        if (epoll < 0) {
            throw new SystemCallException("epoll_create1", "", -epoll, Refusal.of(-epoll).remedy());
        }
        return new Epoll(epoll, mayPwait2);
    }

    /** Answers whether waits end to the nanosecond (epoll_pwait2) instead of up to a millisecond late. */
    public boolean hasPwait2() {
        return hasPwait2;
    }

    /**
     * Watches a descriptor until it is closed or {@link #remove}d; see epoll_ctl(2).
     *
     * @param eventsAsked {@link EpollFlag}s
     * @return 0, or -errno: EPERM for a file or directory, EEXIST, EBADF, ENOSPC, ENOMEM
     */
    public int add(int fd, int eventsAsked) {
        EpollEvent.set(asked, 0, eventsAsked, fd);
        return Libc.epollCtl(epoll, EpollFlag.ADD, fd, asked);
    }

    /** Watches a descriptor no more: 0, or -errno. */
    public int remove(int fd) {
        return Libc.epollCtl(epoll, EpollFlag.DELETE, fd, MemorySegment.NULL);
    }

    /**
     * Waits for events.
     *
     * @param timeoutNanos 0 for not at all, {@link Long#MAX_VALUE} for ever; never ends too early
     * @return how many came, up to 512, or -errno: EINTR
     */
    public int await(long timeoutNanos) {
        return hasPwait2 ? wait2(timeoutNanos) : waitMillis(timeoutNanos);
    }

    private int wait2(long timeoutNanos) {
        MemorySegment limit = MemorySegment.NULL;
        if (timeoutNanos != Long.MAX_VALUE) {
            Timespec.set(timeout, timeoutNanos);
            limit = timeout;
        }
        return Libc.epollPwait2(epoll, events, EVENTS_MAX, limit, MemorySegment.NULL, 0);
    }

    private int waitMillis(long timeoutNanos) {
        long millis = timeoutNanos / NANOS_PER_MILLI + (timeoutNanos % NANOS_PER_MILLI > 0 ? 1 : 0);
        return Libc.epollWait(epoll, events, EVENTS_MAX,
                timeoutNanos == Long.MAX_VALUE ? -1 : (int) Math.min(millis, Integer.MAX_VALUE));
    }

    /** Answers the descriptor of one of the events that {@link #await} counted. */
    public int fd(int index) {
        return (int) EpollEvent.data(events, index);
    }

    /** Answers the {@link EpollFlag}s of one of the events that {@link #await} counted. */
    public int events(int index) {
        return EpollEvent.events(events, index);
    }

    @Override
    public void close() {
        Libc.close(epoll);
        arena.close();
    }

    @Override
    public String toString() {
        return "epoll=" + epoll + (hasPwait2 ? "" : " without epoll_pwait2");
    }
}
