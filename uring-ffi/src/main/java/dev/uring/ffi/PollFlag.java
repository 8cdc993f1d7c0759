package dev.uring.ffi;

/** Names the events of poll, and of the poll operation of io_uring. */
public final class PollFlag {
    /** {@code POLLIN}. */
    public static final int READABLE = 1;
    /** {@code POLLPRI}. */
    public static final int PRIORITY = 2;
    /** {@code POLLOUT}. */
    public static final int WRITABLE = 4;
    /** {@code POLLERR}: always reported, never asked for. */
    public static final int ERROR = 8;
    /** {@code POLLHUP}: always reported, never asked for. */
    public static final int HANG_UP = 0x10;
    /** {@code POLLNVAL}: the descriptor is not open. */
    public static final int INVALID = 0x20;
    /** {@code POLLRDHUP}: the peer sends no more. */
    public static final int PEER_FINISHED = 0x2000;

    private PollFlag() {
    }
}
