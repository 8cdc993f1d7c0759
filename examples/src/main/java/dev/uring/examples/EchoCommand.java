package dev.uring.examples;

import dev.uring.net.TcpListener;
import dev.uring.net.TcpStream;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.RuntimeShutdownException;
import dev.uring.runtime.Tasks;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Serves connections, each by a task of its own, until the process is asked to end. */
@Command(
        name = "echo",
        description = "Sends back whatever comes over TCP, until Ctrl-C.")
final class EchoCommand implements Callable<Integer> {
    private static final int PORT_MAX = 65_535;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "PORT", description = "where to listen; 0 for any free port")
    private int port;

    @Option(names = "--any", description = "listen on all addresses of IPv4; without it, on 127.0.0.1 alone")
    private boolean any;

    @Override
    public Integer call() throws Exception {
        if (port < 0 || port > PORT_MAX) {
            throw new ParameterException(spec.commandLine(), "PORT must be 0 to " + PORT_MAX + ": " + port);
        }
        InetAddress host = InetAddress.getByAddress(any ? new byte[4] : new byte[] {127, 0, 0, 1});
        try (UringRuntime runtime = UringRuntime.builder().enableAll().build()) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(runtime), "echo-stop"));
            return runtime.blockOn(() -> serve(new InetSocketAddress(host, port), runtime.driver().name()));
        } catch (RuntimeShutdownException | CancellationException e) {
            return 0; // asked to end; the process's own status tells by whom
        }
    }

    /** Ctrl-C runs this: it ends what is in flight, closes all sockets, and waits for both. */
    private void stop(UringRuntime runtime) {
        runtime.close();
        spec.commandLine().getOut().println("stopped");
    }

    private Integer serve(InetSocketAddress address, String driver) throws IOException {
        try (TcpListener listener = TcpListener.bind(address).await()) {
            InetSocketAddress bound = listener.localAddress();
            spec.commandLine().getOut().println("listening on " + bound.getAddress().getHostAddress() + ":"
                    + bound.getPort() + " with " + driver);
            while (true) {
                TcpStream stream = listener.accept().await();
                Tasks.spawn(() -> echo(stream));
            }
        }
    }

    /** A connection that fails ends alone, and needs no word: its client knows. */
    private static Void echo(TcpStream stream) throws IOException {
        try (stream; IoBuffer buffer = IoBuffer.allocate(Streams.PIECE_BYTES)) {
            stream.noDelay(true);
            while (stream.receive(buffer).await().bytes() > 0) {
                Streams.sendAll(stream, buffer);
            }
        }
        return null;
    }
}
