package dev.uring.ffi;

/**
 * What a {@link Ring} is asked to be. Flags in {@code preferred} are given up one after the other where the kernel
 * refuses them (see {@link SetupLadder}); those in {@code required} are not.
 *
 * @param entries submission entries, 1 to 32768; the kernel rounds up to a power of two
 * @param completionEntries completion entries, 0 for twice the submission entries, else at least {@code entries} and at
 *     most 65536
 * @param required {@link SetupFlag}s without which there is no ring
 * @param preferred {@link SetupFlag}s that are dropped when the kernel does not know them
 * @param pollThreadCpu the processor that the kernel's submission thread is bound to with {@link SetupFlag#SQPOLL}, or
 *     -1 for any
 * @param pollThreadIdleMillis how long the kernel's submission thread spins before it sleeps; 0 for the kernel's default
 */
public record RingOptions(int entries, int completionEntries, int required, int preferred, int pollThreadCpu,
        int pollThreadIdleMillis) {
    /** What a ring that one thread owns is asked for, from the newest kernel on: see {@link SetupLadder}. */
    public static final int SINGLE_OWNER = SetupFlag.SINGLE_ISSUER | SetupFlag.DEFER_TASKRUN | SetupFlag.TASKRUN_FLAG
            | SetupFlag.NO_SQARRAY | SetupFlag.SUBMIT_ALL;

    /** What a ring that threads hand to one another is asked for: no owner, completions without interrupting it. */
    public static final int SHARED = SetupFlag.COOP_TASKRUN | SetupFlag.TASKRUN_FLAG | SetupFlag.NO_SQARRAY
            | SetupFlag.SUBMIT_ALL;

    /** They say when completion work interrupts the submitter; with SQPOLL the kernel's thread does it, io_uring_setup(2). */
    private static final int NOT_WITH_POLL_THREAD =
            SetupFlag.COOP_TASKRUN | SetupFlag.TASKRUN_FLAG | SetupFlag.DEFER_TASKRUN;
    /** They change the size or place of entries, or need more arguments: a ring would read and write wrong memory. */
    private static final int UNKNOWN_TO_RING = SetupFlag.SQE128 | SetupFlag.SQE_MIXED | SetupFlag.CQE32
            | SetupFlag.CQE_MIXED | SetupFlag.SQ_REWIND | SetupFlag.NO_MMAP | SetupFlag.REGISTERED_FD_ONLY
            | SetupFlag.ATTACH_WQ;
    private static final int ENTRIES_MAX = 32768;
    private static final int COMPLETION_ENTRIES_MAX = 65536;

    public RingOptions {
        if (((required | preferred) & UNKNOWN_TO_RING) != 0) {
            throw new IllegalArgumentException("Ring does not know these flags: flags="
                    + SetupFlag.describe((required | preferred) & UNKNOWN_TO_RING));
        }
        if (entries < 1 || entries > ENTRIES_MAX) {
            throw new IllegalArgumentException("entries must be 1 to " + ENTRIES_MAX + ": entries=" + entries);
        }
        if (completionEntries != 0 && (completionEntries < entries || completionEntries > COMPLETION_ENTRIES_MAX)) {
            throw new IllegalArgumentException("completionEntries must be 0 or entries to " + COMPLETION_ENTRIES_MAX
                    + ": entries=" + entries + " completionEntries=" + completionEntries);
        }
        if (pollThreadCpu < -1) {
            throw new IllegalArgumentException("pollThreadCpu must be -1 or more: pollThreadCpu=" + pollThreadCpu);
        }
        if (pollThreadIdleMillis < 0) {
            throw new IllegalArgumentException(
                    "pollThreadIdleMillis must not be negative: pollThreadIdleMillis=" + pollThreadIdleMillis);
        }
        if ((pollThreadCpu >= 0 || pollThreadIdleMillis > 0) && ((required | preferred) & SetupFlag.SQPOLL) == 0) {
            throw new IllegalArgumentException("pollThreadCpu and pollThreadIdleMillis need SQPOLL: pollThreadCpu="
                    + pollThreadCpu + " pollThreadIdleMillis=" + pollThreadIdleMillis);
        }
    }

    /** Answers options for a ring that belongs to the thread that creates it. */
    public static RingOptions of(int entries) {
        return new RingOptions(entries, 0, 0, SINGLE_OWNER, -1, 0);
    }

    /** Answers these options with a completion queue of its own size. */
    public RingOptions withCompletionEntries(int count) {
        return new RingOptions(entries, count, required, preferred, pollThreadCpu, pollThreadIdleMillis);
    }

    /** Answers these options with other {@link SetupFlag}s that may not be dropped. */
    public RingOptions withRequired(int flags) {
        return new RingOptions(entries, completionEntries, flags, preferred, pollThreadCpu, pollThreadIdleMillis);
    }

    /** Answers these options with other {@link SetupFlag}s that may be dropped. */
    public RingOptions withPreferred(int flags) {
        return new RingOptions(entries, completionEntries, required, flags, pollThreadCpu, pollThreadIdleMillis);
    }

    /**
     * Answers these options with a kernel thread that submits, bound to {@code cpu} (-1: any), and without the preferred
     * flags that the kernel refuses beside one: on their account the ladder would give up those that go with it, too.
     */
    public RingOptions withPollThread(int cpu, int idleMillis) {
        int flags = required | SetupFlag.SQPOLL | (cpu >= 0 ? SetupFlag.SQ_AFF : 0);
        return new RingOptions(entries, completionEntries, flags, preferred & ~NOT_WITH_POLL_THREAD, cpu, idleMillis);
    }
}
