package dev.uring.ffi;

/** Names the commands and events of epoll. */
public final class EpollFlag {
    /** {@code EPOLL_CLOEXEC}. */
    public static final int CLOSE_ON_EXEC = 0x80000;
    /** {@code EPOLL_CTL_ADD}. */
    public static final int ADD = 1;
    /** {@code EPOLL_CTL_MOD}. */
    public static final int MODIFY = 3;
    /** {@code EPOLL_CTL_DEL}. */
    public static final int DELETE = 2;
    /** {@code EPOLLIN}. */
    public static final int READABLE = 1;
    /** {@code EPOLLPRI}. */
    public static final int PRIORITY = 2;
    /** {@code EPOLLOUT}. */
    public static final int WRITABLE = 4;
    /** {@code EPOLLERR}: always reported, never asked for. */
    public static final int ERROR = 8;
    /** {@code EPOLLHUP}: always reported, never asked for. */
    public static final int HANG_UP = 0x10;
    /** {@code EPOLLRDHUP}: the peer sends no more. */
    public static final int PEER_FINISHED = 0x2000;
    /** {@code EPOLLEXCLUSIVE}: wakes one of several epoll instances. */
    public static final int EXCLUSIVE = 0x10000000;
    /** {@code EPOLLWAKEUP}. */
    public static final int WAKE_UP = 0x20000000;
    /** {@code EPOLLONESHOT}. */
    public static final int ONE_SHOT = 0x40000000;
    /** {@code EPOLLET}. */
    public static final int EDGE_TRIGGERED = 0x80000000;

    private EpollFlag() {
    }
}
