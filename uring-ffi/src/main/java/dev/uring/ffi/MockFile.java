package dev.uring.ffi;

/**
 * The constants of the kernel's test driver for io_uring commands, {@code linux/io_uring/mock_file.h}.
 */
public final class MockFile {
    /** Copies from and to registered buffers; since 6.17. */
    public static final int FEAT_CMD_COPY = 0;
    /** Reads zeros and drops what is written; since 6.17. */
    public static final int FEAT_RW_ZERO = 1;
    /** Refuses to wait; since 6.17. */
    public static final int FEAT_RW_NOWAIT = 2;
    /** Completes late; since 6.17. */
    public static final int FEAT_RW_ASYNC = 3;
    /** Can be polled; since 6.17. */
    public static final int FEAT_POLL = 4;
    /** Number of features; since 6.17. */
    public static final int FEAT_END = 5;
    /** Makes a file that refuses to wait; since 6.17. */
    public static final int CREATE_F_SUPPORT_NOWAIT = 1;
    /** Makes a file that can be polled; since 6.17. */
    public static final int CREATE_F_POLL = 2;
    /** Asks for features; since 6.17. */
    public static final int MGR_CMD_PROBE = 0;
    /** Makes a file; since 6.17. */
    public static final int MGR_CMD_CREATE = 1;
    /** Copies between a registered buffer and memory; since 6.17. */
    public static final int CMD_COPY_REGBUF = 0;
    /** Copies from the registered buffer; since 6.17. */
    public static final int COPY_FROM = 1;

    private MockFile() {
    }
}
