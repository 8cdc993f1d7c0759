package dev.uring.runtime;

/**
 * What had not ended when {@link UringRuntime#shutdown} stopped waiting. It goes on ending by itself; memory that the
 * kernel may still write stays allocated until it has.
 *
 * @param isComplete whether everything had ended, and all counts are 0
 * @param tasks tasks that had not returned, though they were interrupted, and jobs
 * @param operations operations in flight
 * @param descriptors descriptors not yet closed
 * @param jobs jobs that were running
 * @param details the {@link UringRuntime#dump}; empty when complete
 */
public record ShutdownReport(boolean isComplete, int tasks, int operations, int descriptors, int jobs,
        String details) {
}
