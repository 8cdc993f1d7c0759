package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Op;
import dev.uring.runtime.Time;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** What cases about the ends of connections share: peers of the JDK that can reset, operations that wait, bytes. */
abstract class EndingCases extends SocketCases {
    /** More than a connection of {@link #narrow} takes in. */
    static final int TOO_MUCH = 1 << 20;
    private static final int NARROW_BYTES = 16 << 10;

    @Override
    @AfterEach
    void nothing_is_left_in_flight() {
        super.nothing_is_left_in_flight();
        assertThat(runtime.metrics().workers()).allMatch(worker -> worker.buffersLent() == 0);
    }

    // ---- bytes ----

    static byte[] pattern(int count) {
        return OnEveryDriver.random(count);
    }

    static byte[] readAll(ByteSource source) throws IOException {
        var all = new ByteArrayOutputStream();
        for (IoBuffer each = source.read(); each != null; each = source.read()) {
            all.writeBytes(each.toByteArray());
            each.close();
        }
        return all.toByteArray();
    }

    static void send(StreamSocket stream, byte[] bytes) throws IOException {
        if (bytes.length > 0) {
            stream.sendAll(IoBuffer.copyOf(bytes)).await();
        }
    }

    // ---- peers ----

    /** A connection whose peer is the JDK's, which can reset, and which buffers little on either side. */
    record Narrow(TcpStream stream, Socket peer) implements AutoCloseable {
        void reset() throws IOException {
            EndingCases.reset(peer);
        }

        @Override
        public void close() throws IOException {
            peer.close();
            stream.closeAsync().await();
        }
    }

    static Narrow narrow() throws IOException {
        try (ServerSocket server = serverSocket()) {
            TcpStream stream = TcpStream.connect((InetSocketAddress) server.getLocalSocketAddress()).await();
            stream.setOption(StandardSocketOptions.SO_SNDBUF, NARROW_BYTES);
            return new Narrow(stream, server.accept());
        }
    }

    static ServerSocket serverSocket() throws IOException {
        var server = new ServerSocket();
        server.setReceiveBufferSize(NARROW_BYTES);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        return server;
    }

    static void reset(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    // ---- operations that wait ----

    /** An operation that was started, and its buffers. */
    record Pending(Op<?> op, List<IoBuffer> buffers) {
        static Pending of(Op<?> op, IoBuffer... buffers) {
            return new Pending(op, List.of(buffers));
        }

        /** Claims that the kernel has let go of the buffers, perhaps after a notification. */
        void assertOwned() {
            buffers.forEach(IoBuffer::awaitOwned);
            assertThat(buffers).allMatch(each -> each.state() == IoBuffer.State.OWNED);
        }
    }

    /** The ways to receive by one operation. */
    enum Receiving {
        SOME {
            @Override
            Pending start(StreamSocket stream) {
                IoBuffer buffer = IoBuffer.allocate(16);
                return Pending.of(stream.receive(buffer), buffer);
            }
        },
        EXACTLY {
            @Override
            Pending start(StreamSocket stream) {
                IoBuffer buffer = IoBuffer.allocate(16);
                return Pending.of(stream.receiveExactly(buffer), buffer);
            }
        },
        PEEK {
            @Override
            Pending start(StreamSocket stream) {
                IoBuffer buffer = IoBuffer.allocate(16);
                return Pending.of(stream.peek(buffer), buffer);
            }
        },
        PROVIDED {
            @Override
            Pending start(StreamSocket stream) {
                return Pending.of(stream.receive());
            }
        },
        VECTORED {
            @Override
            Pending start(StreamSocket stream) {
                IoBuffer one = IoBuffer.allocate(3);
                IoBuffer two = IoBuffer.allocate(13);
                return Pending.of(stream.receive(List.of(one, two)), one, two);
            }
        };

        abstract Pending start(StreamSocket stream);
    }

    /** The ways to send by one operation, of more than there is room for. */
    enum Sending {
        /** Finds no room, but may get some at any time: the peer's window grows a little when it is probed. */
        SOME {
            @Override
            Pending start(StreamSocket stream) throws IOException {
                while (true) {
                    IoBuffer buffer = IoBuffer.copyOf(pattern(64 << 10));
                    Op<?> send = stream.send(buffer);
                    settle();
                    if (!send.isDone()) {
                        Time.sleep(Duration.ofMillis(50)).await(); // an acknowledgement may take its time
                    }
                    if (!send.isDone()) {
                        return Pending.of(send, buffer);
                    }
                    send.await();
                }
            }
        },
        ALL {
            @Override
            Pending start(StreamSocket stream) {
                IoBuffer buffer = IoBuffer.copyOf(pattern(TOO_MUCH));
                return Pending.of(stream.sendAll(buffer), buffer);
            }
        },
        LIST {
            @Override
            Pending start(StreamSocket stream) {
                IoBuffer one = IoBuffer.copyOf(pattern(100));
                IoBuffer two = IoBuffer.copyOf(pattern(TOO_MUCH));
                return Pending.of(stream.sendAll(List.of(one, two)), one, two);
            }
        },
        ZERO_COPY {
            @Override
            Pending start(StreamSocket stream) {
                IoBuffer buffer = IoBuffer.copyOf(pattern(TOO_MUCH));
                return Pending.of(stream.sendZeroCopy(buffer), buffer);
            }
        };

        abstract Pending start(StreamSocket stream) throws IOException;
    }

    /** The kinds that there are on the driver. */
    final List<Receiving> receivings() {
        return List.of(Receiving.values()).stream().filter(each -> !isNio() || each != Receiving.PEEK).toList();
    }
}
