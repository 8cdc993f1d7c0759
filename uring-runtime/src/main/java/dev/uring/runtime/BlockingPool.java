package dev.uring.runtime;

import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for what blocks: a {@link ThreadPoolExecutor} that hands a job to an idle thread if there is one, else starts a
 * thread up to its limit, and only then queues. The JDK's own would queue first, or start a thread for each of the first
 * jobs though others are idle.
 */
final class BlockingPool extends ThreadPoolExecutor {
    private static final String NO_THREAD = "the host has no thread left for what blocks: raise the limit of processes "
            + "(pids.max of the control group, docker run --pids-limit, ulimit -u)";

    BlockingPool(String namePrefix, int threadsMax, long keepAliveNanos) {
        this(Thread.ofPlatform().daemon().name(namePrefix, 0).factory(), threadsMax, keepAliveNanos);
    }

    BlockingPool(ThreadFactory threads, int threadsMax, long keepAliveNanos) {
        super(0, threadsMax, keepAliveNanos, TimeUnit.NANOSECONDS, new HandOff(), threads, (job, pool) -> {
            if (pool.isShutdown()) {
                throw new RejectedExecutionException("blocking pool is shut down");
            }
            ((HandOff) pool.getQueue()).queue(job);
        });
    }

    /** A queue that takes a job only if a thread waits for it, unless told otherwise. */
    private static final class HandOff extends LinkedTransferQueue<Runnable> {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean offer(Runnable job) {
            return tryTransfer(job);
        }

        void queue(Runnable job) {
            super.offer(job);
        }
    }

    /**
     * Runs a job on a thread of the pool. Where the host has none left it waits for one of those that there are.
     *
     * @throws RejectedExecutionException when there is not one, and none can be started
     */
    @Override
    public void execute(Runnable job) {
        try {
            start(job);
        } catch (OutOfMemoryError e) { // what Thread.start throws
            HandOff queue = (HandOff) getQueue();
            queue.queue(job);
            // A pool without threads has no one to take it; a thread that ends later looks at the queue once more.
            if (getPoolSize() == 0 && remove(job)) {
                throw new RejectedExecutionException(NO_THREAD, e);
            }
        }
    }

    /**
     * A thread that ends looks at the queue after it has left the count. If it left before the job was queued, nobody might
     * ever come for the job: it is taken back and offered anew.
     */
    private void start(Runnable job) {
        super.execute(job);
        while (!getQueue().isEmpty() && (getPoolSize() < getMaximumPoolSize() || isShutdown()) && remove(job)) {
            Thread.yield(); // to a thread that is about to start or end, and counts as one and not the other
            super.execute(job);
        }
    }
}
