package dev.uring.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * What the io_uring of this kernel can do, found once by asking and by trying: the probe of opcodes, feature bits, and a
 * small ring on which the rest is attempted. Immutable; reading it is for any thread and costs a bit test.
 */
public final class Capabilities {
    private static final int PROBE_ENTRIES = 8;
    private static final int PROBE_GROUP = 0;
    private static final int PROBE_BYTES = 4096;
    private static final int OPCODES_MAX = 128;
    /** The kernel gives up the locked memory of a closed ring a little after the close, and a small limit holds few. */
    private static final int RETRIES = 200;
    private static final long RETRY_NANOS = 5_000_000;
    /** User data of no request. */
    private static final long NO_REQUEST = -1;

    /** Opcodes 0 to 63 and 64 to 127, a bit each. */
    private final long opcodesLow;
    private final long opcodesHigh;
    private final Set<Capability> capabilities;
    private final int setupFlags;
    private final int features;
    private final Set<String> masked;
    /** Told of every denial; null in all but the copy of {@link #noting}. */
    private final Consumer<String> denied;

    private Capabilities(long opcodesLow, long opcodesHigh, Set<Capability> capabilities, int setupFlags, int features,
            Set<String> masked, Consumer<String> denied) {
        this.opcodesLow = opcodesLow;
        this.opcodesHigh = opcodesHigh;
        this.capabilities = capabilities;
        this.setupFlags = setupFlags;
        this.features = features;
        this.masked = masked;
        this.denied = denied;
    }

    /** The answer of {@link #probe()}. */
    public sealed interface Answer {
        /** There is a usable io_uring. */
        record Available(Capabilities capabilities) implements Answer {
        }

        /** There is none, and why. */
        record Unavailable(Refusal refusal) implements Answer {
        }
    }

    /** Creates a small ring, sends a NOP through it, asks and tries what it can do, and closes it again. */
    public static Answer probe() {
        Refusal none = Refusal.ofNativeCalls();
        if (none != null) {
            return new Answer.Unavailable(none);
        }
        ProcessLimits.load();
        Answer answer = probeOnce();
        for (int again = 0; again < RETRIES && answer instanceof Answer.Unavailable(Refusal refusal)
                && refusal.errno() == Errno.ENOMEM; again++) {
            LockSupport.parkNanos(RETRY_NANOS);
            answer = probeOnce();
        }
        return answer;
    }

    private static Answer probeOnce() {
        RingOptions options = RingOptions.of(PROBE_ENTRIES);
        // Whoever makes a ring for another thread needs R_DISABLED, so a kernel without it (before 5.10) is none for us.
        RingOptions handedOn = options.withPreferred(RingOptions.SHARED).withRequired(SetupFlag.R_DISABLED);
        try (Ring ring = Ring.create(options); Ring shared = Ring.create(handedOn)) {
            int refused = roundTrip(ring);
            if (refused != 0) {
                return new Answer.Unavailable(Refusal.afterSetup("io_uring_enter", refused));
            }
            // COOP_TASKRUN is what a kernel without DEFER_TASKRUN is offered, so it is asked for by itself.
            return of(ring, ring.setupFlags() | shared.setupFlags() & ~SetupFlag.R_DISABLED);
        } catch (SystemCallException e) {
            return new Answer.Unavailable(Refusal.of(e.errno()));
        }
    }

    /** A filter may allow setup and forbid enter: only a completed request proves the ring. */
    private static int roundTrip(Ring ring) {
        ring.submission().take().nop().userData(1);
        int result;
        do {
            result = ring.submitAndWait(1);
        } while (result == -Errno.EINTR);
        if (result < 0) {
            return -result;
        }
        if (ring.completion().ready() != 1) {
            return Errno.EIO;
        }
        ring.completion().advance(1);
        return 0;
    }

