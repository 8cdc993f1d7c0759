package dev.uring.net;

import dev.uring.runtime.Handle;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One copy both ways: two {@link RelayDirection}s, one of them in a task of its own, and what ends them.
 *
 * <p>With a time limit the other one gets a task, too, and the calling thread watches the time: so no piece that moves
 * pays for a timer.
 */
final class Relay {
    /** As good as for ever, and still to be added to a time. */
    private static final Duration LIMIT_MAX = Duration.ofDays(365 * 100);

    private final StreamSocket a;
    private final StreamSocket b;
    private final CopyOptions options;
    private final UringRuntime runtime;
    private final RelayDirection forward;
    private final RelayDirection backward;
    private final AtomicReference<IOException> errorA = new AtomicReference<>();
    private final AtomicReference<IOException> errorB = new AtomicReference<>();
    /** Why it was ended from outside: an interrupt, or the end of the runtime. */
    private final AtomicReference<IOException> ended = new AtomicReference<>();
    /** Neither direction begins anything more; set by any thread, before it cancels what has begun. */
    private volatile boolean stopped;
    /** When a byte moved last, by the runtime's clock; written by both directions where there is a limit. */
    private volatile long movedNanos;
    /** Written and read by the calling thread. */
    private boolean timedOut;

    Relay(StreamSocket a, StreamSocket b, CopyOptions options) {
        if (a == b) {
            throw new IllegalArgumentException("a copy needs two sockets: a=b=" + a);
        }
        this.a = a;
        this.b = b;
        this.options = options;
        runtime = a.runtime();
        CopyProgress progress = options.progress() != null ? options.progress() : new CopyProgress();
        forward = new RelayDirection(this, a, b, options.splice(), progress::movedAToB);
        backward = new RelayDirection(this, b, a, options.splice(), progress::movedBToA);
    }

    CopyResult run() throws IOException {
        Handle handle = runtime.handle();
        movedNanos = runtime.nanoTime();
        JoinHandle<Void> other = handle.spawn(backward);
        try {
            if (options.idleTimeout() == null) {
                forward.call();
            } else {
                runWatched(handle.spawn(forward), other);
            }
        } catch (RuntimeException | Error e) {
            stop();
            throw e;
        } finally {
            join(other);
            resetUnfinished();
        }
        if (ended.get() != null) {
            throw ended.get();
        }
        return new CopyResult(forward.bytes(), backward.bytes(), errorA.get(), errorB.get(), timedOut);
    }

    private void runWatched(JoinHandle<Void> one, JoinHandle<Void> other) {
        long limitNanos = nanos(options.idleTimeout());
        try {
            while (!(one.isFinished() && other.isFinished()) && !stopped) {
                long restNanos = movedNanos + limitNanos - runtime.nanoTime();
                if (restNanos <= 0) {
                    timedOut = true;
                    stop();
                } else {
                    await(one.isFinished() ? other : one, Duration.ofNanos(restNanos));
                }
            }
        } catch (InterruptedException e) {
            interrupted();
            Thread.currentThread().interrupt();
        } finally {
            stop(); // both have ended, or are to
            join(one);
        }
    }

    private static long nanos(Duration limit) {
        return limit.compareTo(LIMIT_MAX) < 0 ? limit.toNanos() : LIMIT_MAX.toNanos();
    }

    /** Waits until a direction has ended, but no longer than that; what it threw is for {@link #join}. */
    private static void await(JoinHandle<Void> direction, Duration limit) throws InterruptedException {
        try {
            direction.await(limit);
        } catch (TimeoutException | ExecutionException | CancellationException e) {
            // whoever calls looks at the time and at both directions again, and joins them in the end
        }
    }

    /** Waits for the end of a direction, which comes: by itself, or because an interrupt here stops it. */
    private void join(JoinHandle<Void> direction) {
        boolean interrupted = false;
        while (true) {
            try {
                direction.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                interrupted();
            } catch (CancellationException e) {
                end(new InterruptedIOException("copy was ended: a=" + a + " b=" + b + ": " + e.getMessage()));
                break; // the runtime ends, and the task never began
            } catch (ExecutionException e) {
                throw new IllegalStateException("copy failed: a=" + a + " b=" + b, e.getCause());
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void interrupted() {
        end(new InterruptedIOException("copy was interrupted: a=" + a + " b=" + b));
    }

    // ---- what directions tell ----

    /** Answers whether a direction is to begin nothing more. */
    boolean isStopped() {
        return stopped;
    }

    /** A direction has moved bytes. */
    void moved() {
        if (options.idleTimeout() != null) {
            movedNanos = runtime.nanoTime();
        }
    }

    /**
     * A direction has met an error of one of the sockets, and has ended. The other one ends with it, but not where it reads
     * what the failed side had sent before: there it finds the end, or the error, by itself.
     */
    void failed(RelayDirection direction, StreamSocket side, IOException error) {
        (side == a ? errorA : errorB).compareAndSet(null, error);
        if (side != direction.target() || !side.isHungUp()) {
            stop();
        }
    }

    /** A direction was ended from outside. */
    void end(IOException reason) {
        ended.compareAndSet(null, reason);
        stop();
    }

    /** Ends both. For any thread; idempotent. */
    void stop() {
        stopped = true;
        forward.cancel();
        backward.cancel();
    }

    /** Whoever has seen no end, or is not to take the one that it saw for a clean one, is to see a reset. */
    private void resetUnfinished() {
        boolean failed = errorA.get() != null || errorB.get() != null;
        if (failed || !forward.isFinished()) {
            b.resetOnClose();
        }
        if (failed || !backward.isFinished()) {
            a.resetOnClose();
        }
    }
}
