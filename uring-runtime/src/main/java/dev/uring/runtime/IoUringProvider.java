package dev.uring.runtime;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Feature;
import dev.uring.ffi.Opcode;
import dev.uring.ffi.RingOptions;
import dev.uring.ffi.SetupFlag;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Finds out whether this host has a usable io_uring. */
public final class IoUringProvider implements DriverProvider {
    /** Without these the driver's assumptions do not hold: kept results, stable submissions, positions, polling. */
    private static final int FEATURES_NEEDED =
            Feature.NODROP | Feature.SUBMIT_STABLE | Feature.RW_CUR_POS | Feature.FAST_POLL;

    /** What the driver itself submits: wake-ups, polls, limits of a wait, cancels. */
    private static final List<Integer> OPCODES_NEEDED = List.of(Opcode.READ, Opcode.POLL_ADD, Opcode.TIMEOUT,
            Opcode.TIMEOUT_REMOVE, Opcode.ASYNC_CANCEL);

    /** They say when the owner runs completion work; refused where a thread of the kernel's submits and runs it. */
    private static final int RUN_BY_OWNER =
            SetupFlag.DEFER_TASKRUN | SetupFlag.COOP_TASKRUN | SetupFlag.TASKRUN_FLAG;

    private final String mask;

    /** For {@link java.util.ServiceLoader}; switches off what {@code -During.mask} names. */
    public IoUringProvider() {
        this(System.getProperty("uring.mask", ""));
    }

    /**
     * Switches off what the kernel has, for tests of what older ones do.
     *
     * @param mask names of opcodes, capabilities and set-up flags, separated by commas
     */
    IoUringProvider(String mask) {
        this.mask = mask;
    }

    @Override
    public String name() {
        return "io_uring";
    }

    @Override
    public int rank() {
        return 100;
    }

    @Override
    public Availability probe(boolean forced) {
        if (!System.getProperty("os.name").equals("Linux")) {
            return new Availability.Unavailable("io_uring is a part of Linux, this is "
                    + System.getProperty("os.name"), "run on Linux 5.10 or later");
        }
        return switch (Capabilities.probe()) {
            case Capabilities.Answer.Unavailable(var refusal) ->
                    new Availability.Unavailable(refusal.reason(), refusal.remedy());
            case Capabilities.Answer.Available(var found) -> available(found);
        };
    }

    private Availability available(Capabilities found) {
        int missing = FEATURES_NEEDED & ~found.features();
        if (missing != 0) {
            return new Availability.Unavailable("the kernel's io_uring lacks " + Feature.describe(missing),
                    "run on Linux 5.10 or later");
        }
        List<String> lacking = OPCODES_NEEDED.stream().filter(opcode -> !found.supports(opcode)).map(Opcode::name).toList();
        if (!lacking.isEmpty()) { // a sandbox that plays io_uring in part
            return new Availability.Unavailable("the kernel's io_uring lacks the opcodes " + lacking,
                    "run on Linux 5.10 or later outside the sandbox");
        }
        Capabilities kernel = mask.isBlank() ? found : found.without(Set.of(mask.split(",")));
        return new Availability.Available("setup " + SetupFlag.describe(preferred(kernel, RingOptions.of(1)))
                + (mask.isBlank() ? "" : ", masked " + mask), kernel, Losses.of(kernel));
    }

    /** What may be asked for of what the user prefers: less what the probe did not get, and what the kernel refuses beside. */
    private static int preferred(Capabilities kernel, RingOptions options) {
        int flags = options.preferred() & kernel.setupFlags();
        int all = options.required() | flags;
        if ((all & SetupFlag.SQPOLL) != 0) {
            return flags & ~RUN_BY_OWNER;
        }
        if ((all & SetupFlag.SINGLE_ISSUER) == 0) {
            flags &= ~SetupFlag.DEFER_TASKRUN; // refused without an owner
        }
        if ((options.preferred() & ~flags & SetupFlag.DEFER_TASKRUN) != 0) {
            flags |= SetupFlag.COOP_TASKRUN & kernel.setupFlags();
        }
        if (((options.required() | flags) & (SetupFlag.DEFER_TASKRUN | SetupFlag.COOP_TASKRUN)) == 0) {
            flags &= ~SetupFlag.TASKRUN_FLAG; // there is no such work to tell of
        }
        return flags;
    }

    @Override
    public Driver create(Availability.Available available, RingOptions options) throws IOException {
        Capabilities kernel = (Capabilities) available.token();
        return new RingDriver(kernel, roomy(options)
                .withRequired(options.required() | SetupFlag.R_DISABLED)
                .withPreferred(preferred(kernel, options)));
    }

    /** Answers the options of a ring that threads hand to one another, and that has room for so many results. */
    static RingOptions shared(Capabilities kernel, int entries) {
        RingOptions options = RingOptions.of(entries).withPreferred(RingOptions.SHARED);
        return options.withPreferred(preferred(kernel, options));
    }

    /** The driver needs results of its own, so the smallest completion queue is one that leaves room for operations. */
    private static RingOptions roomy(RingOptions options) {
        int asked = options.completionEntries() == 0 ? options.entries() * 2 : options.completionEntries();
        return asked >= RingDriver.COMPLETIONS_MIN ? options : options.withCompletionEntries(RingDriver.COMPLETIONS_MIN);
    }
}
