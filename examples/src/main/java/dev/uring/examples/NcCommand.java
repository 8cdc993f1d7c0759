package dev.uring.examples;

import dev.uring.net.StreamSocket;
import dev.uring.net.TcpListener;
import dev.uring.net.TcpStream;
import dev.uring.net.UnixAddress;
import dev.uring.net.UnixListener;
import dev.uring.net.UnixStream;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Uring;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Joins standard input and output to a connection, until the peer has sent all. */
@Command(
        name = "nc",
        customSynopsis = {"uring nc [-hV] HOST PORT", "       uring nc [-hV] -l [HOST] PORT", "       uring nc [-hV] [-l] -U PATH"},
        description = {
            "Connects, or takes one connection, sends standard input and writes what comes to standard output.",
            "The end of standard input is sent, and ends nothing else: the peer may still answer. After the peer's end, what is there is sent, and all ends."})
final class NcCommand implements Callable<Integer> {
    private static final Duration INPUT_WAIT = Duration.ofMillis(200);
    private static final String ANY = "0.0.0.0";

    @Spec
    private CommandSpec spec;

    @Option(names = "-l", description = "take one connection instead; without a HOST, on all addresses of IPv4")
    private boolean listens;

    @Option(names = "-U", description = "use a Unix socket: a path, or @ and an abstract name")
    private boolean isUnix;

    @Parameters(arity = "1..2", paramLabel = "HOST PORT", description = "a name or an address, and a port; or a path")
    private List<String> where;

    /** Written by the thread that sends input. */
    private volatile boolean isSending;
    private volatile long sentPieces;
    /** Why input is not sent any more; written before the stream is closed for it. */
    private volatile IOException failure;

    @Override
    public Integer call() throws Exception {
        requireUsage(where.size() == (isUnix ? 1 : 2) || listens && !isUnix, isUnix ? "-U needs a PATH and nothing else"
                : "HOST and PORT are needed");
        Callable<StreamSocket> opening = isUnix ? unix() : tcp();
        Uring.run(() -> {
            try (StreamSocket stream = opening.call()) {
                // Reading standard input may block for ever, so its thread is nobody's to wait for.
                Thread input = Thread.ofPlatform().daemon().name("nc-input").start(() -> sendInput(stream));
                receiveOutput(stream, System.out);
                finishInput(input);
            }
        });
        return 0;
    }

    private void requireUsage(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private Callable<StreamSocket> tcp() {
        String host = where.size() == 2 ? where.getFirst() : ANY;
        int port;
        try {
            port = Integer.parseInt(where.getLast());
        } catch (NumberFormatException e) {
            port = -1;
        }
        requireUsage(port >= 0 && port <= Endpoint.PORT_MAX, "PORT must be 0 to " + Endpoint.PORT_MAX + ": " + where.getLast());
        int given = port;
        return listens ? () -> acceptTcp(new InetSocketAddress(host, given)) : () -> TcpStream.connect(host, given);
    }

    private StreamSocket acceptTcp(InetSocketAddress address) throws IOException {
        try (TcpListener listener = TcpListener.bind(address).await()) {
            tellListening(Endpoint.Tcp.text(listener.localAddress()));
            return listener.accept().await();
        }
    }

    private Callable<StreamSocket> unix() {
        String name = where.getFirst();
        UnixAddress address = name.startsWith("@") ? UnixAddress.ofAbstract(name.substring(1)) : UnixAddress.of(Path.of(name));
        return listens ? () -> acceptUnix(address) : () -> UnixStream.connect(address).await();
    }

    private StreamSocket acceptUnix(UnixAddress address) throws IOException {
        try (UnixListener listener = UnixListener.bind(address).await()) {
            try {
                tellListening(new Endpoint.Unix(address).toString());
                return listener.accept().await();
            } finally {
                if (!address.isAbstract()) {
                    Files.deleteIfExists(address.path());
                }
            }
        }
    }

    /** Standard output is for what comes. */
    private void tellListening(String address) {
        spec.commandLine().getErr().println("listening on " + address);
    }

    /** Sends what is on its way; input that keeps one waiting is not waited for. */
    private void finishInput(Thread input) throws InterruptedException {
        long before;
        do {
            before = sentPieces;
        } while (!input.join(INPUT_WAIT) && (isSending || sentPieces != before));
    }

    private void sendInput(StreamSocket stream) {
        byte[] piece = new byte[Streams.PIECE_BYTES];
        try (IoBuffer buffer = IoBuffer.allocate(piece.length)) {
            for (int bytes = System.in.read(piece); bytes >= 0; bytes = System.in.read(piece)) {
                buffer.segment().asByteBuffer().put(piece, 0, bytes);
                isSending = true;
                stream.write(buffer.length(bytes));
                sentPieces++;
                isSending = false;
            }
            stream.finish();
        } catch (CancellationException | ClosedChannelException e) {
            // The peer has sent all, and the stream was closed.
        } catch (IOException e) {
            failure = e;
            stream.closeAsync();
        }
    }

    private void receiveOutput(StreamSocket stream, PrintStream out) throws IOException {
        try (IoBuffer buffer = IoBuffer.allocate(Streams.PIECE_BYTES)) {
            while (stream.read(buffer) > 0) {
                Streams.write(out, buffer.toByteArray(), buffer.length());
            }
        } catch (CancellationException | ClosedChannelException e) {
            throw failure == null ? new IOException("connection was closed", e) : failure;
        }
    }
}
