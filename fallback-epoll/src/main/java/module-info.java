module dev.uring.fallback {
    requires dev.uring.runtime;
}
