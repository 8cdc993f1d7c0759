package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Capability;
import dev.uring.ffi.MessageFlag;
import dev.uring.ffi.Ring;
import dev.uring.ffi.RingOptions;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.Driver;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Op;
import dev.uring.runtime.UringRuntime;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who gathers what a receive of all waits for. */
@ExtendWith(LeakCheck.class)
class WholeReceiveTest {
    /** Asks an operation itself what it would ask the kernel. */
    private abstract static class Faces extends Driver {
        static int messageFlags(Ring ring, Capabilities kernel, Op<?> op) {
            Sqe sqe = ring.submission().next();
            assertThat(prepare(op, sqe, kernel)).isTrue();
            int flags = sqe.operationFlags();
            ring.submission().untake();
            return flags;
        }
    }

    @Test
    @Tag("io_uring")
    void kernel_gathers_all_only_where_a_cancel_keeps_what_came() throws Exception {
        Capabilities here = ((Capabilities.Answer.Available) Capabilities.probe()).capabilities();
        Capabilities old = here.without(Set.of(Capability.RECV_MULTISHOT.name()));
        try (UringRuntime runtime = UringRuntime.builder().multiThread(1).enableAll().build();
                Ring ring = Ring.create(RingOptions.of(8))) {
            runtime.blockOn(() -> {
                SocketPair<UnixStream> pair = UnixStream.pair().await();
                try (UnixStream one = pair.first(); UnixStream other = pair.second()) {
                    Receive whole = new Receive(one, IoBuffer.allocate(8)).whole();
                    assertThat(Faces.messageFlags(ring, old, whole)).isZero();
                    assertThat(Faces.messageFlags(ring, old, new Receive(other, IoBuffer.allocate(8)).peek()))
                            .isEqualTo(MessageFlag.PEEK);
                    assumeTrue(here.has(Capability.RECV_MULTISHOT), "a kernel before 6.0");
                    assertThat(Faces.messageFlags(ring, here, whole)).isEqualTo(MessageFlag.WAIT_ALL);
                }
                return null;
            });
        }
    }
}
