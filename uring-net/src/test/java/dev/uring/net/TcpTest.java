package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.uring.ffi.Errno;
import dev.uring.ffi.RingOptions;
import dev.uring.ffi.SocketConstant;
import dev.uring.runtime.BufResult;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.BusyException;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.NeedsDescriptors;
import dev.uring.runtime.Nop;
import dev.uring.runtime.Op;
import dev.uring.runtime.RuntimeShutdownException;
import dev.uring.runtime.Setup;
import dev.uring.runtime.Tasks;
import dev.uring.runtime.Time;
import dev.uring.runtime.Uring;
import dev.uring.runtime.UringRuntime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.InterruptedByTimeoutException;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** TCP, alike on every driver: connections made, used, half closed, reset, cancelled, and never lost. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TcpTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final int MIB = 1 << 20;
    private static final int PIECE_BYTES = 32 << 10;

    @Parameter
    Setup setup;
    private UringRuntime runtime;

    @BeforeEach
    void open(TestInfo test) throws IOException {
        runtime = setup.builder().multiThread(1).build();
        String reason = setup.skips().get(test.getTestMethod().orElseThrow().getName());
        Assumptions.assumeTrue(reason == null, reason);
    }

    @AfterEach
    void nothing_is_left_in_flight() {
        runtime.close();
        assertThat(runtime.metrics().workers()).allMatch(worker -> worker.inFlight() == 0);
    }

    // ---- what cases share ----

    /** Two ends of one connection. */
    private record Pair(TcpStream client, TcpStream server) implements AutoCloseable {
        static Pair open() throws IOException {
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                Op<TcpStream> accept = listener.accept();
                TcpStream client = TcpStream.connect(listener.localAddress()).await();
                return new Pair(client, accept.await());
            }
        }

        @Override
        public void close() throws IOException {
            client.close();
            server.close();
        }
    }

    private void task(Uring.Body body) throws Exception {
        runtime.blockOn(() -> {
            body.run();
            return null;
        });
    }

    private int scaled(int full) {
        return Math.max(1, (int) ((long) full * setup.weight() / 100));
    }

    /** Turns the worker a few times: what was started before is with the driver afterwards. */
    private static void settle() throws IOException {
        for (int i = 0; i < 3; i++) {
            Time.sleep(Duration.ofMillis(1)).await();
        }
    }

    /** Waits, in a task and without a limit of its own, until as many descriptors are open as expected. */
    private void awaitDescriptors(int expected) throws IOException {
        while (runtime.metrics().descriptors() != expected) {
            Time.sleep(Duration.ofMillis(1)).await();
        }
    }

    private static byte[] random(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    private static void sendAll(TcpStream stream, byte[] bytes) throws IOException {
        for (int sent = 0; sent < bytes.length;) {
            IoBuffer piece = IoBuffer.copyOf(Arrays.copyOfRange(bytes, sent, Math.min(bytes.length, sent + PIECE_BYTES)));
            sent += stream.send(piece).await().bytes();
        }
    }

    private static byte[] receive(TcpStream stream, int count) throws IOException {
        var all = new ByteArrayOutputStream();
        while (all.size() < count) {
            BufResult result = stream.receive(IoBuffer.allocate(Math.min(PIECE_BYTES, count - all.size()))).await();
            assertThat(result.bytes()).as("bytes before the end").isPositive();
            assertThat(result.buffer().length()).isEqualTo(result.bytes());
            all.writeBytes(result.buffer().toByteArray());
        }
        return all.toByteArray();
    }

    private static void assertEnd(TcpStream stream) throws IOException {
        assertThat(stream.receive(IoBuffer.allocate(16)).await().bytes()).as("end").isZero();
    }

    /** Sends back what comes, until the end; then half-closes. */
    private static void echo(TcpStream stream) throws IOException {
        IoBuffer buffer = IoBuffer.allocate(PIECE_BYTES);
        while (stream.receive(buffer).await().bytes() > 0) {
            sendAll(stream, buffer.toByteArray());
        }
        stream.shutdownOutput().await();
    }

    /** A connection whose peer is the JDK's, which can reset. */
    private static TcpStream connected(ServerSocket server) throws IOException {
        return TcpStream.connect((InetSocketAddress) server.getLocalSocketAddress()).await();
    }

    private static ServerSocket serverSocket(int backlog) throws IOException {
        return new ServerSocket(0, backlog, InetAddress.getLoopbackAddress());
    }

    private static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    private static void assertError(Throwable thrown, Class<? extends Throwable> type, String... words) {
        assertThat(thrown).isExactlyInstanceOf(type).hasMessageContainingAll(words);
    }

    // ---- making connections ----

    @Test
    void a_connection_has_the_same_addresses_on_both_sides() throws Exception {
        task(() -> {
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                assertThat(listener.localAddress().getPort()).isPositive();
                Op<TcpStream> accept = listener.accept();
                try (TcpStream client = TcpStream.connect(listener.localAddress()).await();
                        TcpStream server = accept.await()) {
                    assertThat(client.remoteAddress()).isEqualTo(listener.localAddress())
                            .isEqualTo(server.localAddress());
                    assertThat(server.remoteAddress()).isEqualTo(client.localAddress());
                }
            }
        });
    }

    @Test
    void connections_of_ipv6_have_their_addresses_too() throws Exception {
        Assumptions.assumeTrue(Setups.hasLoopback6(), "this host has no IPv6");
        task(() -> {
            try (TcpListener listener = TcpListener.bind(new InetSocketAddress("::1", 0)).await()) {
                Op<TcpStream> accept = listener.accept();
                try (TcpStream client = TcpStream.connect(listener.localAddress()).await();
                        TcpStream server = accept.await()) {
                    assertThat(server.remoteAddress()).isEqualTo(client.localAddress());
                    sendAll(client, new byte[] {1, 2});
                    assertThat(receive(server, 2)).containsExactly(1, 2);
                }
            }
        });
    }

    @Test
    void a_connection_that_waits_already_is_accepted_at_once() throws Exception {
        task(() -> {
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await();
                    TcpStream client = TcpStream.connect(listener.localAddress()).await();
                    TcpStream server = listener.accept().await()) {
                assertThat(server.remoteAddress()).isEqualTo(client.localAddress());
            }
        });
    }

    @Test
    void ten_connects_and_ten_accepts_may_be_in_flight() throws Exception {
        task(() -> {
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                List<Op<TcpStream>> accepts = new ArrayList<>();
                List<Op<TcpStream>> connects = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    accepts.add(listener.accept());
                    connects.add(TcpStream.connect(listener.localAddress()));
                }
                Set<InetSocketAddress> clients = new HashSet<>();
                for (Op<TcpStream> connect : connects) {
                    clients.add(connect.await().localAddress());
                }
                Set<InetSocketAddress> peers = new HashSet<>();
                for (Op<TcpStream> accept : accepts) {
                    peers.add(accept.await().remoteAddress());
                }
                assertThat(peers).hasSize(10).isEqualTo(clients);
            } // the streams are the runtime's to close
        });
    }

    @Test
    @NeedsDescriptors(600)
    void two_hundred_connections_on_one_worker_each_get_their_own_bytes() throws Exception {
        task(() -> {
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                int count = scaled(200);
                JoinHandle<Void> server = Tasks.spawn(() -> {
                    for (int i = 0; i < count; i++) {
                        TcpStream accepted = listener.accept().await();
                        Tasks.spawn(() -> {
                            try (accepted) {
                                echo(accepted);
                            }
                            return null;
                        });
                    }
                    return null;
                });
                List<JoinHandle<byte[]>> clients = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    byte[] bytes = random(1000 + i);
                    clients.add(Tasks.spawn(() -> {
                        try (TcpStream client = TcpStream.connect(listener.localAddress()).await()) {
                            sendAll(client, bytes);
                            client.shutdownOutput().await();
                            byte[] answer = receive(client, bytes.length);
                            assertEnd(client);
                            return answer;
                        }
                    }));
                }
                for (int i = 0; i < count; i++) {
                    assertThat(clients.get(i).await()).isEqualTo(random(1000 + i));
                }
                server.await();
            }
        });
    }

    @Test
    void addresses_of_another_kind_are_refused_before_anything_is_opened() throws Exception {
        task(() -> {
            InetSocketAddress unresolved = InetSocketAddress.createUnresolved("localhost", 80);
            assertThatThrownBy(() -> TcpStream.connect(unresolved)).isInstanceOf(UnresolvedAddressException.class);
            assertThatThrownBy(() -> TcpListener.bind(unresolved)).isInstanceOf(UnresolvedAddressException.class);
            assertThatThrownBy(() -> TcpListener.bind(UnixDomainSocketAddress.of("/tmp/x")))
                    .isInstanceOf(UnsupportedAddressTypeException.class);
            assertThatThrownBy(() -> TcpListener.bind(null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> TcpListener.bind(ANY_PORT, 0)).isInstanceOf(IllegalArgumentException.class);
            assertThat(runtime.metrics().descriptors()).isZero();
        });
        assertThatThrownBy(() -> TcpStream.connect(ANY_PORT)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("there is no reactor running");
    }

    @Test
    void a_runtime_without_io_makes_no_socket() throws Exception {
        try (UringRuntime idle = UringRuntime.builder().enableTime().multiThread(1).build()) {
            idle.blockOn(() -> {
                assertThatThrownBy(() -> TcpStream.connect(ANY_PORT)).isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("IO is disabled");
                return null;
            });
        }
    }

    // ---- moving bytes ----

    @Test
    void a_mebibyte_comes_back_from_an_echo_as_it_was() throws Exception {
        task(() -> {
            byte[] sent = random(scaled(MIB));
            try (Pair pair = Pair.open()) {
                JoinHandle<Void> server = Tasks.spawn(() -> {
                    echo(pair.server);
                    return null;
                });
                JoinHandle<byte[]> answer = Tasks.spawn(() -> receive(pair.client, sent.length));
                sendAll(pair.client, sent);
                pair.client.shutdownOutput().await();
                assertThat(answer.await()).isEqualTo(sent);
                assertEnd(pair.client);
                server.await();
            }
        });
    }

    @Test
    void a_half_closed_connection_goes_on_in_the_other_direction() throws Exception {
        task(() -> {
            try (Pair pair = Pair.open()) {
                sendAll(pair.client, new byte[] {1, 2, 3});
                pair.client.shutdownOutput().await();
                assertThat(receive(pair.server, 3)).containsExactly(1, 2, 3);
                assertEnd(pair.server);
                assertEnd(pair.server);
                sendAll(pair.server, new byte[] {4, 5});
                assertThat(receive(pair.client, 2)).containsExactly(4, 5);
                pair.server.close();
                assertEnd(pair.client);
            }
        });
    }

    @Test
    void a_receive_waits_for_bytes_and_for_the_end() throws Exception {
        task(() -> {
            try (Pair pair = Pair.open()) {
                BufferOp receive = pair.server.receive(IoBuffer.allocate(16));
                settle();
                assertThat(receive.isDone()).isFalse();
                sendAll(pair.client, new byte[] {7});
                assertThat(receive.await().buffer().toByteArray()).containsExactly(7);
                BufferOp end = pair.server.receive(IoBuffer.allocate(16));
                settle();
                assertThat(end.isDone()).isFalse();
                pair.client.close();
                assertThat(end.await().bytes()).isZero();
            }
        });
    }

    @Test
    void receives_of_a_few_bytes_each_take_all_that_came_in_one_packet() throws Exception {
        task(() -> {
            byte[] sent = random(100);
            try (Pair pair = Pair.open()) {
                sendAll(pair.client, sent);
                var all = new ByteArrayOutputStream();
                while (all.size() < sent.length) {
                    BufResult result = pair.server.receive(IoBuffer.allocate(7)).await();
                    assertThat(result.bytes()).isBetween(1, 7);
                    all.writeBytes(result.buffer().toByteArray());
                }
                assertThat(all.toByteArray()).isEqualTo(sent);
            }
        });
    }

    @Test
    void bytes_that_came_together_with_the_end_are_received_before_it() throws Exception {
        task(() -> {
            try (ServerSocket server = serverSocket(1)) {
                for (int i = 0; i < scaled(50); i++) {
                    try (TcpStream client = connected(server); Socket peer = server.accept()) {
                        BufferOp receive = client.receive(IoBuffer.allocate(PIECE_BYTES));
                        settle();
                        // Readiness is told once for both, and a receive that is not full shows nothing of the end.
                        peer.getOutputStream().write(new byte[] {1, 2, 3});
                        peer.close();
                        int first = receive.await().bytes();
                        assertThat(first + receive(client, 3 - first).length).isEqualTo(3);
                        assertEnd(client);
                    }
                }
            }
        });
    }

    @Test
    void a_send_without_room_waits_for_it_and_goes_on() throws Exception {
        task(() -> {
            try (Pair pair = Pair.open()) {
                long sent = 0;
                BufferOp waiting;
                while (true) {
                    waiting = pair.client.send(IoBuffer.copyOf(random(256 << 10)));
                    settle();
                    if (!waiting.isDone()) {
                        Time.sleep(Duration.ofMillis(50)).await(); // the dice may take their time
                        if (!waiting.isDone()) {
                            break;
                        }
                    }
                    sent += waiting.await().bytes();
                }
                BufferOp last = waiting;
                JoinHandle<Long> received = Tasks.spawn(() -> {
                    IoBuffer buffer = IoBuffer.allocate(256 << 10);
                    long all = 0;
                    for (int bytes = -1; bytes != 0; all += bytes) {
                        bytes = pair.server.receive(buffer).await().bytes();
                    }
                    return all;
                });
                int more = last.await().bytes();
                assertThat(more).isPositive();
                pair.client.shutdownOutput().await();
                assertThat(received.await()).isEqualTo(sent + more);
            }
        });
    }

    @Test
    void receive_and_send_wait_on_one_connection_at_the_same_time() throws Exception {
        task(() -> {
            byte[] sent = random(scaled(4 * MIB));
            try (Pair pair = Pair.open()) {
                List<JoinHandle<byte[]>> receivers = new ArrayList<>();
                for (TcpStream each : List.of(pair.client, pair.server)) {
                    receivers.add(Tasks.spawn(() -> receive(each, sent.length)));
                    Tasks.spawn(() -> {
                        sendAll(each, sent);
                        return null;
                    });
                }
                for (JoinHandle<byte[]> receiver : receivers) {
                    assertThat(receiver.await()).isEqualTo(sent);
                }
            }
        });
    }

    // ---- errors ----

    @Test
    void a_refused_connect_says_so_and_closes_its_socket() throws Exception {
        task(() -> {
            InetSocketAddress free;
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                free = listener.localAddress();
            }
            Op<TcpStream> connect = TcpStream.connect(free);
            assertError(catchThrowable(connect::await), ConnectException.class, "connect failed: address=" + free,
                    "fd=", "errno=ECONNREFUSED(111)");
            awaitDescriptors(0);
        });
    }

    @Test
    void a_refused_connect_that_nobody_asks_about_closes_its_socket() throws Exception {
        task(() -> {
            InetSocketAddress free;
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                free = listener.localAddress();
            }
            TcpStream.connect(free);
            TcpStream.connect(free).abandon();
            awaitDescriptors(0);
        });
    }

    @Test
    void errors_have_the_same_type_and_number_on_every_driver() throws Exception {
        task(() -> {
            InetSocketAddress foreign = new InetSocketAddress("192.0.2.1", 0);
            assertError(catchThrowable(TcpListener.bind(foreign)::await), BindException.class,
                    "bind failed: address=/192.0.2.1:0 backlog=1024 errno=EADDRNOTAVAIL(99)");
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                assertError(catchThrowable(TcpListener.bind(listener.localAddress())::await), BindException.class,
                        "bind failed: ", "errno=EADDRINUSE(98)");
                new Shutdown(listener, SocketConstant.SHUTDOWN_READ).submit().await();
                assertError(catchThrowable(listener.accept()::await), SocketException.class,
                        "accept failed: fd=" + listener.fd(), "errno=EINVAL(22)");
            }
            InetSocketAddress broadcast = new InetSocketAddress("255.255.255.255", 9);
            assertThat(catchThrowable(TcpStream.connect(broadcast)::await)).isInstanceOf(SocketException.class)
                    .hasMessageContaining("connect failed: address=/255.255.255.255:9");
            try (Pair pair = Pair.open()) {
                pair.client.shutdownOutput().await();
                BufferOp send = pair.client.send(IoBuffer.allocate(8).length(8));
                assertError(catchThrowable(send::await), SocketException.class, "send failed: fd=" + pair.client.fd()
                        + " lengthBytes=8 errno=EPIPE(32)");
                new Shutdown(pair.server, SocketConstant.SHUTDOWN_BOTH).submit().await();
                pair.server.close();
                awaitShutdownError(pair.client);
            }
            assertError(catchThrowable(NoSocket.of("address=" + ANY_PORT, -Errno.EMFILE).submit()::await),
                    SocketException.class,
                    "connect failed: address=" + ANY_PORT + " errno=EMFILE(24)");
            awaitDescriptors(0);
        });
    }

    /** Both sides have finished, which the kernel learns a moment later. */
    private static void awaitShutdownError(TcpStream stream) throws IOException {
        while (true) {
            Throwable thrown = catchThrowable(stream.shutdownOutput()::await);
            if (thrown != null) {
                assertError(thrown, SocketException.class, "shutdown failed: fd=" + stream.fd() + " how=1",
                        "errno=ENOTCONN(107)");
                assertError(catchThrowable(stream::remoteAddress), SocketException.class, "getpeername failed: ",
                        "errno=ENOTCONN(107)");
                return;
            }
            settle();
        }
    }

    @Test
    void error_numbers_become_the_exceptions_of_java_net() {
        assertError(SocketErrors.of("connect", "fd=1", Errno.ETIMEDOUT), ConnectException.class, "ETIMEDOUT(110)");
        assertError(SocketErrors.of("connect", "fd=1", Errno.EHOSTUNREACH), NoRouteToHostException.class,
                "EHOSTUNREACH(113)");
        assertError(SocketErrors.of("bind", "fd=1", Errno.EACCES), BindException.class, "EACCES(13)");
        assertError(SocketErrors.of("connect", "fd=1", Errno.ENETUNREACH), SocketException.class, "ENETUNREACH(101)");
    }

    @Test
    void a_receive_that_waits_fails_when_the_peer_resets() throws Exception {
        task(() -> {
            try (ServerSocket server = serverSocket(1); TcpStream client = connected(server)) {
                Socket peer = server.accept();
                IoBuffer buffer = IoBuffer.allocate(16);
                BufferOp receive = client.receive(buffer);
                settle();
                reset(peer);
                assertError(catchThrowable(receive::await), SocketException.class,
                        "receive failed: fd=" + client.fd() + " lengthBytes=16 errno=ECONNRESET(104)");
                assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
                assertEnd(client);
            }
        });
    }

    @Test
    void sending_to_a_peer_that_has_reset_fails_and_raises_no_signal() throws Exception {
        task(() -> {
            try (ServerSocket server = serverSocket(1); TcpStream client = connected(server)) {
                reset(server.accept());
                Throwable first = null;
                while (first == null) { // the reset may be on its way
                    first = catchThrowable(client.send(IoBuffer.allocate(8).length(8))::await);
                }
                assertThat(first).isInstanceOf(SocketException.class);
                assertError(catchThrowable(client.send(IoBuffer.allocate(8).length(8))::await), SocketException.class,
                        "send failed: fd=" + client.fd() + " lengthBytes=8 errno=EPIPE(32)");
            }
        });
    }

    // ---- ending early ----

    @Test
    void an_accept_that_is_cancelled_leaves_the_next_connection_to_the_next_accept() throws Exception {
        task(() -> {
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                Op<TcpStream> cancelled = listener.accept();
                settle();
                assertThat(cancelled.isDone()).isFalse();
                cancelled.cancel();
                assertThatThrownBy(cancelled::await).isInstanceOf(CancellationException.class);
                try (TcpStream client = TcpStream.connect(listener.localAddress()).await();
                        TcpStream server = listener.accept().await()) {
                    assertThat(server.remoteAddress()).isEqualTo(client.localAddress());
                }
            }
        });
    }

    @Test
    void an_accept_that_is_cancelled_as_a_connection_comes_loses_none() throws Exception {
        task(() -> {
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                for (int i = 0; i < scaled(200); i++) {
                    Op<TcpStream> accept = listener.accept();
                    Op<TcpStream> connect = TcpStream.connect(listener.localAddress());
                    for (int turn = i % 5; turn > 0; turn--) {
                        Tasks.yieldNow();
                    }
                    accept.cancel();
                    try (TcpStream client = connect.await(); TcpStream server = acceptedOrNext(accept, listener)) {
                        assertThat(server.remoteAddress()).isEqualTo(client.localAddress());
                    }
                }
            }
        });
    }

    private static TcpStream acceptedOrNext(Op<TcpStream> accept, TcpListener listener) throws IOException {
        try {
            return accept.await();
        } catch (CancellationException e) {
            return listener.accept().await();
        }
    }

    @Test
    void a_connection_that_nobody_takes_is_closed() throws Exception {
        task(() -> {
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                Op<TcpStream> accept = listener.accept();
                try (TcpStream client = TcpStream.connect(listener.localAddress()).await()) {
                    while (!accept.isDone()) {
                        settle();
                    }
                    accept.abandon();
                    assertEnd(client);
                }
                Op<TcpStream> connect = TcpStream.connect(listener.localAddress());
                try (TcpStream server = listener.accept().await()) {
                    while (!connect.isDone()) {
                        settle();
                    }
                    connect.abandon();
                    assertEnd(server);
                }
                Op<TcpListener> bind = TcpListener.bind(ANY_PORT);
                bind.abandon();
                awaitDescriptors(1);
            }
        });
    }

    @Test
    void a_receive_that_is_cancelled_leaves_the_bytes_to_the_next() throws Exception {
        task(() -> {
            try (Pair pair = Pair.open()) {
                IoBuffer buffer = IoBuffer.allocate(16);
                BufferOp cancelled = pair.server.receive(buffer);
                settle();
                cancelled.cancel();
                assertThatThrownBy(cancelled::await).isInstanceOf(CancellationException.class);
                assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
                sendAll(pair.client, new byte[] {1, 2, 3});
                assertThat(receive(pair.server, 3)).containsExactly(1, 2, 3);
            }
        });
    }

    @Test
    void a_receive_that_is_cancelled_as_bytes_come_loses_none() throws Exception {
        task(() -> {
            try (Pair pair = Pair.open()) {
                for (int i = 0; i < scaled(300); i++) {
                    BufferOp receive = pair.server.receive(IoBuffer.allocate(16));
                    BufferOp send = pair.client.send(IoBuffer.copyOf(new byte[] {(byte) i}));
                    for (int turn = i % 4; turn > 0; turn--) {
                        Tasks.yieldNow();
                    }
                    receive.cancel();
                    assertThat(send.await().bytes()).isEqualTo(1);
                    byte[] got;
                    try {
                        got = receive.await().buffer().toByteArray();
                    } catch (CancellationException e) {
                        got = receive(pair.server, 1);
                    }
                    assertThat(got).containsExactly(i);
                }
            }
        });
    }

    @Test
    void an_accept_with_a_limit_ends_at_it() throws Exception {
        task(() -> {
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                long start = System.nanoTime();
                Op<TcpStream> accept = listener.accept();
                assertThatThrownBy(() -> accept.await(Duration.ofMillis(30)))
                        .isInstanceOf(InterruptedByTimeoutException.class);
                assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(30));
            }
        });
    }

    @Test
    void a_close_ends_the_receive_that_waits_and_then_gives_the_number_back() throws Exception {
        task(() -> {
            try (Pair pair = Pair.open()) {
                IoBuffer buffer = IoBuffer.allocate(16);
                BufferOp receive = pair.server.receive(buffer);
                settle();
                pair.server.close();
                assertThatThrownBy(receive::await).isInstanceOf(AsynchronousCloseException.class);
                assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
                assertEnd(pair.client);
                assertThatThrownBy(pair.server.receive(buffer)::await).isInstanceOf(ClosedChannelException.class);
                assertThatThrownBy(pair.server::localAddress).isInstanceOf(ClosedChannelException.class);
                assertThatThrownBy(pair.server::noDelay).isInstanceOf(ClosedChannelException.class);
            }
        });
    }

    @Test
    void a_closed_listener_ends_its_accepts_and_frees_the_port_at_once() throws Exception {
        task(() -> {
            InetSocketAddress address = ANY_PORT;
            for (int i = 0; i < scaled(50); i++) {
                TcpListener listener = TcpListener.bind(address).await();
                address = listener.localAddress();
                List<Op<TcpStream>> accepts = List.of(listener.accept(), listener.accept());
                if (i % 2 == 0) {
                    settle();
                }
                listener.close();
                for (Op<TcpStream> accept : accepts) {
                    assertThatThrownBy(accept::await).isInstanceOf(AsynchronousCloseException.class);
                }
                assertThatThrownBy(listener.accept()::await).isInstanceOf(ClosedChannelException.class);
            }
        });
    }

    // ---- connects that do not come to their end ----

    /** A listener that accepts nothing and whose queue is full, so that a connect waits. */
    private static final class Crowd implements AutoCloseable {
        private final ServerSocket server = serverSocket(1);
        private final List<SocketChannel> waiting = new ArrayList<>();

        Crowd() throws IOException, InterruptedException {
            SocketChannel last;
            do {
                last = SocketChannel.open();
                waiting.add(last);
                last.configureBlocking(false);
                last.connect(server.getLocalSocketAddress());
            } while (SocketCases.Crowd.connects(last));
        }

        Op<TcpStream> join() {
            return TcpStream.connect((InetSocketAddress) server.getLocalSocketAddress());
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel each : waiting) {
                each.close();
            }
            server.close();
        }
    }

    @Test
    void a_connect_that_is_cancelled_or_abandoned_closes_its_socket() throws Exception {
        try (Crowd crowd = new Crowd()) {
            task(() -> {
                Op<TcpStream> connect = crowd.join();
                settle();
                assertThat(connect.isDone()).isFalse();
                connect.cancel();
                assertThatThrownBy(connect::await).isInstanceOf(CancellationException.class);
                awaitDescriptors(0);
                connect = crowd.join();
                settle();
                connect.abandon();
                crowd.join().abandon();
                awaitDescriptors(0);
                Op<TcpStream> limited = crowd.join();
                assertThatThrownBy(() -> limited.await(Duration.ofMillis(20)))
                        .isInstanceOf(InterruptedByTimeoutException.class);
                awaitDescriptors(0);
            });
        }
    }

    @Test
    void a_runtime_that_closes_ends_its_connects_and_loses_no_socket() throws Exception {
        try (Crowd crowd = new Crowd()) {
            AtomicReference<Op<TcpStream>> connect = new AtomicReference<>();
            task(() -> {
                connect.set(crowd.join());
                settle();
            });
            runtime.close(); // LeakCheck counts
            assertThatThrownBy(connect.get()::await).isInstanceOf(RuntimeShutdownException.class);
        }
    }

    @Test
    void a_connect_that_comes_too_late_is_refused_and_loses_no_socket() throws Exception {
        CompletableFuture<Throwable> late = new CompletableFuture<>();
        runtime.handle().execute(() -> {
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                listener.accept().await();
            } catch (IOException | CancellationException e) {
                int before = runtime.metrics().descriptors();
                late.complete(catchThrowable(TcpStream.connect(new InetSocketAddress("127.0.0.1", 1))::await));
                while (runtime.metrics().descriptors() > before) {
                    Thread.yield(); // the worker closes
                }
            }
        });
        task(() -> {
            while (runtime.metrics().descriptors() == 0) {
                settle();
            }
            settle();
        });
        runtime.close();
        assertThat(late.get()).isInstanceOf(RuntimeShutdownException.class);
    }

    @Test
    void a_connect_from_a_callback_without_room_is_refused_and_loses_no_socket() throws Exception {
        try (UringRuntime small = setup.builder().multiThread(1).ring(RingOptions.of(8).withCompletionEntries(128))
                .build()) {
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            small.blockOn(() -> {
                try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                    new Nop().submit((_, _) -> {
                        List<Op<TcpStream>> accepts = new ArrayList<>();
                        try {
                            for (int i = 0; i < 2 * Setups.ROOM; i++) {
                                accepts.add(listener.accept());
                            }
                        } catch (BusyException e) {
                            int before = small.metrics().descriptors();
                            thrown.complete(catchThrowable(() -> TcpStream.connect(listener.localAddress())));
                            accepts.forEach(Op::abandon);
                            assertThat(small.metrics().descriptors()).isLessThanOrEqualTo(before + 1);
                        }
                    });
                    assertThat(thrown.get()).isInstanceOf(BusyException.class);
                    while (small.metrics().descriptors() != 1) {
                        Time.sleep(Duration.ofMillis(1)).await();
                    }
                }
                return null;
            });
        }
    }

    @Test
    void a_connect_that_is_submitted_again_leaves_the_stream_that_it_made() throws Exception {
        task(() -> {
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                Op<TcpStream> connect = TcpStream.connect(listener.localAddress());
                try (TcpStream client = connect.await(); TcpStream server = listener.accept().await()) {
                    assertError(catchThrowable(connect.submit()::await), SocketException.class, "errno=EISCONN(106)");
                    sendAll(client, new byte[] {1});
                    assertThat(receive(server, 1)).containsExactly(1);
                }
            }
        });
    }

    // ---- options ----

    @Test
    void no_delay_is_off_and_can_be_switched() throws Exception {
        task(() -> {
            try (Pair pair = Pair.open()) {
                assertThat(pair.client.noDelay()).isFalse();
                pair.client.noDelay(true);
                assertThat(pair.client.noDelay()).isTrue();
                pair.client.noDelay(false);
                assertThat(pair.client.noDelay()).isFalse();
            }
        });
    }
}
