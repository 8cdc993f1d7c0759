package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.ffi.RingOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.opentest4j.TestAbortedException;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;

/**
 * What every driver must do, alike: a subclass for each names the set-ups to run on, as a
 * {@link ParameterizedClass} with a source of {@link Setup}s. After every case nothing is in flight, every provided
 * buffer is back and every descriptor is closed. A case that a driver cannot pass is skipped with its reason.
 */
@Timeout(value = DriverContract.LIMIT_SECONDS, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@ExtendWith({LeakCheck.class, DriverContract.DumpOnFailure.class})
public abstract class DriverContract implements StreamCases, WholeCases, CancelCases, CapacityCases, ChainCases,
        TimeAndPollCases, MultishotCases, ZeroCopyCases, LifeCases, BatchCases, QueueCases {
    /** The queues of a case about full queues: a submission queue that a chain may outgrow. */
    public static final RingOptions SMALL = RingOptions.of(8).withCompletionEntries(128);
    /** What a ring of that size has room for. */
    public static final int SMALL_OPERATIONS = 128 - RingDriver.RESERVED;
    static final int LIMIT_SECONDS = 60;
    private static final int CLOSE_SECONDS = 20;
    private static final RingOptions ROOMY = RingOptions.of(256).withCompletionEntries(4096);

    /** Injected by {@link ParameterizedClass}. */
    @Parameter
    Setup setup;
    private Ground ground;
    private RingOptions ring = ROOMY;
    private final List<UringRuntime> runtimes = new ArrayList<>();
    private UringRuntime main;

    @BeforeEach
    void makeGround(TestInfo test) {
        String reason = setup.skips().get(test.getTestMethod().orElseThrow().getName());
        Assumptions.assumeTrue(reason == null, reason);
        setup.assumeAvailable();
        ground = setup.ground().get();
    }

    @Override
    public Setup setup() {
        return setup;
    }

    @Override
    public Ground ground() {
        return ground;
    }

    @Override
    public void small() {
        assertThat(main).as("runtime before small()").isNull();
        ring = SMALL;
    }

    @Override
    public synchronized UringRuntime runtime() {
        if (main == null) {
            try {
                main = newRuntime();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return main;
    }

    @Override
    public UringRuntime newRuntime() throws IOException {
        UringRuntime runtime = setup.builder().multiThread(1).ring(ring).build();
        synchronized (runtimes) {
            runtimes.add(runtime);
        }
        return runtime;
    }

    @AfterEach
    void nothing_is_left_over() throws Exception {
        for (UringRuntime runtime : runtimes) {
            Thread closer = Thread.ofPlatform().daemon().start(runtime::close);
            closer.join(CLOSE_SECONDS * 1000L);
            assertThat(closer.isAlive()).as("close hangs:\n%s", dump()).isFalse();
            for (Worker worker : runtime.workers()) {
                assertThat(worker.provided().lent()).as("provided buffers lent").isZero();
                assertThat(worker.metrics().inFlight()).as("operations in flight").isZero();
                assertThat(worker.timers().isEmpty()).as("no timers").isTrue();
            }
        }
        if (ground != null) {
            ground.close();
        }
    }

    private String dump() {
        StringBuilder text = new StringBuilder(setup.toString()).append('\n');
        synchronized (runtimes) {
            for (UringRuntime runtime : runtimes) {
                text.append(runtime.dump()); // asks each worker on its own thread
            }
        }
        return text.toString();
    }

    /** A failure names the set-up, which holds the seed, and what was in flight. */
    static final class DumpOnFailure implements TestExecutionExceptionHandler {
        @Override
        public void handleTestExecutionException(ExtensionContext context, Throwable thrown) throws Throwable {
            // A skip is no failure.
            if (!(thrown instanceof TestAbortedException)
                    && (thrown instanceof Exception || thrown instanceof AssertionError)) {
                thrown.addSuppressed(new IllegalStateException("state at the failure: "
                        + ((DriverContract) context.getRequiredTestInstance()).dump()));
            }
            throw thrown;
        }
    }
}
