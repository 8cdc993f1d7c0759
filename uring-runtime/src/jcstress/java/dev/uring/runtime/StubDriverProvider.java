package dev.uring.runtime;

import dev.uring.ffi.RingOptions;

/** Offers {@link StubDriver} under a name that nobody takes by accident. */
public final class StubDriverProvider implements DriverProvider {
    static final String NAME = "stub";

    /** For {@link java.util.ServiceLoader}. */
    public StubDriverProvider() {
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int rank() {
        return 0;
    }

    @Override
    public Availability probe(boolean forced) {
        return new Availability.Available("answers as each operation says", NAME);
    }

    @Override
    public Driver create(Availability.Available available, RingOptions options) {
        return new StubDriver();
    }
}
