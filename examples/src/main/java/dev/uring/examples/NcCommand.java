package dev.uring.examples;

import dev.uring.net.TcpStream;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Uring;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Joins standard input and output to a connection, until the peer has sent all. */
@Command(
        name = "nc",
        description = "Connects over TCP, sends standard input and writes what comes to standard output.")
final class NcCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "HOST", description = "a name or an address")
    private String host;

    @Parameters(index = "1", paramLabel = "PORT", description = "the port to connect to")
    private int port;

    /** Why input is not sent any more; written before the stream is closed for it. */
    private volatile IOException failure;

    @Override
    public Integer call() throws Exception {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new UnknownHostException("no address is known: host=" + host);
        }
        Uring.run(() -> {
            try (TcpStream stream = TcpStream.connect(address).await()) {
                // Reading standard input may block for ever, so its thread is nobody's to wait for.
                Thread.ofPlatform().daemon().name("nc-input").start(() -> sendInput(stream));
                receiveOutput(stream, System.out);
            }
        });
        return 0;
    }

    private void sendInput(TcpStream stream) {
        byte[] piece = new byte[Streams.PIECE_BYTES];
        try {
            for (int bytes = System.in.read(piece); bytes >= 0; bytes = System.in.read(piece)) {
                try (IoBuffer buffer = IoBuffer.copyOf(Arrays.copyOf(piece, bytes))) {
                    Streams.sendAll(stream, buffer);
                }
            }
            stream.shutdownOutput().await();
        } catch (CancellationException e) {
            // The peer has sent all, and the stream was closed.
        } catch (IOException e) {
            failure = e;
            stream.closeAsync();
        }
    }

    private void receiveOutput(TcpStream stream, PrintStream out) throws IOException {
        try (IoBuffer buffer = IoBuffer.allocate(Streams.PIECE_BYTES)) {
            while (stream.receive(buffer).await().bytes() > 0) {
                Streams.write(out, buffer.toByteArray(), buffer.length());
            }
        } catch (CancellationException e) {
            throw failure;
        }
    }
}
