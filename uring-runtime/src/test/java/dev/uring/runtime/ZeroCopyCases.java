package dev.uring.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.ffi.Errno;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Sends whose buffer comes back after their result. On the kernel the notification comes when the peer has taken the
 * bytes, elsewhere when it likes: so each case says what may not come before it, and goes on until it has seen it late.
 */
interface ZeroCopyCases extends Cases {
    /** More than the peer's window: what is sent after it stays with the sender. */
    int AHEAD_BYTES = 32 * 1024;
    int ROUNDS_MAX = 200;

    private TestPipe connection() {
        TestPipe connection = TestPipe.connect(ground(), runtime());
        connection.feed(new byte[AHEAD_BYTES]);
        return connection;
    }

    /** Starts a send and waits for its result. */
    private static ZeroCopySend sent(TestPipe connection) throws IOException {
        ZeroCopySend send = new ZeroCopySend(connection.writer(), IoBuffer.copyOf(Cases.pattern(100)));
        try {
            assertThat(send.submit().await().bytes()).isBetween(1, 100);
        } catch (UringException e) {
            Assumptions.assumeFalse(e.errno() == Errno.ENOMEM, "no more memory may be locked here, so the kernel sends by copy alone");
            throw e;
        }
        Assumptions.assumeTrue(send.hasNotification(), "sends are copied here, by the driver or an older kernel");
        return send;
    }

    /** Takes what the peer has, until the notification has come; answers the bytes. */
    private static byte[] drainUntilDone(TestPipe connection, ZeroCopySend send) throws IOException {
        var all = new ByteArrayOutputStream();
        while (!send.isDone()) {
            all.writeBytes(connection.drain());
            new Timeout(Duration.ofMillis(1)).submit().await();
        }
        return all.toByteArray();
    }

    /** Touches the buffer; answers whether that was refused. It may be allowed only after the notification. */
    private static boolean isRefused(ZeroCopySend send) {
        try {
            send.buffer().get(0);
        } catch (BufferInFlightException e) {
            return true;
        }
        assertThat(send.isDone()).as("touched after the notification").isTrue();
        return false;
    }

    @Test
    default void buffer_of_a_zero_copy_send_stays_in_flight_after_the_result() throws Exception {
        runTask(() -> {
            boolean seen = false;
            for (int round = 0; !seen && round < ROUNDS_MAX; round++) {
                TestPipe connection = connection();
                ZeroCopySend send = sent(connection);
                int bytes = send.await().bytes();
                seen = isRefused(send) && send.buffer().state() == IoBuffer.State.IN_FLIGHT;
                var all = new ByteArrayOutputStream();
                all.writeBytes(drainUntilDone(connection, send));
                send.buffer().awaitOwned();
                assertThat(send.buffer().get(1)).isEqualTo(Cases.pattern(2)[1]);
                connection.writer().close();
                while (all.size() < AHEAD_BYTES + bytes) {
                    all.writeBytes(connection.drain());
                }
                assertThat(Arrays.copyOfRange(all.toByteArray(), AHEAD_BYTES, all.size()))
                        .isEqualTo(Cases.pattern(bytes));
                connection.reader().close();
            }
            assertThat(seen).as("notification after the result").isTrue();
        });
    }

    @Test
    default void await_owned_waits_for_the_notification() throws Exception {
        runTask(() -> {
            boolean seen = false;
            for (int round = 0; !seen && round < ROUNDS_MAX; round++) {
                TestPipe connection = connection();
                ZeroCopySend send = sent(connection);
                seen = isRefused(send);
                JoinHandle<byte[]> peer = Tasks.spawn(() -> drainUntilDone(connection, send));
                send.buffer().awaitOwned();
                assertThat(send.isDone()).isTrue();
                assertThat(isRefused(send)).isFalse();
                peer.await();
            }
            assertThat(seen).as("notification after the result").isTrue();
        });
        // A thread that is no task.
        TestPipe connection = connection();
        ZeroCopySend send = sent(connection);
        JoinHandle<byte[]> peer = runtime().spawn(() -> drainUntilDone(connection, send));
        send.buffer().awaitOwned();
        assertThat(send.isDone()).isTrue();
        assertThat(isRefused(send)).isFalse();
        peer.await();
    }

