package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.runtime.BufferOp;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.MultiOp;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketException;
import java.nio.channels.InterruptedByTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Unix sockets for datagrams: names, pairs, senders, and a receiver without room. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnixDatagramTest extends OnEveryDriver {
    private static final String NONE_ON_NIO = "java.nio has no Unix sockets for datagrams";

    @TempDir
    private Path folder;

    private static IoBuffer bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return IoBuffer.copyOf(bytes);
    }

    @Test
    void datagrams_go_to_paths_and_abstract_names_and_come_with_their_senders() throws Exception {
        notOnNio(NONE_ON_NIO);
        UnixAddress path = UnixAddress.of(folder.resolve("s"));
        UnixAddress name = UnixAddress.ofAbstract("uring-" + UUID.randomUUID());
        task(() -> {
            try (UnixDatagram one = UnixDatagram.bind(path).await(); UnixDatagram other = UnixDatagram.bind(name).await();
                    UnixDatagram chosen = UnixDatagram.bind(UnixAddress.unnamed()).await()) {
                assertThat(one.localAddress()).isEqualTo(path);
                assertThat(other.localAddress()).isEqualTo(name);
                assertThat(chosen.localAddress().isAbstract()).isTrue();
                one.sendTo(bytes(1, 2), name).await();
                Datagram<UnixAddress> first = other.receiveFrom(IoBuffer.allocate(1)).await();
                assertThat(first.sender()).isEqualTo(path);
                assertThat(first.truncated()).isTrue();
                other.sendTo(bytes(), path).await();
                Datagram<UnixAddress> second = one.receiveFrom(IoBuffer.allocate(1)).await();
                assertThat(second.sender()).isEqualTo(name);
                assertThat(second.buffer().length()).isZero();
                chosen.connect(path).await();
                assertThat(chosen.remoteAddress()).isEqualTo(path);
                chosen.send(bytes(3)).await();
                assertThat(one.receiveFrom(IoBuffer.allocate(1)).await().sender()).isEqualTo(chosen.localAddress());
                chosen.disconnect().await();
                assertThatThrownBy(() -> chosen.send(bytes(3)).await()).isInstanceOf(SocketException.class)
                        .hasMessageContaining("ENOTCONN(107)");
                assertThatThrownBy(() -> UnixDatagram.bind(path).await()).isInstanceOf(BindException.class);
            }
            assertThat(path.path()).exists();
        });
    }

    @Test
    void a_pair_has_no_names_and_talks() throws Exception {
        notOnNio(NONE_ON_NIO);
        task(() -> {
            try (SocketPair<UnixDatagram> pair = UnixDatagram.pair().await()) {
                pair.first().send(bytes(1, 2, 3)).await();
                assertThat(pair.second().peek(IoBuffer.allocate(9)).await().bytes()).isEqualTo(3);
                Datagram<UnixAddress> received = pair.second().receiveFrom(IoBuffer.allocate(9)).await();
                assertThat(received.sender().isUnnamed()).isTrue();
                assertThat(received.buffer().toByteArray()).containsExactly(1, 2, 3);
                try (MultiOp<Datagram<UnixAddress>> incoming = pair.first().receiveMultishot()) {
                    for (int i = 0; i < 10; i++) {
                        pair.second().send(bytes(i)).await();
                        try (Datagram<UnixAddress> each = incoming.next()) {
                            assertThat(each.buffer().toByteArray()).containsExactly(i);
                            assertThat(each.sender().isUnnamed()).isTrue();
                        }
                    }
                }
            }
        });
    }

    @Test
    void senders_wait_for_a_receiver_without_room_whoever_has_filled_it() throws Exception {
        notOnNio(NONE_ON_NIO);
        UnixAddress target = UnixAddress.of(folder.resolve("s"));
        fill(target, (sender, payload) -> sender.sendTo(payload, target));
    }

    @Test
    void connected_senders_wait_for_a_receiver_without_room_whoever_has_filled_it() throws Exception {
        notOnNio(NONE_ON_NIO);
        fill(UnixAddress.of(folder.resolve("s")), MessageSocket::send);
    }

    /** Fills a receiver by one socket, has both send what must wait, and receives all of it and nothing else. */
    private void fill(UnixAddress target, BiFunction<UnixDatagram, IoBuffer, BufferOp> send) throws Exception {
        task(() -> {
            try (UnixDatagram receiver = UnixDatagram.bind(target).await();
                    UnixDatagram one = UnixDatagram.bind(UnixAddress.unnamed()).await();
                    UnixDatagram other = UnixDatagram.bind(UnixAddress.unnamed()).await()) {
                one.connect(target).await();
                other.connect(target).await();
                int sent = sendUntilFull(() -> send.apply(one, bytes(1)));
                BufferOp waiting = send.apply(other, bytes(2));
                BufferOp waitingToo = send.apply(one, bytes(3));
                settle();
                IoBuffer buffer = IoBuffer.allocate(2);
                List<Byte> received = new ArrayList<>();
                for (int i = 0; i < sent + 2; i++) {
                    assertThat(receiver.receive(buffer).await().bytes()).isEqualTo(1);
                    received.add(buffer.get(0));
                }
                waiting.await();
                waitingToo.await();
                assertThat(received).containsOnlyOnce((byte) 2, (byte) 3).filteredOn(each -> each == 1).hasSize(sent);
            }
        });
    }

    /** Answers how many were sent before one had to wait, and was cancelled for it. */
    private static int sendUntilFull(Supplier<BufferOp> send) throws IOException {
        for (int sent = 0; ; sent++) { // ends: the kernel has room for a few hundred at the most
            try {
                send.get().await(Duration.ofMillis(200));
            } catch (InterruptedByTimeoutException _) {
                return sent;
            }
        }
    }

    @Test
    void on_nio_they_are_refused_in_words() throws Exception {
        Assumptions.assumeTrue(isNio(), "only java.nio refuses");
        task(() -> {
            assertThatThrownBy(() -> UnixDatagram.pair().await()).hasMessageContaining("EOPNOTSUPP");
            assertThatThrownBy(() -> UnixDatagram.bind(UnixAddress.of(folder.resolve("s"))).await())
                    .hasMessageContaining("EOPNOTSUPP");
        });
    }
}
