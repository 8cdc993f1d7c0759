package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.MultiOp;
import dev.uring.runtime.NeedsDescriptors;
import dev.uring.runtime.Op;
import dev.uring.runtime.RuntimeShutdownException;
import dev.uring.runtime.Tasks;
import dev.uring.runtime.Time;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Listeners: how they are bound, and connection after connection from one request, of which none is lost. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ListenerTest extends SocketCases {
    // ---- binding ----

    @Test
    void an_address_has_one_listener_unless_both_share_the_port() throws Exception {
        task(() -> {
            try (TcpListener alone = TcpListener.bind(ANY_PORT).await()) {
                for (BindOptions options : List.of(BindOptions.DEFAULT, BindOptions.DEFAULT.withReusePort())) {
                    assertError(catchThrowable(TcpListener.bind(alone.localAddress(), options)::await), BindException.class,
                            "bind failed: address=" + alone.localAddress() + " backlog=1024 errno=EADDRINUSE(98)");
                }
            }
            BindOptions shared = BindOptions.DEFAULT.withReusePort();
            try (TcpListener first = TcpListener.bind(ANY_PORT, shared).await();
                    TcpListener second = TcpListener.bind(first.localAddress(), shared).await();
                    MultiOp<TcpStream> ofFirst = first.incoming(); MultiOp<TcpStream> ofSecond = second.incoming()) {
                assertThat(second.localAddress()).isEqualTo(first.localAddress());
                assertError(catchThrowable(TcpListener.bind(first.localAddress())::await), BindException.class,
                        "EADDRINUSE(98)");
                Set<InetSocketAddress> clients = new HashSet<>();
                List<TcpStream> open = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    open.add(TcpStream.connect(first.localAddress()).await());
                    clients.add(open.getLast().localAddress());
                }
                second.close(); // what was dealt to it is handed over, or closed by the end of its request
                for (TcpStream each = nextOrNull(ofSecond); each != null; each = nextOrNull(ofSecond)) {
                    assertThat(clients.remove(each.remoteAddress())).isTrue();
                    open.add(each);
                }
                ofSecond.close();
                first.close();
                for (TcpStream each = nextOrNull(ofFirst); each != null; each = nextOrNull(ofFirst)) {
                    assertThat(clients.remove(each.remoteAddress())).isTrue();
                    open.add(each);
                }
                for (TcpStream each : open) {
                    each.close();
                }
            }
        });
    }

    private static TcpStream nextOrNull(MultiOp<TcpStream> incoming) throws IOException {
        try {
            return incoming.next();
        } catch (ClosedChannelException e) {
            return null;
        }
    }

    @Test
    void a_wildcard_of_ipv6_takes_ipv4_too_unless_it_is_told_not_to() throws Exception {
        Assumptions.assumeFalse(isNio(), "java.nio cannot keep an IPv6 socket away from IPv4");
        task(() -> {
            InetSocketAddress wildcard = new InetSocketAddress("::", 0);
            try (TcpListener both = TcpListener.bind(wildcard, BindOptions.DEFAULT.withV6Only(false)).await();
                    TcpStream client = TcpStream.connect(loopback(both)).await(); TcpStream server = both.accept().await()) {
                assertConnected(client, server);
            }
            try (TcpListener six = TcpListener.bind(wildcard, BindOptions.DEFAULT.withV6Only(true)).await()) {
                assertThatThrownBy(TcpStream.connect(loopback(six))::await).isInstanceOf(ConnectException.class);
                TcpListener.bind(loopback(six)).await().close(); // the port of IPv4 is free
            }
        });
    }

    private static InetSocketAddress loopback(TcpListener listener) {
        return new InetSocketAddress("127.0.0.1", listener.localAddress().getPort());
    }

    @Test
    void an_option_that_the_socket_has_not_fails_the_bind_by_its_name() throws Exception {
        task(() -> {
            Op<TcpListener> bind = TcpListener.bind(ANY_PORT, BindOptions.DEFAULT.withV6Only(true));
            assertThatThrownBy(bind::await).isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("bind failed: address=/127.0.0.1:0 backlog=1024 IPV6_V6ONLY=true errno=");
            assertThat(runtime.metrics().descriptors()).isZero();
            assertThatThrownBy(() -> BindOptions.DEFAULT.withBacklog(0)).isInstanceOf(IllegalArgumentException.class);
        });
    }

    @Test
    void a_backlog_of_one_holds_a_connection_that_nobody_accepts_yet() throws Exception {
        task(() -> {
            try (TcpListener listener = TcpListener.bind(ANY_PORT, BindOptions.DEFAULT.withBacklog(1)).await();
                    TcpStream client = TcpStream.connect(listener.localAddress()).await()) {
                send(client, 5);
                try (TcpStream server = listener.accept().await()) {
                    assertThat(receive(server)).isEqualTo(5);
                }
            }
        });
    }

    // ---- connection after connection ----

    @Test
    void connections_come_one_after_the_other_and_each_once() throws Exception {
        task(() -> {
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await();
                    MultiOp<TcpStream> incoming = listener.incoming()) {
                for (int round = 0; round < 3; round++) {
                    List<TcpStream> clients = new ArrayList<>();
                    Set<InetSocketAddress> expected = new HashSet<>();
                    for (int i = 0; i < scaled(100); i++) {
                        clients.add(TcpStream.connect(listener.localAddress()).await());
                        expected.add(clients.getLast().localAddress());
                    }
                    for (TcpStream client : clients) {
                        try (TcpStream server = incoming.next()) {
                            assertThat(expected.remove(server.remoteAddress())).isTrue();
                        }
                        client.close();
                    }
                    assertThat(expected).isEmpty();
                }
            }
        });
    }

    @Test
    @NeedsDescriptors(1024)
    void more_connections_than_wait_for_the_consumer_stay_in_the_backlog() throws Exception {
        task(() -> {
            int count = scaled(700);
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await();
                    MultiOp<TcpStream> incoming = listener.incoming()) {
                List<TcpStream> all = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    all.add(TcpStream.connect(listener.localAddress()).await());
                }
                settle();
                for (int i = 0; i < count; i++) {
                    all.add(incoming.next());
                }
                for (TcpStream each : all) {
                    each.close();
                }
            }
        });
    }

    @Test
    void a_callback_takes_connections_as_they_come() throws Exception {
        task(() -> {
            List<TcpStream> taken = Collections.synchronizedList(new ArrayList<>());
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await();
                    MultiOp<TcpStream> incoming = new AcceptMultishot<>(listener).start((stream, error) -> {
                        if (error == null) {
                            taken.add(stream);
                        }
                    })) {
                try (TcpStream client = TcpStream.connect(listener.localAddress()).await()) {
                    awaitTrue(() -> taken.size() == 1);
                    assertConnected(client, taken.getFirst());
                }
                taken.getFirst().close();
            }
        });
    }

    @Test
    void a_close_closes_connections_that_nobody_took_and_frees_the_port() throws Exception {
        task(() -> {
            InetSocketAddress address = ANY_PORT;
            for (int i = 0; i < scaled(30); i++) {
                TcpListener listener = TcpListener.bind(address).await();
                address = listener.localAddress();
                MultiOp<TcpStream> incoming = listener.incoming();
                try (TcpStream client = TcpStream.connect(address).await();
                        TcpStream other = TcpStream.connect(address).await()) {
                    if (i % 2 == 0) {
                        settle();
                    }
                    if (i % 3 == 0) {
                        incoming.close();
                        listener.close();
                    } else {
                        listener.close();
                        incoming.close();
                    }
                    assertOver(client);
                    assertOver(other);
                }
                assertThatThrownBy(incoming::next).isInstanceOf(ClosedChannelException.class);
                assertThat(incoming.isOver()).isTrue();
            } // the next round binds the same port
        });
    }

    /** The end, or a reset: the kernel resets what was in the backlog. */
    private static void assertOver(TcpStream client) throws IOException {
        try {
            assertEnd(client);
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("ECONNRESET(104)");
        }
    }

    @Test
    void no_connection_is_lost_when_the_request_is_closed_as_it_comes() throws Exception {
        long seed = Long.getLong("uring.test.seed", System.nanoTime());
        System.out.println("-During.test.seed=" + seed);
        Random random = new Random(seed);
        task(() -> {
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                for (int i = 0; i < scaled(100); i++) {
                    MultiOp<TcpStream> incoming = listener.incoming();
                    Op<TcpStream> connect = TcpStream.connect(listener.localAddress());
                    for (int turns = random.nextInt(6); turns > 0; turns--) {
                        Tasks.yieldNow();
                    }
                    incoming.close();
                    try (TcpStream client = connect.await()) {
                        Op<TcpStream> accept = listener.accept();
                        int next = takenOrEnd(client, accept);
                        assertThat(next).as("taken later, or closed: round=%s", i).isIn(7, -1);
                    }
                }
            }
        });
    }

    /** What the client reads: what an accept that has it sends, or the end. */
    private static int takenOrEnd(TcpStream client, Op<TcpStream> accept) throws IOException {
        JoinHandle<Void> server = Tasks.spawn(() -> {
            try (TcpStream taken = accept.await()) {
                send(taken, 7);
            } catch (CancellationException e) {
                return null; // the request had it
            }
            return null;
        });
        int value = receive(client);
        accept.cancel();
        try {
            server.await();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
        return value;
    }

    @Test
    void an_interrupt_of_the_consumer_loses_no_connection() throws Exception {
        task(() -> {
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await();
                    MultiOp<TcpStream> incoming = listener.incoming()) {
                JoinHandle<TcpStream> taker = Tasks.spawn(incoming::next);
                settle();
                taker.abort();
                assertThatThrownBy(taker::await).isInstanceOf(CancellationException.class);
                try (TcpStream client = TcpStream.connect(listener.localAddress()).await();
                        TcpStream server = incoming.next()) {
                    assertConnected(client, server);
                }
            }
        });
    }

    @Test
    void a_runtime_that_closes_wakes_whoever_waits_for_connections() throws Exception {
        TcpListener listener = runtime.blockOn(() -> TcpListener.bind(ANY_PORT).await());
        MultiOp<TcpStream> incoming = listener.incoming();
        var request = new CompletableFuture<Throwable>();
        var single = new CompletableFuture<Throwable>();
        Op<TcpStream> accept = listener.accept();
        Thread.ofPlatform().start(() -> request.complete(catchThrowable(incoming::next)));
        Thread.ofPlatform().start(() -> single.complete(catchThrowable(accept::await)));
        task(SocketCases::settle);
        runtime.close();
        assertThat(request.get()).isInstanceOf(RuntimeShutdownException.class);
        assertThat(single.get()).isInstanceOf(RuntimeShutdownException.class);
        incoming.close();
    }

    @Test
    void a_request_of_a_closed_listener_ends_at_once() throws Exception {
        task(() -> {
            TcpListener listener = TcpListener.bind(ANY_PORT).await();
            listener.close();
            try (MultiOp<TcpStream> incoming = listener.incoming()) {
                assertThatThrownBy(incoming::next).isInstanceOf(ClosedChannelException.class);
            }
        });
    }

    @Test
    void a_number_is_not_reused_while_a_request_uses_it() throws Exception {
        task(() -> {
            for (int i = 0; i < scaled(50); i++) {
                TcpListener listener = TcpListener.bind(ANY_PORT).await();
                MultiOp<TcpStream> incoming = listener.incoming();
                Op<Void> close = listener.closeAsync();
                try (TcpListener other = TcpListener.bind(ANY_PORT).await();
                        TcpStream client = TcpStream.connect(other.localAddress()).await();
                        TcpStream server = other.accept().await()) {
                    assertThatThrownBy(incoming::next).isInstanceOf(ClosedChannelException.class);
                    assertConnected(client, server);
                    close.await();
                    incoming.close();
                }
            }
        });
    }

    // ---- without descriptors ----

    @Test
    @NeedsDescriptors(600)
    void accepting_goes_on_after_the_descriptors_had_run_out() throws Exception {
        task(() -> {
            try (Shortage shortage = new Shortage(); TcpListener listener = TcpListener.bind(ANY_PORT).await();
                    MultiOp<TcpStream> incoming = listener.incoming();
                    SocketChannel first = SocketChannel.open(); SocketChannel second = SocketChannel.open()) {
                try (TcpStream client = TcpStream.connect(listener.localAddress()).await();
                        TcpStream server = incoming.next()) {
                    assertConnected(client, server); // loads more
                }
                shortage.begin();
                connect(first, listener.localAddress());
                connect(second, listener.localAddress());
                Throwable told = catchThrowable(incoming::next);
                JoinHandle<TcpStream> taker = Tasks.spawn(incoming::next);
                for (int i = 0; i < 10; i++) {
                    Time.sleep(Duration.ofMillis(10)).await();
                }
                boolean isToldAgain = taker.isFinished();
                shortage.end();
                assertThat(isToldAgain).as("told again, or taken without a descriptor").isFalse();
                assertError(told, SocketException.class, "accept failed: fd=" + listener.fd() + " errno=EMFILE(24)");
                assertThat(incoming.isOver()).isFalse();
                try (TcpStream one = taker.await(); TcpStream two = incoming.next()) {
                    assertThat(Set.of(one.remoteAddress(), two.remoteAddress()))
                            .isEqualTo(Set.of(first.getLocalAddress(), second.getLocalAddress()));
                }
            }
        });
    }

    private static void connect(SocketChannel channel, InetSocketAddress address) throws IOException {
        channel.configureBlocking(false);
        channel.connect(address);
        while (!channel.finishConnect()) {
            Thread.onSpinWait();
        }
    }

    @Test
    @NeedsDescriptors(600)
    void a_request_that_waits_for_descriptors_can_be_closed() throws Exception {
        task(() -> {
            try (Shortage shortage = new Shortage(); TcpListener listener = TcpListener.bind(ANY_PORT).await();
                    SocketChannel client = SocketChannel.open()) {
                MultiOp<TcpStream> incoming = listener.incoming();
                settle();
                shortage.begin();
                connect(client, listener.localAddress());
                Throwable told = catchThrowable(incoming::next);
                incoming.close();
                shortage.end();
                assertError(told, SocketException.class, "EMFILE(24)");
                assertThatThrownBy(incoming::next).isInstanceOf(ClosedChannelException.class);
                try (TcpStream server = listener.accept().await()) {
                    assertThat(server.remoteAddress()).isEqualTo(client.getLocalAddress());
                }
            }
        });
    }

    @Test
    void a_linger_that_is_inherited_is_heeded_by_the_connections() throws Exception {
        task(() -> {
            BindOptions options = BindOptions.DEFAULT.with(StandardSocketOptions.SO_LINGER, 3);
            try (TcpListener listener = TcpListener.bind(ANY_PORT, options).await();
                    MultiOp<TcpStream> incoming = listener.incoming();
                    TcpStream client = TcpStream.connect(listener.localAddress()).await();
                    TcpStream server = incoming.next()) {
                assertThat(server.lingers()).isTrue();
                assertThat(client.lingers()).isFalse();
                assertThat(server.getOption(StandardSocketOptions.SO_LINGER)).isEqualTo(3);
            }
        });
    }
}
