package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.uring.ffi.DescriptorCommand;
import dev.uring.ffi.Libc;
import dev.uring.ffi.LibcFile;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PathFlag;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.NeedsDescriptors;
import dev.uring.runtime.Op;
import dev.uring.runtime.Read;
import dev.uring.runtime.UringException;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Descriptors over Unix streams: of use after the sender has closed its own, and never leaked. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DescriptorPassingTest extends OnEveryDriver {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final String NO_CONTROL = "java.nio passes no descriptors";

    @TempDir
    private Path folder;

    /** A file, as uring-fs would have it. */
    private static final class OpenFile extends Descriptor {
        OpenFile(int fd, UringRuntime runtime) {
            super(fd, runtime);
        }
    }

    private OpenFile file(String text) throws IOException {
        Path path = Files.writeString(folder.resolve("file"), text);
        try (Arena scope = Arena.ofConfined()) {
            int fd = LibcFile.openat(PathFlag.CURRENT_DIRECTORY, scope.allocateFrom(path.toString()),
                    OpenFlag.READ_ONLY | OpenFlag.CLOSE_ON_EXEC, 0);
            assertThat(fd).isNotNegative();
            return new OpenFile(fd, runtime);
        }
    }

    /** Works with a pair of streams. */
    private interface Body {
        void run(UnixStream from, UnixStream to) throws Exception;
    }

    private void pair(Body body) throws Exception {
        notOnNio(NO_CONTROL);
        task(() -> {
            try (SocketPair<UnixStream> pair = UnixStream.pair().await()) {
                body.run(pair.first(), pair.second());
            }
        });
    }

    private static IoBuffer bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return IoBuffer.copyOf(bytes);
    }

    @Test
    void a_file_a_pipe_and_a_socket_are_of_use_after_the_sender_has_closed_them() throws Exception {
        pair((from, to) -> {
            try (Pipe pipe = Pipe.open().await(); TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                Op<TcpStream> accept = listener.accept();
                OpenFile file = file("content");
                TcpStream client = TcpStream.connect(listener.localAddress()).await();
                from.sendDescriptors(bytes(1, 2, 3), List.of(file, pipe.writer(), client)).await();
                file.close();
                pipe.writer().close();
                client.close();

                try (TcpStream server = accept.await();
                        ReceivedDescriptors received = to.receiveDescriptors(IoBuffer.allocate(10)).await()) {
                    assertThat(received.bytes()).isEqualTo(3);
                    assertThat(received.buffer().toByteArray()).containsExactly(1, 2, 3);
                    assertThat(received.truncated()).isFalse();
                    assertThat(received.descriptors()).hasSize(3);
                    IoBuffer content = IoBuffer.allocate(7);
                    new Read(received.descriptors().getFirst(), content, 0).whole().submit().await();
                    assertThat(content.toByteArray()).asString().isEqualTo("content");
                    try (PipeWriter writer = received.descriptors().get(1).toPipeWriter();
                            TcpStream stream = received.descriptors().get(2).toTcpStream()) {
                        writer.write(bytes(7));
                        writer.finish();
                        assertThat(pipe.reader().read().toByteArray()).containsExactly(7);
                        assertThat(pipe.reader().read()).as("no other writer is left").isNull();
                        stream.write(bytes(8));
                        stream.finish();
                        IoBuffer got = IoBuffer.allocate(4);
                        assertThat(server.read(got)).isEqualTo(1);
                        assertThat(server.read(got)).as("no other end is left").isZero();
                    }
                }
            }
        });
    }

    @Test
    void what_is_received_is_closed_on_exec_and_becomes_what_it_is_alone() throws Exception {
        pair((from, to) -> {
            try (UdpSocket udp = UdpSocket.bind(ANY_PORT).await();
                    SocketPair<UnixDatagram> datagrams = UnixDatagram.pair().await()) {
                from.sendDescriptors(bytes(1), List.of(udp, datagrams.first(), from)).await();
                try (ReceivedDescriptors received = to.receiveDescriptors(IoBuffer.allocate(1)).await()) {
                    for (PassedDescriptor each : received.descriptors()) {
                        assertThat(Libc.fcntl(each.fd(), DescriptorCommand.GET_DESCRIPTOR_FLAGS, 0))
                                .isEqualTo(DescriptorCommand.CLOSE_ON_EXEC);
                        assertThatThrownBy(each::toTcpStream).isInstanceOf(UringException.class)
                                .hasMessageContaining("EINVAL(22)");
                        assertThatThrownBy(each::toPipeReader).isInstanceOf(UringException.class);
                    }
                    PassedDescriptor first = received.descriptors().getFirst();
                    assertThatThrownBy(first::toUnixDatagram).isInstanceOf(UringException.class);
                    try (UdpSocket same = first.toUdpSocket()) {
                        assertThat(same.localAddress()).isEqualTo(udp.localAddress());
                        assertThatThrownBy(first::toUdpSocket).isInstanceOf(ClosedChannelException.class);
                    }
                    received.descriptors().get(1).toUnixDatagram().close();
                    received.descriptors().get(2).toUnixStream().close();
                }
            }
        });
    }

    @Test
    void listeners_go_on_under_their_new_owner() throws Exception {
        pair((from, to) -> {
            TcpListener tcp = TcpListener.bind(ANY_PORT).await();
            UnixListener unix = UnixListener.bind(UnixAddress.unnamed()).await();
            from.sendDescriptors(bytes(1), List.of(tcp, unix)).await();
            TcpStream early = TcpStream.connect(tcp.localAddress()).await();
            tcp.close();
            unix.close();
            try (ReceivedDescriptors received = to.receiveDescriptors(IoBuffer.allocate(1)).await();
                    TcpListener tcpNow = received.descriptors().get(0).toTcpListener();
                    UnixListener unixNow = received.descriptors().get(1).toUnixListener();
                    UnixStream late = UnixStream.connect(unix.localAddress()).await()) {
                assertThat(tcpNow.localAddress()).isEqualTo(tcp.localAddress());
                assertThat(unixNow.localAddress()).isEqualTo(unix.localAddress());
                try (early; TcpStream accepted = tcpNow.accept().await();
                        UnixStream other = unixNow.accept().await()) {
                    assertThat(accepted.remoteAddress()).isEqualTo(early.localAddress());
                    late.write(bytes(1));
                    IoBuffer got = IoBuffer.allocate(1);
                    assertThat(other.read(got)).isEqualTo(1);
                }
            }
        });
    }

    @Test
    void the_wrong_end_of_a_pipe_is_refused() throws Exception {
        pair((from, to) -> {
            try (Pipe pipe = Pipe.open().await()) {
                from.sendDescriptors(bytes(1), List.of(pipe.reader())).await();
                try (ReceivedDescriptors received = to.receiveDescriptors(IoBuffer.allocate(1)).await()) {
                    PassedDescriptor end = received.descriptors().getFirst();
                    assertThatThrownBy(end::toPipeWriter).isInstanceOf(UringException.class)
                            .hasMessageContaining("it is no pipe's end of that direction");
                    pipe.writer().write(bytes(5));
                    try (PipeReader reader = end.toPipeReader()) {
                        assertThat(reader.read().toByteArray()).containsExactly(5);
                    }
                }
            }
        });
    }

    @Test
    void descriptors_without_room_are_closed_by_the_kernel() throws Exception {
        pair((from, to) -> {
            try (Pipe pipe = Pipe.open().await()) {
                from.sendDescriptors(bytes(1), List.of(pipe.writer(), pipe.writer(), pipe.writer())).await();
                pipe.writer().close();
                try (ReceivedDescriptors received = to.receiveDescriptors(IoBuffer.allocate(1), 1).await()) {
                    assertThat(received.truncated()).isTrue();
                    assertThat(received.descriptors()).hasSize(1);
                }
                assertThat(pipe.reader().read()).as("no writer is left").isNull();
            }
        });
    }

    @Test
    void descriptors_that_nobody_takes_are_closed() throws Exception {
        pair((from, to) -> {
            try (Pipe pipe = Pipe.open().await()) {
                Op<ReceivedDescriptors> nobodys = to.receiveDescriptors(IoBuffer.allocate(1));
                settle();
                from.sendDescriptors(bytes(1), List.of(pipe.writer())).await();
                nobodys.abandon();
                from.sendDescriptors(bytes(1), List.of(pipe.writer())).await();
                assertThat(to.receive(IoBuffer.allocate(2)).await().bytes()).as("a receive of bytes alone").isPositive();
                from.sendDescriptors(bytes(1), List.of(pipe.writer())); // on its way at the close
                pipe.writer().close();
                from.close();
                to.close();
                assertThat(pipe.reader().read()).as("no writer is left").isNull();
            }
        });
    }

    @Test
    @NeedsDescriptors(1024)
    void as_many_as_a_message_carries_come_through_and_more_are_refused() throws Exception {
        pair((from, to) -> {
            try (Pipe pipe = Pipe.open().await()) {
                from.sendDescriptors(bytes(1), Collections.nCopies(253, pipe.writer())).await();
                try (ReceivedDescriptors received = to.receiveDescriptors(IoBuffer.allocate(1)).await()) {
                    assertThat(received.descriptors()).hasSize(253);
                    assertThat(received.truncated()).isFalse();
                }
                assertThatThrownBy(() -> from.sendDescriptors(bytes(1), Collections.nCopies(254, pipe.writer())))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> from.sendDescriptors(bytes(1), List.of()))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> from.sendDescriptors(bytes(), List.of(pipe.writer())))
                        .isInstanceOf(IllegalArgumentException.class);
                pipe.writer().close();
                assertThatThrownBy(() -> from.sendDescriptors(bytes(1), List.of(pipe.reader(), pipe.writer())))
                        .isInstanceOf(ClosedChannelException.class);
            }
        });
    }

    @Test
    void descriptors_go_once_however_often_the_bytes_have_to_wait() throws Exception {
        pair((from, to) -> {
            try (Pipe pipe = Pipe.open().await()) {
                byte[] much = random(2 << 20);
                Op<?> send = from.sendDescriptors(IoBuffer.copyOf(much), List.of(pipe.writer()));
                List<PassedDescriptor> all = new ArrayList<>();
                IoBuffer piece = IoBuffer.allocate(100_000);
                for (int got = 0; got < much.length;) {
                    ReceivedDescriptors received = to.receiveDescriptors(piece).await();
                    assertThat(received.bytes()).isPositive();
                    got += received.bytes();
                    all.addAll(received.descriptors());
                }
                send.await();
                assertThat(all).hasSize(1);
                all.getFirst().close();
            }
        });
    }

    @Test
    void the_end_brings_no_descriptors() throws Exception {
        pair((from, to) -> {
            from.finish();
            ReceivedDescriptors end = to.receiveDescriptors(IoBuffer.allocate(1)).await();
            assertThat(end.bytes()).isZero();
            assertThat(end.descriptors()).isEmpty();
        });
    }
}
