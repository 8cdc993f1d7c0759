package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.runtime.Setup;
import dev.uring.runtime.Time;
import dev.uring.runtime.Uring;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.Parameter;

/** A runtime of one worker for each test, on the driver of the set-up; nothing is left in flight at the end. */
abstract class OnEveryDriver {
    @Parameter
    Setup setup;
    UringRuntime runtime;

    @BeforeEach
    final void openRuntime(TestInfo test) throws IOException {
        setup.assumeAvailable();
        runtime = setup.builder().multiThread(1).build();
        String reason = setup.skips().get(test.getTestMethod().orElseThrow().getName());
        Assumptions.assumeTrue(reason == null, reason);
    }

    @AfterEach
    final void nothing_is_left_in_flight() {
        if (runtime == null) {
            return; // skipped
        }
        runtime.close();
        assertThat(runtime.metrics().workers()).allMatch(worker -> worker.inFlight() == 0);
        assertThat(runtime.metrics().workers()).allMatch(worker -> worker.buffersLent() == 0);
    }

    final void task(Uring.Body body) throws Exception {
        runtime.blockOn(() -> {
            body.run();
            return null;
        });
    }

    final boolean isNio() {
        return setup.name().equals("nio");
    }

    final void notOnNio(String reason) {
        Assumptions.assumeFalse(isNio(), reason);
    }

    final void notOnSimulated(String reason) {
        Assumptions.assumeFalse(setup.name().startsWith("simulated"), reason);
    }

    final int scaled(int full) {
        return Math.max(1, (int) ((long) full * setup.weight() / 100));
    }

    /** Turns the worker a few times: what was started before is with the driver afterwards. */
    static void settle() throws IOException {
        for (int i = 0; i < 3; i++) {
            Time.sleep(Duration.ofMillis(1)).await();
        }
    }

    /** A source of chance that prints its seed when the test fails, and takes {@code -During.test.seed=N}. */
    static Random random(StringBuilder told) {
        long seed = Long.getLong("uring.test.seed", System.nanoTime());
        told.append("uring.test.seed=").append(seed);
        return new Random(seed);
    }

    static byte[] random(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }
}
