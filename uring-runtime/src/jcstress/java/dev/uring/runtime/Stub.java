package dev.uring.runtime;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.InterruptedByTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** What the tests share: one runtime per virtual machine, and words for how an operation ended. */
final class Stub {
    /** One worker with a {@link StubDriver}; its loop runs on a third thread beside the actors. */
    static final UringRuntime RUNTIME;

    private static final WorkerOptions OWN_THREAD = options(true);
    private static final WorkerOptions NO_THREAD = options(false);

    static final String RESULT = "result";
    static final String CANCELLED = "cancelled";
    static final String FAILED = "failed";
    static final String REFUSED = "refused";
    /** Waiting ended by the limit below, although the result was out. */
    static final String NOT_TOLD = "not told";

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    static {
        try {
            RUNTIME = UringRuntime.builder().enableAll().driver(StubDriverProvider.NAME).carriers(Carriers.OFF).multiThread(1)
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How long to wait for what must happen at once; once it has not, the test has failed and need not wait again. */
    private static volatile Duration patience = PATIENCE;

    private Stub() {
    }

    /** The runtime's own worker, which takes its inbox every millisecond. */
    static Worker liveWorker() {
        return RUNTIME.anyWorker();
    }

    /** A worker whose thread is never started: a test calls {@link #turn} to run its loop. */
    static Worker stoppedWorker() {
        Worker worker = new Worker(RUNTIME, 1, new StubDriver(), new Scheduler(List.of()), OWN_THREAD);
        worker.stop();
        return worker;
    }

    private static WorkerOptions options(boolean ownThreads) {
        return new WorkerOptions(ownThreads, "stub-", 128, 200_000, 0, 0, 1, 1, null, null, null, null);
    }

    /** A worker whose loop a test plays step by step. */
    static Worker playedWorker(Scheduler scheduler) {
        return new Worker(RUNTIME, 1, new StubDriver(), scheduler, NO_THREAD);
    }

    /** Runs the loop of a {@link #stoppedWorker} until its inbox is empty and nothing is in flight. */
    static void turn(Worker worker) {
        worker.run();
    }

    /** Waits for an operation and says how it ended. */
    static String await(StubOp op) {
        try {
            return op.await(patience).res == StubOp.RES ? RESULT : "another result";
        } catch (InterruptedByTimeoutException e) {
            patience = Duration.ofMillis(1);
            return NOT_TOLD;
        } catch (CancellationException e) {
            return CANCELLED;
        } catch (ClosedChannelException e) {
            return REFUSED;
        } catch (InterruptedIOException e) {
            return "interrupted";
        } catch (IOException e) {
            return FAILED;
        }
    }

    /** Waits for a task and says how it ended; a wait that its limit ended was not told. */
    static String await(JoinHandle<?> task) {
        long start = System.nanoTime();
        try {
            task.await(patience);
            if (System.nanoTime() - start < patience.toNanos()) {
                return RESULT;
            }
            patience = Duration.ofMillis(1);
            return NOT_TOLD;
        } catch (TimeoutException e) {
            patience = Duration.ofMillis(1);
            return NOT_TOLD;
        } catch (CancellationException e) {
            return CANCELLED;
        } catch (ExecutionException | InterruptedException e) {
            return FAILED;
        }
    }

    /** Says how an operation ended that must have ended by now: for arbiters. */
    static String end(StubOp op) {
        return op.isDone() ? await(op) : "never ended";
    }

    /** Waits until an operation is done, without ever cancelling it; answers whether it is. */
    static boolean awaitDone(Op<?> op) {
        long start = System.nanoTime();
        while (!op.isDone()) {
            if (System.nanoTime() - start > patience.toNanos()) {
                patience = Duration.ofMillis(1);
                return false;
            }
            LockSupport.parkNanos(100_000);
        }
        return true;
    }
}
