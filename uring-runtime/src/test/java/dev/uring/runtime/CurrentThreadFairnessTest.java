package dev.uring.runtime;

import org.junit.jupiter.api.extension.ExtendWith;

/** The same on the thread of the caller. */
@ExtendWith(ClosedByItsThread.class)
class CurrentThreadFairnessTest extends FairnessTest {
    @Override
    UringRuntime.Builder builder() {
        return super.builder().currentThread();
    }
}
