package dev.uring.runtime;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What the workers of a runtime have counted since it was built.
 *
 * <p>The counts are plain fields that their worker alone writes. Any thread may read them, without order: each may be a
 * little old, and two need not fit one another. A task reads the counts of the worker that carries it exactly.
 *
 * @param workers one entry for each worker, in order
 */
public record RuntimeMetrics(List<WorkerMetrics> workers) {
    /**
     * What one worker has counted.
     *
     * @param turns turns of its loop
     * @param polls times that it ran a task until the next wait
     * @param parks times that it slept
     * @param steals times that it took tasks from another worker
     * @param inFlight operations in flight at this moment
     * @param ready tasks that wait for their turn at this moment
     * @param driver what its driver has counted
     */
    public record WorkerMetrics(long turns, long polls, long parks, long steals, int inFlight, int ready,
            DriverMetrics driver) {
    }

    /**
     * What one driver has counted.
     *
     * @param enters system calls that submit, wait or both: io_uring_enter, or the call that a readiness driver waits with
     * @param submissions requests handed to the kernel, those for wake-ups and cancels included
     * @param completions results taken, those of wake-ups and cancels included
     * @param overflows times that results found the completion queue full
     */
    public record DriverMetrics(long enters, long submissions, long completions, long overflows) {
    }

    public RuntimeMetrics {
        workers = List.copyOf(workers);
    }

    /** Answers the steals of all workers, see {@link WorkerMetrics#steals()}. */
    public long steals() {
        return workers.stream().mapToLong(WorkerMetrics::steals).sum();
    }

    /** Answers the system calls of all drivers, see {@link DriverMetrics#enters()}. */
    public long enters() {
        return sum(DriverMetrics::enters);
    }

    /** Answers the requests of all drivers, see {@link DriverMetrics#submissions()}. */
    public long submissions() {
        return sum(DriverMetrics::submissions);
    }

    /** Answers the results of all drivers, see {@link DriverMetrics#completions()}. */
    public long completions() {
        return sum(DriverMetrics::completions);
    }

    private long sum(ToLongFunction<DriverMetrics> count) {
        return workers.stream().map(WorkerMetrics::driver).mapToLong(count).sum();
    }
}
