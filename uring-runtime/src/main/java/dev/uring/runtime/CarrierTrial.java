package dev.uring.runtime;

import java.lang.invoke.MethodHandle;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Whether a virtual thread can be carried by an executor of ours. A class of its own, because a second thread takes part:
 * it would wait for a class whose initialiser waits for it.
 */
final class CarrierTrial {
    private static final long TRIAL_SECONDS = 10;

    private CarrierTrial() {
    }

    /** Parks a virtual thread on an executor of ours and resumes it; answers null when that works. */
    static String run(MethodHandle newBuilder) {
        String[] answer = new String[1];
        // On a thread of its own: a virtual one cannot run another, and an interrupt of the caller must not decide.
        Thread platform = Thread.ofPlatform().name("uring-trial").daemon().start(() -> answer[0] = tryOut(newBuilder));
        boolean interrupted = false;
        while (platform.isAlive()) {
            try {
                platform.join();
            } catch (InterruptedException e) {
                interrupted = true; // the answer is for the whole process
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return answer[0];
    }

    private static String tryOut(MethodHandle newBuilder) {
        var continuations = new LinkedBlockingQueue<Runnable>();
        try {
            boolean[] resumed = new boolean[1];
            Thread trial = ((Thread.Builder.OfVirtual) newBuilder.invokeExact((Executor) continuations::add))
                    .unstarted(() -> {
                        LockSupport.park();
                        resumed[0] = true;
                    });
            trial.start();
            runNext(continuations);
            LockSupport.unpark(trial);
            while (trial.isAlive()) {
                runNext(continuations);
            }
            return resumed[0] ? null : "a trial virtual thread was not resumed";
        } catch (Throwable t) {
            return "a trial virtual thread failed: " + t;
        }
    }

    private static void runNext(LinkedBlockingQueue<Runnable> continuations) throws InterruptedException {
        Runnable continuation = continuations.poll(TRIAL_SECONDS, TimeUnit.SECONDS);
        if (continuation != null) {
            continuation.run();
        }
    }
}
