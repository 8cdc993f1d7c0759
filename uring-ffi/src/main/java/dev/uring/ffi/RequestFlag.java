package dev.uring.ffi;

/**
 * The flags and small values that only certain requests take, in the fields that each comment names.
 *
 * <p>Flags of system calls (MSG_, O_, RWF_, SPLICE_F_, POLL) are not here: io_uring takes them as the calls do.
 */
public final class RequestFlag {
    /** As a slot: the kernel picks a free one; since 5.19. */
    public static final int FILE_INDEX_ALLOC = -1;
    /** {@code attr_type_mask}: protection information; since 6.14. */
    public static final int RW_ATTR_FLAG_PI = 1 << 0;
    /** {@code fsync_flags}: data only, as fdatasync(2); since 5.1. */
    public static final int FSYNC_DATASYNC = 1 << 0;
    /** {@code timeout_flags}: a point in time; since 5.4. */
    public static final int TIMEOUT_ABS = 1 << 0;
    /** {@code timeout_flags}: changes a timeout instead of removing it; since 5.11. */
    public static final int TIMEOUT_UPDATE = 1 << 1;
    /** {@code timeout_flags}: the clock that counts suspension; since 5.15. */
    public static final int TIMEOUT_BOOTTIME = 1 << 2;
    /** {@code timeout_flags}: the wall clock; since 5.15. */
    public static final int TIMEOUT_REALTIME = 1 << 3;
    /** {@code timeout_flags}: changes a link timeout; since 5.15. */
    public static final int LINK_TIMEOUT_UPDATE = 1 << 4;
    /** {@code timeout_flags}: expiry does not break a link; since 5.16. */
    public static final int TIMEOUT_ETIME_SUCCESS = 1 << 5;
    /** {@code timeout_flags}: expires again and again; since 6.4. */
    public static final int TIMEOUT_MULTISHOT = 1 << 6;
    /** {@code timeout_flags}: nanoseconds stand in the entry itself; since 7.1. */
    public static final int TIMEOUT_IMMEDIATE_ARG = 1 << 7;
    /** {@code timeout_flags}: the bits that choose a clock; since 5.15. */
    public static final int TIMEOUT_CLOCK_MASK = TIMEOUT_BOOTTIME | TIMEOUT_REALTIME;
    /** {@code timeout_flags}: the bits that make it an update; since 5.15. */
    public static final int TIMEOUT_UPDATE_MASK = TIMEOUT_UPDATE | LINK_TIMEOUT_UPDATE;
    /** {@code splice_flags}: the input is a registered file; since 5.7. */
    public static final int SPLICE_F_FD_IN_FIXED = 1 << 31;
    /** {@code len} of a poll: reports again and again; since 5.13. */
    public static final int POLL_ADD_MULTI = 1 << 0;
    /** {@code len} of a poll removal: changes the events instead; since 5.13. */
    public static final int POLL_UPDATE_EVENTS = 1 << 1;
    /** {@code len} of a poll removal: changes user_data instead; since 5.13. */
    public static final int POLL_UPDATE_USER_DATA = 1 << 2;
    /** {@code len} of a poll: level-triggered; since 6.0. */
    public static final int POLL_ADD_LEVEL = 1 << 3;
    /** {@code cancel_flags}: every request that matches; since 5.19. */
    public static final int ASYNC_CANCEL_ALL = 1 << 0;
    /** {@code cancel_flags}: matches by descriptor; since 5.19. */
    public static final int ASYNC_CANCEL_FD = 1 << 1;
    /** {@code cancel_flags}: matches everything; since 5.19. */
    public static final int ASYNC_CANCEL_ANY = 1 << 2;
    /** {@code cancel_flags}: the descriptor is a registered file; since 6.0. */
    public static final int ASYNC_CANCEL_FD_FIXED = 1 << 3;
    /** {@code cancel_flags}: matches user_data beside another key; since 6.6. */
    public static final int ASYNC_CANCEL_USERDATA = 1 << 4;
    /** {@code cancel_flags}: matches by opcode; since 6.6. */
    public static final int ASYNC_CANCEL_OP = 1 << 5;
    /** {@code ioprio}: waits for readiness without a first try; since 5.19. */
    public static final int RECVSEND_POLL_FIRST = 1 << 0;
    /** {@code ioprio}: receives again and again; since 6.0. */
    public static final int RECV_MULTISHOT = 1 << 1;
    /** {@code ioprio}: the memory is a registered buffer; since 6.0. */
    public static final int RECVSEND_FIXED_BUF = 1 << 2;
    /** {@code ioprio}: the notification tells whether bytes were copied; since 6.2. */
    public static final int SEND_ZC_REPORT_USAGE = 1 << 3;
    /** {@code ioprio}: uses many provided buffers at once; since 6.10. */
    public static final int RECVSEND_BUNDLE = 1 << 4;
    /** {@code ioprio}: the memory is an array of iovec; since 6.17. */
    public static final int SEND_VECTORIZED = 1 << 5;
    /** In the result of a notification: the kernel copied after all; since 6.2. */
    public static final int NOTIF_USAGE_ZC_COPIED = 1 << 31;
    /** {@code ioprio}: accepts again and again; since 5.19. */
    public static final int ACCEPT_MULTISHOT = 1 << 0;
    /** {@code ioprio}: answers EAGAIN when nobody waits; since 6.10. */
    public static final int ACCEPT_DONTWAIT = 1 << 1;
    /** {@code ioprio}: waits for readiness without a first try; since 6.10. */
    public static final int ACCEPT_POLL_FIRST = 1 << 2;
    /** {@code addr} of MSG_RING: passes a result and user_data; since 5.18. */
    public static final int MSG_DATA = 0;
    /** {@code addr} of MSG_RING: passes a registered file; since 6.0. */
    public static final int MSG_SEND_FD = 1;
    /** {@code msg_ring_flags}: no completion on the other ring; since 6.0. */
    public static final int MSG_RING_CQE_SKIP = 1 << 0;
    /** {@code msg_ring_flags}: passes completion flags, too; since 6.3. */
    public static final int MSG_RING_FLAGS_PASS = 1 << 1;
    /** {@code install_fd_flags}: the descriptor survives exec; since 6.8. */
    public static final int FIXED_FD_NO_CLOEXEC = 1 << 0;
    /** {@code nop_flags}: {@code len} is the result; since 6.10. */
    public static final int NOP_INJECT_RESULT = 1 << 0;
    /** {@code nop_flags}: looks the descriptor up; since 6.13. */
    public static final int NOP_FILE = 1 << 1;
    /** {@code nop_flags}: looks the registered file up; since 6.13. */
    public static final int NOP_FIXED_FILE = 1 << 2;
    /** {@code nop_flags}: looks the registered buffer up; since 6.13. */
    public static final int NOP_FIXED_BUFFER = 1 << 3;
    /** {@code nop_flags}: completes through task work; since 6.17. */
    public static final int NOP_TW = 1 << 4;
    /** {@code nop_flags}: posts a 32-byte completion; since 6.18. */
    public static final int NOP_CQE32 = 1 << 5;
    /** {@code uring_cmd_flags}: the memory is a registered buffer; since 6.1. */
    public static final int URING_CMD_FIXED = 1 << 0;
    /** {@code uring_cmd_flags}: completes again and again; since 6.18. */
    public static final int URING_CMD_MULTISHOT = 1 << 1;
    /** {@code uring_cmd_flags}: the bits that programs may set; since 6.1. */
    public static final int URING_CMD_MASK = URING_CMD_FIXED | URING_CMD_MULTISHOT;

    private RequestFlag() {
    }
}
