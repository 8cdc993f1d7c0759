/** The readiness driver: the same operations without io_uring. */
module dev.uring.fallback {
    requires dev.uring.runtime;

    provides dev.uring.runtime.DriverProvider
            with dev.uring.fallback.EpollProvider, dev.uring.fallback.NioProvider;
}
