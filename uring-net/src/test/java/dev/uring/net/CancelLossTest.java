package dev.uring.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.runtime.BufferOp;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.MultiOp;
import dev.uring.runtime.NeedsDescriptors;
import dev.uring.runtime.Op;
import dev.uring.runtime.Tasks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Receives and accepts that are cancelled at any moment: no byte and no connection gets lost, none comes twice. */
@ParameterizedClass(name = "{0}")
@MethodSource("dev.uring.net.Setups#all")
@ExtendWith(LeakCheck.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CancelLossTest extends EndingCases {
    private static final int ROUNDS = 600;
    private static final int PIECE_BYTES_MAX = 300;

    private interface Rounds {
        void run(Random random) throws Exception;
    }

    private void seeded(Rounds rounds) throws Exception {
        var told = new StringBuilder();
        Random random = OnEveryDriver.random(told);
        task(() -> {
            try {
                rounds.run(random);
            } catch (Throwable e) {
                e.addSuppressed(new AssertionError(told));
                throw e;
            }
            awaitDescriptors(0);
        });
    }

    private static void pause(Random random) throws IOException {
        if (random.nextInt(8) == 0) {
            settle();
        }
        for (int turn = random.nextInt(4); turn > 0; turn--) {
            Tasks.yieldNow();
        }
    }

    // ---- bytes ----

    /** Receives once, is cancelled somewhere in between, and keeps what came. */
    private interface CancelledReceive {
        void once(TcpStream stream, Random random, ByteArrayOutputStream got) throws IOException;
    }

    private void losesNoByte(CancelledReceive receive) throws Exception {
        seeded(random -> {
            try (Pair pair = Pair.open()) {
                long seed = random.nextLong();
                JoinHandle<byte[]> sender = Tasks.spawn(() -> sendPieces(pair.client(), new Random(seed)));
                var got = new ByteArrayOutputStream();
                while (!sender.isFinished()) {
                    receive.once(pair.server(), random, got);
                }
                got.writeBytes(readAll(pair.server()));
                byte[] sent = sender.await();
                assertThat(got.size()).as("bytes received").isEqualTo(sent.length);
                assertThat(Arrays.equals(got.toByteArray(), sent)).isTrue();
            }
        });
    }

    private byte[] sendPieces(TcpStream stream, Random random) throws IOException {
        var sent = new ByteArrayOutputStream();
        for (int i = 0; i < scaled(ROUNDS); i++) {
            byte[] piece = new byte[1 + random.nextInt(PIECE_BYTES_MAX)];
            random.nextBytes(piece);
            send(stream, piece);
            sent.writeBytes(piece);
            pause(random);
        }
        stream.finish();
        return sent.toByteArray();
    }

    @Test
    void a_single_receive_loses_no_byte() throws Exception {
        losesNoByte((stream, random, got) -> {
            IoBuffer buffer = IoBuffer.allocate(1 + random.nextInt(PIECE_BYTES_MAX));
            BufferOp receive = stream.receive(buffer);
            pause(random);
            receive.cancel();
            try {
                receive.await();
                got.writeBytes(buffer.toByteArray());
            } catch (CancellationException e) {
                assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
            }
        });
    }

    @Test
    void a_receive_into_a_provided_buffer_loses_no_byte() throws Exception {
        losesNoByte((stream, random, got) -> {
            Op<IoBuffer> receive = stream.receive();
            pause(random);
            receive.cancel();
            try (IoBuffer buffer = receive.await()) {
                if (buffer != null) {
                    got.writeBytes(buffer.toByteArray());
                }
            } catch (CancellationException e) {
                // the next gets it
            }
        });
    }

    @Test
    void an_exact_receive_keeps_what_it_has_and_loses_no_byte() throws Exception {
        losesNoByte((stream, random, got) -> {
            IoBuffer buffer = IoBuffer.allocate(1 + random.nextInt(3 * PIECE_BYTES_MAX));
            BufferOp receive = stream.receiveExactly(buffer);
            pause(random);
            receive.cancel();
            try {
                receive.await();
            } catch (CancellationException | java.io.EOFException e) {
                assertThat(buffer.state()).isEqualTo(IoBuffer.State.OWNED);
            }
            got.writeBytes(buffer.toByteArray());
        });
    }

    @Test
    void a_vectored_receive_loses_no_byte() throws Exception {
        losesNoByte((stream, random, got) -> {
            List<IoBuffer> buffers = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                buffers.add(IoBuffer.allocate(1 + random.nextInt(PIECE_BYTES_MAX)));
            }
            Op<Long> receive = stream.receive(buffers);
            pause(random);
            receive.cancel();
            try {
                receive.await();
                buffers.forEach(each -> got.writeBytes(each.toByteArray()));
            } catch (CancellationException e) {
                assertThat(buffers).allMatch(each -> each.state() == IoBuffer.State.OWNED);
            }
        });
    }

    // ---- connections ----

    @Test
    @NeedsDescriptors(1024)
    void accepts_lose_no_connection() throws Exception {
        seeded(random -> {
            int count = scaled(200);
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                JoinHandle<List<TcpStream>> clients = Tasks.spawn(() -> connect(listener, count));
                List<TcpStream> servers = new ArrayList<>();
                while (servers.size() < count) {
                    List<Op<TcpStream>> accepts = new ArrayList<>();
                    for (int i = random.nextInt(3); i >= 0; i--) {
                        accepts.add(listener.accept());
                    }
                    pause(random);
                    accepts.forEach(Op::cancel);
                    for (Op<TcpStream> each : accepts) {
                        try {
                            servers.add(each.await());
                        } catch (CancellationException e) {
                            // the next gets it
                        }
                    }
                }
                answer(servers);
                assertThat(answered(clients.await())).isEqualTo(count);
            }
        });
    }

    @Test
    @NeedsDescriptors(1024)
    void connections_that_nobody_takes_from_incoming_are_closed_and_none_is_forgotten() throws Exception {
        seeded(random -> {
            int count = scaled(200);
            try (TcpListener listener = TcpListener.bind(ANY_PORT).await()) {
                JoinHandle<List<TcpStream>> clients = Tasks.spawn(() -> connect(listener, count));
                int served = 0;
                while (!clients.isFinished()) {
                    List<TcpStream> servers = new ArrayList<>();
                    try (MultiOp<TcpStream> incoming = listener.incoming()) {
                        boolean takes = random.nextInt(4) > 0;
                        JoinHandle<Void> taker = Tasks.spawn(() -> {
                            if (takes) {
                                takeAll(incoming, servers);
                            }
                            return null;
                        });
                        pause(random);
                        incoming.close();
                        taker.await();
                    }
                    served += servers.size();
                    answer(servers);
                }
                List<TcpStream> last = new ArrayList<>();
                JoinHandle<Integer> answered = Tasks.spawn(() -> answered(clients.await()));
                while (!answered.isFinished()) {
                    Op<TcpStream> accept = listener.accept();
                    settle();
                    accept.cancel();
                    try {
                        last.add(accept.await());
                        answer(last);
                        served++;
                        last.clear();
                    } catch (CancellationException e) {
                        // none is left
                    }
                }
                assertThat(answered.await()).as("clients that were answered").isEqualTo(served);
            }
        });
    }

    private static void takeAll(MultiOp<TcpStream> incoming, List<TcpStream> servers) throws IOException {
        try {
            while (true) {
                servers.add(incoming.next());
            }
        } catch (ClosedChannelException e) {
            // it was closed meanwhile, as it should
        }
    }

    private static List<TcpStream> connect(TcpListener listener, int count) throws IOException {
        List<TcpStream> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(TcpStream.connect(listener.localAddress()).await());
            if (i % 5 == 0) {
                Tasks.yieldNow();
            }
        }
        return clients;
    }

    /** Says one byte to each, and the end. */
    private static void answer(List<TcpStream> servers) throws IOException {
        for (TcpStream each : servers) {
            send(each, 1);
            each.close();
        }
    }

    /** Waits until each has got a byte, or an end without one, and closes it. */
    private static int answered(List<TcpStream> clients) throws IOException {
        int answered = 0;
        for (TcpStream each : clients) {
            try {
                if (receive(each) == 1) {
                    answered++;
                    assertEnd(each);
                }
            } catch (SocketException e) {
                assertThat(e).hasMessageContaining("ECONNRESET"); // closed in the kernel's queue
            }
            each.close();
        }
        return answered;
    }
}
