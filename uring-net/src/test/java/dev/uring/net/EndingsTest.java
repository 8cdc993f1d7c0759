package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Tasks;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** How a connection ends in good order: who finishes first, what is on the way then, and what is told afterwards. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EndingsTest extends EndingCases {
    /** Less than any socket buffers, so that it is on the way with nobody receiving. */
    private static final int ON_THE_WAY = 20_000;

    private interface Use {
        void of(StreamSocket first, StreamSocket second) throws Exception;
    }

    /** Has each side of a connection of each kind be the first. */
    private void forEachEnd(Use use) throws Exception {
        task(() -> {
            for (boolean clientFirst : List.of(true, false)) {
                try (Pair pair = Pair.open()) {
                    use(clientFirst, pair.client(), pair.server(), use);
                }
                if (!isNio()) { // which has no pairs of Unix sockets
                    try (SocketPair<UnixStream> pair = UnixStream.pair().await()) {
                        use(clientFirst, pair.first(), pair.second(), use);
                    }
                }
            }
            awaitDescriptors(0);
        });
    }

    private static void use(boolean inOrder, StreamSocket one, StreamSocket other, Use use) throws Exception {
        try {
            use.of(inOrder ? one : other, inOrder ? other : one);
        } catch (Throwable e) {
            e.addSuppressed(new AssertionError("one=" + one + " other=" + other + " inOrder=" + inOrder));
            throw e;
        }
    }

    private static void assertBytes(ByteSource source, byte[] expected) throws IOException {
        byte[] got = readAll(source);
        assertThat(got.length).as("bytes before the end").isEqualTo(expected.length);
        assertThat(Arrays.equals(got, expected)).isTrue();
    }

    private static byte[] bytes(boolean some, int count) {
        return some ? pattern(count) : new byte[0];
    }

    // ---- who finishes first ----

    @Test
    void each_side_gets_all_that_was_on_the_way_whoever_finishes_first() throws Exception {
        for (boolean fromFirst : List.of(false, true)) {
            for (boolean fromSecond : List.of(false, true)) {
                byte[] there = bytes(fromFirst, ON_THE_WAY);
                byte[] back = bytes(fromSecond, ON_THE_WAY + 1);
                forEachEnd((first, second) -> {
                    send(first, there);
                    send(second, back);
                    first.finish();
                    assertBytes(second, there);
                    second.finish();
                    assertBytes(first, back);
                });
            }
        }
    }

    @Test
    void the_other_direction_goes_on_after_an_end() throws Exception {
        forEachEnd((first, second) -> {
            first.finish();
            assertThat(second.read()).isNull();
            byte[] more = pattern(300_000);
            JoinHandle<byte[]> reader = Tasks.spawn(() -> readAll(first));
            second.write(IoBuffer.copyOf(more));
            second.sendAndClose(IoBuffer.copyOf(new byte[] {1}));
            second.finish();
            byte[] got = reader.await();
            assertThat(got).hasSize(more.length + 1).endsWith(1);
            assertThat(Arrays.equals(more, 0, more.length, got, 0, more.length)).isTrue();
        });
    }

    @Test
    void both_may_finish_before_either_reads() throws Exception {
        byte[] there = pattern(ON_THE_WAY);
        byte[] back = pattern(ON_THE_WAY + 1);
        forEachEnd((first, second) -> {
            send(first, there);
            send(second, back);
            first.finish();
            second.finish();
            assertBytes(first, back);
            assertBytes(second, there);
        });
    }

    @Test
    void an_end_wakes_a_reader_that_waits_after_the_last_byte() throws Exception {
        byte[] there = pattern(ON_THE_WAY);
        forEachEnd((first, second) -> {
            JoinHandle<byte[]> single = Tasks.spawn(() -> readAll(second));
            JoinHandle<byte[]> multishot = Tasks.spawn(() -> {
                try (ReceiveMultishot receives = first.receiveMultishot()) {
                    return readAll(receives);
                }
            });
            settle();
            send(first, there);
            send(second, there);
            settle();
            first.finish();
            assertThat(single.await()).isEqualTo(there);
            second.finish();
            assertThat(multishot.await()).isEqualTo(there);
        });
    }

    @Test
    void a_close_with_nothing_unread_is_an_end_that_comes_after_the_bytes() throws Exception {
        byte[] there = pattern(ON_THE_WAY);
        forEachEnd((first, second) -> {
            first.sendAndClose(IoBuffer.copyOf(there));
            first.close();
            assertBytes(second, there);
            assertThat(second.read()).isNull();
        });
    }

    // ---- once more, and too late ----

    @Test
    void finishing_again_is_no_error_in_any_state() throws Exception {
        forEachEnd((first, second) -> {
            first.finish();
            first.finish();
            assertThat(second.read()).isNull();
            second.finish();
            first.finish();
            second.finish();
            assertThat(first.read()).isNull();
            assertThat(second.read()).isNull();
        });
    }

    @Test
    void finishing_after_the_close_says_so() throws Exception {
        forEachEnd((first, second) -> {
            first.close();
            assertThatThrownBy(first::finish).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> first.write(IoBuffer.copyOf(new byte[1])))
                    .isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(first::read).isInstanceOf(ClosedChannelException.class);
            first.close();
            assertThat(second.read()).isNull();
        });
    }

    @Test
    void sending_after_the_own_end_is_epipe_in_every_way() throws Exception {
        forEachEnd((first, second) -> {
            first.finish();
            IoBuffer small = IoBuffer.copyOf(pattern(10));
            IoBuffer large = IoBuffer.copyOf(pattern(40_000));
            Map<String, ThrowingCallable> ways = new LinkedHashMap<>();
            ways.put("send", () -> first.send(small).await());
            ways.put("sendAll", () -> first.sendAll(large).await());
            ways.put("sendAll list", () -> first.sendAll(List.of(small, large)).await());
            ways.put("sendZeroCopy", () -> first.sendZeroCopy(large).await());
            ways.put("write", () -> first.write(small));
            ways.put("write list", () -> first.write(List.of(small, large)));
            ways.put("sendAndClose", () -> {
                first.sendAndClose(IoBuffer.copyOf(pattern(10)));
                first.flush();
            });
            ways.forEach((way, call) -> {
                assertThat(catchThrowable(call)).as(way).isExactlyInstanceOf(SocketException.class)
                        .hasMessageContaining("EPIPE(32)");
                large.awaitOwned();
            });
            assertThat(small.state()).isEqualTo(IoBuffer.State.OWNED);
            send(second, new byte[] {7});
            try (IoBuffer answer = first.read()) {
                assertThat(answer.toByteArray()).containsExactly(7);
            }
        });
    }

    @Test
    void the_end_is_told_again_and_again_in_every_way() throws Exception {
        forEachEnd((first, second) -> {
            send(first, new byte[] {1, 2, 3});
            first.finish();
            IoBuffer buffer = IoBuffer.allocate(3);
            assertThat(second.receiveExactly(buffer).await().bytes()).isEqualTo(3);
            for (int i = 0; i < 3; i++) {
                assertThat(second.read()).isNull();
                assertThat(second.read(buffer)).isZero();
                assertThat(buffer.length()).isZero();
                assertThat(second.receive(List.of(buffer, IoBuffer.allocate(1))).await()).isZero();
                assertThat(catchThrowable(second.receiveExactly(buffer)::await)).isInstanceOf(EOFException.class);
                if (!isNio()) {
                    assertThat(second.peek(buffer).await().bytes()).isZero();
                }
                try (ReceiveMultishot receives = second.receiveMultishot()) {
                    assertThat(receives.next()).isNull();
                    assertThat(receives.next()).isNull();
                    assertThat(receives.read(buffer)).isZero();
                }
            }
        });
    }
}
