package dev.uring.runtime;

/**
 * What every worker of a runtime is told; see {@link UringRuntime.Builder}.
 *
 * @param ownThreads whether each worker has a thread of its own
 * @param threadName what the names of these threads begin with
 * @param tasksPerTurn ready tasks to run before the driver is polled
 * @param budgetNanos how long to run tasks before the driver is polled
 * @param spinNanos how long to look for work before sleeping; 0 for not at all
 * @param measuredStallNanos how long a turn may take before the worker itself counts it as a stall; 0 for never
 * @param ioWorkersBounded threads of the kernel's for operations on files, of each worker
 * @param ioWorkersUnbounded the same for all other operations that wait
 * @param onStart run on the worker's thread before anything else; null for none, as the others
 * @param onStop run last
 * @param onPark run before each sleep
 * @param onUnpark run after each sleep
 */
record WorkerOptions(boolean ownThreads, String threadName, int tasksPerTurn, long budgetNanos, long spinNanos,
        long measuredStallNanos, int ioWorkersBounded, int ioWorkersUnbounded, Runnable onStart, Runnable onStop,
        Runnable onPark, Runnable onUnpark) {
}
