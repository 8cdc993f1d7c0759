package dev.uring.examples;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.ffi.Capabilities;

/** What tests with each driver ask. */
final class Drivers {
    private Drivers() {
    }

    /** Skips the test where a driver is refused. */
    static void assumeRuns(String driver) {
        assumeTrue(!driver.equals("io_uring") || Capabilities.probe() instanceof Capabilities.Answer.Available,
                "io_uring is refused here");
    }
}
