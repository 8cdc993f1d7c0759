package dev.uring.runtime;

import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for what blocks: a {@link ThreadPoolExecutor} that hands a job to an idle thread if there is one, else starts a
 * thread up to its limit, and only then queues. The JDK's own would queue first, or start a thread for each of the first
 * jobs though others are idle.
 */
final class BlockingPool {
    private BlockingPool() {
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

    static ThreadPoolExecutor create(String namePrefix, int threadsMax, long keepAliveNanos) {
        var jobs = new HandOff();
        return new ThreadPoolExecutor(0, threadsMax, keepAliveNanos, TimeUnit.NANOSECONDS, jobs,
                Thread.ofPlatform().daemon().name(namePrefix, 0).factory(), (job, pool) -> {
                    if (pool.isShutdown()) {
                        throw new RejectedExecutionException("blocking pool is shut down");
                    }
                    jobs.queue(job);
                    // A thread that ends looks at the queue after it has left the count. If it left before the job was
                    // queued, nobody might ever come for the job: it is taken back and offered anew.
                    if ((pool.getPoolSize() < threadsMax || pool.isShutdown()) && jobs.remove(job)) {
                        pool.execute(job);
                    }
                });
    }
}