    /** The buffer returns for want of F_MORE, whatever the result. */
    @Test
    default void failed_zero_copy_send_keeps_its_buffer_until_the_notification() throws Exception {
        runTask(() -> {
            TestPipe connection = connection();
            connection.reader().close();
            boolean seen = false;
            boolean notified = false;
            for (int round = 0; round < 20; round++) {
                ZeroCopySend send = new ZeroCopySend(connection.writer(), IoBuffer.allocate(100));
                send.submit();
                assertThat(send.awaitResult().error()).isNotNull();
                notified |= send.hasNotification();
                seen |= isRefused(send);
                send.buffer().awaitOwned();
                assertThat(send.isDone()).isTrue();
                assertThat(isRefused(send)).isFalse();
            }
            Assumptions.assumeTrue(notified, "sends are copied here, by the driver or an older kernel");
            assertThat(seen || !setup().name().startsWith("simulated")).as("notification after the error").isTrue();
        });
    }

    @Test
    default void cancel_after_the_result_of_a_zero_copy_send_changes_nothing() throws Exception {
        runTask(() -> {
            boolean seen = false;
            for (int round = 0; !seen && round < ROUNDS_MAX; round++) {
                TestPipe connection = connection();
                ZeroCopySend send = sent(connection);
                int bytes = send.await().bytes();
                send.cancel();
                seen = isRefused(send);
                assertThat(send.await().bytes()).isEqualTo(bytes);
                drainUntilDone(connection, send);
                send.buffer().awaitOwned();
                assertThat(send.await().bytes()).isEqualTo(bytes);
            }
            assertThat(seen).as("notification after the result").isTrue();
        });
    }

    @Test
    default void zero_copy_send_is_not_submitted_again_before_the_notification() throws Exception {
        runTask(() -> {
            boolean seen = false;
            for (int round = 0; !seen && round < ROUNDS_MAX; round++) {
                TestPipe connection = connection();
                ZeroCopySend send = sent(connection);
                try {
                    send.submit().await();
                } catch (IllegalStateException e) {
                    seen = e.getMessage().endsWith("cannot be submitted: it is waiting for its notification");
                }
                drainUntilDone(connection, send);
                send.buffer().awaitOwned();
                assertThat(send.submit().await().bytes()).isPositive();
                drainUntilDone(connection, send);
            }
            assertThat(seen).as("submission refused").isTrue();
        });
    }

    @Test
    default void close_of_a_descriptor_waits_for_the_result_and_the_buffer_for_its_notification() throws Exception {
        runTask(() -> {
            boolean seen = false;
            for (int round = 0; !seen && round < ROUNDS_MAX; round++) {
                TestPipe connection = connection();
                ZeroCopySend send = sent(connection);
                Op<Void> close = connection.writer().closeAsync();
                close.await();
                seen = isRefused(send);
                JoinHandle<byte[]> peer = Tasks.spawn(() -> drainUntilDone(connection, send));
                send.buffer().awaitOwned();
                assertThat(send.isDone()).isTrue();
                peer.await();
            }
            assertThat(seen).as("notification after the result").isTrue();
        });
    }

    /** The peer is the runtime's own and closes with it, or the kernel would keep the buffer for as long as it likes. */
    @Test
    default void close_of_a_runtime_waits_for_the_notification() throws Exception {
        boolean seen = false;
        for (int round = 0; !seen && round < ROUNDS_MAX; round++) {
            UringRuntime runtime = newRuntime();
            TestPipe connection = TestPipe.connect(ground(), runtime);
            connection.feed(new byte[AHEAD_BYTES]);
            List<ZeroCopySend> sends = new ArrayList<>();
            runtime.blockOn(() -> {
                for (int i = 0; i < Math.min(8, setup().operationsMax()); i++) {
                    sends.add(sent(connection));
                }
                return null;
            });
            for (ZeroCopySend send : sends) {
                seen |= isRefused(send);
            }
            runtime.close();
            for (ZeroCopySend send : sends) {
                assertThat(send.isDone()).isTrue();
                assertThat(send.buffer().state()).isEqualTo(IoBuffer.State.OWNED);
            }
        }
        assertThat(seen).as("notification after the result").isTrue();
    }
}
