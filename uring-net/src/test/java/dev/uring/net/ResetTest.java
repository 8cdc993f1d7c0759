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
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A peer that resets, in every state of this side: what is told, and that nothing is lost by it and nothing hangs. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ResetTest extends EndingCases {
    private interface Use {
        void of(Narrow narrow) throws Exception;
    }

    /** Has a connection be reset; whatever was done with it, its descriptor is closed afterwards. */
    private void connected(Use use) throws Exception {
        try (Narrow narrow = narrow()) {
            use.of(narrow);
        }
        awaitDescriptors(0);
    }

    private static void assertReset(String state, ThrowingCallable call) {
        assertThat(catchThrowable(call)).as(state).isExactlyInstanceOf(SocketException.class)
                .hasMessageContaining("errno=ECONNRESET(104)");
    }

    /** What a connection that was reset tells once it has told so. */
    private static void assertGone(TcpStream stream) throws IOException {
        assertThat(stream.read()).isNull();
        assertThat(catchThrowable(() -> send(stream, new byte[1]))).isExactlyInstanceOf(SocketException.class)
                .hasMessageContaining("errno=EPIPE(32)");
        stream.finish();
    }

    // ---- receiving ----

    @Test
    void an_idle_connection_tells_the_next_receive() throws Exception {
        task(() -> {
            for (Receiving kind : receivings()) {
                connected(narrow -> {
                    narrow.reset();
                    Pending receive = kind.start(narrow.stream());
                    assertReset(kind.name(), receive.op()::await);
                    receive.assertOwned();
                    assertGone(narrow.stream());
                });
            }
        });
    }

    @Test
    void receives_that_wait_are_told() throws Exception {
        task(() -> {
            for (Receiving kind : receivings()) {
                connected(narrow -> {
                    Pending receive = kind.start(narrow.stream());
                    settle();
                    narrow.reset();
                    assertReset(kind.name(), receive.op()::await);
                    receive.assertOwned();
                    assertGone(narrow.stream());
                });
            }
        });
    }

    @Test
    void several_receives_that_wait_end_and_one_is_told_why() throws Exception {
        task(() -> connected(narrow -> {
            List<Pending> receives = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                receives.add(Receiving.SOME.start(narrow.stream()));
            }
            settle();
            narrow.reset();
            int told = 0;
            for (Pending each : receives) {
                Throwable thrown = catchThrowable(each.op()::await);
                if (thrown != null) {
                    assertThat(thrown).hasMessageContaining("ECONNRESET");
                    told++;
                }
                each.assertOwned();
            }
            assertThat(told).isOne();
        }));
    }

    @Test
    void a_multishot_receive_is_told_and_gives_every_buffer_back() throws Exception {
        task(() -> {
            for (boolean unread : List.of(false, true)) {
                connected(narrow -> {
                    ReceiveMultishot receives = narrow.stream().receiveMultishot();
                    settle();
                    if (unread) {
                        narrow.peer().getOutputStream().write(new byte[5000]);
                        settle();
                    }
                    narrow.reset();
                    assertReset("unread=" + unread, () -> readAll(receives));
                    assertReset("again, unread=" + unread, receives::next);
                    receives.close();
                    assertGone(narrow.stream());
                });
            }
        });
    }

    @Test
    void a_multishot_receive_that_nobody_reads_gives_every_buffer_back() throws Exception {
        task(() -> connected(narrow -> {
            ReceiveMultishot receives = narrow.stream().receiveMultishot();
            narrow.peer().getOutputStream().write(new byte[5000]);
            settle();
            narrow.reset();
            settle();
            receives.close();
        }));
    }

    // ---- sending ----

    /** What a send fails with; or the next, where this one has found a little room before the reset. */
    private static Throwable failureOf(Pending send, TcpStream stream) {
        Throwable thrown = catchThrowable(send.op()::await);
        return thrown != null ? thrown : catchThrowable(() -> send(stream, new byte[1]));
    }

    @Test
    void sends_that_wait_for_room_are_told() throws Exception {
        task(() -> {
            for (Sending kind : Sending.values()) {
                connected(narrow -> {
                    Pending send = kind.start(narrow.stream());
                    settle();
                    narrow.reset();
                    // a whole send may have been told already as it ended in part, and the rest of it is told the rest
                    assertThat(failureOf(send, narrow.stream())).as(kind.name())
                            .isExactlyInstanceOf(SocketException.class)
                            .hasMessageMatching("(?s).*errno=(" + (kind == Sending.ZERO_COPY ? "EPIPE|" : "")
                                    + "ECONNRESET)\\(.*");
                    send.assertOwned();
                    assertGone(narrow.stream());
                });
            }
        });
    }

    @Test
    void a_full_queue_of_handed_over_buffers_is_told_and_closed() throws Exception {
        task(() -> connected(narrow -> {
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
            assertThat(writer.isFinished()).as("a writer that waits").isFalse();
            narrow.reset();
            assertThat(catchThrowable(writer::await)).hasCauseExactlyInstanceOf(SocketException.class)
                    .hasStackTraceContaining("errno=ECONNRESET(104)");
            assertThat(buffers).allMatch(each -> each.state() == IoBuffer.State.RELEASED);
            assertThat(narrow.stream().read()).isNull();
            assertReset("told by each later call", narrow.stream()::finish);
        }));
    }

    @Test
    void a_queue_that_nobody_adds_to_is_told_by_flush_or_close() throws Exception {
        task(() -> {
            for (boolean flush : List.of(true, false)) {
                connected(narrow -> {
                    List<IoBuffer> buffers = new ArrayList<>();
                    for (int i = 0; i < 10; i++) {
                        buffers.add(IoBuffer.copyOf(pattern(128 << 10)));
                        narrow.stream().sendAndClose(buffers.getLast());
                    }
                    settle();
                    narrow.reset();
                    assertReset("flush=" + flush, flush ? narrow.stream()::flush : narrow.stream()::close);
                    assertThat(buffers).allMatch(each -> each.state() == IoBuffer.State.RELEASED);
                });
            }
        });
    }

    @Test
    void receive_and_send_that_wait_both_end_and_one_is_told_why() throws Exception {
        task(() -> {
            for (Receiving receiving : receivings()) {
                connected(narrow -> {
                    Pending receive = receiving.start(narrow.stream());
                    Pending send = Sending.ALL.start(narrow.stream());
                    settle();
                    narrow.reset();
                    Throwable ofReceive = catchThrowable(receive.op()::await);
                    Throwable ofSend = catchThrowable(send.op()::await);
                    assertThat(ofSend).as(receiving.name()).isExactlyInstanceOf(SocketException.class)
                            .hasMessageMatching("(?s).*(ECONNRESET|EPIPE).*");
                    boolean receiveTold = ofReceive != null && ofReceive.getMessage().contains("ECONNRESET");
                    boolean sendTold = ofSend.getMessage().contains("ECONNRESET");
                    assertThat(receiveTold || sendTold).as("told to one: %s, %s", ofReceive, ofSend).isTrue();
                    receive.assertOwned();
                    send.assertOwned();
                });
            }
        });
    }

    // ---- connections that are hardly made ----

    @Test
    void a_connection_that_the_peer_never_accepted_is_reset_with_its_listener() throws Exception {
        task(() -> {
            ServerSocket server = serverSocket();
            try (TcpStream stream = TcpStream.connect((InetSocketAddress) server.getLocalSocketAddress()).await()) {
                Op<IoBuffer> receive = stream.receive();
                settle();
                server.close();
                assertReset("not accepted", receive::await);
                assertGone(stream);
            }
            awaitDescriptors(0);
        });
    }

    @Test
    void a_connection_that_is_reset_before_it_is_accepted_is_accepted_and_tells() throws Exception {
        task(() -> {
            for (boolean waiting : List.of(false, true)) {
                try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                    Op<TcpStream> accept = waiting ? listener.accept() : null;
                    settle();
                    reset(new Socket(listener.localAddress().getAddress(), listener.localAddress().getPort()));
                    settle();
                    try (TcpStream stream = (waiting ? accept : listener.accept()).await()) {
                        assertReset("waiting=" + waiting, stream::read);
                        assertGone(stream);
                    }
                }
            }
            awaitDescriptors(0);
        });
    }

    @Test
    void connections_that_are_reset_at_once_do_not_end_the_incoming() throws Exception {
        task(() -> {
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await();
                    MultiOp<TcpStream> incoming = listener.incoming()) {
                int count = scaled(50);
                for (int i = 0; i < count; i++) {
                    reset(new Socket(listener.localAddress().getAddress(), listener.localAddress().getPort()));
                    if (i % 7 == 0) {
                        settle();
                    }
                }
                for (int i = 0; i < count; i++) {
                    try (TcpStream stream = incoming.next()) {
                        assertReset("connection " + i, stream::read);
                    }
                }
                try (TcpStream client = TcpStream.connect(listener.localAddress()).await();
                        TcpStream server = incoming.next()) {
                    assertConnected(client, server);
                }
            }
            awaitDescriptors(0);
        });
    }

    // ---- half closed, and half closed down ----

    @Test
    void a_reset_after_the_own_end_is_told_to_the_receive() throws Exception {
        task(() -> {
            for (Receiving kind : receivings()) {
                connected(narrow -> {
                    narrow.stream().finish();
                    Pending receive = kind.start(narrow.stream());
                    settle();
                    narrow.reset();
                    assertReset(kind.name(), receive.op()::await);
                    receive.assertOwned();
                    assertGone(narrow.stream());
                });
            }
        });
    }

    @Test
    void a_reset_after_the_end_of_the_peer_is_told_to_the_send() throws Exception {
        task(() -> {
            for (Sending kind : Sending.values()) {
                connected(narrow -> {
                    narrow.peer().shutdownOutput();
                    assertThat(narrow.stream().read()).isNull();
                    Pending send = kind.start(narrow.stream());
                    settle();
                    narrow.reset();
                    assertThat(failureOf(send, narrow.stream())).as(kind.name())
                            .isExactlyInstanceOf(SocketException.class).hasMessageContaining("errno=EPIPE(32)");
                    send.assertOwned();
                    assertGone(narrow.stream());
                });
            }
        });
    }

    @Test
    void a_reset_that_comes_as_a_close_begins_hangs_nothing() throws Exception {
        var told = new StringBuilder();
        Random random = OnEveryDriver.random(told);
        task(() -> {
            try {
                for (int i = 0; i < scaled(60); i++) {
                    resetAndClose(random);
                }
            } catch (Throwable e) {
                e.addSuppressed(new AssertionError(told));
                throw e;
            }
        });
    }

    private void resetAndClose(Random random) throws Exception {
        connected(narrow -> {
            List<Receiving> kinds = receivings();
            Pending receive = kinds.get(random.nextInt(kinds.size())).start(narrow.stream());
            Pending send = random.nextBoolean() ? Sending.ALL.start(narrow.stream()) : null;
            if (random.nextBoolean()) {
                settle();
            }
            boolean resetFirst = random.nextBoolean();
            if (resetFirst) {
                narrow.reset();
            }
            for (int turn = random.nextInt(4); turn > 0; turn--) {
                Tasks.yieldNow();
            }
            Op<Void> close = narrow.stream().closeAsync();
            if (!resetFirst) {
                narrow.reset();
            }
            assertEnded(receive);
            if (send != null) {
                assertEnded(send);
            }
            close.await();
            assertThatThrownBy(narrow.stream()::read).isInstanceOf(ClosedChannelException.class);
        });
    }

    /** By the close or by the reset, whichever came first. */
    private static void assertEnded(Pending pending) throws IOException {
        Throwable thrown = catchThrowable(pending.op()::await);
        assertThat(thrown).satisfiesAnyOf(
                none -> assertThat(none).isNull(), // a receive, after the send was told
                closed -> assertThat(closed).isInstanceOf(AsynchronousCloseException.class),
                reset -> assertThat(reset).isInstanceOf(SocketException.class),
                end -> assertThat(end).isInstanceOf(java.io.EOFException.class));
        pending.assertOwned();
    }
}
