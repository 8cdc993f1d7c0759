package dev.uring.runtime;

import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Brings ready tasks to workers: to the worker of the moment, to its own queue; from any other thread to the injection
 * queue. A worker that has nothing to do takes from the injection queue, then from another worker's queue, and only then
 * sleeps.
 *
 * <p>No wake-up is lost, and few are made for nothing: whoever adds work wakes one sleeping worker, unless some worker
 * is searching at that moment. At most half of the workers search at a time; one that finds something wakes the next
 * if it was the last to search, and the last one that finds nothing looks once more after it has said that it stopped.
 * So work added behind a searcher's back is either seen by that second look, or its adder saw nobody searching. A worker
 * that was not let search looks once, too, after it has said that it sleeps: until then nobody could wake it.
 */
final class Scheduler {
    private final List<Worker> workers;
    /** Continuations of tasks that no worker of ours made ready. */
    private final ConcurrentLinkedQueue<Runnable> injected = new ConcurrentLinkedQueue<>();
    /** Workers that look for work, or were woken to. */
    private final AtomicInteger searching = new AtomicInteger();
    /** The workers have ended, or are about to: what is injected now goes to the common pool. */
    private volatile boolean ended;

    /**
     * Makes one for a runtime that is being built.
     *
     * @param workers filled before the first of them runs
     */
    Scheduler(List<Worker> workers) {
        this.workers = workers;
    }

    /**
     * The executor of our tasks: makes a continuation ready, on the worker of the moment or for whichever comes first.
     * The JDK calls it from threads of its own, which do not survive an exception: it neither throws nor blocks.
     */
    void carry(Runnable continuation) {
        Worker here = Worker.current();
        if (here != null && here.scheduler() == this && !ended && !here.isEnded()) {
            here.ready(continuation);
        } else {
            inject(continuation);
        }
    }

    /** Makes a continuation ready for whichever worker comes first; any thread. */
    void inject(Runnable continuation) {
        injected.add(continuation);
        if (ended) {
            forwardInjected();
        } else {
            workAdded();
        }
    }

    /** Answers whether there is more than one worker. */
    boolean isShared() {
        return workers.size() > 1;
    }

    Runnable pollInjected() {
        return injected.poll();
    }

    boolean hasInjected() {
        return !injected.isEmpty();
    }

    /** Answers how many continuations wait for any worker: counts them, so that adding one need not. Any thread. */
    int injected() {
        return injected.size();
    }

    /** After the end, threads that were started inside tasks live on: the common pool carries them. */
    void end() {
        ended = true;
        forwardInjected();
    }

    private void forwardInjected() {
        Runnable continuation = injected.poll();
        while (continuation != null) {
            ForkJoinPool.commonPool().execute(continuation);
            continuation = injected.poll();
        }
    }

    /** Wakes one worker for work that others may take, unless one is searching already; any thread, after the add. */
    void workAdded() {
        VarHandle.fullFence(); // the add before the look, see the class comment
        if (searching.get() == 0) {
            wakeOne();
        }
    }

    private void wakeOne() {
        boolean missed;
        do {
            missed = false;
            for (Worker worker : workers) {
                if (worker.isAsleep()) {
                    searching.incrementAndGet(); // before the worker can say that it stopped
                    if (worker.wakeToSearch()) {
                        return;
                    }
                    // Somebody else woke it. Who added work meanwhile saw a searcher, and there was none.
                    missed |= searching.decrementAndGet() == 0 && hasWork();
                }
            }
        } while (missed); // once more for each wake-up by others, at most
    }

    /** Answers whether one more worker may search; it must call {@link #found} or {@link #foundNothing}. */
    boolean beginSearch() {
        if (searching.get() * 2 >= workers.size()) {
            return false;
        }
        searching.incrementAndGet();
        return true;
    }

    /** A searcher has found work; there may be more of it. */
    void found() {
        if (searching.decrementAndGet() == 0 && hasWork()) {
            wakeOne();
        }
    }

    /**
     * A searcher has found nothing, and has said that it sleeps.
     *
     * @return whether it was the last to search, and there is work after all
     */
    boolean foundNothing() {
        return searching.decrementAndGet() == 0 && hasWork();
    }

    /** Answers whether there is work and nobody looks for it; for a worker that has said that it sleeps. */
    boolean isNeglected() {
        return searching.get() == 0 && hasWork();
    }

    /** Moves half of some other worker's tasks to this one's queue; answers whether there were any. */
    boolean steal(Worker thief) {
        int count = workers.size();
        int first = count < 2 ? 0 : ThreadLocalRandom.current().nextInt(count);
        for (int i = 0; i < count; i++) {
            Worker victim = workers.get((first + i) % count);
            if (victim != thief) {
                int stolen = victim.readyTasks().stealInto(thief.readyTasks());
                if (stolen > 0) {
                    thief.stole(victim, stolen);
                    return true;
                }
            }
        }
        return false;
    }

    /** Answers whether there is anything that a searcher may take. */
    boolean hasWork() {
        if (hasInjected()) {
            return true;
        }
        for (Worker worker : workers) {
            if (!worker.readyTasks().isEmpty()) {
                return true;
            }
        }
        return false;
    }
}
