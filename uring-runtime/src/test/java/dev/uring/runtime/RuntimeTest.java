package dev.uring.runtime;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Every test of a subclass runs twice, on workers that carry tasks and on workers that do not, and leaves nothing. */
@ParameterizedClass(name = "carriers={0}")
@EnumSource(names = {"ON", "OFF"})
@ExtendWith(LeakCheck.class)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class RuntimeTest {
    static final boolean FULL = Boolean.getBoolean("uring.test.full");

    @Parameter
    Carriers carriers;
    UringRuntime runtime;

    @BeforeEach
    @Timeout(20)
    void open() throws IOException {
        runtime = builder().build();
    }

    /** What the runtime of each test is built from. */
    UringRuntime.Builder builder() {
        return UringRuntime.builder().enableAll().multiThread(1).carriers(carriers);
    }

    @AfterEach
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void close() {
        runtime.close();
    }

    /** Runs the body as a task and waits for it. */
    <T> T task(Callable<T> body) throws Exception {
        return runtime.blockOn(body);
    }

    void task(Uring.Body body) throws Exception {
        runtime.blockOn(() -> {
            body.run();
            return null;
        });
    }

    /** Runs the body on the calling platform thread with the runtime as the current one. */
    <T> T foreign(Callable<T> body) throws Exception {
        return runtime.handle().run(body);
    }

    /** Runs the body in a callback on a worker and waits for it. */
    <T> T callback(Callable<T> body) throws Exception {
        var outcome = new java.util.concurrent.CompletableFuture<T>();
        foreign(() -> new Nop().submit()).onComplete((_, _) -> {
            try {
                outcome.complete(body.call());
            } catch (Throwable t) {
                outcome.completeExceptionally(t);
            }
        });
        try {
            return outcome.get(20, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            switch (e.getCause()) {
                case Exception cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw e;
            }
        }
    }

    /** Waits, within limits, until the condition holds. */
    static void eventually(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within 20 s: " + what);
            }
            Thread.sleep(1);
        }
    }
}
