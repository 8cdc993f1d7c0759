package dev.uring.ffi;

/** Names the flags of splice and tee. */
public final class SpliceFlag {
    /** {@code SPLICE_F_MOVE}. */
    public static final int MOVE = 1;
    /** {@code SPLICE_F_NONBLOCK}: does not wait for the pipe. */
    public static final int NON_BLOCKING = 2;
    /** {@code SPLICE_F_MORE}: more will follow, as MSG_MORE. */
    public static final int MORE = 4;

    private SpliceFlag() {
    }
}
