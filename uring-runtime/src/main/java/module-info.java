module dev.uring.runtime {
    requires transitive dev.uring.ffi;
    requires static jdk.jfr;
    exports dev.uring.runtime;
}