    private static Answer of(Ring ring, int setupFlags) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment probe = scope.allocate(Registry.PROBE_BYTES, Long.BYTES);
            int result = ring.registry().probe(probe);
            if (result < 0) {
                // EINVAL: no probe before 5.6. EPERM, EACCES and ENOSYS: a filter.
                return new Answer.Unavailable(Refusal.afterSetup("io_uring_register", -result));
            }
            long low = 0;
            long high = 0;
            for (int opcode = 0; opcode < OPCODES_MAX; opcode++) {
                if (Probe.supports(probe, opcode)) {
                    low |= opcode < 64 ? 1L << opcode : 0;
                    high |= opcode >= 64 ? 1L << opcode - 64 : 0;
                }
            }
            Set<Capability> found = EnumSet.noneOf(Capability.class);
            askFeatures(found, ring.features());
            askWitnesses(found, low);
            tryRegistrations(found, ring, scope);
            return new Answer.Available(new Capabilities(low, high, found, setupFlags, ring.features(), Set.of(),
                    null));
        }
    }

    private static void askFeatures(Set<Capability> found, int features) {
        addIf(found, Capability.TIMED_WAIT, (features & Feature.EXT_ARG) != 0);
        addIf(found, Capability.POLL_MULTISHOT, (features & Feature.RSRC_TAGS) != 0);
        addIf(found, Capability.COMPLETION_SKIP, (features & Feature.CQE_SKIP) != 0);
        addIf(found, Capability.BUNDLES, (features & Feature.RECVSEND_BUNDLE) != 0);
        addIf(found, Capability.MIN_TIMEOUT, (features & Feature.MIN_TIMEOUT) != 0);
        addIf(found, Capability.NO_IOWAIT, (features & Feature.NO_IOWAIT) != 0);
    }

    /** Flags of requests have no probe of their own; an opcode that came with the same kernel stands witness. */
    private static void askWitnesses(Set<Capability> found, long opcodes) {
        boolean has519 = (opcodes & 1L << Opcode.SOCKET) != 0;
        addIf(found, Capability.ACCEPT_MULTISHOT, has519);
        addIf(found, Capability.CANCEL_BY_DESCRIPTOR, has519);
        addIf(found, Capability.RECV_MULTISHOT, (opcodes & 1L << Opcode.SEND_ZC) != 0);
    }

    private static void tryRegistrations(Set<Capability> found, Ring ring, Arena scope) {
        Registry registry = ring.registry();
        addIf(found, Capability.WORKER_LIMITS, registry.workerLimits(0, 0) >= 0);
        addIf(found, Capability.SPARSE_TABLES, registry.sparseFiles(1) >= 0);
        addIf(found, Capability.SYNC_CANCEL, registry.syncCancel(NO_REQUEST, -1, 0, 0) == -Errno.ENOENT);
        addIf(found, Capability.BUFFER_RING, tryBufferRing(ring, 0));
        addIf(found, Capability.BUFFER_RING_INCREMENTAL, tryBufferRing(ring, RegisterFlag.PBUF_RING_INC));
        MemorySegment buffer = scope.allocate(PROBE_BYTES, PROBE_BYTES);
        if (registry.buffers(buffer) >= 0) {
            addIf(found, Capability.CLONE_BUFFERS, tryClone(ring));
            registry.unregisterBuffers();
        }
        addIf(found, Capability.RING_DESCRIPTOR, registry.ringDescriptor() == 1);
    }

    private static boolean tryBufferRing(Ring ring, int flags) {
        try {
            BufferRing.register(ring, PROBE_GROUP, PROBE_ENTRIES, flags).close();
            return true;
        } catch (SystemCallException e) {
            return false; // the answer itself: this kernel has none, or no memory for one
        }
    }

    private static boolean tryClone(Ring source) {
        try (Ring target = Ring.create(RingOptions.of(PROBE_ENTRIES))) {
            return target.registry().cloneBuffers(source) >= 0;
        } catch (SystemCallException e) {
            return false; // no second ring, so nothing to clone into
        }
    }

    private static void addIf(Set<Capability> found, Capability capability, boolean present) {
        if (present) {
            found.add(capability);
        }
    }

    /** Answers whether the kernel takes {@code opcode}, see {@link Opcode}. */
    public boolean supports(int opcode) {
        if (opcode < 0 || opcode >= OPCODES_MAX) {
            return false; // a shift would take the number modulo 64
        }
        boolean supported = opcode < 64 ? (opcodesLow & 1L << opcode) != 0 : (opcodesHigh & 1L << opcode - 64) != 0;
        if (!supported && denied != null) {
            denied.accept("opcode " + Opcode.name(opcode) + " (Linux " + Opcode.since(opcode) + ")");
        }
        return supported;
    }

    /** Answers whether the kernel has this capability. */
    public boolean has(Capability capability) {
        boolean found = capabilities.contains(capability);
        if (!found && denied != null) {
            denied.accept(capability.name() + " (Linux " + capability.since() + ")");
        }
        return found;
    }

    /**
     * Answers the same capabilities, which tell what they were asked for in vain: {@code opcode FTRUNCATE (Linux 6.9)},
     * {@code BUFFER_RING (Linux 5.19)}. So whoever finds that an operation does without the ring learns why.
     *
     * @param told of each denial, by the thread that asks
     */
    public Capabilities noting(Consumer<String> told) {
        return new Capabilities(opcodesLow, opcodesHigh, capabilities, setupFlags, features, masked, told);
    }

    /** Answers the {@link SetupFlag}s that a ring on this kernel may have. */
    public int setupFlags() {
        return setupFlags;
    }

    /** Answers the {@link Feature}s that the kernel reported. */
    public int features() {
        return features;
    }

    /** Answers the names that {@link #without} took away. */
    public Set<String> masked() {
        return masked;
    }

    /**
     * Answers these capabilities less some, for tests of what older kernels do.
     *
     * @param names of {@link Opcode}s, {@link Capability}s and {@link SetupFlag}s, in any case
     * @throws IllegalArgumentException for a name that is none of these
     */
    public Capabilities without(Set<String> names) {
        long low = opcodesLow;
        long high = opcodesHigh;
        int flags = setupFlags;
        Set<Capability> left = EnumSet.noneOf(Capability.class);
        left.addAll(capabilities);
        for (String given : names) {
            String name = given.strip().toUpperCase(Locale.ROOT);
            int opcode = Opcode.byName(name);
            int flag = SetupFlag.byName(name);
            boolean known = opcode >= 0 || flag != 0;
            low &= opcode >= 0 && opcode < 64 ? ~(1L << opcode) : -1;
            high &= opcode >= 64 ? ~(1L << opcode - 64) : -1;
            flags &= ~flag;
            for (Capability capability : Capability.values()) {
                if (capability.name().equals(name)) {
                    left.remove(capability);
                    known = true;
                }
            }
            if (!known) {
                throw new IllegalArgumentException("no opcode, capability or set-up flag has this name: name=" + given);
            }
        }
        Set<String> all = new HashSet<>(masked);
        all.addAll(names);
        return new Capabilities(low, high, left, flags, features, Set.copyOf(all), denied);
    }

    @Override
    public String toString() {
        return "Capabilities[" + capabilities + " setupFlags=" + SetupFlag.describe(setupFlags)
                + (masked.isEmpty() ? "" : " masked=" + masked) + "]";
    }
}
