package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.ffi.LibcProcess;
import dev.uring.ffi.ResourceLimit;
import dev.uring.ffi.RingOptions;
import dev.uring.runtime.Carriers;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.MultiOp;
import dev.uring.runtime.NeedsDescriptors;
import dev.uring.runtime.Tasks;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Ten thousand connections that are open at once, each used and ended; the clients are another process. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith({CrowdClient.class, LeakCheck.class})
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CrowdTest extends EndingCases {
    private static final int CROWD = 10_000;
    /** On what is slower, or has been tried with more already. */
    private static final int SMALL_CROWD = 1000;
    /** Descriptors that are for other things. */
    private static final int SPARE = 500;
    private static final int BACKLOG = 4096;
    /** Every connection may have its receive and its answer in flight. */
    private static final int ROOM = 32_768;

    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger peak = new AtomicInteger();
    private final AtomicInteger served = new AtomicInteger();

    @Override
    @BeforeEach
    void open() throws IOException {
        runtime = setup.builder().multiThread(1).ring(RingOptions.of(1024).withCompletionEntries(ROOM)).build();
    }

    private int crowd() {
        if (!setup.name().equals("io_uring") || setup.carriers() == Carriers.OFF) {
            return scaled(SMALL_CROWD);
        }
        long limit = descriptorLimit();
        Assumptions.assumeTrue(limit > SMALL_CROWD + SPARE,
                "the process may open too few files for a crowd: softLimit=" + limit);
        return (int) Math.min(CROWD, limit - SPARE);
    }

    private static long descriptorLimit() {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment limit = scope.allocate(ResourceLimit.SIZE, Long.BYTES);
            assertThat(LibcProcess.getrlimit(ResourceLimit.OPEN_FILES, limit)).isZero();
            return ResourceLimit.soft(limit);
        }
    }

    private interface Served {
        void serve(TcpStream stream) throws IOException;
    }

    private void serveCrowd(Served server) throws Exception {
        int count = crowd();
        task(() -> {
            try (TcpListener listener = TcpListener.bind(new InetSocketAddress("0.0.0.0", 0), BACKLOG).await();
                    MultiOp<TcpStream> incoming = listener.incoming()) {
                int port = listener.localAddress().getPort();
                JoinHandle<String> clients = Tasks.spawnBlocking(() -> CrowdClient.crowd(port, count));
                for (int i = 0; i < count; i++) {
                    TcpStream stream = incoming.next();
                    peak.accumulateAndGet(open.incrementAndGet(), Math::max);
                    server.serve(stream);
                }
                assertThat(clients.await()).as("what the clients say of %d connections", count).isEqualTo("ok");
                awaitTrue(() -> served.get() == count);
                awaitDescriptors(1);
            }
        });
        assertThat(peak.get()).as("connections open at once").isEqualTo(count);
        assertThat(open.get()).isZero();
    }

    private void ended() {
        open.decrementAndGet();
        served.incrementAndGet();
    }

    @Test
    @NeedsDescriptors(1024)
    void tasks_serve_them_all() throws Exception {
        List<JoinHandle<Void>> tasks = new ArrayList<>();
        serveCrowd(stream -> tasks.add(Tasks.spawn(() -> {
            try (stream; ReceiveMultishot receives = stream.receiveMultishot()) {
                for (IoBuffer each = receives.next(); each != null; each = receives.next()) {
                    stream.sendAndClose(each);
                }
            } finally {
                ended();
            }
            return null;
        })));
        for (JoinHandle<Void> each : tasks) {
            each.await();
        }
    }

    @Test
    @NeedsDescriptors(1024)
    void callbacks_serve_them_all() throws Exception {
        var failed = new CompletableFuture<Void>();
        serveCrowd(stream -> new Echo(stream, failed).start());
        assertThat(failed).as("a connection that failed").isNotDone();
    }

    /** Sends back what comes, on the worker, and then ends the connection. */
    private final class Echo {
        private final TcpStream stream;
        private final CompletableFuture<Void> failed;
        private final ReceiveMultishot receives;
        private final IoBuffer buffer = IoBuffer.empty();
        private final Send send;
        private boolean sending;
        private boolean over;

        Echo(TcpStream stream, CompletableFuture<Void> failed) {
            this.stream = stream;
            this.failed = failed;
            receives = new ReceiveMultishot(stream);
            send = new Send(stream, buffer).whole();
        }

        void start() {
            receives.start(this::next);
        }

        private void next() {
            if (sending || over) {
                return;
            }
            try {
                int bytes = receives.poll(buffer);
                if (bytes > 0) {
                    sending = true;
                    send.submit((_, error) -> sent(error));
                } else if (bytes == 0) {
                    end();
                }
            } catch (IOException | RuntimeException | Error e) {
                failed.completeExceptionally(e);
                end();
            }
        }

        private void sent(IOException error) {
            sending = false;
            buffer.close();
            if (error != null) {
                failed.completeExceptionally(error);
                end();
            } else {
                next();
            }
        }

        private void end() {
            over = true;
            receives.close();
            stream.closeAsync();
            ended();
        }
    }
}
