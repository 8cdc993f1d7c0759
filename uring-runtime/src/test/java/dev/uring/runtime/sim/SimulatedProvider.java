package dev.uring.runtime.sim;

import dev.uring.ffi.RingOptions;
import dev.uring.runtime.Driver;
import dev.uring.runtime.DriverProvider;
import dev.uring.runtime.Sys;

/** Makes drivers that a seed plays. Never found by itself: it has no entry in META-INF/services. */
public final class SimulatedProvider implements DriverProvider {
    private final long seed;
    private final Sys host;
    private final int operationsMax;
    private int drivers;

    /**
     * Describes the drivers.
     *
     * @param seed what decides
     * @param host who makes the system calls
     * @param operationsMax how many operations each driver has room for
     */
    public SimulatedProvider(long seed, Sys host, int operationsMax) {
        this.seed = seed;
        this.host = host;
        this.operationsMax = operationsMax;
    }

    @Override
    public String name() {
        return "simulated";
    }

    @Override
    public int rank() {
        return 0;
    }

    @Override
    public Availability probe(boolean forced) {
        return new Availability.Available("seed " + seed + ", room for " + operationsMax, null);
    }

    /** The queues' sizes are the seed's to decide, so the options count for nothing. */
    @Override
    public Driver create(Availability.Available available, RingOptions options) {
        return new SimulatedDriver(new Dice(seed + drivers++), host, operationsMax);
    }

    @Override
    public String toString() {
        return "simulated seed=" + seed + " operationsMax=" + operationsMax;
    }
}
