package dev.uring.examples;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.ffi.Capabilities;
import java.util.Random;

/** What tests begin with. */
final class Given {
    private Given() {
    }

    /** Skips the test where a driver is refused. */
    static void driver(String name) {
        assumeTrue(!name.equals("io_uring") || Capabilities.probe() instanceof Capabilities.Answer.Available,
                "io_uring is refused here");
    }

    /** Answers bytes without a pattern, the same for the same number. */
    static byte[] content(int bytes) {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        return content;
    }
}
