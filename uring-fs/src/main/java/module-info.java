/** Files and directories on the uring runtime. */
module dev.uring.fs {
    requires transitive dev.uring.runtime;

    exports dev.uring.fs;
}
