package dev.uring.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Lowers a limit of its own process, asks for a ring and prints what it is told, for {@link CapabilitiesTest}. */
final class RefusedRingMain {
    private static final int RLIMIT_NOFILE = 7;
    private static final int RLIMIT_AS = 9;

    private RefusedRingMain() {
    }

    public static void main(String[] arguments) {
        // Loads every class that is needed later: class files need descriptors, too.
        Capabilities.probe();
        create(RingOptions.of(32768).withRequired(SetupFlag.HYBRID_IOPOLL));
        System.out.println(new Capabilities.Answer.Unavailable(Refusal.of(Errno.EBADF)) + " " + probe().length()
                + Native.mappings("io_uring"));
        switch (arguments[0]) {
            case "descriptors" -> {
                limit(RLIMIT_NOFILE, 3);
                System.out.println("create: " + create(RingOptions.of(8)));
                System.out.println("probe: " + probe());
            }
            case "memory" -> {
                limit(RLIMIT_AS, (Native.statusKilobytes("VmSize") + Long.parseLong(arguments[1])) << 10);
                long before = Native.descriptors();
                System.out.println("create: " + create(RingOptions.of(32768)));
                System.out.println("left: descriptors=" + (Native.descriptors() - before) + " mappings="
                        + Native.mappings("io_uring"));
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static String create(RingOptions options) {
        try (Ring ring = Ring.create(options)) {
            return "made " + ring;
        } catch (SystemCallException e) {
            return e.getMessage();
        }
    }

    private static String probe() {
        return switch (Capabilities.probe()) {
            case Capabilities.Answer.Available(Capabilities found) -> found.toString();
            case Capabilities.Answer.Unavailable(Refusal refusal) -> refusal.reason() + "; " + refusal.remedy();
        };
    }

    private static void limit(int resource, long value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment limit = arena.allocate(16, 8); // struct rlimit: rlim_cur, rlim_max
            limit.set(ValueLayout.JAVA_LONG, 0, value);
            limit.set(ValueLayout.JAVA_LONG, 8, value);
            int result = LibcProcess.setrlimit(resource, limit);
            if (result != 0) {
                throw new AssertionError("setrlimit: " + result);
            }
        }
    }
}
