package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.uring.net.CopyOptions.Splice;
import dev.uring.runtime.Handle;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Op;
import dev.uring.runtime.Time;
import java.io.ByteArrayOutputStream;
import dev.uring.runtime.Tasks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Copies between connections, alike on every driver, through buffers and through pipes. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith(LeakCheck.class)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CopyTest extends OnEveryDriver {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final int MIB = 1 << 20;

    /** Two connections with a copy between them: client to a, b to server. */
    private record Proxied(TcpStream client, TcpStream a, TcpStream b, TcpStream server, CopyProgress progress,
                           JoinHandle<CopyResult> copy) implements AutoCloseable {
        static Proxied start(CopyOptions options) throws IOException {
            TcpStream[] left = connected();
            TcpStream[] right = connected();
            CopyProgress progress = new CopyProgress();
            // As a proxy does: both are closed when the copy has ended.
            JoinHandle<CopyResult> copy = Handle.current().spawn(() -> {
                try (TcpStream a = left[1]; TcpStream b = right[0]) {
                    return Copy.bidirectional(a, b, options.withProgress(progress));
                }
            });
            return new Proxied(left[0], left[1], right[0], right[1], progress, copy);
        }

        void awaitFirstByte() throws IOException {
            while (progress.bytesAToB() == 0) {
                assertThat(copy.isFinished()).isFalse();
                Time.sleep(Duration.ofMillis(1)).await();
            }
        }

        @Override
        public void close() throws IOException {
            client.close();
            server.close();
            copy.abort();
            try {
                copy.await();
            } catch (ExecutionException | CancellationException | InterruptedException e) {
                // the test has looked at it, or has failed already
            }
        }
    }

    private static TcpStream[] connected() throws IOException {
        try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
            Op<TcpStream> accept = listener.accept();
            TcpStream near = TcpStream.connect(listener.localAddress()).await();
            return new TcpStream[] {near, accept.await()};
        }
    }

    /** What the driver has. */
    private List<CopyOptions> ways() {
        List<CopyOptions> ways = new ArrayList<>();
        for (Splice each : Splice.values()) {
            if (each != Splice.ALWAYS || !isNio()) {
                ways.add(CopyOptions.DEFAULT.withSplice(each));
            }
        }
        return ways;
    }

    /** Sends in pieces of random lengths. */
    private static void send(TcpStream stream, byte[] bytes, Random chance, int pieceMax) throws IOException {
        for (int sent = 0; sent < bytes.length;) {
            int count = Math.min(1 + chance.nextInt(pieceMax), bytes.length - sent);
            try (IoBuffer piece = IoBuffer.copyOf(Arrays.copyOfRange(bytes, sent, sent + count))) {
                stream.write(piece);
            }
            sent += count;
        }
    }

    private static void send(TcpStream stream, String text) throws IOException {
        send(stream, text.getBytes(), new Random(0), MIB);
    }

    private static byte[] receiveAll(TcpStream stream, int pieceMax) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (IoBuffer buffer = IoBuffer.allocate(pieceMax)) {
            while (stream.read(buffer) > 0) {
                all.write(buffer.toByteArray());
            }
        }
        return all.toByteArray();
    }

    private static String receive(TcpStream stream, int count) throws IOException {
        try (IoBuffer buffer = IoBuffer.allocate(count)) {
            new Receive(stream, buffer).whole().submit().await();
            return new String(buffer.toByteArray());
        }
    }

    private static byte[] randomBytes(Random chance, int count) {
        byte[] bytes = new byte[count];
        chance.nextBytes(bytes);
        return bytes;
    }

    /** Random streams both ways at once, each half-closed at its end. */
    private void exchange(TcpStream client, TcpStream server, Random chance, int bytesMax) throws Exception {
        byte[] there = randomBytes(chance, 1 + chance.nextInt(bytesMax));
        byte[] back = randomBytes(chance, 1 + chance.nextInt(bytesMax));
        int pieceMax = 1 << 9 + chance.nextInt(9);
        long seed = chance.nextLong();
        JoinHandle<Void> sending = spawn(() -> {
            send(client, there, new Random(seed), pieceMax);
            client.finish();
        });
        JoinHandle<Void> sendingBack = spawn(() -> {
            send(server, back, new Random(seed + 1), pieceMax);
            server.finish();
        });
        JoinHandle<byte[]> receivedBack = Handle.current().spawn(() -> receiveAll(client, 1000 + pieceMax));
        assertThat(receiveAll(server, pieceMax)).isEqualTo(there);
        assertThat(receivedBack.await()).isEqualTo(back);
        sending.await();
        sendingBack.await();
    }

    private static JoinHandle<Void> spawn(dev.uring.runtime.Uring.Body body) {
        return Handle.current().spawn(() -> {
            body.run();
            return null;
        });
    }

    // ---- bytes ----

    @Test
    void random_streams_arrive_unchanged_both_ways_at_once() throws Exception {
        StringBuilder seed = new StringBuilder();
        Random chance = random(seed);
        task(() -> {
            for (CopyOptions way : ways()) {
                for (int round = 0; round < scaled(3); round++) {
                    try (Proxied proxied = Proxied.start(way)) {
                        exchange(proxied.client, proxied.server, chance, scaled(MIB));
                        CopyResult result = proxied.copy.await();
                        assertThat(result.isClean()).as("%s", result).isTrue();
                        assertThat(result.bytesAToB()).isEqualTo(proxied.progress.bytesAToB());
                        assertThat(result.bytesBToA()).isEqualTo(proxied.progress.bytesBToA());
                    } catch (AssertionError | IOException e) {
                        throw new AssertionError(way + " " + seed, e);
                    }
                }
            }
        });
    }

    @Test
    void random_streams_arrive_unchanged_through_a_bad_network_on_both_sides() throws Exception {
        StringBuilder told = new StringBuilder();
        Random chance = random(told);
        task(() -> {
            for (CopyOptions way : ways()) {
                try (TcpListener proxy = TcpListener.bind(ANY_PORT).await();
                        TcpListener behind = TcpListener.bind(ANY_PORT).await();
                        ChaosRelay before = new ChaosRelay(proxy.localAddress(), ChaosRelay.Weather.ROUGH,
                                chance.nextLong());
                        ChaosRelay after = new ChaosRelay(behind.localAddress(), ChaosRelay.Weather.ROUGH,
                                chance.nextLong())) {
                    JoinHandle<CopyResult> copy = Handle.current().spawn(() -> {
                        try (TcpStream a = proxy.accept().await();
                                TcpStream b = TcpStream.connect(after.address()).await()) {
                            return Copy.bidirectional(a, b, way);
                        }
                    });
                    Op<TcpStream> accept = behind.accept();
                    try (TcpStream client = TcpStream.connect(before.address()).await();
                            TcpStream server = accept.await()) {
                        exchange(client, server, chance, scaled(MIB / 4));
                        assertThat(copy.await().isClean()).isTrue();
                    }
                } catch (AssertionError | IOException e) {
                    throw new AssertionError(way + " " + told, e);
                }
            }
        });
    }

    @Test
    void slow_readers_get_everything() throws Exception {
        task(() -> {
            for (CopyOptions way : ways()) {
                try (Proxied proxied = Proxied.start(way)) {
                    byte[] bytes = random(scaled(8 * MIB));
                    JoinHandle<Void> sending = spawn(() -> {
                        send(proxied.client, bytes, new Random(1), MIB);
                        proxied.client.finish();
                    });
                    long before = -1;
                    while (before != proxied.progress.bytesAToB()) { // until every buffer on the way is full, or all is in
                        before = proxied.progress.bytesAToB();
                        Time.sleep(Duration.ofMillis(20)).await();
                    }
                    assertThat(receiveAll(proxied.server, 50_000)).as("%s", way).isEqualTo(bytes);
                    proxied.server.finish();
                    sending.await();
                    assertThat(proxied.copy.await().isClean()).isTrue();
                }
            }
        });
    }

    @Test
    void what_was_received_is_sent_before_more_is_waited_for() throws Exception {
        task(() -> {
            for (CopyOptions way : ways()) {
                try (Proxied proxied = Proxied.start(way)) {
                    for (int i = 0; i < 5; i++) {
                        send(proxied.client, "ping");
                        assertThat(receive(proxied.server, 4)).isEqualTo("ping");
                        send(proxied.server, "pong");
                        assertThat(receive(proxied.client, 4)).isEqualTo("pong");
                    }
                }
            }
        });
    }

    @Test
    void a_copy_one_way_ends_with_its_source_and_leaves_the_sink_open() throws Exception {
        task(() -> {
            TcpStream[] left = connected();
            TcpStream[] right = connected();
            byte[] bytes = random(scaled(MIB));
            JoinHandle<byte[]> received = Handle.current().spawn(() -> receiveAll(right[1], 10_000));
            JoinHandle<Void> sending = spawn(() -> {
                send(left[0], bytes, new Random(2), 100_000);
                left[0].finish();
            });
            assertThat(Copy.copy(left[1], right[0])).isEqualTo(bytes.length);
            send(right[0], "more");
            right[0].finish();
            byte[] all = received.await();
            assertThat(all).hasSize(bytes.length + 4).startsWith(bytes).endsWith("more".getBytes());
            sending.await();
            for (TcpStream each : List.of(left[0], left[1], right[0], right[1])) {
                each.close();
            }
        });
    }

    @Test
    void a_thread_that_is_no_task_copies_too() throws Exception {
        for (CopyOptions way : ways()) {
            TcpStream[][] ends = runtime.blockOn(() -> new TcpStream[][] {connected(), connected()});
            TcpStream client = ends[0][0];
            TcpStream server = ends[1][1];
            JoinHandle<Void> exchange = runtime.handle().spawn(() -> {
                exchange(client, server, new Random(3), scaled(MIB));
                return null;
            });
            assertThat(Copy.bidirectional(ends[0][1], ends[1][0], way).isClean()).isTrue();
            exchange.await();
            for (TcpStream[] each : ends) {
                each[0].close();
                each[1].close();
            }
        }
    }

    // ---- ends ----

    @Test
    void the_end_of_one_side_is_passed_on_and_the_other_way_goes_on() throws Exception {
        task(() -> {
            for (CopyOptions way : ways()) {
                for (boolean clientFirst : new boolean[] {true, false}) {
                    for (String before : List.of("", "some bytes")) {
                        try (Proxied proxied = Proxied.start(way)) {
                            TcpStream first = clientFirst ? proxied.client : proxied.server;
                            TcpStream second = clientFirst ? proxied.server : proxied.client;
                            if (!before.isEmpty()) {
                                send(first, before);
                            }
                            first.finish();
                            assertThat(receiveAll(second, 100)).asString().isEqualTo(before);
                            send(second, "still here");
                            assertThat(receive(first, 10)).isEqualTo("still here");
                            assertThat(proxied.copy.isFinished()).isFalse();
                            second.finish();
                            assertThat(receiveAll(first, 100)).isEmpty();
                            assertThat(proxied.copy.await().isClean()).isTrue();
                        }
                    }
                }
            }
        });
    }

    @Test
    void both_sides_may_end_at_once() throws Exception {
        task(() -> {
            for (CopyOptions way : ways()) {
                try (Proxied proxied = Proxied.start(way)) {
                    proxied.client.finish();
                    proxied.server.finish();
                    CopyResult result = proxied.copy.await();
                    assertThat(result).isEqualTo(new CopyResult(0, 0, null, null, false));
                    assertThat(receiveAll(proxied.client, 10)).isEmpty();
                    assertThat(receiveAll(proxied.server, 10)).isEmpty();
                }
            }
        });
    }

    // ---- errors ----

    @Test
    void a_reset_of_one_side_is_told_as_its_error_and_resets_the_other() throws Exception {
        task(() -> {
            for (CopyOptions way : ways()) {
                for (boolean clientFails : new boolean[] {true, false}) {
                    try (Proxied proxied = Proxied.start(way)) {
                        TcpStream failing = clientFails ? proxied.client : proxied.server;
                        TcpStream other = clientFails ? proxied.server : proxied.client;
                        send(failing, "begun");
                        assertThat(receive(other, 5)).isEqualTo("begun");
                        failing.resetOnClose();
                        failing.close();
                        assertThatThrownBy(() -> receiveAll(other, 10)).as("%s", way)
                                .isInstanceOf(SocketException.class);
                        CopyResult result = proxied.copy.await();
                        assertThat(result.isClean()).isFalse();
                        assertThat(clientFails ? result.errorA() : result.errorB()).isInstanceOf(SocketException.class);
                        assertThat(clientFails ? result.errorB() : result.errorA()).isNull();
                    }
                }
            }
        });
    }

    @Test
    void a_reset_in_the_middle_of_much_is_no_clean_end_for_the_other_side() throws Exception {
        StringBuilder told = new StringBuilder();
        Random chance = random(told);
        task(() -> {
            for (CopyOptions way : ways()) {
                try (TcpListener proxy = TcpListener.bind(ANY_PORT).await();
                        TcpListener behind = TcpListener.bind(ANY_PORT).await();
                        ChaosRelay after = new ChaosRelay(behind.localAddress(),
                                ChaosRelay.Weather.ROUGH.resettingAfter(1 + chance.nextInt(300_000)), chance.nextLong())) {
                    JoinHandle<CopyResult> copy = Handle.current().spawn(() -> {
                        try (TcpStream a = proxy.accept().await();
                                TcpStream b = TcpStream.connect(after.address()).await()) {
                            return Copy.bidirectional(a, b, way);
                        }
                    });
                    Op<TcpStream> accept = behind.accept();
                    try (TcpStream client = TcpStream.connect(proxy.localAddress()).await();
                            TcpStream server = accept.await()) {
                        JoinHandle<Void> sending = spawn(() -> send(server, random(MIB), new Random(4), 10_000));
                        assertThat(catchThrowable(() -> receiveAll(client, 10_000))).isInstanceOf(IOException.class);
                        CopyResult result = copy.await();
                        assertThat(result.isClean()).isFalse();
                        assertThat(result.errorB()).isNotNull();
                        catchThrowable(sending::await); // it may have found room for everything before
                    }
                } catch (AssertionError | IOException e) {
                    throw new AssertionError(way + " " + told, e);
                }
            }
        });
    }

    @Test
    void what_a_side_sent_before_it_failed_is_passed_on() throws Exception {
        notOnNio("java.nio tells no end of a connection that was not read to it");
        notOnSimulated("it takes its time to receive, and a reset drops what nobody has received by then");
        task(() -> {
            for (CopyOptions way : ways()) {
                try (Proxied proxied = Proxied.start(way)) {
                    send(proxied.client, "a request that nobody reads");
                    proxied.awaitFirstByte();
                    JoinHandle<String> answer = Tasks.spawn(() -> receive(proxied.client, 2));
                    proxied.server.noDelay(true); // else the second byte waits for the first, and goes with the reset
                    send(proxied.server, "no");
                    proxied.server.close(); // with bytes unread: a reset
                    assertThat(answer.await()).isEqualTo("no");
                    assertThat(proxied.copy.await().errorB()).isNotNull();
                }
            }
        });
    }

    /** The answer and the reset come together, while the other way is about to fail with what it writes. */
    @Test
    void an_answer_to_a_request_that_nobody_reads_is_passed_on() throws Exception {
        notOnNio("java.nio tells no end of a connection that was not read to it");
        notOnSimulated("it takes its time to receive, and a reset drops what nobody has received by then");
        task(() -> {
            for (CopyOptions way : ways()) {
                for (int round = 0; round < scaled(5); round++) {
                    try (Proxied proxied = Proxied.start(way)) {
                        JoinHandle<Void> sending = spawn(() -> send(proxied.client, random(8 * MIB), new Random(7), 3000));
                        proxied.awaitFirstByte();
                        JoinHandle<String> answer = Tasks.spawn(() -> receive(proxied.client, 2));
                        proxied.server.noDelay(true);
                        send(proxied.server, "no");
                        proxied.server.close();
                        assertThat(answer.await()).as("%s", way).isEqualTo("no");
                        CopyResult result = proxied.copy.await();
                        assertThat(result.errorA()).as("%s", way).isNull();
                        assertThat(result.errorB()).isNotNull();
                        assertThat(catchThrowable(sending::await)).isInstanceOf(ExecutionException.class);
                    }
                }
            }
        });
    }

    @Test
    void closing_a_socket_ends_the_copy_with_that_sides_error() throws Exception {
        task(() -> {
            for (CopyOptions way : ways()) {
                try (Proxied proxied = Proxied.start(way)) {
                    send(proxied.client, "begun");
                    receive(proxied.server, 5);
                    proxied.a.close();
                    CopyResult result = proxied.copy.await();
                    assertThat(result.errorA()).isInstanceOf(IOException.class);
                    assertThat(result.errorB()).isNull();
                }
            }
        });
    }

    // ---- ending early ----

    @Test
    void a_copy_in_which_nothing_moves_ends_at_its_limit_and_says_so() throws Exception {
        task(() -> {
            for (CopyOptions way : ways()) {
                try (Proxied proxied = Proxied.start(way.withIdleTimeout(Duration.ofMillis(50)))) {
                    send(proxied.client, "begun");
                    CopyResult result = proxied.copy.await();
                    assertThat(result.timedOut()).isTrue();
                    assertThat(result.isClean()).isFalse();
                    assertThat(result.errorA()).isNull();
                    assertThat(result.errorB()).isNull();
                }
            }
        });
    }

    @Test
    void a_limit_that_does_not_come_changes_nothing() throws Exception {
        task(() -> {
            for (CopyOptions way : ways()) {
                try (Proxied proxied = Proxied.start(way.withIdleTimeout(Duration.ofSeconds(Long.MAX_VALUE)))) {
                    exchange(proxied.client, proxied.server, new Random(5), scaled(MIB));
                    assertThat(proxied.copy.await().isClean()).isTrue();
                }
            }
        });
    }

    @Test
    void an_abort_in_the_middle_ends_both_ways_and_leaves_nothing() throws Exception {
        task(() -> {
            for (CopyOptions way : ways()) {
                for (Duration limit : new Duration[] {null, Duration.ofHours(1)}) {
                    long before = runtime.metrics().descriptors();
                    try (Proxied proxied = Proxied.start(way.withIdleTimeout(limit))) {
                        // Nobody receives, so one way waits for room with bytes in its hands, and the other for bytes.
                        JoinHandle<Void> sending = spawn(() -> send(proxied.client, random(16 * MIB), new Random(6), MIB));
                        proxied.awaitFirstByte();
                        proxied.copy.abort();
                        assertThatThrownBy(proxied.copy::await).isInstanceOf(CancellationException.class);
                        assertThat(catchThrowable(sending::await)).isInstanceOf(ExecutionException.class);
                        assertThat(proxied.a.isOpen() || proxied.b.isOpen()).isFalse();
                    }
                    assertThat(runtime.metrics().descriptors()).isEqualTo(before);
                }
            }
        });
    }

    @Test
    void an_abort_ends_a_copy_that_is_never_without_bytes() throws Exception {
        task(() -> {
            for (CopyOptions way : ways()) {
                try (Proxied proxied = Proxied.start(way)) {
                    byte[] bytes = random(MIB);
                    JoinHandle<Void> sending = spawn(() -> {
                        while (true) {
                            send(proxied.client, bytes, new Random(8), MIB);
                        }
                    });
                    JoinHandle<byte[]> receiving = Handle.current().spawn(() -> {
                        try (IoBuffer buffer = IoBuffer.allocate(MIB)) {
                            while (proxied.server.read(buffer) > 0) {
                                buffer.length(0);
                            }
                        }
                        return null;
                    });
                    proxied.awaitFirstByte();
                    proxied.copy.abort();
                    assertThatThrownBy(proxied.copy::await).isInstanceOf(CancellationException.class);
                    assertThat(catchThrowable(sending::await)).isInstanceOf(ExecutionException.class);
                    assertThat(catchThrowable(receiving::await)).isInstanceOf(ExecutionException.class);
                }
            }
        });
    }

    @Test
    void the_end_of_the_runtime_ends_a_copy() throws Exception {
        for (CopyOptions way : ways()) {
            runtime.blockOn(() -> Proxied.start(way));
        }
        // closed after each test, which waits until nothing is in flight
    }
}
