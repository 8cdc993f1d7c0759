package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.uring.runtime.Carriers;
import dev.uring.runtime.Handle;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.NeedsDescriptors;
import dev.uring.runtime.Op;
import dev.uring.runtime.Tasks;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers: each connection is served once, on its worker, and a server that stops leaves nothing behind. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TcpServerTest extends SocketCases {
    private static final TcpServer.Options SHARED = TcpServer.Options.DEFAULT;
    private static final TcpServer.Options PER_WORKER = SHARED.withMode(TcpServer.Mode.PER_WORKER);

    /** What the runtime's handler of uncaught exceptions was told. */
    private final Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();

    @Override
    @BeforeEach
    void open() throws IOException {
        runtime = setup.builder().multiThread(2).onUncaught((_, thrown) -> uncaught.add(thrown)).build();
    }

    private static void echo(TcpStream stream) throws IOException {
        IoBuffer buffer = IoBuffer.allocate(4096);
        while (stream.receive(buffer).await().bytes() > 0) {
            stream.sendAll(buffer).await();
        }
    }

    private static TcpStream client(TcpServer server) throws IOException {
        return TcpStream.connect(server.localAddress()).await();
    }

    private static void assertEchoes(TcpStream client) throws IOException {
        send(client, 42);
        assertThat(receive(client)).isEqualTo(42);
    }

    private static void forBoth(ForMode body) throws Exception {
        body.run(SHARED);
        body.run(PER_WORKER);
    }

    private interface ForMode {
        void run(TcpServer.Options options) throws Exception;
    }

    // ---- serving ----

    @Test
    void every_connection_is_served_in_either_mode() throws Exception {
        task(() -> forBoth(options -> {
            try (TcpServer server = TcpServer.start(ANY_PORT, options, TcpServerTest::echo)) {
                List<JoinHandle<Void>> clients = new ArrayList<>();
                for (int i = 0; i < scaled(50); i++) {
                    clients.add(Tasks.spawn(() -> {
                        try (TcpStream client = client(server)) {
                            assertEchoes(client);
                            assertEchoes(client);
                            client.shutdownOutput().await();
                            assertEnd(client);
                        }
                        return null;
                    }));
                }
                for (JoinHandle<Void> each : clients) {
                    each.await();
                }
                awaitTrue(() -> server.connections() == 0);
                assertThat(server.toString()).contains("connections=0 load=[0, 0]");
            }
            assertThat(uncaught).isEmpty();
        }));
    }

    @Test
    void a_shared_server_gives_connections_to_the_worker_that_has_fewest() throws Exception {
        task(() -> {
            try (TcpServer server = TcpServer.start(ANY_PORT, SHARED, TcpServerTest::echo)) {
                List<TcpStream> clients = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    clients.add(client(server));
                    assertEchoes(clients.getLast());
                }
                assertThat(server.toString()).contains("listeners=1 connections=8 load=[4, 4]");
                for (TcpStream each : clients) {
                    each.close();
                }
            }
        });
    }

    @Test
    void a_server_per_worker_has_a_listener_for_each() throws Exception {
        task(() -> {
            try (TcpServer server = TcpServer.start(ANY_PORT, PER_WORKER, TcpServerTest::echo);
                    TcpStream client = client(server)) {
                assertEchoes(client);
                assertThat(server.toString()).contains("listeners=2 connections=1");
                assertThatThrownBy(() -> TcpServer.start(server.localAddress(), SHARED, TcpServerTest::echo))
                        .isInstanceOf(BindException.class);
            }
        });
    }

    @Test
    void tasks_of_a_connection_stay_on_their_worker_where_workers_carry_tasks() throws Exception {
        Assumptions.assumeTrue(setup.carriers() == Carriers.ON, "in stock mode the JDK places tasks");
        task(() -> forBoth(options -> {
            Queue<String> moved = new ConcurrentLinkedQueue<>();
            try (TcpServer server = TcpServer.start(ANY_PORT, options, stream -> {
                String first = carrier();
                IoBuffer buffer = IoBuffer.allocate(16);
                while (stream.receive(buffer).await().bytes() > 0) {
                    stream.sendAll(buffer).await();
                    if (!carrier().equals(first)) {
                        moved.add(first + " to " + carrier());
                    }
                }
            })) {
                List<JoinHandle<Void>> clients = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    clients.add(Tasks.spawn(() -> {
                        try (TcpStream client = client(server)) {
                            for (int j = 0; j < scaled(20); j++) {
                                assertEchoes(client);
                            }
                        }
                        return null;
                    }));
                }
                for (JoinHandle<Void> each : clients) {
                    each.await();
                }
            }
            assertThat(moved).isEmpty();
        }));
    }

    /** The thread that carries the calling one, by the JDK's word for it: VirtualThread[#30,name]/runnable@carrier. */
    private static String carrier() {
        String self = Thread.currentThread().toString();
        return self.substring(self.lastIndexOf('@') + 1);
    }

    @Test
    void options_of_the_bind_reach_the_connections() throws Exception {
        task(() -> {
            var noDelay = new CompletableFuture<Boolean>();
            TcpServer.Options options = PER_WORKER.withBind(
                    BindOptions.DEFAULT.with(StandardSocketOptions.TCP_NODELAY, true));
            try (TcpServer server = TcpServer.start(ANY_PORT, options, stream -> noDelay.complete(stream.noDelay()));
                    TcpStream client = client(server)) {
                assertThat(noDelay.get()).isTrue();
                assertEnd(client);
            }
        });
    }

    @Test
    void a_server_is_started_and_stopped_from_outside_of_tasks_too() throws Exception {
        TcpServer server = runtime.handle().run(() -> TcpServer.start(ANY_PORT, SHARED, TcpServerTest::echo));
        try (SocketChannel client = SocketChannel.open(server.localAddress())) {
            client.write(ByteBuffer.wrap(new byte[] {9}));
            var answer = ByteBuffer.allocate(1);
            assertThat(client.read(answer)).isOne();
            assertThat(answer.get(0)).isEqualTo((byte) 9);
            server.shutdown(Duration.ofMillis(20));
            assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
        server.close();
    }

    // ---- errors ----

    @Test
    void what_a_handler_throws_is_reported_and_the_end_of_a_connection_is_not() throws Exception {
        task(() -> {
            AtomicInteger ended = new AtomicInteger();
            try (TcpServer server = TcpServer.start(ANY_PORT, SHARED, stream -> {
                try {
                    if (receive(stream) == 1) {
                        throw new IllegalStateException("handler is broken");
                    }
                    while (true) {
                        send(stream, 1); // until the peer's reset is here
                    }
                } finally {
                    ended.incrementAndGet();
                }
            })) {
                TcpStream first = client(server);
                send(first, 1);
                assertEnd(first);
                first.close();
                awaitTrue(() -> !uncaught.isEmpty());
                assertThat(uncaught.remove()).isInstanceOf(IllegalStateException.class).hasMessage("handler is broken");
                TcpStream second = client(server);
                second.setOption(StandardSocketOptions.SO_LINGER, 0);
                send(second, 2);
                assertThat(receive(second)).isOne();
                second.close();
                awaitTrue(() -> ended.get() == 2 && server.connections() == 0);
                try (TcpStream third = client(server)) {
                    send(third, 1);
                    assertEnd(third);
                }
            }
            awaitTrue(() -> !uncaught.isEmpty());
            assertThat(uncaught).hasSize(1).allMatch(IllegalStateException.class::isInstance);
        });
    }

    @Test
    @NeedsDescriptors(600)
    void a_server_survives_the_want_of_descriptors_and_logs_it_once() throws Exception {
        List<String> logged = Collections.synchronizedList(new ArrayList<>());
        Handler listener = new Handler() {
            @Override
            public void publish(LogRecord line) {
                if (line.getMessage().startsWith("a server goes on")) {
                    logged.add(line.getMessage());
                }
            }

            @Override
            public void flush() {
            }

            @Override
            public void close() {
            }
        };
        Logger logger = Logger.getLogger("dev.uring");
        System.getLogger("dev.uring").log(System.Logger.Level.DEBUG, "loads classes");
        logger.addHandler(listener);
        logger.setUseParentHandlers(false);
        try {
            task(() -> {
                try (Shortage shortage = new Shortage();
                        TcpServer server = TcpServer.start(ANY_PORT, SHARED, TcpServerTest::echo)) {
                    for (int i = 0; i < 2; i++) {
                        try (TcpStream client = client(server)) {
                            assertEchoes(client);
                        }
                        awaitTrue(() -> server.connections() == 0);
                        try (SocketChannel client = SocketChannel.open()) {
                            client.configureBlocking(false);
                            settle();
                            shortage.begin();
                            client.connect(server.localAddress());
                            while (!client.finishConnect()) {
                                Thread.onSpinWait();
                            }
                            boolean isFirst = i == 0;
                            awaitTrue(() -> !isFirst || !logged.isEmpty());
                            settle();
                            shortage.end();
                            awaitTrue(() -> server.connections() == 1);
                        }
                        awaitTrue(() -> server.connections() == 0);
                    }
                }
            });
        } finally {
            logger.removeHandler(listener);
            logger.setUseParentHandlers(true);
        }
        assertThat(logged).hasSize(1);
        assertThat(uncaught).isEmpty();
    }

    @Test
    void a_server_that_cannot_bind_leaves_nothing_open() throws Exception {
        task(() -> {
            try (TcpListener taken = TcpListener.bind(ANY_PORT).await()) {
                forBoth(options -> assertThatThrownBy(
                        () -> TcpServer.start(taken.localAddress(), options, TcpServerTest::echo))
                        .isInstanceOf(BindException.class));
                awaitDescriptors(1);
            }
        });
        assertThatThrownBy(() -> TcpServer.start(ANY_PORT, SHARED, TcpServerTest::echo))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("there is no reactor running");
    }

    // ---- the end ----

    @Test
    void a_close_ends_what_handlers_wait_for_and_frees_the_port() throws Exception {
        task(() -> forBoth(options -> {
            InetSocketAddress address = ANY_PORT;
            for (int i = 0; i < scaled(10); i++) {
                Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
                TcpServer server = TcpServer.start(address, options, stream -> {
                    send(stream, 1);
                    thrown.add(catchThrowable(() -> receive(stream)));
                    thrown.add(catchThrowable(() -> receive(stream)));
                });
                address = server.localAddress();
                try (TcpStream client = client(server)) {
                    assertThat(receive(client)).isOne();
                    settle();
                    server.close();
                    assertThat(server.connections()).isZero();
                    assertEnd(client);
                    assertThatThrownBy(TcpStream.connect(address)::await).isInstanceOf(ConnectException.class);
                }
                assertThat(thrown).hasSize(2);
                assertThat(thrown.remove()).isInstanceOfAny(ClosedChannelException.class, CancellationException.class);
                assertThat(thrown.remove()).isInstanceOf(ClosedChannelException.class);
                server.close();
            }
            awaitDescriptors(0);
            assertThat(uncaught).isEmpty();
        }));
    }

    @Test
    void a_shutdown_lets_connections_end_and_accepts_no_more() throws Exception {
        task(() -> forBoth(options -> {
            TcpServer server = TcpServer.start(ANY_PORT, options, TcpServerTest::echo);
            try (TcpStream client = client(server)) {
                assertEchoes(client);
                JoinHandle<Void> stopping = Tasks.spawn(() -> {
                    server.shutdown(Duration.ofHours(1));
                    return null;
                });
                awaitTrue(() -> catchThrowable(() -> client(server).close()) instanceof ConnectException);
                assertEchoes(client);
                assertThat(stopping.isFinished()).isFalse();
                client.shutdownOutput().await();
                assertEnd(client);
                stopping.await();
                assertThat(server.connections()).isZero();
            }
        }));
    }

    @Test
    void a_shutdown_closes_what_has_not_ended_at_its_limit() throws Exception {
        task(() -> {
            TcpServer server = TcpServer.start(ANY_PORT, SHARED, TcpServerTest::echo);
            try (TcpStream client = client(server)) {
                assertEchoes(client);
                server.shutdown(Duration.ofMillis(20));
                assertThat(server.connections()).isZero();
                assertEnd(client);
            }
            assertThat(uncaught).isEmpty();
        });
    }

    @Test
    void a_handler_cannot_close_its_server() throws Exception {
        task(() -> {
            var thrown = new CompletableFuture<Throwable>();
            var self = new CompletableFuture<TcpServer>();
            try (TcpServer server = TcpServer.start(ANY_PORT, SHARED,
                    _ -> thrown.complete(catchThrowable(self.get()::close))); TcpStream client = client(server)) {
                self.complete(server);
                assertEnd(client);
                assertThat(thrown.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("wait for itself");
            }
        });
    }

    @Test
    void a_runtime_that_closes_ends_its_servers() throws Exception {
        List<TcpServer> servers = new ArrayList<>();
        task(() -> forBoth(options -> {
            servers.add(TcpServer.start(ANY_PORT, options, TcpServerTest::echo));
            TcpStream client = client(servers.getLast());
            assertEchoes(client); // and stays open
        }));
        runtime.close();
        for (TcpServer each : servers) {
            each.close(); // has nothing left to wait for
            assertThat(each.connections()).isZero();
        }
        assertThat(uncaught).isEmpty();
    }

    @Test
    void connections_that_come_while_the_server_closes_are_served_or_closed() throws Exception {
        task(() -> forBoth(options -> {
            for (int i = 0; i < (Boolean.getBoolean("uring.test.full") ? 100 : 5); i++) {
                TcpServer server = TcpServer.start(ANY_PORT, options, TcpServerTest::echo);
                List<Op<TcpStream>> connects = new ArrayList<>();
                for (int j = 0; j < 4; j++) {
                    connects.add(TcpStream.connect(server.localAddress()));
                }
                for (int turn = i % 5; turn > 0; turn--) {
                    Tasks.yieldNow();
                }
                server.close();
                for (Op<TcpStream> connect : connects) {
                    Throwable thrown = catchThrowable(() -> {
                        try (TcpStream client = connect.await()) {
                            assertEnd(client);
                        }
                    });
                    assertThat(thrown == null || thrown instanceof SocketException).as("%s", thrown).isTrue();
                }
            }
            awaitDescriptors(0);
            assertThat(uncaught).isEmpty();
        }));
    }

    @Test
    void the_runtime_of_a_server_is_that_of_its_start() throws Exception {
        task(() -> {
            var seen = new CompletableFuture<Handle>();
            try (TcpServer server = TcpServer.start(ANY_PORT, SHARED, _ -> seen.complete(Handle.current()));
                    TcpStream client = client(server)) {
                assertEnd(client);
                assertThat(seen.get()).isSameAs(runtime.handle());
            }
        });
    }
}
