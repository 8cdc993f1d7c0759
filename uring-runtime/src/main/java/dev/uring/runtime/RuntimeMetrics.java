package dev.uring.runtime;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What a runtime has counted since it was built, and what there is at this moment.
 *
 * <p>The counts are plain fields that one thread alone writes, their worker's unless something else is said. Any thread
 * may read them, without locks and without order: each may be a little old, and two need not fit one another. A task reads
 * the counts of the worker that carries it exactly.
 *
 * @param workers one entry for each worker, in order
 * @param tasks tasks and jobs that have not ended
 * @param injected tasks ready for whichever worker comes first; counted when asked for
 * @param descriptors open files, sockets and the like
 * @param blockingPool threads for operations that block
 * @param jobPool threads for the jobs of {@link Handle#spawnBlocking}
 */
public record RuntimeMetrics(List<WorkerMetrics> workers, int tasks, int injected, int descriptors,
        PoolMetrics blockingPool, PoolMetrics jobPool) {
    /**
     * What one worker has counted.
     *
     * @param turns turns of its loop
     * @param polls times that it ran a task until the next wait
     * @param parks times that it slept
     * @param wakeUps times that another thread ended its sleep, or kept it from one that it was about to begin
     * @param wakeUpsMade times that it did that to another worker
     * @param steals times that it took tasks from another worker
     * @param stolen tasks that it took so
     * @param stalls times that a task or callback kept it from its loop for too long, see
     *     {@link UringRuntime.Builder#stallAfter}; written by the thread that watches, if there is one
     * @param batchMax the most results taken in one turn; the mean is completions by turns
     * @param inFlight operations in flight at this moment
     * @param waiting operations and chains that wait for room at this moment
     * @param ready tasks that wait for their turn at this moment
     * @param buffersLent provided buffers that receives were given, and that are not closed at this moment
     * @param driver what its driver has counted
     */
    public record WorkerMetrics(long turns, long polls, long parks, long wakeUps, long wakeUpsMade, long steals, long stolen,
            long stalls, int batchMax, int inFlight, int waiting, int ready, int buffersLent, DriverMetrics driver) {
    }

    /**
     * What one driver has counted. The mean batch of submissions is {@code submissions} by {@code enters}.
     *
     * @param enters system calls that submit, wait or both: io_uring_enter, or the call that a readiness driver waits with
     * @param submissions requests handed to the kernel, those for wake-ups and cancels included
     * @param completions results taken, those of wake-ups and cancels included
     * @param overflows times that results found the completion queue full
     */
    public record DriverMetrics(long enters, long submissions, long completions, long overflows) {
    }

    /**
     * What a pool of threads has at this moment. The pool's own lock is taken to look.
     *
     * @param threads threads, idle ones included
     * @param active threads that run something
     * @param queued what waits for a thread
     * @param threadsMax the most threads there were at once
     */
    public record PoolMetrics(int threads, int active, int queued, int threadsMax) {
    }

    public RuntimeMetrics {
        workers = List.copyOf(workers);
    }

    /** Answers the turns of all workers, see {@link WorkerMetrics#turns()}. */
    public long turns() {
        return sum(WorkerMetrics::turns);
    }

    /** Answers the polls of all workers, see {@link WorkerMetrics#polls()}. */
    public long polls() {
        return sum(WorkerMetrics::polls);
    }

    /** Answers the sleeps of all workers, see {@link WorkerMetrics#parks()}. */
    public long parks() {
        return sum(WorkerMetrics::parks);
    }

    /** Answers the wake-ups of all workers, whoever made them, see {@link WorkerMetrics#wakeUps()}. */
    public long wakeUps() {
        return sum(WorkerMetrics::wakeUps);
    }

    /** Answers the wake-ups that workers made, see {@link WorkerMetrics#wakeUpsMade()}. */
    public long wakeUpsMade() {
        return sum(WorkerMetrics::wakeUpsMade);
    }

    /** Answers the steals of all workers, see {@link WorkerMetrics#steals()}. */
    public long steals() {
        return sum(WorkerMetrics::steals);
    }

    /** Answers the tasks that all workers stole, see {@link WorkerMetrics#stolen()}. */
    public long stolen() {
        return sum(WorkerMetrics::stolen);
    }

    /** Answers the stalls of all workers, see {@link WorkerMetrics#stalls()}. */
    public long stalls() {
        return sum(WorkerMetrics::stalls);
    }

    /** Answers the largest batch of any worker, see {@link WorkerMetrics#batchMax()}. */
    public int batchMax() {
        return workers.stream().mapToInt(WorkerMetrics::batchMax).max().orElse(0);
    }

    /** Answers the operations in flight on all workers. */
    public long inFlight() {
        return sum(WorkerMetrics::inFlight);
    }

    /** Answers what waits for room on all workers, see {@link WorkerMetrics#waiting()}. */
    public long waiting() {
        return sum(WorkerMetrics::waiting);
    }

    /** Answers the ready tasks of all workers, and those for any worker, see {@link #injected}. */
    public long ready() {
        return sum(WorkerMetrics::ready) + injected;
    }

    /** Answers the provided buffers that all workers have lent, see {@link WorkerMetrics#buffersLent()}. */
    public long buffersLent() {
        return sum(WorkerMetrics::buffersLent);
    }

    /** Answers the system calls of all drivers, see {@link DriverMetrics#enters()}. */
    public long enters() {
        return sum(worker -> worker.driver().enters());
    }

    /** Answers the requests of all drivers, see {@link DriverMetrics#submissions()}. */
    public long submissions() {
        return sum(worker -> worker.driver().submissions());
    }

    /** Answers the results of all drivers, see {@link DriverMetrics#completions()}. */
    public long completions() {
        return sum(worker -> worker.driver().completions());
    }

    /** Answers the overflows of all drivers, see {@link DriverMetrics#overflows()}. */
    public long overflows() {
        return sum(worker -> worker.driver().overflows());
    }

    private long sum(ToLongFunction<WorkerMetrics> count) {
        return workers.stream().mapToLong(count).sum();
    }
}
