package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.runtime.BufferOp;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.MultiOp;
import dev.uring.runtime.Op;
import dev.uring.runtime.Tasks;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** UDP: datagrams as they were sent, of any length, with their senders; errors that are told once. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UdpTest extends OnEveryDriver {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final String NO_PEEK = "java.nio has no peek";

    /** Works with two sockets. */
    private interface Body {
        void run(UdpSocket one, UdpSocket other) throws Exception;
    }

    private void sockets(Body body) throws Exception {
        sockets(ANY_PORT, body);
    }

    private void sockets(InetSocketAddress address, Body body) throws Exception {
        task(() -> {
            try (UdpSocket one = UdpSocket.bind(address).await(); UdpSocket other = UdpSocket.bind(address).await()) {
                body.run(one, other);
            }
        });
    }

    private static IoBuffer bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return IoBuffer.copyOf(bytes);
    }

    private static void meet(UdpSocket one, UdpSocket other) throws IOException {
        one.connect(other.localAddress()).await();
        other.connect(one.localAddress()).await();
    }

    /** Of both families where this host has both: in a container there may be no IPv6. */
    private static List<String> loopbacks() throws SocketException {
        return Setups.hasLoopback6() ? List.of("127.0.0.1", "::1") : List.of("127.0.0.1");
    }

    @Test
    void a_datagram_arrives_with_its_sender() throws Exception {
        for (String host : loopbacks()) {
            sockets(new InetSocketAddress(host, 0), (one, other) -> {
                Op<Datagram<InetSocketAddress>> waiting = other.receiveFrom(IoBuffer.allocate(100));
                settle();
                assertThat(one.sendTo(bytes(1, 2, 3), other.localAddress()).await().bytes()).isEqualTo(3);
                Datagram<InetSocketAddress> received = waiting.await();
                assertThat(received.sender()).isEqualTo(one.localAddress());
                assertThat(received.buffer().toByteArray()).containsExactly(1, 2, 3);
                assertThat(received.truncated()).isFalse();
            });
        }
    }

    @Test
    void a_socket_of_both_families_talks_to_ipv4() throws Exception {
        task(() -> {
            try (UdpSocket both = UdpSocket.bind(new InetSocketAddress("::", 0)).await();
                    UdpSocket four = UdpSocket.bind(new InetSocketAddress("127.0.0.1", 0)).await()) {
                both.sendTo(bytes(1), four.localAddress()).await();
                InetSocketAddress sender = four.receiveFrom(IoBuffer.allocate(1)).await().sender();
                assertThat(sender).isEqualTo(new InetSocketAddress("127.0.0.1", both.localAddress().getPort()));
                four.sendTo(bytes(2), sender).await();
                assertThat(both.receiveFrom(IoBuffer.allocate(1)).await().sender()).isEqualTo(four.localAddress());
                assertThatThrownBy(() -> four.sendTo(bytes(1), new InetSocketAddress("::1", 9)))
                        .isInstanceOf(UnsupportedAddressTypeException.class);
            }
        });
    }

    @Test
    void connected_sockets_send_and_receive_without_addresses() throws Exception {
        sockets((one, other) -> {
            meet(one, other);
            assertThat(one.remoteAddress()).isEqualTo(other.localAddress());
            for (int i = 0; i < 20; i++) {
                one.send(bytes(i, i)).await();
                IoBuffer received = IoBuffer.allocate(10);
                assertThat(other.receive(received).await().bytes()).isEqualTo(2);
                other.send(received).await();
                assertThat(one.receive(received).await().bytes()).isEqualTo(2);
                assertThat(received.toByteArray()).containsExactly(i, i);
            }
        });
    }

    @Test
    void a_connected_socket_hears_its_peer_alone_until_it_is_disconnected() throws Exception {
        sockets((one, other) -> {
            try (UdpSocket stranger = UdpSocket.bind(ANY_PORT).await()) {
                InetSocketAddress address = one.localAddress();
                one.connect(other.localAddress()).await();
                stranger.sendTo(bytes(9), address).await();
                other.sendTo(bytes(1), address).await();
                assertThat(one.receiveFrom(IoBuffer.allocate(4)).await().buffer().toByteArray()).containsExactly(1);
                one.disconnect().await();
                assertThatThrownBy(() -> one.send(bytes(1)).await()).isInstanceOf(SocketException.class)
                        .hasMessageContaining("EDESTADDRREQ(89)");
                assertThatThrownBy(one::remoteAddress).hasMessageContaining("ENOTCONN(107)");
                stranger.sendTo(bytes(2), one.localAddress()).await();
                assertThat(one.receiveFrom(IoBuffer.allocate(4)).await().sender()).isEqualTo(stranger.localAddress());
            }
        });
    }

    @Test
    void a_datagram_of_no_bytes_is_one_and_no_end() throws Exception {
        notOnNio("java.nio cannot send one on a connected socket");
        sockets((one, other) -> {
            meet(one, other);
            for (int i = 0; i < 3; i++) {
                assertThat(one.send(bytes()).await().bytes()).isZero();
                assertThat(one.send(bytes(5)).await().bytes()).isEqualTo(1);
                IoBuffer buffer = IoBuffer.allocate(8);
                assertThat(other.receive(buffer).await().bytes()).isZero();
                assertThat(buffer.length()).isZero();
                assertThat(other.receiveFrom(buffer).await().buffer().toByteArray()).containsExactly(5);
            }
        });
    }

    @Test
    void a_datagram_of_no_bytes_has_a_sender() throws Exception {
        sockets((one, other) -> {
            one.sendTo(bytes(), other.localAddress()).await();
            Datagram<InetSocketAddress> empty = other.receiveFrom(IoBuffer.allocate(8)).await();
            assertThat(empty.sender()).isEqualTo(one.localAddress());
            assertThat(empty.buffer().length()).isZero();
            assertThat(empty.truncated()).isFalse();
        });
    }

    @Test
    void what_does_not_fit_is_lost_and_said_to_be() throws Exception {
        sockets((one, other) -> {
            one.sendTo(bytes(1, 2, 3, 4), other.localAddress()).await();
            one.sendTo(bytes(5, 6, 7, 8), other.localAddress()).await();
            one.sendTo(bytes(9, 10), other.localAddress()).await();
            IoBuffer small = IoBuffer.allocate(2);
            assertThat(other.receive(small).await().bytes()).isEqualTo(2);
            assertThat(small.toByteArray()).containsExactly(1, 2);
            Datagram<InetSocketAddress> cut = other.receiveFrom(small).await();
            assertThat(cut.truncated()).isTrue();
            assertThat(cut.buffer().toByteArray()).containsExactly(5, 6);
            Datagram<InetSocketAddress> whole = other.receiveFrom(small).await();
            assertThat(whole.truncated()).isFalse();
            assertThat(whole.buffer().toByteArray()).containsExactly(9, 10);
        });
    }

    @Test
    void a_peek_leaves_the_datagram() throws Exception {
        notOnNio(NO_PEEK);
        sockets((one, other) -> {
            BufferOp waiting = other.peek(IoBuffer.allocate(2));
            settle();
            one.sendTo(bytes(1, 2, 3), other.localAddress()).await();
            assertThat(waiting.await().buffer().toByteArray()).containsExactly(1, 2);
            Datagram<InetSocketAddress> peeked = other.peekFrom(IoBuffer.allocate(2)).await();
            assertThat(peeked.truncated()).isTrue();
            assertThat(peeked.sender()).isEqualTo(one.localAddress());
            assertThat(other.receiveFrom(IoBuffer.allocate(9)).await().buffer().toByteArray()).containsExactly(1, 2, 3);
        });
    }

    @Test
    void on_nio_a_peek_is_refused_in_words() throws Exception {
        org.junit.jupiter.api.Assumptions.assumeTrue(isNio(), "only java.nio refuses");
        sockets((one, other) -> assertThatThrownBy(() -> other.peek(IoBuffer.allocate(2)).await())
                .hasMessageContaining("EOPNOTSUPP"));
    }

    @Test
    void a_port_where_nobody_listens_is_told_once() throws Exception {
        task(() -> {
            InetSocketAddress nobody;
            try (UdpSocket gone = UdpSocket.bind(ANY_PORT).await()) {
                nobody = gone.localAddress();
            }
            try (UdpSocket socket = UdpSocket.bind(ANY_PORT).await()) {
                socket.connect(nobody).await();
                socket.send(bytes(1)).await();
                assertThatThrownBy(() -> socket.receive(IoBuffer.allocate(4)).await())
                        .isInstanceOf(PortUnreachableException.class).hasMessageContaining("ECONNREFUSED(111)");
                try (UdpSocket now = UdpSocket.bind(nobody).await()) {
                    socket.send(bytes(2)).await();
                    assertThat(now.receiveFrom(IoBuffer.allocate(4)).await().buffer().toByteArray()).containsExactly(2);
                    now.sendTo(bytes(3), socket.localAddress()).await();
                    IoBuffer answer = IoBuffer.allocate(4);
                    socket.receive(answer).await();
                    assertThat(answer.toByteArray()).containsExactly(3);
                }
            }
        });
    }

    @Test
    void what_is_too_long_for_a_datagram_is_refused() throws Exception {
        sockets((one, other) -> {
            IoBuffer tooLong = IoBuffer.allocate(70_000);
            assertThatThrownBy(() -> one.sendTo(tooLong, other.localAddress()).await())
                    .isInstanceOf(SocketException.class).hasMessageContaining("EMSGSIZE(90)");
            byte[] longest = random(65_507);
            one.sendTo(IoBuffer.copyOf(longest), other.localAddress()).await();
            assertThat(other.receiveFrom(tooLong).await().buffer().toByteArray()).isEqualTo(longest);
        });
    }

    @Test
    void a_cancelled_receive_loses_no_datagram() throws Exception {
        sockets((one, other) -> {
            IoBuffer buffer = IoBuffer.allocate(8);
            for (int i = 0; i < 20; i++) {
                Op<Datagram<InetSocketAddress>> waiting = other.receiveFrom(buffer);
                settle();
                waiting.cancel();
                assertThatThrownBy(waiting::await).isInstanceOf(CancellationException.class);
                one.sendTo(bytes(i), other.localAddress()).await();
                assertThat(other.receiveFrom(buffer).await().buffer().toByteArray()).containsExactly(i);
            }
        });
    }

    @Test
    void two_halves_send_and_receive_at_once() throws Exception {
        sockets((one, other) -> {
            meet(one, other);
            int count = scaled(500);
            JoinHandle<Void> echo = Tasks.spawn(() -> {
                IoBuffer buffer = IoBuffer.allocate(100);
                for (int i = 0; i < count; i++) {
                    other.receive(buffer).await();
                    other.send(buffer).await();
                }
                return null;
            });
            IoBuffer received = IoBuffer.allocate(100);
            for (int i = 0; i < count; i++) {
                one.send(bytes(i, i >> 8)).await();
                one.receive(received).await();
                assertThat(received.toByteArray()).containsExactly(i, i >> 8);
            }
            echo.await();
        });
    }

    // ---- again and again ----

    @Test
    void datagrams_keep_coming_in_buffers_of_the_runtime() throws Exception {
        StringBuilder seed = new StringBuilder();
        Random random = random(seed);
        sockets((one, other) -> {
            try (MultiOp<Datagram<InetSocketAddress>> incoming = other.receiveMultishot()) {
                for (int round = scaled(40); round > 0; round--) {
                    List<byte[]> sent = new ArrayList<>();
                    for (int i = 1 + random.nextInt(30); i > 0; i--) {
                        byte[] each = new byte[random.nextInt(8) == 0 ? 0 : random.nextInt(1500)];
                        random.nextBytes(each);
                        one.sendTo(IoBuffer.copyOf(each), other.localAddress()).await();
                        sent.add(each);
                    }
                    for (byte[] each : sent) {
                        try (Datagram<InetSocketAddress> received = incoming.next()) {
                            assertThat(received.buffer().toByteArray()).as(seed.toString()).isEqualTo(each);
                            assertThat(received.sender()).isEqualTo(one.localAddress());
                            assertThat(received.truncated()).isFalse();
                        }
                    }
                }
            }
        });
    }

    @Test
    void longer_datagrams_want_larger_buffers_or_are_cut() throws Exception {
        sockets((one, other) -> {
            byte[] sent = random(9000);
            try (MultiOp<Datagram<InetSocketAddress>> incoming = other.receiveMultishot(9000)) {
                one.sendTo(IoBuffer.copyOf(sent), other.localAddress()).await();
                try (Datagram<InetSocketAddress> received = incoming.next()) {
                    assertThat(received.buffer().toByteArray()).isEqualTo(sent);
                    assertThat(received.truncated()).isFalse();
                }
            }
            try (MultiOp<Datagram<InetSocketAddress>> incoming = other.receiveMultishot()) {
                one.sendTo(IoBuffer.copyOf(sent), other.localAddress()).await();
                one.sendTo(bytes(1), other.localAddress()).await();
                try (Datagram<InetSocketAddress> received = incoming.next()) {
                    assertThat(received.truncated()).isTrue();
                    assertThat(received.buffer().length()).isBetween(1500, 8999);
                    assertThat(sent).startsWith(received.buffer().toByteArray());
                }
                try (Datagram<InetSocketAddress> received = incoming.next()) {
                    assertThat(received.buffer().toByteArray()).containsExactly(1);
                    assertThat(received.truncated()).isFalse();
                }
            }
            assertThatThrownBy(() -> other.receiveMultishot(0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> other.receiveMultishot(65_536)).isInstanceOf(IllegalArgumentException.class);
        });
    }

    @Test
    void datagrams_may_be_kept_while_others_come() throws Exception {
        sockets((one, other) -> {
            int count = scaled(2000);
            List<Datagram<InetSocketAddress>> kept = new ArrayList<>();
            try (MultiOp<Datagram<InetSocketAddress>> incoming = other.receiveMultishot()) {
                for (int i = 0; i < count; i++) {
                    one.sendTo(bytes(i, i >> 8), other.localAddress()).await();
                    Datagram<InetSocketAddress> received = incoming.next();
                    assertThat(received.buffer().toByteArray()).containsExactly(i, i >> 8);
                    kept.add(received);
                    if (kept.size() == 400) {
                        kept.forEach(Datagram::close);
                        kept.clear();
                    }
                }
            }
            kept.forEach(Datagram::close);
        });
    }

    @Test
    void datagrams_that_nobody_takes_go_back() throws Exception {
        sockets((one, other) -> {
            MultiOp<Datagram<InetSocketAddress>> incoming = other.receiveMultishot();
            for (int i = 0; i < 10; i++) {
                one.sendTo(bytes(i), other.localAddress()).await();
            }
            settle();
            incoming.close();
            assertThatThrownBy(incoming::next).isInstanceOf(ClosedChannelException.class);
        });
    }

    @Test
    void an_error_ends_what_keeps_coming_and_another_goes_on() throws Exception {
        task(() -> {
            InetSocketAddress nobody;
            try (UdpSocket gone = UdpSocket.bind(ANY_PORT).await()) {
                nobody = gone.localAddress();
            }
            try (UdpSocket socket = UdpSocket.bind(ANY_PORT).await()) {
                socket.connect(nobody).await();
                try (MultiOp<Datagram<InetSocketAddress>> incoming = socket.receiveMultishot()) {
                    socket.send(bytes(1)).await();
                    assertThatThrownBy(incoming::next).isInstanceOf(PortUnreachableException.class);
                }
                try (UdpSocket now = UdpSocket.bind(nobody).await();
                        MultiOp<Datagram<InetSocketAddress>> incoming = socket.receiveMultishot()) {
                    now.sendTo(bytes(3), socket.localAddress()).await();
                    try (Datagram<InetSocketAddress> received = incoming.next()) {
                        assertThat(received.buffer().toByteArray()).containsExactly(3);
                    }
                }
            }
        });
    }

    // ---- making sockets ----

    @Test
    void an_address_that_is_taken_or_of_another_kind_is_refused() throws Exception {
        sockets((one, _) -> {
            assertThatThrownBy(() -> UdpSocket.bind(one.localAddress()).await()).isInstanceOf(BindException.class)
                    .hasMessageContaining("EADDRINUSE(98)");
            assertThatThrownBy(() -> UdpSocket.bind(UnixDomainSocketAddress.of("/x")))
                    .isInstanceOf(UnsupportedAddressTypeException.class);
        });
    }

    @Test
    void after_the_close_nothing_goes_on() throws Exception {
        sockets((one, other) -> {
            BufferOp waiting = one.receive(IoBuffer.allocate(1));
            settle();
            one.close();
            assertThatThrownBy(waiting::await).isInstanceOfAny(CancellationException.class,
                    ClosedChannelException.class);
            assertThatThrownBy(() -> one.sendTo(bytes(1), other.localAddress()).await())
                    .isInstanceOf(ClosedChannelException.class);
        });
    }
}
