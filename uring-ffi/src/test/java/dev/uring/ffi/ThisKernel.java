package dev.uring.ffi;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** What the kernel under the tests can do, found once. */
final class ThisKernel {
    private static final Capabilities CAPABILITIES = find();

    private ThisKernel() {
    }

    static Capabilities capabilities() {
        return CAPABILITIES;
    }

    /** Skips the running test, with the reason, where the kernel lacks {@code capability}. */
    static void assumeHas(Capability capability) {
        assumeTrue(CAPABILITIES.has(capability),
                () -> "this kernel has no " + capability + ", which came with " + capability.since());
    }

    /** Skips the running test, with the reason, where the kernel lacks {@code opcode}. */
    static void assumeSupports(int opcode) {
        assumeTrue(CAPABILITIES.supports(opcode),
                () -> "this kernel has no " + Opcode.name(opcode) + ", which came with " + Opcode.since(opcode));
    }

    private static Capabilities find() {
        return switch (Capabilities.probe()) {
            case Capabilities.Answer.Available(Capabilities found) -> found;
            case Capabilities.Answer.Unavailable(Refusal refusal) -> throw new AssertionError("these tests need an "
                    + "io_uring: " + refusal.reason() + "; " + refusal.remedy());
        };
    }
}
