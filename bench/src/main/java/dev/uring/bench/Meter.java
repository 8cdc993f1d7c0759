package dev.uring.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/**
 * Measures what a stretch of work costs: wall time, CPU time and allocation, of the one thread that starts and stops
 * it. The process's CPU time, next to the thread's, shows what the compiler and collector did meanwhile.
 */
final class Meter {
    private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private long wallNanos;
    private long cpuNanos;
    private long processNanos;
    private long allocatedBytes;

    /** Begins a stretch. */
    void start() {
        processNanos = PROCESS.getProcessCpuTime();
        allocatedBytes = THREAD.getCurrentThreadAllocatedBytes();
        cpuNanos = THREAD.getCurrentThreadCpuTime();
        wallNanos = System.nanoTime();
    }

    /** Answers the wall time since the start, with the stretch still running. */
    long elapsedNanos() {
        return System.nanoTime() - wallNanos;
    }

    /** Ends the stretch; what the other methods answer afterwards belongs to it. */
    void stop() {
        wallNanos = System.nanoTime() - wallNanos;
        cpuNanos = THREAD.getCurrentThreadCpuTime() - cpuNanos;
        allocatedBytes = THREAD.getCurrentThreadAllocatedBytes() - allocatedBytes;
        processNanos = PROCESS.getProcessCpuTime() - processNanos;
    }

    long wallNanos() {
        return wallNanos;
    }

    /** Answers user and kernel time of the thread; the kernel's own worker threads are not in it. */
    long cpuNanos() {
        return cpuNanos;
    }

    /** Answers user and kernel time of the whole process in steps of 10 ms, the kernel's worker threads included. */
    long processNanos() {
        return processNanos;
    }

    /** Answers what the thread allocated on the heap. */
    long allocatedBytes() {
        return allocatedBytes;
    }
}
