package dev.uring.runtime;

import java.time.Duration;

/**
 * The time of a runtime under test: it can be stopped, and then passes only where the test says so, or by itself to the
 * next timer whenever there is nothing else to do. So an hour's sleep takes no time, and two runs see the same times.
 *
 * <p>Needs a current-thread runtime in carrier mode, where one thread does everything; made by
 * {@link UringRuntime.Builder#startPaused}. The methods are for its tasks.
 *
 * <p>While it is paused, time moves by itself only when no task is ready, no result has come, and no job of
 * {@link Handle#spawnBlocking} is running. An operation in flight does not hold it: what waits for a peer waits in real
 * time, and a timeout around it is due at once.
 */
public final class TestClock {
    private final UringRuntime runtime;
    /** What is added to the system's time while it runs; written by the worker's thread, as the others. */
    private volatile long offsetNanos;
    private volatile long pausedNanos;
    private volatile boolean paused;

    TestClock(UringRuntime runtime) {
        this.runtime = runtime;
        pause();
    }

    /** Stops the time; without effect when it is stopped. */
    public void pause() {
        if (!paused) {
            pausedNanos = nanoTime();
            paused = true;
        }
    }

    /** Lets the time run on from where it was stopped; without effect when it runs. */
    public void resume() {
        if (paused) {
            offsetNanos = pausedNanos - System.nanoTime();
            paused = false;
        }
    }

    /**
     * Moves the stopped time on, and lets what is due by then run.
     *
     * @param duration zero or more
     * @throws IllegalStateException when the time is not stopped, or outside of the runtime's tasks
     */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("time does not go back: duration=" + duration);
        }
        Worker here = Worker.current();
        if (!paused || here == null || here.runtime() != runtime || here.isLoop()) {
            throw new IllegalStateException("advance needs a paused clock, and a task of its runtime: paused=" + paused);
        }
        pausedNanos += Deadline.nanos(duration);
        Tasks.yieldNow();
    }

    /** Answers whether the time is stopped. */
    public boolean isPaused() {
        return paused;
    }

    long nanoTime() {
        return paused ? pausedNanos : System.nanoTime() + offsetNanos;
    }

    /** Moves the stopped time on to the next timer. */
    void skip(long nanos) {
        pausedNanos += nanos;
    }
}
