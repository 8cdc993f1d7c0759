package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.uring.ffi.CString;
import dev.uring.ffi.Errno;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PathFlag;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.Handle;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Op;
import dev.uring.runtime.Time;
import dev.uring.runtime.UringRuntime;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Files sent on connections, alike on every driver. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SendFileTest extends OnEveryDriver {
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;

    @TempDir
    Path directory;

    /** What uring-fs has in full. */
    private static final class OpenedFile extends Descriptor {
        private OpenedFile(int fd, UringRuntime runtime) {
            super(fd, runtime);
        }

        static OpenedFile open(UringRuntime runtime, Path path) {
            try (Arena scope = Arena.ofConfined()) {
                int fd;
                do { // the simulated driver interrupts, but not for ever
                    fd = sys(runtime).openat(PathFlag.CURRENT_DIRECTORY, CString.encode(scope, path.toString()),
                            OpenFlag.READ_ONLY | OpenFlag.CLOSE_ON_EXEC, 0);
                } while (fd == -Errno.EINTR);
                assertThat(fd).isNotNegative();
                return new OpenedFile(fd, runtime);
            }
        }
    }

    private record Pair(TcpStream near, TcpStream far) implements AutoCloseable {
        static Pair open() throws IOException {
            try (TcpListener listener = TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                    .await()) {
                Op<TcpStream> accept = listener.accept();
                return new Pair(TcpStream.connect(listener.localAddress()).await(), accept.await());
            }
        }

        @Override
        public void close() throws IOException {
            near.close();
            far.close();
        }
    }

    private static byte[] receiveAll(TcpStream stream) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (IoBuffer buffer = IoBuffer.allocate(64 * KIB)) {
            while (stream.read(buffer) > 0) {
                all.write(buffer.toByteArray());
            }
        }
        return all.toByteArray();
    }

    private Path file(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("file"), bytes);
    }

    @Test
    void ranges_of_a_file_arrive_unchanged() throws Exception {
        StringBuilder seed = new StringBuilder();
        Random chance = random(seed);
        byte[] bytes = random(3 * MIB + 7);
        task(() -> {
            try (OpenedFile file = OpenedFile.open(runtime, file(bytes))) {
                for (int count : new int[] {0, 1, 64 * KIB, 64 * KIB + 1, MIB, MIB + 1, bytes.length}) {
                    int offset = chance.nextInt(bytes.length - count + 1);
                    try (Pair pair = Pair.open()) {
                        JoinHandle<byte[]> received = Handle.current().spawn(() -> receiveAll(pair.far));
                        assertThat(pair.near.sendFile(file, offset, count)).isEqualTo(count);
                        pair.near.finish();
                        assertThat(received.await()).as("%s offset=%d count=%d", seed, offset, count)
                                .isEqualTo(Arrays.copyOfRange(bytes, offset, offset + count));
                    }
                }
            }
        });
    }

    @Test
    void a_receiver_that_comes_late_gets_everything() throws Exception {
        byte[] bytes = random(12 * MIB); // more than all buffers between
        task(() -> {
            try (OpenedFile file = OpenedFile.open(runtime, file(bytes)); Pair pair = Pair.open()) {
                JoinHandle<Long> sending = Handle.current().spawn(() -> {
                    long sent = pair.near.sendFile(file, 0, bytes.length);
                    pair.near.finish();
                    return sent;
                });
                settle();
                assertThat(receiveAll(pair.far)).isEqualTo(bytes);
                assertThat(sending.await()).isEqualTo(bytes.length);
            }
        });
    }

    @Test
    void a_file_that_ends_early_fails_and_tells_what_was_sent() throws Exception {
        task(() -> {
            for (int bytes : new int[] {0, 10, MIB + 5}) {
                try (OpenedFile file = OpenedFile.open(runtime, file(random(bytes))); Pair pair = Pair.open()) {
                    JoinHandle<byte[]> received = Handle.current().spawn(() -> receiveAll(pair.far));
                    assertThatThrownBy(() -> pair.near.sendFile(file, 0, bytes + 1)).isInstanceOf(EOFException.class)
                            .hasMessageEndingWith("bytes=" + bytes);
                    pair.near.finish();
                    assertThat(received.await()).hasSize(bytes);
                }
            }
        });
    }

    @Test
    void an_abort_in_the_middle_leaves_nothing() throws Exception {
        byte[] bytes = random(16 * MIB);
        task(() -> {
            try (OpenedFile file = OpenedFile.open(runtime, file(bytes)); Pair pair = Pair.open()) {
                long before = runtime.metrics().descriptors();
                JoinHandle<Long> sending = Handle.current().spawn(() -> pair.near.sendFile(file, 0, bytes.length));
                pair.far.read().close(); // it is under way, and nobody receives the rest
                Time.sleep(Duration.ofMillis(5)).await();
                sending.abort();
                assertThatThrownBy(sending::await).isInstanceOf(CancellationException.class);
                assertThat(runtime.metrics().descriptors()).isEqualTo(before);
            }
        });
    }

    @Test
    void a_peer_that_is_gone_fails_it() throws Exception {
        byte[] bytes = random(16 * MIB);
        task(() -> {
            try (OpenedFile file = OpenedFile.open(runtime, file(bytes)); Pair pair = Pair.open()) {
                JoinHandle<Long> sending = Handle.current().spawn(() -> pair.near.sendFile(file, 0, bytes.length));
                pair.far.read().close();
                pair.far.resetOnClose();
                pair.far.close();
                assertThat(catchThrowable(sending::await)).isInstanceOf(ExecutionException.class)
                        .hasCauseInstanceOf(SocketException.class);
            }
        });
    }

    @Test
    void a_range_that_no_file_has_is_refused() throws Exception {
        task(() -> {
            try (OpenedFile file = OpenedFile.open(runtime, file(new byte[1])); Pair pair = Pair.open()) {
                assertThatThrownBy(() -> pair.near.sendFile(file, -1, 1)).isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> pair.near.sendFile(file, 0, -1)).isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> pair.near.sendFile(file, 1, Long.MAX_VALUE))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        });
    }
}
