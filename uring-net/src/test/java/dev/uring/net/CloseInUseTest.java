package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.MultiOp;
import dev.uring.runtime.Op;
import dev.uring.runtime.Tasks;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Sockets that are closed while they are used: what each operation is told, what the peer sees, what is free then. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CloseInUseTest extends EndingCases {
    private static void assertClosed(String kind, Throwable thrown) {
        assertThat(thrown).as(kind).isInstanceOf(AsynchronousCloseException.class);
    }

    // ---- what operations are told ----

    @Test
    void receives_of_every_kind_end_with_the_close_and_the_peer_sees_the_end() throws Exception {
        task(() -> {
            for (Receiving kind : receivings()) {
                for (boolean settled : List.of(true, false)) {
                    try (Narrow narrow = narrow()) {
                        Pending receive = kind.start(narrow.stream());
                        if (settled) {
                            settle();
                        }
                        narrow.stream().closeAsync().await();
                        assertThat(receive.op().isDone()).as("%s when the close has ended", kind).isTrue();
                        assertClosed(kind.name(), catchThrowable(receive.op()::await));
                        receive.assertOwned();
                        assertThat(endOf(narrow.peer())).isEqualTo(-1);
                    }
                }
            }
            awaitDescriptors(0);
        });
    }

    @Test
    void sends_of_every_kind_end_with_the_close() throws Exception {
        task(() -> {
            for (Sending kind : Sending.values()) {
                try (Narrow narrow = narrow()) {
                    Pending send = kind.start(narrow.stream());
                    settle();
                    if (kind == Sending.SOME && send.op().isDone()) {
                        continue;
                    }
                    assertThat(send.op().isDone()).as("%s that waits", kind).isFalse();
                    Op<Void> close = narrow.stream().closeAsync();
                    assertClosed(kind.name(), catchThrowable(send.op()::await));
                    close.await();
                    if (kind == Sending.ZERO_COPY) {
                        narrow.reset(); // the kernel keeps the memory until the peer has taken the bytes, or is gone
                    }
                    send.assertOwned();
                }
            }
            awaitDescriptors(0);
        });
    }

    @Test
    void handed_over_buffers_are_closed_with_the_socket_and_their_writer_is_told() throws Exception {
        task(() -> {
            try (Narrow narrow = narrow()) {
                List<IoBuffer> buffers = new ArrayList<>();
                JoinHandle<Void> writer = Tasks.spawn(() -> {
                    while (true) {
                        IoBuffer buffer = IoBuffer.copyOf(pattern(128 << 10));
                        buffers.add(buffer);
                        narrow.stream().sendAndClose(buffer);
                    }
                });
                awaitTrue(() -> buffers.size() >= 17);
                settle();
                narrow.stream().closeAsync().await();
                assertThat(catchThrowable(writer::await)).hasCauseInstanceOf(ClosedChannelException.class);
                assertThat(buffers).allMatch(each -> each.state() == IoBuffer.State.RELEASED);
            }
            awaitDescriptors(0);
        });
    }

    @Test
    void several_operations_of_one_socket_all_end() throws Exception {
        task(() -> {
            try (Narrow narrow = narrow()) {
                List<Pending> pending = new ArrayList<>();
                for (Receiving kind : receivings()) {
                    pending.add(kind.start(narrow.stream()));
                    pending.add(kind.start(narrow.stream()));
                }
                pending.add(Sending.ALL.start(narrow.stream()));
                pending.add(Sending.LIST.start(narrow.stream()));
                settle();
                narrow.stream().closeAsync().await();
                for (Pending each : pending) {
                    assertClosed(each.op().toString(), catchThrowable(each.op()::await));
                    each.assertOwned();
                }
            }
            awaitDescriptors(0);
        });
    }

    @Test
    void tasks_that_wait_for_a_multishot_receive_or_for_connections_are_told() throws Exception {
        task(() -> {
            try (Pair pair = Pair.open(); TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                try (ReceiveMultishot receives = pair.server().receiveMultishot();
                        MultiOp<TcpStream> incoming = listener.incoming()) {
                    JoinHandle<IoBuffer> receiver = Tasks.spawn(receives::next);
                    JoinHandle<TcpStream> acceptor = Tasks.spawn(incoming::next);
                    settle();
                    pair.server().closeAsync().await();
                    listener.closeAsync().await();
                    assertThat(catchThrowable(receiver::await)).hasCauseInstanceOf(AsynchronousCloseException.class);
                    assertThat(catchThrowable(acceptor::await)).hasCauseInstanceOf(AsynchronousCloseException.class);
                }
                assertThat(pair.client().read()).isNull();
            }
            awaitDescriptors(0);
        });
    }

    @Test
    void close_on_another_thread_ends_what_tasks_wait_for() throws Exception {
        task(() -> {
            for (int i = 0; i < scaled(30); i++) {
                try (Pair pair = Pair.open()) {
                    JoinHandle<IoBuffer> reader = Tasks.spawn(pair.server()::read);
                    if (i % 3 == 0) {
                        settle();
                    }
                    Tasks.spawnBlocking(() -> {
                        pair.server().close();
                        return null;
                    }).await();
                    assertThat(catchThrowable(reader::await)).hasCauseInstanceOf(ClosedChannelException.class);
                    assertThat(pair.client().read()).isNull();
                }
            }
            awaitDescriptors(0);
        });
    }

    // ---- what the peer sees ----

    private static int endOf(Socket peer) throws IOException {
        return peer.getInputStream().read();
    }

    @Test
    void with_linger_0_the_peer_sees_a_reset_also_under_pending_operations() throws Exception {
        task(() -> {
            for (boolean pending : List.of(false, true)) {
                try (Narrow narrow = narrow()) {
                    narrow.stream().setOption(StandardSocketOptions.SO_LINGER, 0);
                    Pending receive = pending ? Receiving.SOME.start(narrow.stream()) : null;
                    settle();
                    narrow.stream().close();
                    if (pending) {
                        assertClosed("receive", catchThrowable(receive.op()::await));
                    }
                    assertThatThrownBy(() -> endOf(narrow.peer())).isInstanceOf(SocketException.class)
                            .hasMessageContaining("reset");
                }
            }
            awaitDescriptors(0);
        });
    }

    @Test
    void bytes_that_were_sent_come_before_the_end_of_a_socket_in_use() throws Exception {
        task(() -> {
            try (Narrow narrow = narrow()) {
                Pending receive = Receiving.PROVIDED.start(narrow.stream());
                send(narrow.stream(), pattern(5000));
                narrow.stream().close();
                assertThat(narrow.peer().getInputStream().readAllBytes()).isEqualTo(pattern(5000));
                assertClosed("receive", catchThrowable(receive.op()::await));
            }
        });
    }

    // ---- what is free then ----

    @Test
    void the_port_of_a_listener_in_use_is_free_at_once() throws Exception {
        task(() -> {
            InetSocketAddress address = ANY_PORT;
            for (int i = 0; i < scaled(50); i++) {
                TcpListener listener = TcpListener.bind(address).await();
                address = listener.localAddress();
                try (TcpStream client = TcpStream.connect(address).await();
                        TcpStream server = listener.accept().await()) {
                    Op<TcpStream> accept = listener.accept();
                    try (MultiOp<TcpStream> incoming = listener.incoming()) {
                        if (i % 2 == 0) {
                            settle();
                        }
                        listener.close();
                        assertClosed("accept", catchThrowable(accept::await));
                        assertClosed("incoming", catchThrowable(incoming::next));
                    }
                    assertConnected(client, server); // a connection outlives its listener
                    server.close(); // first, so that its address would be kept in TIME_WAIT
                }
            }
            awaitDescriptors(0);
        });
    }

    /** Were a number given back under a pending receive, that would take the bytes of whatever got the number next. */
    @Test
    void no_number_is_reused_under_a_pending_operation() throws Exception {
        var told = new StringBuilder();
        Random random = OnEveryDriver.random(told);
        task(() -> {
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                for (int i = 0; i < scaled(200); i++) {
                    closeAndReuse(listener, random, (byte) i);
                }
            } catch (Throwable e) {
                e.addSuppressed(new AssertionError(told));
                throw e;
            }
            awaitDescriptors(0);
        });
    }

    private static Pair connect(TcpListener listener) throws IOException {
        TcpStream client = TcpStream.connect(listener.localAddress()).await();
        return new Pair(client, listener.accept().await());
    }

    private void closeAndReuse(TcpListener listener, Random random, byte value) throws Exception {
        List<Pending> pending = new ArrayList<>();
        List<Op<Void>> closes = new ArrayList<>();
        try (Pair old = connect(listener)) {
            for (TcpStream each : List.of(old.client(), old.server())) {
                List<Receiving> kinds = receivings();
                for (int i = random.nextInt(3); i >= 0; i--) {
                    pending.add(kinds.get(random.nextInt(kinds.size())).start(each));
                }
            }
            if (random.nextBoolean()) {
                settle();
            }
            closes.add(old.client().closeAsync());
            closes.add(old.server().closeAsync());
            try (Pair young = connect(listener)) {
                for (TcpStream each : List.of(young.client(), young.server())) {
                    send(each, new byte[] {value});
                }
                for (TcpStream each : List.of(young.client(), young.server())) {
                    IoBuffer buffer = IoBuffer.allocate(2);
                    assertThat(each.receive(buffer).await().bytes()).as("bytes that are all there").isOne();
                    assertThat(buffer.get(0)).isEqualTo(value);
                }
            }
            for (Op<Void> close : closes) {
                close.await();
            }
            for (Pending each : pending) {
                Throwable thrown = catchThrowable(each.op()::await);
                if (thrown instanceof ClosedChannelException || thrown instanceof java.io.EOFException) {
                    each.assertOwned();
                } else {
                    assertThat(thrown).as("the other side was closed first").isNull();
                    assertThat(each.buffers()).allMatch(buffer -> buffer.length() == 0);
                }
            }
        }
    }
}
