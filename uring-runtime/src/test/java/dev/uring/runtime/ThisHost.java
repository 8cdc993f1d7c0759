package dev.uring.runtime;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Capability;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.SetupFlag;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Set;

/** What tests may expect of their kernel and of their virtual machine; those that need more are skipped. */
public final class ThisHost {
    private static final String MASK = System.getProperty("uring.mask", "");

    private ThisHost() {
    }

    /**
     * Skips where rings lack what is named: a kernel without it, or {@code -During.mask}.
     *
     * @param names of {@link Opcode}s, {@link Capability}s and {@link SetupFlag}s
     */
    public static void assumeRingsHave(String... names) {
        for (String name : names) {
            assumeTrue(ringsHave(name), () -> "asks for a ring that has " + name);
        }
    }

    /** Skips where the runtime has no ring, or one without what is named, for a reason. */
    public static void assumeRing(UringRuntime runtime, String reason, String... names) {
        assumeTrue(hasRing(runtime, names), reason);
    }

    /** Answers whether the runtime has a ring, and that ring what is named. */
    public static boolean hasRing(UringRuntime runtime, String... names) {
        return runtime.driver().name().equals("io_uring") && Arrays.stream(names).allMatch(ThisHost::ringsHave);
    }

    /**
     * Skips on rings that cannot ask a pipe without waiting for it (before Linux 6.4; the flag is 6.6's): each request takes
     * a thread of the kernel's, and of several any may be first.
     */
    public static void assumeRingAsksPipes(UringRuntime runtime) {
        assumeTrue(!runtime.driver().name().equals("io_uring") || ringsHave("NO_SQARRAY"),
                "before Linux 6.4 a ring hands each request for a pipe to a thread of the kernel's, in no order");
    }

    private static boolean ringsHave(String name) {
        if (!(Capabilities.probe() instanceof Capabilities.Answer.Available(Capabilities all))) {
            return false;
        }
        Capabilities kernel = MASK.isEmpty() ? all : all.without(Set.of(MASK.split(",")));
        return kernel.supports(Opcode.byName(name)) || (kernel.setupFlags() & SetupFlag.byName(name)) != 0
                || Arrays.stream(Capability.values()).anyMatch(each -> each.name().equals(name) && kernel.has(each));
    }

    /** Skips where the compiler that keeps objects off the heap is switched off. */
    public static void assumeOptimised() {
        assumeTrue(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .noneMatch(each -> each.startsWith("-XX:TieredStopAtLevel=")), "the optimising compiler is off");
    }
}
