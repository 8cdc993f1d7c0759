package dev.uring.runtime;

/**
 * What had not ended when {@link UringRuntime#shutdown} stopped waiting. It goes on ending by itself; memory that the
 * kernel may still write stays allocated until it has.
 *
 * @param isComplete whether everything had ended, and all counts are 0
 * @param tasks tasks that had not returned, though they were interrupted
 * @param operations operations in flight
 * @param descriptors descriptors not yet closed
 * @param blockingJobs threads of the blocking pool that were busy
 * @param details the {@link UringRuntime#dump}; empty when complete
 */
public record ShutdownReport(boolean isComplete, int tasks, int operations, int descriptors, int blockingJobs,
        String details) {
}
