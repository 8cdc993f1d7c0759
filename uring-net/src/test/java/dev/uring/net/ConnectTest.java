package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Nop;
import dev.uring.runtime.Op;
import dev.uring.runtime.Tasks;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Connecting: with limits, from an address, and to hosts of several addresses, of which one is enough. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConnectTest extends SocketCases {
    private static final Duration LONG = Duration.ofHours(1);
    private static final ConnectOptions PATIENT = ConnectOptions.DEFAULT.withAttemptDelay(LONG).withTimeout(LONG);
    private static final ConnectOptions HASTY = PATIENT.withAttemptDelay(Duration.ofMillis(10));

    private static InetAddress address(String literal) {
        return InetAddress.ofLiteral(literal);
    }

    private static final InetAddress FOUR = address("127.0.0.1");
    private static final InetAddress SIX = address("::1");

    private static TcpStream connect(int port, ConnectOptions options, InetAddress... found) throws IOException {
        return HostConnect.connect("example.test", port, options, _ -> found);
    }

    /** A port that nobody listens on, in either family. */
    private static int freePort() throws IOException {
        try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
            return listener.localAddress().getPort();
        }
    }

    // ---- one address ----

    @Test
    void a_connection_comes_from_the_address_that_was_asked_for() throws Exception {
        task(() -> {
            ConnectOptions options = ConnectOptions.DEFAULT.withLocalAddress(new InetSocketAddress("127.0.0.2", 0))
                    .with(StandardSocketOptions.SO_KEEPALIVE, true);
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await();
                    TcpStream client = TcpStream.connect(listener.localAddress(), options).await();
                    TcpStream server = listener.accept().await()) {
                assertThat(server.remoteAddress()).isEqualTo(client.localAddress());
                assertThat(server.remoteAddress().getAddress()).isEqualTo(address("127.0.0.2"));
                assertThat(client.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
                ConnectOptions taken = ConnectOptions.DEFAULT.withLocalAddress(listener.localAddress());
                assertThatThrownBy(TcpStream.connect(new InetSocketAddress(FOUR, freePort()), taken)::await)
                        .isInstanceOf(BindException.class).hasMessageContaining("EADDRINUSE(98)");
            }
            awaitDescriptors(0);
        });
    }

    @Test
    void a_wildcard_of_either_family_lets_the_kernel_choose_the_address() throws Exception {
        task(() -> {
            for (InetSocketAddress listening : List.of(ANY_PORT, ANY_PORT_6)) {
                for (String wildcard : List.of("0.0.0.0", "::")) {
                    ConnectOptions options = ConnectOptions.DEFAULT.withLocalAddress(new InetSocketAddress(wildcard, 0));
                    try (TcpListener listener = TcpListener.bind(listening).await();
                            TcpStream client = TcpStream.connect(listener.localAddress(), options).await();
                            TcpStream server = listener.accept().await()) {
                        assertConnected(client, server);
                    }
                }
            }
        });
    }

    @Test
    void a_connect_that_is_refused_is_not_told_as_late() throws Exception {
        task(() -> {
            InetSocketAddress nobody = new InetSocketAddress(FOUR, freePort());
            assertError(catchThrowable(TcpStream.connect(nobody, PATIENT)::await), ConnectException.class,
                    "connect failed: address=" + nobody, "errno=ECONNREFUSED(111)");
            awaitDescriptors(0);
        });
    }

    @Test
    void a_connect_that_takes_too_long_ends_at_its_limit() throws Exception {
        try (Crowd crowd = new Crowd(FOUR, 0)) {
            task(() -> {
                ConnectOptions limited = ConnectOptions.DEFAULT.withTimeout(Duration.ofMillis(30));
                assertError(catchThrowable(TcpStream.connect(crowd.address(), limited)::await), SocketTimeoutException.class,
                        "connect timed out: address=" + crowd.address() + " fd=", "timeout=PT0.03S");
                awaitDescriptors(0);
                var told = new CompletableFuture<IOException>();
                TcpStream.connect(crowd.address(), limited).onComplete((_, error) -> told.complete(error));
                assertThat(told.get()).isInstanceOf(SocketTimeoutException.class);
                awaitDescriptors(0);
                Op<TcpStream> cancelled = TcpStream.connect(crowd.address(), PATIENT);
                settle();
                cancelled.cancel();
                assertThatThrownBy(cancelled::await).isInstanceOf(CancellationException.class);
                TcpStream.connect(crowd.address(), limited).abandon();
                awaitDescriptors(0);
            });
        }
    }

    @Test
    void an_option_that_the_socket_has_not_fails_the_connect_by_its_name() throws Exception {
        task(() -> {
            ConnectOptions options = ConnectOptions.DEFAULT.with(LinuxSocketOptions.IPV6_V6ONLY, true);
            Op<TcpStream> connect = TcpStream.connect(new InetSocketAddress(FOUR, freePort()), options);
            assertThatThrownBy(connect::await).isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContainingAll("connect failed: address=", " IPV6_V6ONLY=true errno=");
            assertThat(runtime.metrics().descriptors()).isZero();
            assertThatThrownBy(() -> connect(80, options, FOUR, address("127.0.0.2")))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(() -> ConnectOptions.DEFAULT.withTimeout(Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> ConnectOptions.DEFAULT.withAttemptDelay(Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class);
        });
    }

    @Test
    void fast_open_is_set_before_the_connect() throws Exception {
        Assumptions.assumeFalse(isNio(), "java.nio has no such option");
        task(() -> {
            ConnectOptions options = ConnectOptions.DEFAULT.with(LinuxSocketOptions.TCP_FASTOPEN_CONNECT, true);
            BindOptions listening = BindOptions.DEFAULT.with(LinuxSocketOptions.TCP_FASTOPEN, 16);
            try (TcpListener listener = TcpListener.bind(ANY_PORT, listening).await();
                    TcpStream client = TcpStream.connect(listener.localAddress(), options).await()) {
                assertThat(client.getOption(LinuxSocketOptions.TCP_FASTOPEN_CONNECT)).isTrue();
                send(client, 1);
                try (TcpStream server = listener.accept().await()) {
                    assertThat(receive(server)).isOne();
                }
            }
        });
    }

    // ---- names ----

    @Test
    void literal_addresses_need_no_thread() throws Exception {
        task(() -> {
            for (InetSocketAddress listening : List.of(ANY_PORT, ANY_PORT_6)) {
                try (TcpListener listener = TcpListener.bind(listening).await()) {
                    int port = listener.localAddress().getPort();
                    String host = listening == ANY_PORT ? "127.0.0.1" : "::1";
                    try (TcpStream client = TcpStream.connect(host, port); TcpStream server = listener.accept().await()) {
                        assertConnected(client, server);
                    }
                }
            }
            assertThat(Dns.lookup("192.0.2.7")).containsExactly(address("192.0.2.7"));
            assertThat(Dns.lookup("[2001:db8::1]")).containsExactly(address("2001:db8::1"));
            assertThat(runtime.metrics().jobPool().threadsMax()).as("threads for blocking jobs").isZero();
        });
    }

    @Test
    void names_are_looked_up_on_a_thread_for_blocking_jobs() throws Exception {
        task(() -> {
            assertThat(Dns.lookup("localhost")).containsAnyOf(FOUR, SIX).allMatch(InetAddress::isLoopbackAddress);
            assertThat(runtime.metrics().jobPool().threadsMax()).isOne();
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await();
                    TcpStream client = TcpStream.connect("localhost", listener.localAddress().getPort());
                    TcpStream server = listener.accept().await()) {
                assertConnected(client, server);
            }
            awaitDescriptors(0);
        });
    }

    @Test
    void a_host_that_is_unknown_is_told_as_such() throws Exception {
        task(() -> {
            assertThatThrownBy(() -> HostConnect.connect("nowhere.test", 80, HASTY, host -> {
                throw new UnknownHostException(host);
            })).isExactlyInstanceOf(UnknownHostException.class).hasMessageContaining("nowhere.test");
            assertThatThrownBy(() -> connect(1 << 16, HASTY, FOUR)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> Dns.lookup("", _ -> {
                throw new UnknownHostException("empty");
            }, null)).isInstanceOf(UnknownHostException.class);
        });
        assertThatThrownBy(() -> TcpStream.connect("127.0.0.1", 1)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("there is no reactor running");
    }

    @Test
    void a_look_up_that_takes_too_long_ends_at_the_limit_and_keeps_nobody_waiting() throws Exception {
        CountDownLatch found = new CountDownLatch(1);
        task(() -> {
            ConnectOptions limited = ConnectOptions.DEFAULT.withTimeout(Duration.ofMillis(20));
            assertError(catchThrowable(() -> HostConnect.connect("slow.test", 80, limited, _ -> {
                awaitUninterrupted(found);
                return new InetAddress[] {FOUR};
            })), SocketTimeoutException.class, "lookup timed out: host=slow.test");
            found.countDown();
        });
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_name_cannot_be_waited_for_in_a_callback() throws Exception {
        task(() -> {
            var thrown = new CompletableFuture<Throwable>();
            new Nop().submit((_, _) -> thrown.complete(catchThrowable(() -> TcpStream.connect("127.0.0.1", 1))));
            assertThat(thrown.get()).isInstanceOf(IllegalStateException.class);
        });
    }

    // ---- several addresses ----

    @Test
    void families_take_turns_and_ipv6_is_first() {
        InetAddress four2 = address("127.0.0.2");
        InetAddress four3 = address("127.0.0.3");
        InetAddress six2 = address("::2");
        assertThat(HostConnect.inTurns(List.of(FOUR, four2, SIX, four3, six2)))
                .containsExactly(SIX, FOUR, six2, four2, four3);
        assertThat(HostConnect.inTurns(List.of(FOUR, four2))).containsExactly(FOUR, four2);
        assertThat(HostConnect.inTurns(List.of())).isEmpty();
    }

    @Test
    void the_first_address_that_answers_is_the_only_one_tried() throws Exception {
        task(() -> {
            try (TcpListener four = TcpListener.bind(ANY_PORT).await();
                    TcpListener six = TcpListener.bind(new InetSocketAddress(SIX, four.localAddress().getPort())).await();
                    TcpStream client = connect(four.localAddress().getPort(), PATIENT, FOUR, SIX);
                    TcpStream server = six.accept().await()) {
                assertConnected(client, server);
                Op<TcpStream> other = four.accept();
                settle();
                assertThat(other.isDone()).isFalse();
                other.abandon();
            }
            awaitDescriptors(0);
        });
    }

    @Test
    void an_address_that_refuses_gives_way_to_the_next_at_once() throws Exception {
        task(() -> {
            try (TcpListener four = TcpListener.bind(ANY_PORT).await();
                    TcpStream client = connect(four.localAddress().getPort(), PATIENT, FOUR, SIX);
                    TcpStream server = four.accept().await()) {
                assertConnected(client, server);
            }
            awaitDescriptors(0);
        });
    }

    @Test
    void an_address_that_does_not_answer_gives_way_to_the_next_after_the_delay() throws Exception {
        runtime.blockOn(() -> {
            try (TcpListener four = TcpListener.bind(ANY_PORT).await();
                    Crowd silent = new Crowd(SIX, four.localAddress().getPort());
                    TcpStream client = connect(silent.address().getPort(), HASTY, FOUR, SIX);
                    TcpStream server = four.accept().await()) {
                assertConnected(client, server);
                awaitDescriptors(3); // the attempt that lost is closed
            }
            return null;
        });
    }

    @Test
    void when_all_addresses_fail_the_first_failure_has_the_others_with_it() throws Exception {
        task(() -> {
            int port = freePort();
            Throwable thrown = catchThrowable(() -> connect(port, PATIENT, FOUR, SIX, address("127.0.0.2")));
            assertError(thrown, ConnectException.class, "address=/[0:0:0:0:0:0:0:1]:" + port, "errno=ECONNREFUSED(111)");
            assertThat(thrown.getSuppressed()).hasSize(2).allMatch(ConnectException.class::isInstance);
            awaitDescriptors(0);
        });
    }

    @Test
    void when_no_address_answers_the_limit_ends_all_attempts() throws Exception {
        try (Crowd four = new Crowd(FOUR, 0); Crowd six = new Crowd(SIX, four.address().getPort())) {
            task(() -> {
                Duration limit = Duration.ofMillis(50);
                Throwable thrown;
                do { // a limit that the look-up alone has used up is told as that
                    limit = limit.multipliedBy(2);
                    ConnectOptions limited = HASTY.withTimeout(limit);
                    thrown = catchThrowable(() -> connect(six.address().getPort(), limited, FOUR, SIX));
                } while (thrown.getMessage().contains("lookup timed out"));
                assertError(thrown, SocketTimeoutException.class,
                        "connect timed out: host=example.test timeout=" + limit);
                awaitDescriptors(0);
            });
        }
    }

    @Test
    void an_abort_ends_all_attempts_and_leaves_nothing_open() throws Exception {
        try (Crowd four = new Crowd(FOUR, 0); Crowd six = new Crowd(SIX, four.address().getPort())) {
            task(() -> {
                JoinHandle<TcpStream> connecting = Tasks.spawn(() -> connect(six.address().getPort(), HASTY, FOUR, SIX));
                awaitDescriptors(2);
                connecting.abort();
                assertThatThrownBy(connecting::await).isInstanceOf(CancellationException.class);
                awaitDescriptors(0);
            });
        }
    }

    @Test
    void addresses_of_the_other_family_are_left_out_when_this_sides_is_given() throws Exception {
        task(() -> {
            ConnectOptions ofFour = PATIENT.withLocalAddress(new InetSocketAddress(FOUR, 0));
            try (TcpListener four = TcpListener.bind(ANY_PORT).await();
                    TcpListener six = TcpListener.bind(new InetSocketAddress(SIX, four.localAddress().getPort())).await();
                    TcpStream client = connect(six.localAddress().getPort(), ofFour, FOUR, SIX);
                    TcpStream server = four.accept().await()) {
                assertConnected(client, server);
                assertThatThrownBy(() -> connect(80, ofFour, SIX)).isInstanceOf(NoRouteToHostException.class)
                        .hasMessageContaining("host=example.test");
            }
        });
    }

    @Test
    void races_between_addresses_that_all_answer_leave_one_connection() throws Exception {
        task(() -> {
            try (TcpListener four = TcpListener.bind(ANY_PORT).await();
                    TcpListener six = TcpListener.bind(new InetSocketAddress(SIX, four.localAddress().getPort())).await()) {
                for (int i = 0; i < scaled(20); i++) {
                    try (TcpStream client = connect(four.localAddress().getPort(), HASTY, FOUR, SIX, FOUR, SIX)) {
                        assertThat(client.isOpen()).isTrue();
                    }
                    awaitDescriptors(2);
                }
                assertThat(six.isOpen()).isTrue();
            }
        });
    }
}
