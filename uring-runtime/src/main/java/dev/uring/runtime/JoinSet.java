package dev.uring.runtime;

import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;

/**
 * Tasks that belong together: their results come in the order in which they end, and none outlives the set.
 *
 * {@snippet :
 * try (var set = new JoinSet<Integer>()) {
 *     set.spawn(() -> first());
 *     set.spawn(() -> second());
 *     while (!set.isEmpty()) {
 *         use(set.joinNext());
 *     }
 * }
 * }
 *
 * <p>A task is a member from its spawn until its result is taken. For any thread; what waits is not for callbacks on a
 * worker, nor for a member of the set, which would wait for itself.
 *
 * @param <T> what the tasks answer
 */
public final class JoinSet<T> implements AutoCloseable {
    private final UringRuntime runtime;
    private final Set<JoinHandle<T>> members = ConcurrentHashMap.newKeySet();
    /** Members that have ended, in that order, and some that are members no more. */
    private final Queue<JoinHandle<T>> ended = new ConcurrentLinkedQueue<>();
    /** One has ended, or none is left. */
    private final Notify changed = new Notify();
    private volatile boolean closed;

    /**
     * Makes an empty set of tasks on the current runtime.
     *
     * @throws IllegalStateException when there is none
     */
    public JoinSet() {
        this(Handle.current());
    }

    /** Makes an empty set of tasks on this runtime. */
    public JoinSet(Handle runtime) {
        this.runtime = runtime.runtime();
    }

    /**
     * Starts a task as a member. On a runtime that is being shut down the member is cancelled at once.
     *
     * @throws IllegalStateException when the set is closed
     */
    public JoinHandle<T> spawn(Callable<T> task) {
        return runtime.spawn(joined(new Task<>(runtime, task, this::ended)));
    }

    /**
     * Starts a job on a blocking thread as a member; see {@link Handle#spawnBlocking}.
     *
     * @throws IllegalStateException when the set is closed
     */
    public JoinHandle<T> spawnBlocking(Callable<T> job) {
        return runtime.spawnBlocking(joined(new Job<>(runtime, job, this::ended)));
    }

    private <M extends Task<T>> M joined(M task) {
        members.add(task.handle());
        if (closed) { // looked at after the add, so that a close either waits for the member or refuses it
            members.remove(task.handle());
            changed.notifyOne();
            throw new IllegalStateException("join set is closed");
        }
        return task;
    }

    private void ended(JoinHandle<T> handle) {
        if (members.contains(handle)) {
            ended.add(handle);
            changed.notifyOne();
        }
    }

    /**
     * Waits until a member has ended and answers its result; the member leaves the set, however it ended.
     *
     * @return null when the set is empty; where tasks may answer null, ask {@link #isEmpty()} first
     * @throws ExecutionException with what the task threw as its cause
     * @throws CancellationException when the task was aborted and ended for it
     * @throws InterruptedException when the waiting thread is interrupted; the members go on
     */
    public T joinNext() throws ExecutionException, InterruptedException {
        JoinHandle<T> next = takeNext();
        while (next == null && !members.isEmpty()) {
            Worker.requireNoCallback("joinNext");
            try {
                changed.await();
            } catch (InterruptedIOException e) {
                Thread.interrupted();
                throw new InterruptedException("wait for a member of a join set was interrupted");
            }
            next = takeNext();
        }
        if (members.isEmpty() || !ended.isEmpty()) {
            changed.notifyOne(); // permits do not add up: others that wait here must not miss what is left, or the end
        }
        return next == null ? null : next.result();
    }

    /**
     * Answers the result of a member that has ended, as {@link #joinNext()} does, or null when none has.
     *
     * @throws ExecutionException with what the task threw as its cause
     * @throws CancellationException when the task was aborted and ended for it
     */
    public T tryJoinNext() throws ExecutionException {
        JoinHandle<T> next = takeNext();
        if (members.isEmpty()) {
            changed.notifyOne();
        }
        return next == null ? null : next.result();
    }

    private JoinHandle<T> takeNext() {
        JoinHandle<T> next = ended.poll();
        while (next != null && !members.remove(next)) {
            next = ended.poll(); // detached
        }
        while (next != null && !next.isFinished()) {
            Thread.onSpinWait(); // ends: its task has told the set, and tells the handle next
        }
        return next;
    }

    /**
     * Waits for all members and answers their results in the order in which they ended.
     *
     * @throws ExecutionException when tasks failed: the failure of the first, once all have ended, the others suppressed
     * @throws CancellationException when the first to fail was cancelled
     * @throws InterruptedException when the waiting thread is interrupted; the members go on, and the results that had
     *     been taken are lost
     */
    public List<T> joinAll() throws ExecutionException, InterruptedException {
        List<T> results = new ArrayList<>();
        Exception first = null;
        while (!isEmpty()) {
            try {
                results.add(joinNext());
            } catch (ExecutionException | CancellationException e) {
                if (first == null) {
                    first = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
        switch (first) {
            case null -> {
                return results;
            }
            case ExecutionException e -> throw e;
            case CancellationException e -> throw e;
            default -> throw new AssertionError(first);
        }
    }

    /** Aborts all members; they stay in the set until they are joined. */
    public void abortAll() {
        members.forEach(JoinHandle::abort);
    }

    /** Lets all members go: they run on, and the set is empty. */
    public void detachAll() {
        members.clear();
        changed.notifyOne();
    }

    /** Answers how many members there are, running or not yet joined. */
    public int size() {
        return members.size();
    }

    /** Answers whether there are no members. */
    public boolean isEmpty() {
        return members.isEmpty();
    }

    /**
     * Aborts all members and waits until the set is empty, deaf to interrupts; what came of them is dropped. The set may
     * be used again.
     */
    public void shutdown() {
        abortAll();
        boolean interrupted = false;
        while (!isEmpty()) {
            try {
                joinNext();
            } catch (ExecutionException | CancellationException e) {
                continue; // it was asked to end, and has
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Ends the set: {@link #shutdown()}, and refuses new members. Unlike Tokio's, which cannot wait when it is dropped,
     * this set leaves no task behind.
     */
    @Override
    public void close() {
        closed = true;
        shutdown();
    }
}
