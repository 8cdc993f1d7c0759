package dev.uring.runtime;

import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Finds tasks and callbacks that keep a worker from its loop, while they do. A thread of its own looks at what the workers
 * count anyway, so that watching costs them nothing: who has not begun anything else between two looks, and is not asleep,
 * is still at the same thing.
 *
 * <p>While all workers sleep the watch does too. It says that it is dormant, looks once more after a whole period, and
 * then sleeps until a worker that has woken reads the word. The worker needs no fence for that: what it wrote before the
 * watch said so has become visible within the period, and what it reads after it is the new word.
 */
final class StallWatch implements Runnable {
    /** How long the watch sleeps without being roused; a bound for what nobody should rely on. */
    private static final long DORMANT_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int FRAMES_MAX = 64;

    private final List<Worker> workers;
    private final Set<Task<?>> tasks;
    private final long thresholdNanos;
    private final Thread thread;
    /** Written by the watch, read by the workers after each sleep, without order: see the class comment. */
    private boolean dormant;
    private volatile boolean stopped;

    /** What was seen of one worker. */
    private final class Seen {
        private final Worker worker;
        private long progress;
        /** When the progress was first seen, and so no earlier than it was made. */
        private long sinceNanos;
        private boolean told;

        Seen(Worker worker, long now) {
            this.worker = worker;
            progress = worker.progress();
            sinceNanos = now;
        }

        /** Looks; answers whether the worker has slept since the last look. */
        boolean look(long now) {
            long progressNow = worker.progress();
            boolean idle = worker.isIdling();
            boolean moved = progressNow != progress;
            if (moved || idle) {
                progress = progressNow;
                sinceNanos = now;
                told = false;
            } else if (!told && now - sinceNanos >= thresholdNanos) {
                told = true;
                tell(now - sinceNanos);
            }
            return idle && !moved;
        }

        private void tell(long lastedNanos) {
            if (Recorder.stallsAreOn()) {
                Thread culprit = carriedBy(worker.thread());
                String stack = Arrays.stream(culprit.getStackTrace()).limit(FRAMES_MAX).map(StackTraceElement::toString)
                        .collect(Collectors.joining("\n"));
                // What began meanwhile is not to blame.
                Recorder.stall(worker, culprit, lastedNanos, worker.progress() == progress ? stack : "");
            }
            worker.stalled(); // last, so that who sees the count finds the event
        }
    }

    /**
     * Makes a watch for a runtime that is being built.
     *
     * @param workers filled before the watch starts
     * @param tasks those that the workers may carry
     * @param thresholdNanos positive
     */
    StallWatch(String runtime, List<Worker> workers, Set<Task<?>> tasks, long thresholdNanos) {
        this.workers = workers;
        this.tasks = tasks;
        this.thresholdNanos = thresholdNanos;
        thread = Thread.ofPlatform().daemon().name(runtime + "-stall-watch").unstarted(this);
    }

    void start() {
        thread.start();
    }

    /** Ends the thread soon. Any thread, more than once. */
    void stop() {
        stopped = true;
        LockSupport.unpark(thread);
    }

    /** Answers whether the watch must be told that a worker has woken. */
    boolean isDormant() {
        return dormant;
    }

    /** A worker has woken. */
    void rouse() {
        LockSupport.unpark(thread);
    }

    @Override
    public void run() {
        long periodNanos = Math.max(thresholdNanos / 2, 1);
        long now = System.nanoTime();
        long start = now;
        List<Seen> all = workers.stream().map(worker -> new Seen(worker, start)).toList();
        long dormantSince = 0;
        while (!stopped) {
            if (!looksIdle(all, now)) {
                dormant = false;
                LockSupport.parkNanos(this, periodNanos);
            } else if (!dormant) {
                dormant = true;
                VarHandle.fullFence();
                dormantSince = now;
                LockSupport.parkNanos(this, periodNanos);
            } else {
                // A park may end early; only a whole period proves what the class comment says.
                LockSupport.parkNanos(this, now - dormantSince < periodNanos ? periodNanos : DORMANT_NANOS);
            }
            now = System.nanoTime();
        }
    }

    private static boolean looksIdle(List<Seen> all, long now) {
        boolean idle = true;
        for (Seen each : all) {
            idle &= each.look(now);
        }
        return idle;
    }

    /** A carrier's own stack ends where the virtual thread begins, so the task is asked that has it at the moment. */
    private Thread carriedBy(Thread carrier) {
        for (Task<?> task : tasks) {
            Thread virtual = task.thread();
            if (virtual != null && CarrierAccess.carrierOf(virtual) == carrier) {
                return virtual;
            }
        }
        return carrier;
    }
}
