package dev.uring.runtime;

/** Any number as a descriptor. */
final class TestDescriptor extends Descriptor {
    TestDescriptor(int fd, UringRuntime runtime) {
        super(fd, runtime);
    }
}
