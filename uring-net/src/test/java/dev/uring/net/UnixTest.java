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
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Unix streams: names of all kinds, who is there, and ends. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnixTest extends OnEveryDriver {
    private static final String LINUX_ALONE = "java.nio has no abstract names";

    @TempDir
    private Path folder;

    private UnixAddress path() {
        return UnixAddress.of(folder.resolve("s"));
    }

    private static UnixAddress abstractName() {
        return UnixAddress.ofAbstract("uring-" + UUID.randomUUID());
    }

    private static IoBuffer text(String text) {
        return IoBuffer.copyOf(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Receives as many bytes as the text has, in however many pieces. */
    private static void assertReceived(StreamSocket from, String text) throws IOException {
        StringBuilder received = new StringBuilder();
        while (received.length() < text.length()) {
            IoBuffer buffer = IoBuffer.allocate(text.length() - received.length());
            assertThat(from.read(buffer)).as("bytes before the end").isPositive();
            received.append(buffer.toString(StandardCharsets.UTF_8));
        }
        assertThat(received).hasToString(text);
    }

    private void talks(UnixAddress address) throws Exception {
        task(() -> {
            try (UnixListener listener = UnixListener.bind(address).await()) {
                Op<UnixStream> accept = listener.accept();
                try (UnixStream client = UnixStream.connect(listener.localAddress()).await();
                        UnixStream server = accept.await()) {
                    assertThat(client.remoteAddress()).isEqualTo(listener.localAddress());
                    assertThat(server.localAddress()).isEqualTo(listener.localAddress());
                    assertThat(client.localAddress().isUnnamed()).isTrue();
                    assertThat(server.remoteAddress().isUnnamed()).isTrue();
                    client.write(text("hello"));
                    assertReceived(server, "hello");
                    server.write(List.of(text("good"), text("bye")));
                    server.finish();
                    assertReceived(client, "goodbye");
                    assertThat(client.read(IoBuffer.allocate(1))).isZero();
                }
            }
        });
    }

    @Test
    void streams_meet_at_a_path_whose_file_stays() throws Exception {
        talks(path());
        assertThat(path().path()).exists();
        task(() -> {
            assertThatThrownBy(() -> UnixListener.bind(path()).await()).isInstanceOf(BindException.class)
                    .hasMessageContainingAll("EADDRINUSE(98)", path().toString());
            Files.delete(path().path());
            UnixListener.bind(UnixDomainSocketAddress.of(path().path())).await().close();
        });
    }

    @Test
    void streams_meet_at_an_abstract_name_which_is_free_at_once() throws Exception {
        notOnNio(LINUX_ALONE);
        UnixAddress name = abstractName();
        talks(name);
        talks(name);
    }

    @Test
    void the_kernel_chooses_an_abstract_name_where_none_is_given() throws Exception {
        notOnNio(LINUX_ALONE);
        task(() -> {
            try (UnixListener listener = UnixListener.bind(UnixAddress.unnamed()).await()) {
                assertThat(listener.localAddress().isAbstract()).isTrue();
                try (UnixStream _ = UnixStream.connect(listener.localAddress()).await()) {
                    listener.accept().await().close();
                }
            }
        });
    }

    @Test
    void on_nio_an_abstract_name_is_refused() throws Exception {
        Assumptions.assumeTrue(isNio(), "only java.nio refuses");
        task(() -> assertThatThrownBy(() -> UnixListener.bind(abstractName()).await())
                .isInstanceOf(SocketException.class).hasMessageContaining("EAFNOSUPPORT"));
    }

    @Test
    void addresses_are_equal_by_their_bytes_and_read_well() {
        assertThat(UnixAddress.of(Path.of("/a/b"))).isEqualTo(UnixAddress.from(UnixDomainSocketAddress.of("/a/b")))
                .hasSameHashCodeAs(UnixAddress.of(Path.of("/a/b"))).hasToString("/a/b");
        assertThat(UnixAddress.ofAbstract("x")).isNotEqualTo(UnixAddress.of(Path.of("x"))).hasToString("@x");
        assertThat(UnixAddress.ofAbstract(new byte[] {0, 1})).hasToString("@0x0001");
        assertThat(UnixAddress.unnamed()).isEqualTo(UnixAddress.from(UnixDomainSocketAddress.of("")))
                .hasToString("unnamed");
        assertThat(UnixAddress.ofAbstract("x").abstractName()).containsExactly('x');
        assertThat(UnixAddress.of(Path.of("/a")).path()).isEqualTo(Path.of("/a"));
        assertThatThrownBy(() -> UnixAddress.of(Path.of("x".repeat(108)))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> UnixAddress.ofAbstract("x".repeat(108))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> UnixAddress.from(new InetSocketAddress(1)))
                .isInstanceOf(UnsupportedAddressTypeException.class);
    }

    @Test
    void a_connect_to_nothing_and_to_a_file_left_behind_fail() throws Exception {
        task(() -> {
            assertThatThrownBy(() -> UnixStream.connect(path()).await()).isInstanceOf(SocketException.class)
                    .hasMessageContainingAll("ENOENT(2)", path().toString());
            UnixListener.bind(path()).await().close();
            assertThatThrownBy(() -> UnixStream.connect(path()).await()).isInstanceOf(ConnectException.class)
                    .hasMessageContaining("ECONNREFUSED(111)");
        });
    }

    @Test
    void a_connect_waits_where_the_listener_has_no_room_and_can_be_cancelled() throws Exception {
        notOnNio("the JDK's connect of Unix sockets does not wait for room");
        task(() -> {
            try (UnixListener listener = UnixListener.bind(path(), 1).await()) {
                List<UnixStream> clients = new ArrayList<>();
                clients.add(UnixStream.connect(path()).await());
                clients.add(UnixStream.connect(path()).await()); // one more than the backlog
                Op<UnixStream> waits = UnixStream.connect(path());
                Op<UnixStream> cancelled = UnixStream.connect(path());
                settle();
                assertThat(waits.isDone()).isFalse();
                cancelled.cancel();
                assertThatThrownBy(cancelled::await).isInstanceOf(CancellationException.class);
                listener.accept().await().close();
                waits.await().close();
                for (UnixStream each : clients) {
                    each.close();
                }
            }
        });
    }

    @Test
    void a_pair_talks_both_ways() throws Exception {
        task(() -> {
            try (SocketPair<UnixStream> pair = UnixStream.pair().await()) {
                assertThat(pair.first().localAddress().isUnnamed() || isNio()).isTrue();
                BufferOp waiting = pair.second().receive(IoBuffer.allocate(10));
                settle();
                pair.first().write(text("one"));
                String first = waiting.await().buffer().toString(StandardCharsets.UTF_8);
                assertThat(first).isNotEmpty();
                assertReceived(pair.second(), "one".substring(first.length()));
                pair.second().write(text("two"));
                assertReceived(pair.first(), "two");
            }
        });
    }

    @Test
    void a_pair_that_nobody_takes_is_closed() throws Exception {
        task(() -> {
            for (int i = 0; i < 5; i++) {
                UnixStream.pair().abandon();
            }
            settle();
        });
    }

    @Test
    void the_peer_is_this_process_here() throws Exception {
        notOnNio("java.nio has no numbers of users");
        task(() -> {
            try (SocketPair<UnixStream> pair = UnixStream.pair().await()) {
                PeerCredentials peer = pair.first().peerCredentials();
                assertThat(peer.pid()).isEqualTo((int) ProcessHandle.current().pid());
                assertThat(peer.uid()).isEqualTo(Files.getAttribute(folder, "unix:uid"));
                assertThat(peer.gid()).isEqualTo(Files.getAttribute(folder, "unix:gid"));
                assertThat(pair.second().peerCredentials()).isEqualTo(peer);
            }
        });
    }

    @Test
    void the_close_of_the_peer_is_the_end_and_then_an_error_to_write() throws Exception {
        task(() -> {
            try (SocketPair<UnixStream> pair = UnixStream.pair().await()) {
                BufferOp waiting = pair.first().receive(IoBuffer.allocate(10));
                settle();
                pair.second().close();
                assertThat(waiting.await().bytes()).isZero();
                assertThatThrownBy(() -> pair.first().write(text("x"))).isInstanceOf(SocketException.class)
                        .hasMessageContaining("EPIPE(32)");
            }
        });
    }

    @Test
    void connections_keep_coming_until_the_taker_closes() throws Exception {
        task(() -> {
            int count = scaled(300);
            try (UnixListener listener = UnixListener.bind(path()).await()) {
                JoinHandle<Void> clients = Tasks.spawn(() -> {
                    for (int i = 0; i < count; i++) {
                        try (UnixStream client = UnixStream.connect(path()).await()) {
                            client.write(text("client " + i));
                        }
                    }
                    return null;
                });
                try (MultiOp<UnixStream> incoming = listener.incoming()) {
                    for (int i = 0; i < count; i++) {
                        try (UnixStream next = incoming.next()) {
                            assertReceived(next, "client " + i);
                        }
                    }
                    clients.await();
                    UnixStream.connect(path()).await().close(); // nobody takes it
                    settle();
                }
                settle();
            }
        });
    }
}
