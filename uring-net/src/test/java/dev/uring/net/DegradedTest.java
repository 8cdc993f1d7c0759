package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.ffi.Capabilities;
import dev.uring.ffi.Errno;
import dev.uring.ffi.Sqe;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.Carriers;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Readiness;
import dev.uring.runtime.Setup;
import dev.uring.runtime.Sys;
import dev.uring.runtime.UringRuntime;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sockets on a ring that lacks what younger kernels have for them: the bytes are the same, and the way is told. */
@Tag("io_uring") // masks what it has
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DegradedTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress("127.0.0.1", 0);
    private static final String SAID = "what a connection carries";

    private static UringRuntime runtime(String mask) throws Exception {
        return new Setup("io_uring without " + mask, Setup.ioUringWithout(mask), Carriers.AUTO, () -> null, Setups.ROOM, 100)
                .builder().multiThread(1).build();
    }

    /** Sends over new connections and receives in every way; answers what was degraded. */
    private static List<String> exchange(String mask) throws Exception {
        try (UringRuntime runtime = runtime(mask)) {
            runtime.blockOn(() -> {
                try (TcpListener listener = TcpListener.bind(ANY_PORT).await(); var incoming = listener.incoming()) {
                    for (int i = 0; i < 3; i++) {
                        try (TcpStream client = TcpStream.connect(listener.localAddress()).await();
                                TcpStream server = incoming.next()) {
                            exchange(client, server);
                        }
                    }
                }
                try (Pipe pipe = Pipe.open().await()) {
                    assertThat(pipe).isNotNull();
                }
                return null;
            });
            return runtime.degraded();
        }
    }

    private static void exchange(TcpStream client, TcpStream server) throws Exception {
        byte[] bytes = SAID.getBytes(StandardCharsets.US_ASCII);
        try (IoBuffer out = IoBuffer.copyOf(bytes)) {
            assertThat(new SendZeroCopy(client, out).submit().await().bytes()).isEqualTo(bytes.length);
            out.awaitOwned();
            try (IoBuffer in = server.receive().await()) {
                assertThat(in.toByteArray()).isEqualTo(bytes);
            }
            assertThat(client.sendAll(out).await().bytes()).isEqualTo(bytes.length);
        }
        client.shutdownOutput().await();
        StringBuilder all = new StringBuilder();
        try (ReceiveMultishot received = server.receiveMultishot()) {
            for (IoBuffer each = received.next(); each != null; each = received.next()) {
                all.append(each.toString(StandardCharsets.US_ASCII));
                each.close();
            }
        }
        assertThat(all.toString()).isEqualTo(SAID);
    }

    @Test
    void a_zero_copy_send_is_a_plain_one_on_the_ring() throws Exception {
        assertThat(exchange("SEND_ZC")).containsExactly(
                "degraded: SendZeroCopy copies, since this kernel has no opcode SEND_ZC (Linux 6.0)");
    }

    @Test
    void what_was_multishot_is_asked_for_again_and_again() throws Exception {
        assertThat(exchange("ACCEPT_MULTISHOT,RECV_MULTISHOT")).containsExactly(
                "degraded: AcceptMultishot is tried by the worker, and waits by a poll, since this kernel has no ACCEPT_MULTISHOT "
                        + "(Linux 5.19)",
                "degraded: ReceiveMultishot is tried by the worker, and waits by a poll, since this kernel has no RECV_MULTISHOT "
                        + "(Linux 6.0)");
    }

    @Test
    void provided_buffers_are_chosen_by_the_worker() throws Exception {
        assertThat(exchange("BUFFER_RING")).containsExactly(
                "degraded: ReceiveMultishot is tried by the worker, and waits by a poll, since this kernel has no BUFFER_RING "
                        + "(Linux 5.19)",
                "degraded: ReceiveProvided is tried by the worker, and waits by a poll, since this kernel has no BUFFER_RING "
                        + "(Linux 5.19)",
                "degraded: provided buffers are chosen without the kernel, since this kernel has no BUFFER_RING "
                        + "(Linux 5.19)");
    }

    /** What Linux 5.10 and 6.1 lack of all that sockets use. */
    @ParameterizedTest
    @ValueSource(strings = {
        "PIPE,FTRUNCATE,NO_SQARRAY,NO_IOWAIT,CLONE_BUFFERS,BIND,LISTEN",
        "PIPE,FTRUNCATE,NO_SQARRAY,NO_IOWAIT,CLONE_BUFFERS,BIND,LISTEN,DEFER_TASKRUN,SINGLE_ISSUER,SEND_ZC,SENDMSG_ZC,"
                + "SYNC_CANCEL,RECV_MULTISHOT,ACCEPT_MULTISHOT,BUFFER_RING,SPARSE_TABLES,CANCEL_BY_DESCRIPTOR,SOCKET,"
                + "COOP_TASKRUN,TASKRUN_FLAG,SUBMIT_ALL,RING_DESCRIPTOR,WORKER_LIMITS,SHUTDOWN,TIMED_WAIT"})
    void all_that_an_old_kernel_lacks_is_told_and_nothing_else(String mask) throws Exception {
        assertThat(exchange(mask)).contains(
                "degraded: OpenPipe runs as a plain system call, since this kernel has no opcode PIPE (Linux 6.16)")
                .hasSize(mask.contains("SHUTDOWN") ? 7 : 1);
    }

    /** Asks for memory that is not there, and then for its own, as a zero-copy send asks for a copy. */
    private static final class RefusedOnce extends BufferOp {
        private final List<Integer> errors = new ArrayList<>();

        RefusedOnce(TcpStream socket, IoBuffer buffer) {
            super(socket, buffer);
            beWhole();
        }

        @Override
        protected boolean isZeroCopy() {
            return true;
        }

        @Override
        protected boolean fills() {
            return false;
        }

        @Override
        protected boolean prepare(Sqe sqe, Capabilities kernel) {
            if (errors.isEmpty()) {
                sqe.sendZeroCopy(descriptor().fd(), MemorySegment.ofAddress(1L << 12), lengthBytes(), 0, 0);
            } else {
                sqe.send(descriptor().fd(), memory(), lengthBytes(), 0);
            }
            return true;
        }

        @Override
        protected boolean retries(int errno) {
            errors.add(errno);
            return errors.size() == 1;
        }

        @Override
        protected Readiness readiness() {
            return Readiness.WRITABLE;
        }

        @Override
        protected int attempt(Sys sys, MemorySegment selected) {
            throw new AssertionError("the ring has it all");
        }
    }

    @Test
    void a_zero_copy_send_that_the_kernel_refuses_may_go_on_as_another() throws Exception {
        byte[] bytes = SAID.getBytes(StandardCharsets.US_ASCII);
        try (UringRuntime runtime = runtime("NOP")) {
            runtime.blockOn(() -> {
                try (TcpListener listener = TcpListener.bind(ANY_PORT).await();
                        TcpStream client = TcpStream.connect(listener.localAddress()).await();
                        TcpStream server = listener.accept().await(); IoBuffer out = IoBuffer.copyOf(bytes)) {
                    var send = new RefusedOnce(client, out);
                    assertThat(send.submit().await()).extracting("bytes").isEqualTo(bytes.length);
                    out.awaitOwned();
                    assertThat(send.errors).containsExactly(Errno.EFAULT);
                    try (IoBuffer in = server.receive().await()) {
                        assertThat(in.toByteArray()).isEqualTo(bytes);
                    }
                }
                return null;
            });
        }
    }
}
