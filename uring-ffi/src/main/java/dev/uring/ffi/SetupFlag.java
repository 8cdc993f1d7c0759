package dev.uring.ffi;

/**
 * The {@code IORING_SETUP_*} flags of io_uring_setup(2).
 *
 * <p>A kernel that does not know a bit refuses the whole setup with EINVAL, so callers try a ladder of
 * combinations.
 */
public final class SetupFlag {
    /** Completions are polled for, without interrupts; since 5.1. */
    public static final int IOPOLL = 1 << 0;
    /** A kernel thread takes the submissions; since 5.1. */
    public static final int SQPOLL = 1 << 1;
    /** The kernel thread is bound to the CPU in {@code sq_thread_cpu}; since 5.1. */
    public static final int SQ_AFF = 1 << 2;
    /** The caller chooses the size of the completion queue; since 5.5. */
    public static final int CQSIZE = 1 << 3;
    /** Sizes above the maximum are lowered instead of refused; since 5.6. */
    public static final int CLAMP = 1 << 4;
    /** Kernel threads are shared with the ring in {@code wq_fd}; since 5.6. */
    public static final int ATTACH_WQ = 1 << 5;
    /** The ring starts disabled, until ENABLE_RINGS; since 5.10. */
    public static final int R_DISABLED = 1 << 6;
    /** A bad entry does not end the submission of a batch; since 5.18. */
    public static final int SUBMIT_ALL = 1 << 7;
    /** Completion work waits for the next system call instead of interrupting; since 5.19. */
    public static final int COOP_TASKRUN = 1 << 8;
    /** Waiting completion work is told in the submission queue's flags; since 5.19. */
    public static final int TASKRUN_FLAG = 1 << 9;
    /** Submission entries have 128 bytes; since 5.19. */
    public static final int SQE128 = 1 << 10;
    /** Completion entries have 32 bytes; since 5.19. */
    public static final int CQE32 = 1 << 11;
    /** Only one thread submits; since 6.0. */
    public static final int SINGLE_ISSUER = 1 << 12;
    /** Completion work runs only when its thread asks for events; needs SINGLE_ISSUER; since 6.1. */
    public static final int DEFER_TASKRUN = 1 << 13;
    /** The caller provides the memory of the rings; since 6.5. */
    public static final int NO_MMAP = 1 << 14;
    /** Setup answers a registered index instead of a descriptor; since 6.5. */
    public static final int REGISTERED_FD_ONLY = 1 << 15;
    /** Submissions are not looked up through an array of indexes; since 6.6. */
    public static final int NO_SQARRAY = 1 << 16;
    /** Polling for completions begins with a sleep; since 6.13. */
    public static final int HYBRID_IOPOLL = 1 << 17;
    /** Completion entries of 16 and 32 bytes share the queue; since 6.18. */
    public static final int CQE_MIXED = 1 << 18;
    /** Submission entries of 64 and 128 bytes share the queue; since 6.19. */
    public static final int SQE_MIXED = 1 << 19;
    /** Every submission starts at entry 0; needs NO_SQARRAY; since 7.0. */
    public static final int SQ_REWIND = 1 << 20;

    /** Names by bit number, from bit 0 on. */
    private static final String[] NAMES = {
        "IOPOLL", "SQPOLL", "SQ_AFF", "CQSIZE", "CLAMP", "ATTACH_WQ", "R_DISABLED", "SUBMIT_ALL",
        "COOP_TASKRUN", "TASKRUN_FLAG", "SQE128", "CQE32", "SINGLE_ISSUER", "DEFER_TASKRUN", "NO_MMAP",
        "REGISTERED_FD_ONLY", "NO_SQARRAY", "HYBRID_IOPOLL", "CQE_MIXED", "SQE_MIXED", "SQ_REWIND",
    };

    private SetupFlag() {
    }

    /** Finds a flag by its name, such as {@code SINGLE_ISSUER}; 0 when there is none. */
    public static int byName(String name) {
        for (int bit = 0; bit < NAMES.length; bit++) {
            if (NAMES[bit].equals(name)) {
                return 1 << bit;
            }
        }
        return 0;
    }

    /** Tells the names of the bits in {@code flags}, joined by a bar; unknown bits by their number; 0 for none. */
    public static String describe(int flags) {
        return FlagNames.join(flags, NAMES);
    }
}
