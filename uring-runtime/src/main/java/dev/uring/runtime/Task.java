package dev.uring.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The body of a virtual thread that the runtime started, and how far it has come:
 *
 * <pre>
 * phase      event         next       who moves it
 * SPAWNED    first step    RUNNING    its thread
 * SPAWNED    abort         ABORTED    any thread; the body never runs
 * RUNNING    abort         ABORTED    any thread, which interrupts it
 * RUNNING    body ended    ENDED      its thread
 * ABORTED    body ended    ENDED      its thread; an exception then means that it was cancelled, and before, if the
 *                                     closing runtime had refused something
 * SPAWNED    refused       ENDED      the thread that spawned it
 * </pre>
 *
 * @param <T> what the task answers
 */
class Task<T> implements Runnable {
    private static final int SPAWNED = 0;
    private static final int RUNNING = 1;
    private static final int ABORTED = 2;
    private static final int ENDED = 3;

    /** Bound in every task, whoever carries it; not inherited by threads started inside. */
    private static final ScopedValue<Task<?>> CURRENT = ScopedValue.newInstance();
    private static final AtomicLong IDS = new AtomicLong();
    private static final VarHandle PHASE;

    static {
        try {
            PHASE = MethodHandles.lookup().findVarHandle(Task.class, "phase", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final UringRuntime runtime;
    private final JoinHandle<T> handle;
    /** Told once the outcome is known; null for nobody. */
    private final Consumer<JoinHandle<T>> atEnd;
    /** What is to be run; null once it has begun, so that a handle that is kept keeps nothing else. */
    private Callable<T> body;
    /** The thread that runs the task; written before RUNNING. */
    private Thread thread;
    /** See the class comment. */
    private volatile int phase;

    Task(UringRuntime runtime, Callable<T> body, Consumer<JoinHandle<T>> atEnd) {
        this.runtime = runtime;
        this.body = body;
        this.atEnd = atEnd;
        long id = IDS.incrementAndGet();
        handle = new JoinHandle<>(runtime, this, id, runtime.name() + "-task-" + id);
    }

    /** Answers whether the calling thread runs a task. */
    static boolean isCurrent() {
        return CURRENT.isBound();
    }

    /** Answers whether the calling thread runs a task that was asked to end. */
    static boolean isCurrentAborted() {
        return CURRENT.isBound() && CURRENT.get().phase == ABORTED;
    }

    JoinHandle<T> handle() {
        return handle;
    }

    /** Answers the thread that runs the task, or null before its first step. Any thread. */
    Thread thread() {
        return phase == SPAWNED ? null : thread;
    }

    @Override
    public void run() {
        Callable<T> taken = body;
        body = null;
        thread = Thread.currentThread();
        if (!PHASE.compareAndSet(this, SPAWNED, RUNNING)) {
            endUnbegun();
            return;
        }
        T answer = null;
        Throwable thrown = null;
        JfrEvents.TaskEvent event = Recorder.beginTask();
        try {
            answer = call(runtime, taken);
        } catch (Throwable t) {
            thrown = t; // the edge of the task: whatever it threw is its outcome
        }
        if (event != null) {
            Recorder.endTask(event, handle, thrown == null ? "completed" : phase == ABORTED ? "cancelled" : "failed");
        }
        end(answer, thrown);
    }

    /** Calls the body with what it should find around it. */
    T call(UringRuntime runtime, Callable<T> body) throws Exception {
        return runtime.handle().with(CURRENT, this).call(body::call);
    }

    /** Its number, since tasks are kept in sets, and the identity hash of a new object is dear. */
    @Override
    public final int hashCode() {
        return Long.hashCode(handle.id());
    }

    @Override
    public final boolean equals(Object other) {
        return this == other;
    }

    /** Asks the task to end; see {@link JoinHandle#abort}. */
    void abort() {
        if (!abortSpawned() && PHASE.compareAndSet(this, RUNNING, ABORTED)) {
            thread.interrupt();
        }
    }

    /** SPAWNED to ABORTED; answers false when it has begun, or was aborted before. */
    final boolean abortSpawned() {
        return PHASE.compareAndSet(this, SPAWNED, ABORTED);
    }

    /** Ends a task that the runtime did not take, unless an abort has ended it already. */
    final void refuse(String what) {
        abortSpawned();
        end(null, new RuntimeShutdownException(what));
    }

    /** As the other, for a host that has no thread left to run it. */
    final void refuse(RejectedExecutionException cause) {
        abortSpawned();
        end(null, cause);
    }

    /** Ends a task that was aborted before its first step. */
    final void endUnbegun() {
        end(null, runtime.isClosing() ? new RuntimeShutdownException("spawn")
                : new CancellationException("aborted before its first step"));
    }

    /** Makes the outcome known, once; later calls have no effect. */
    private void end(T answer, Throwable thrown) {
        int before = (int) PHASE.getAndSet(this, ENDED);
        if (before == ENDED) {
            return;
        }
        body = null;
        if (atEnd != null) {
            atEnd.accept(handle); // before anyone sees the end: what is started for it ends later, in a JoinSet too
        }
        handle.end(answer, thrown, before == ABORTED || isShutdown(thrown));
        runtime.ended(this);
    }

    /** What the runtime refused to a task while it closes was the first that the task saw of its abort. */
    private boolean isShutdown(Throwable thrown) {
        return thrown instanceof RuntimeShutdownException && runtime.isClosing();
    }
}
