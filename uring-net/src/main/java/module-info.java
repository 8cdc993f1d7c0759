/** Sockets on the uring runtime. */
module dev.uring.net {
    requires transitive dev.uring.runtime;

    exports dev.uring.net;
}
