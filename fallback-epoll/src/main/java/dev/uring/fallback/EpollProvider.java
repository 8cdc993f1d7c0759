package dev.uring.fallback;

import dev.uring.ffi.Refusal;
import dev.uring.ffi.RingOptions;
import dev.uring.ffi.SystemCallException;
import dev.uring.runtime.Driver;
import dev.uring.runtime.DriverProvider;
import dev.uring.runtime.LibcSys;
import java.io.IOException;

/** The readiness driver over epoll and the C library, on any Linux. */
public final class EpollProvider implements DriverProvider {
    private final boolean mayPwait2;

    /** For {@link java.util.ServiceLoader}. */
    public EpollProvider() {
        this(true);
    }

    /** Does without epoll_pwait2, as before Linux 5.11; for tests. */
    EpollProvider(boolean mayPwait2) {
        this.mayPwait2 = mayPwait2;
    }

    @Override
    public String name() {
        return "epoll";
    }

    @Override
    public int rank() {
        return 50;
    }

    @Override
    public Availability probe(boolean forced) {
        if (!System.getProperty("os.name").equals("Linux")) {
            return new Availability.Unavailable("epoll is a part of Linux, this is " + System.getProperty("os.name"),
                    "use the driver nio");
        }
        try {
            EpollPoller poller = new EpollPoller(mayPwait2);
            poller.close();
            return new Availability.Available("edge-triggered" + (poller.hasPwait2() ? ", epoll_pwait2" : ""), null);
        } catch (SystemCallException e) {
            return new Availability.Unavailable(e.getMessage(), Refusal.of(e.errno()).remedy());
        }
    }

    @Override
    public Driver create(Availability.Available available, RingOptions options) throws IOException {
        return new ReadinessDriver(new EpollPoller(mayPwait2), LibcSys.INSTANCE, ReadinessDriver.operationsMax(options));
    }
}
