package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.runtime.BufferOp;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.MultiOp;
import java.net.BindException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CancellationException;
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
    void a_sender_waits_for_a_receiver_without_room_whoever_has_filled_it() throws Exception {
        notOnNio(NONE_ON_NIO);
        UnixAddress target = UnixAddress.of(folder.resolve("s"));
        task(() -> {
            try (UnixDatagram receiver = UnixDatagram.bind(target).await();
                    UnixDatagram one = UnixDatagram.bind(UnixAddress.unnamed()).await();
                    UnixDatagram other = UnixDatagram.bind(UnixAddress.unnamed()).await()) {
                int sent = 0;
                BufferOp waiting = one.sendTo(bytes(1), target);
                for (settle(); waiting.isDone(); settle()) {
                    waiting.await();
                    sent++;
                    waiting = one.sendTo(bytes(1), target);
                }
                waiting.cancel();
                BufferOp cancelled = waiting;
                assertThatThrownBy(cancelled::await).isInstanceOf(CancellationException.class);
                BufferOp second = other.sendTo(bytes(2), target);
                settle();
                assertThat(second.isDone()).isFalse();
                IoBuffer buffer = IoBuffer.allocate(1);
                for (int i = 0; i < sent; i++) {
                    receiver.receive(buffer).await();
                    assertThat(buffer.get(0)).isEqualTo((byte) 1);
                }
                assertThat(receiver.receiveFrom(buffer).await().sender()).isEqualTo(other.localAddress());
                second.await();
            }
        });
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
