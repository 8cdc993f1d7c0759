package dev.uring.examples;

import com.sun.management.ThreadMXBean;
import dev.uring.runtime.UringRuntime;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/**
 * What a number of operations took.
 *
 * @param operations how many
 * @param nanos time
 * @param allocatedBytes on the heap, by all threads
 * @param enters calls that the driver waited or submitted with: io_uring_enter, or epoll_wait
 */
record Cost(int operations, long nanos, long allocatedBytes, long enters) {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Something that costs. */
    @FunctionalInterface
    interface Work {
        void run() throws Exception;
    }

    /** Runs {@code work}, which makes this many operations; to be called by a task, so that the counts are exact. */
    static Cost of(UringRuntime runtime, int operations, Work work) throws Exception {
        long enters = runtime.metrics().enters();
        long allocated = THREADS.getTotalThreadAllocatedBytes();
        long begin = System.nanoTime();
        work.run();
        long nanos = System.nanoTime() - begin;
        allocated = THREADS.getTotalThreadAllocatedBytes() - allocated;
        return new Cost(operations, nanos, allocated, runtime.metrics().enters() - enters);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT,
                "%,.0f operations/s, %.0f bytes allocated/operation, %.3f calls of the driver/operation",
                operations * 1e9 / nanos, (double) allocatedBytes / operations, (double) enters / operations);
    }
}
