package dev.uring.runtime;

import java.util.concurrent.atomic.AtomicInteger;

/** An open thing without a number in the kernel, which counts how often its close was started instead of closing. */
final class StubDescriptor extends Descriptor {
    final AtomicInteger closesStarted = new AtomicInteger();

    StubDescriptor(UringRuntime runtime) {
        super(-1, runtime);
    }

    @Override
    void closeNow(Close close) {
        closesStarted.getAndIncrement();
        runtime().closed(this);
    }
}
