/** Operations, buffers, workers, tasks and time over a driver. */
module dev.uring.runtime {
    requires transitive dev.uring.ffi;
    requires static java.management;
    requires static jdk.jfr;

    exports dev.uring.runtime;

    uses dev.uring.runtime.DriverProvider;
    provides dev.uring.runtime.DriverProvider with dev.uring.runtime.IoUringProvider;
}
