package dev.uring.runtime;

import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * A task that runs on a platform thread of its own kind of pool, where it may block. Nobody interrupts it: an abort ends
 * it only if it has not begun.
 *
 * @param <T> what the job answers
 */
final class Job<T> extends Task<T> {
    /** Bound in every job to its runtime. */
    private static final ScopedValue<UringRuntime> CURRENT = ScopedValue.newInstance();

    Job(UringRuntime runtime, Callable<T> body, Consumer<JoinHandle<T>> atEnd) {
        super(runtime, body, atEnd);
    }

    /** Answers whether the calling thread runs a job of this runtime. */
    static boolean isCurrent(UringRuntime runtime) {
        return CURRENT.isBound() && CURRENT.get() == runtime;
    }

    @Override
    T call(UringRuntime runtime, Callable<T> body) throws Exception {
        return runtime.handle().with(CURRENT, runtime).call(body::call);
    }

    @Override
    void abort() {
        if (abortSpawned()) {
            endUnbegun();
        }
    }
}
