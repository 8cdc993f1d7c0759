package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.Tasks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Peers that read or write one byte at a time: everything arrives, in order, whichever way it is sent or received. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SlowPeerTest extends EndingCases {
    private static final int WRITTEN = 2000;
    /** Several times what both buffers of the connection hold. */
    private static final int READ = 200_000;
    private static final int PIECE_BYTES = 10_000;

    private interface Receiver {
        byte[] all(TcpStream stream) throws IOException;
    }

    private interface Sender {
        void all(TcpStream stream, byte[] bytes) throws IOException;
    }

    private void received(Receiver receiver) throws Exception {
        byte[] sent = pattern(scaled(WRITTEN));
        task(() -> {
            try (Narrow narrow = narrow()) {
                JoinHandle<Void> writer = Tasks.spawnBlocking(() -> {
                    narrow.peer().setTcpNoDelay(true);
                    OutputStream out = narrow.peer().getOutputStream();
                    for (byte each : sent) {
                        out.write(each);
                    }
                    narrow.peer().shutdownOutput();
                    return null;
                });
                assertThat(Arrays.equals(receiver.all(narrow.stream()), sent)).isTrue();
                writer.await();
            }
            awaitDescriptors(0);
        });
    }

    private void sent(Sender sender) throws Exception {
        byte[] sent = pattern(scaled(READ));
        task(() -> {
            try (Narrow narrow = narrow()) {
                JoinHandle<byte[]> reader = Tasks.spawnBlocking(() -> {
                    InputStream in = narrow.peer().getInputStream();
                    var all = new ByteArrayOutputStream();
                    for (int each = in.read(); each >= 0; each = in.read()) {
                        all.write(each);
                    }
                    return all.toByteArray();
                });
                sender.all(narrow.stream(), sent);
                narrow.stream().finish();
                assertThat(Arrays.equals(reader.await(), sent)).isTrue();
            }
            awaitDescriptors(0);
        });
    }

    private static List<IoBuffer> pieces(byte[] bytes) {
        List<IoBuffer> pieces = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += PIECE_BYTES) {
            pieces.add(IoBuffer.copyOf(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + PIECE_BYTES))));
        }
        return pieces;
    }

    // ---- a slow writer ----

    @Test
    void single_receives_get_everything_of_a_slow_writer() throws Exception {
        received(EndingCases::readAll);
    }

    @Test
    void multishot_receive_gets_everything_of_a_slow_writer() throws Exception {
        received(stream -> {
            try (ReceiveMultishot receives = stream.receiveMultishot()) {
                return readAll(receives);
            }
        });
    }

    @Test
    void exact_receive_gets_everything_of_a_slow_writer() throws Exception {
        received(stream -> {
            IoBuffer buffer = IoBuffer.allocate(scaled(WRITTEN));
            stream.receiveExactly(buffer).await();
            assertThat(stream.read()).isNull();
            return buffer.toByteArray();
        });
    }

    @Test
    void vectored_receives_get_everything_of_a_slow_writer() throws Exception {
        received(stream -> {
            var all = new ByteArrayOutputStream();
            List<IoBuffer> buffers = List.of(IoBuffer.allocate(3), IoBuffer.allocate(50));
            while (stream.receive(buffers).await() > 0) {
                buffers.forEach(each -> all.writeBytes(each.toByteArray()));
            }
            return all.toByteArray();
        });
    }

    // ---- a slow reader ----

    @Test
    void one_send_brings_everything_to_a_slow_reader() throws Exception {
        sent((stream, bytes) -> assertThat(stream.sendAll(IoBuffer.copyOf(bytes)).await().bytes())
                .isEqualTo(bytes.length));
    }

    @Test
    void sends_of_what_there_is_room_for_bring_everything_to_a_slow_reader() throws Exception {
        sent((stream, bytes) -> {
            for (int at = 0; at < bytes.length;) {
                at += stream.send(IoBuffer.copyOf(Arrays.copyOfRange(bytes, at, bytes.length))).await().bytes();
            }
        });
    }

    @Test
    void a_list_of_buffers_arrives_whole_at_a_slow_reader() throws Exception {
        sent((stream, bytes) -> assertThat(stream.sendAll(pieces(bytes)).await()).isEqualTo(bytes.length));
    }

    @Test
    void handed_over_buffers_arrive_at_a_slow_reader_and_are_closed() throws Exception {
        sent((stream, bytes) -> {
            List<IoBuffer> pieces = pieces(bytes);
            for (IoBuffer each : pieces) {
                stream.sendAndClose(each);
            }
            stream.flush();
            assertThat(pieces).allMatch(each -> each.state() == IoBuffer.State.RELEASED);
        });
    }

    @Test
    void a_send_without_a_copy_brings_everything_to_a_slow_reader() throws Exception {
        sent((stream, bytes) -> {
            IoBuffer buffer = IoBuffer.copyOf(bytes);
            assertThat(stream.sendZeroCopy(buffer).await().bytes()).isEqualTo(bytes.length);
            buffer.awaitOwned();
        });
    }
}
