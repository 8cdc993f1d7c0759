package dev.uring.fallback;

import dev.uring.ffi.RingOptions;
import dev.uring.runtime.Driver;
import dev.uring.runtime.DriverProvider;
import java.io.IOException;
import java.util.function.Supplier;

/** The readiness driver over java.nio, which plays the kernel: for hosts without io_uring and epoll. */
public final class NioProvider implements DriverProvider {
    private final Supplier<NioSys> hosts;

    /** For {@link java.util.ServiceLoader}. */
    public NioProvider() {
        this(NioSys::new);
    }

    /** Takes the descriptors of each runtime from elsewhere; for tests. */
    NioProvider(Supplier<NioSys> hosts) {
        this.hosts = hosts;
    }

    @Override
    public String name() {
        return "nio";
    }

    @Override
    public int rank() {
        return 10;
    }

    @Override
    public Availability probe(boolean forced) {
        if (!forced && System.getProperty("os.name").equals("Linux")) {
            return new Availability.Unavailable("on Linux nio runs on request only", "-During.driver=nio");
        }
        return new Availability.Available("java.nio on " + System.getProperty("os.name"), hosts.get());
    }

    @Override
    public Driver create(Availability.Available available, RingOptions options) throws IOException {
        NioSys sys = (NioSys) available.token();
        return new ReadinessDriver(new NioPoller(sys), sys, options);
    }
}
