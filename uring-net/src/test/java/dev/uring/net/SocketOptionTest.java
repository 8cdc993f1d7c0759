package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Op;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Options of sockets, under the JDK's names and the kernel's; and what a close does that lingers. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SocketOptionTest extends SocketCases {
    private static final Set<SocketOption<?>> OF_NIO = Set.of(StandardSocketOptions.SO_REUSEADDR,
            StandardSocketOptions.SO_REUSEPORT, StandardSocketOptions.SO_SNDBUF, StandardSocketOptions.SO_RCVBUF,
            StandardSocketOptions.SO_KEEPALIVE, StandardSocketOptions.SO_LINGER, StandardSocketOptions.TCP_NODELAY,
            StandardSocketOptions.IP_TOS, LinuxSocketOptions.TCP_KEEPIDLE, LinuxSocketOptions.TCP_KEEPINTVL, LinuxSocketOptions.TCP_KEEPCNT,
            LinuxSocketOptions.TCP_QUICKACK);

    /** Two values of each option that any stream takes, of which neither rounds. */
    private static Map<SocketOption<?>, Object[]> values() {
        Map<SocketOption<?>, Object[]> values = new LinkedHashMap<>();
        values.put(StandardSocketOptions.SO_REUSEADDR, new Object[] {true, false});
        values.put(StandardSocketOptions.SO_KEEPALIVE, new Object[] {true, false});
        values.put(StandardSocketOptions.SO_SNDBUF, new Object[] {65536, 32768});
        values.put(StandardSocketOptions.SO_RCVBUF, new Object[] {65536, 32768});
        values.put(StandardSocketOptions.SO_LINGER, new Object[] {7, -1});
        values.put(StandardSocketOptions.TCP_NODELAY, new Object[] {true, false});
        values.put(StandardSocketOptions.IP_TOS, new Object[] {0x10, 0x08});
        values.put(LinuxSocketOptions.TCP_KEEPIDLE, new Object[] {60, 1});
        values.put(LinuxSocketOptions.TCP_KEEPINTVL, new Object[] {10, 32767});
        values.put(LinuxSocketOptions.TCP_KEEPCNT, new Object[] {3, 127});
        values.put(LinuxSocketOptions.TCP_USER_TIMEOUT, new Object[] {1234, 0});
        values.put(LinuxSocketOptions.TCP_NOTSENT_LOWAT, new Object[] {16384, 1});
        values.put(LinuxSocketOptions.TCP_CORK, new Object[] {true, false});
        values.put(LinuxSocketOptions.TCP_QUICKACK, new Object[] {true, false});
        values.put(LinuxSocketOptions.TCP_CONGESTION, new Object[] {"reno"});
        values.put(LinuxSocketOptions.SO_INCOMING_CPU, new Object[] {0});
        return values;
    }

    @SuppressWarnings("unchecked")
    private static void set(NetSocket socket, SocketOption<?> option, Object value) throws IOException {
        socket.setOption((SocketOption<Object>) option, value);
    }

    @Test
    void every_option_that_is_set_is_read_back_on_both_families() throws Exception {
        task(() -> {
            for (var address : new InetSocketAddress[] {ANY_PORT, ANY_PORT_6}) {
                try (Pair pair = Pair.open(address)) {
                    for (var each : values().entrySet()) {
                        if (isNio() && !OF_NIO.contains(each.getKey())) {
                            continue;
                        }
                        for (Object value : each.getValue()) {
                            set(pair.client(), each.getKey(), value);
                            assertThat(pair.client().getOption(each.getKey())).as("%s", each.getKey()).isEqualTo(value);
                        }
                    }
                }
            }
        });
    }

    @Test
    void options_that_ask_for_rights_are_set_or_refused_with_their_name() throws Exception {
        Assumptions.assumeFalse(isNio(), "java.nio has none of them");
        task(() -> {
            try (Pair pair = Pair.open()) {
                Map<SocketOption<?>, Object> values = Map.of(LinuxSocketOptions.SO_MARK, 7, LinuxSocketOptions.SO_BINDTODEVICE, "lo",
                        LinuxSocketOptions.SO_BUSY_POLL, 50);
                for (var each : values.entrySet()) {
                    Throwable refused = catchThrowable(() -> set(pair.client(), each.getKey(), each.getValue()));
                    if (refused == null) {
                        assertThat(pair.client().getOption(each.getKey())).isEqualTo(each.getValue());
                    } else {
                        assertError(refused, SocketException.class, "setsockopt failed: fd=" + pair.client().fd() + " option="
                                + each.getKey() + " value=" + each.getValue() + " errno=EPERM(1)");
                    }
                }
            }
        });
    }

    @Test
    void options_of_listeners_are_set_before_the_bind_or_after_it() throws Exception {
        Assumptions.assumeFalse(isNio(), "java.nio has none of them");
        task(() -> {
            BindOptions options = BindOptions.DEFAULT.with(LinuxSocketOptions.TCP_FASTOPEN, 5)
                    .with(LinuxSocketOptions.TCP_DEFER_ACCEPT, 1).withV6Only(true);
            try (TcpListener listener = TcpListener.bind(ANY_PORT_6, options).await()) {
                assertThat(listener.getOption(LinuxSocketOptions.TCP_FASTOPEN)).isEqualTo(5);
                assertThat(listener.getOption(LinuxSocketOptions.TCP_DEFER_ACCEPT)).isPositive();
                assertThat(listener.getOption(LinuxSocketOptions.IPV6_V6ONLY)).isTrue();
                listener.setOption(LinuxSocketOptions.TCP_DEFER_ACCEPT, 0);
                assertThat(listener.getOption(LinuxSocketOptions.TCP_DEFER_ACCEPT)).isZero();
            }
        });
    }

    @Test
    void options_of_the_jdk_are_known_by_their_names() throws Exception {
        task(() -> {
            try (Pair pair = Pair.open()) {
                pair.client().setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 100);
                pair.client().setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 20);
                pair.client().setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 4);
                pair.client().setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
                assertThat(pair.client().getOption(LinuxSocketOptions.TCP_KEEPIDLE)).isEqualTo(100);
                assertThat(pair.client().getOption(LinuxSocketOptions.TCP_KEEPINTVL)).isEqualTo(20);
                assertThat(pair.client().getOption(LinuxSocketOptions.TCP_KEEPCNT)).isEqualTo(4);
                assertThat(pair.client().getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL)).isEqualTo(20);
            }
        });
    }

    @Test
    void supported_options_are_those_that_can_be_read() throws Exception {
        task(() -> {
            Pair pair = Pair.open();
            Set<SocketOption<?>> supported = pair.client().supportedOptions();
            if (isNio()) {
                assertThat(supported).containsExactlyInAnyOrderElementsOf(OF_NIO);
            } else {
                assertThat(supported).containsAll(OF_NIO).contains(LinuxSocketOptions.TCP_USER_TIMEOUT, LinuxSocketOptions.SO_MARK)
                        .doesNotContain(LinuxSocketOptions.IPV6_V6ONLY);
            }
            for (SocketOption<?> each : supported) {
                assertThat(pair.client().getOption(each)).as("%s", each).isInstanceOf(each.type());
            }
            pair.close();
            assertThat(pair.client().supportedOptions()).isEmpty();
        });
    }

    private record Unknown<T>(String name, Class<T> type) implements SocketOption<T> {
    }

    @Test
    void an_option_that_is_not_there_is_unsupported_and_named() throws Exception {
        task(() -> {
            try (Pair pair = Pair.open()) {
                assertThatThrownBy(() -> pair.client().setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1))
                        .isInstanceOf(UnsupportedOperationException.class).hasMessageContaining("option=IP_MULTICAST_TTL");
                assertThatThrownBy(() -> pair.client().getOption(new Unknown<>("TCP_NODELAY", Integer.class)))
                        .isInstanceOf(UnsupportedOperationException.class).hasMessageContaining("java.lang.Integer");
                assertThatThrownBy(() -> pair.client().getOption(LinuxSocketOptions.IPV6_V6ONLY))
                        .isInstanceOf(UnsupportedOperationException.class).hasMessageContainingAll(
                                "getsockopt failed: fd=" + pair.client().fd() + " option=IPV6_V6ONLY errno=E");
                if (isNio()) {
                    assertThatThrownBy(() -> pair.client().setOption(LinuxSocketOptions.TCP_USER_TIMEOUT, 5))
                            .isInstanceOf(UnsupportedOperationException.class).hasMessageContaining("TCP_USER_TIMEOUT");
                }
                assertThatThrownBy(() -> BindOptions.DEFAULT.with(StandardSocketOptions.IP_MULTICAST_TTL, 1))
                        .isInstanceOf(UnsupportedOperationException.class);
            }
        });
    }

    @Test
    void a_value_out_of_range_is_refused_with_the_range() throws Exception {
        task(() -> {
            try (Pair pair = Pair.open()) {
                assertThatThrownBy(() -> pair.client().setOption(LinuxSocketOptions.TCP_KEEPIDLE, 0))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("TCP_KEEPIDLE must be 1 to 32767: value=0");
                assertThatThrownBy(() -> pair.client().setOption(StandardSocketOptions.SO_RCVBUF, -1))
                        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("SO_RCVBUF");
                assertThatThrownBy(() -> pair.client().setOption(LinuxSocketOptions.TCP_CONGESTION, "sixteen-letters-"))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("TCP_CONGESTION must be 0 to 15: lengthBytes=16");
                assertThatThrownBy(() -> ConnectOptions.DEFAULT.with(StandardSocketOptions.IP_TOS, 256))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> pair.client().setOption(LinuxSocketOptions.TCP_CORK, null))
                        .isInstanceOf(NullPointerException.class);
            }
        });
    }

    @Test
    void a_closed_socket_has_no_options() throws Exception {
        task(() -> {
            Pair pair = Pair.open();
            pair.close();
            assertThatThrownBy(() -> pair.client().setOption(StandardSocketOptions.SO_KEEPALIVE, true))
                    .isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> pair.client().getOption(StandardSocketOptions.SO_KEEPALIVE))
                    .isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(pair.client()::takeError).isInstanceOf(ClosedChannelException.class);
        });
    }

    @Test
    void an_error_that_the_kernel_holds_is_taken_once() throws Exception {
        task(() -> {
            try (ServerSocket server = new ServerSocket(0, 1, ANY_PORT.getAddress());
                    TcpStream client = TcpStream.connect((InetSocketAddress) server.getLocalSocketAddress()).await()) {
                assertThat(client.takeError()).isNull();
                Socket peer = server.accept();
                peer.setSoLinger(true, 0);
                peer.close();
                if (!isNio()) { // which finds the error when it reads
                    IOException[] taken = new IOException[1];
                    while (taken[0] == null) { // the reset may be on its way
                        taken[0] = client.takeError();
                    }
                    assertError(taken[0], SocketException.class, "fd=" + client.fd() + " errno=ECONNRESET(104)");
                }
                assertThat(client.takeError()).isNull();
            }
        });
    }

    @Test
    void a_close_with_linger_zero_resets_the_connection() throws Exception {
        task(() -> {
            try (Pair pair = Pair.open()) {
                pair.client().setOption(StandardSocketOptions.SO_LINGER, 0);
                send(pair.client(), 1);
                assertThat(receive(pair.server())).isOne();
                pair.client().close();
                assertError(catchThrowable(() -> receive(pair.server())), SocketException.class, "errno=ECONNRESET(104)");
            }
        });
    }

    @Test
    void a_close_that_lingers_keeps_nobody_else_waiting() throws Exception {
        task(() -> {
            // The peer takes in little, and this side all the rest.
            BindOptions little = BindOptions.DEFAULT.with(StandardSocketOptions.SO_RCVBUF, 8192);
            ConnectOptions much = ConnectOptions.DEFAULT.with(StandardSocketOptions.SO_SNDBUF, 212_992)
                    .with(StandardSocketOptions.SO_LINGER, 50);
            try (Pair pair = Pair.open(little, much); Pair other = Pair.open()) {
                int sent = 100_000;
                pair.client().sendAll(IoBuffer.allocate(sent).length(sent)).await();
                Op<Void> close = pair.client().closeAsync();
                for (int i = 0; i < 20; i++) {
                    assertConnected(other.client(), other.server());
                    settle();
                }
                assertThat(close.isDone()).as("close before its bytes have gone out").isFalse();
                int received = 0;
                IoBuffer buffer = IoBuffer.allocate(1 << 16);
                for (int bytes = -1; bytes != 0; received += bytes) {
                    bytes = pair.server().receive(buffer).await().bytes();
                }
                assertThat(received).isEqualTo(sent);
                close.await();
            }
        });
    }

    @Test
    void connections_inherit_what_their_listener_was_made_with() throws Exception {
        task(() -> {
            BindOptions options = BindOptions.DEFAULT.with(StandardSocketOptions.TCP_NODELAY, true)
                    .with(StandardSocketOptions.SO_KEEPALIVE, true).with(StandardSocketOptions.SO_LINGER, 0);
            try (TcpListener listener = TcpListener.bind(ANY_PORT, options).await();
                    TcpStream client = TcpStream.connect(listener.localAddress(),
                            ConnectOptions.DEFAULT.with(StandardSocketOptions.IP_TOS, 0x10)).await();
                    TcpStream server = listener.accept().await()) {
                assertThat(server.noDelay()).isTrue();
                assertThat(server.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
                assertThat(server.getOption(StandardSocketOptions.SO_LINGER)).isZero();
                assertThat(client.getOption(StandardSocketOptions.IP_TOS)).isEqualTo(0x10);
            }
        });
    }
}
