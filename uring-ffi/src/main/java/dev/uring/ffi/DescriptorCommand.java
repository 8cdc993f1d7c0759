package dev.uring.ffi;

/** Names the commands of fcntl and ioctl, and the flags of close_range. The lock commands are in {@link LockRange}. */
public final class DescriptorCommand {
    /** {@code F_DUPFD}: to the lowest free number at or above the argument. */
    public static final int DUPLICATE = 0;
    /** {@code F_DUPFD_CLOEXEC}. */
    public static final int DUPLICATE_CLOSE_ON_EXEC = 1030;
    /** {@code F_GETFD}. */
    public static final int GET_DESCRIPTOR_FLAGS = 1;
    /** {@code F_SETFD}. */
    public static final int SET_DESCRIPTOR_FLAGS = 2;
    /** {@code FD_CLOEXEC}: the one descriptor flag. */
    public static final int CLOSE_ON_EXEC = 1;
    /** {@code F_GETFL}: as in {@link OpenFlag}. */
    public static final int GET_STATUS_FLAGS = 3;
    /** {@code F_SETFL}: changes APPEND, DIRECT, NO_ACCESS_TIME and NON_BLOCKING only. */
    public static final int SET_STATUS_FLAGS = 4;
    /** {@code F_SETPIPE_SZ}: answers the capacity that was set, rounded up. */
    public static final int SET_PIPE_BYTES = 1031;
    /** {@code F_GETPIPE_SZ}. */
    public static final int GET_PIPE_BYTES = 1032;
    /** {@code FIONREAD}: ioctl: the int at the argument becomes the bytes that a read would find. */
    public static final int BYTES_READABLE = 0x541b;
    /** {@code CLOSE_RANGE_UNSHARE}. */
    public static final int CLOSE_RANGE_UNSHARE = 2;
    /** {@code CLOSE_RANGE_CLOEXEC}: marks the descriptors instead of closing them. */
    public static final int CLOSE_RANGE_CLOSE_ON_EXEC = 4;

    private DescriptorCommand() {
    }
}
