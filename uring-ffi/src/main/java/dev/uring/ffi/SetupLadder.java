package dev.uring.ffi;

/**
 * The order in which set-up flags are given up. A kernel answers EINVAL to the whole set when it does not know one flag,
 * without saying which, so the youngest go first:
 *
 * <pre>
 * given up                        since   instead
 * NO_SQARRAY                      6.6     identity array, written once
 * DEFER_TASKRUN                   6.1     COOP_TASKRUN
 * SINGLE_ISSUER                   6.0     nothing
 * COOP_TASKRUN, TASKRUN_FLAG      5.19    nothing: completions interrupt the thread
 * SUBMIT_ALL                      5.18    what one call did not submit goes with the next
 * </pre>
 */
final class SetupLadder {
    private SetupLadder() {
    }

    /** Answers the next lower set of flags, or {@code flags} itself at the bottom. */
    static int lower(int flags) {
        if ((flags & SetupFlag.NO_SQARRAY) != 0) {
            return flags & ~SetupFlag.NO_SQARRAY;
        }
        if ((flags & SetupFlag.DEFER_TASKRUN) != 0) {
            return flags & ~SetupFlag.DEFER_TASKRUN | SetupFlag.COOP_TASKRUN;
        }
        if ((flags & SetupFlag.SINGLE_ISSUER) != 0) {
            return flags & ~SetupFlag.SINGLE_ISSUER;
        }
        if ((flags & (SetupFlag.COOP_TASKRUN | SetupFlag.TASKRUN_FLAG)) != 0) {
            return flags & ~(SetupFlag.COOP_TASKRUN | SetupFlag.TASKRUN_FLAG);
        }
        return flags & ~SetupFlag.SUBMIT_ALL;
    }
}
