module dev.uring.fs {
    requires transitive dev.uring.runtime;
    exports dev.uring.fs;
}
