package dev.uring.runtime;

import java.util.concurrent.Callable;

/** The shortest way in: builds a runtime from the {@code uring.*} properties, runs one task on it, and closes it. */
public final class Uring {
    private Uring() {
    }

    /** What {@link #run(Body)} runs. */
    @FunctionalInterface
    public interface Body {
        /** Does the work; may throw whatever it likes. */
        void run() throws Exception;
    }

    /** Builds a runtime, runs {@code body} as a task, and closes the runtime; throws what the body threw. */
    public static void run(Body body) throws Exception {
        run(() -> {
            body.run();
            return null;
        });
    }

    /** Builds a runtime, runs {@code body} as a task, closes the runtime and answers the result. */
    public static <T> T run(Callable<T> body) throws Exception {
        try (UringRuntime runtime = UringRuntime.builder().enableAll().build()) {
            return runtime.blockOn(body);
        }
    }
}
