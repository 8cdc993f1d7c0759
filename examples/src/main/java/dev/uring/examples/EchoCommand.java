package dev.uring.examples;

import dev.uring.net.Receive;
import dev.uring.net.Send;
import dev.uring.net.TcpServer;
import dev.uring.net.TcpStream;
import dev.uring.runtime.BufResult;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Serves connections, by tasks or by callbacks, until the process is asked to end. */
@Command(
        name = "echo",
        description = "Sends back whatever comes over TCP, until Ctrl-C.")
final class EchoCommand implements Callable<Integer> {
    private static final int WORKERS_MAX = 1024;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "PORT", description = "where to listen; 0 for any free port")
    private int port;

    @Option(names = "--any", description = "listen on all addresses of IPv4; without it, on 127.0.0.1 alone")
    private boolean any;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "0",
            description = "how many threads serve; without it, one for each processor")
    private int workers;

    @Option(names = "--callbacks", description = "serve by callbacks instead of a task for each connection")
    private boolean callbacks;

    private final LongAdder connections = new LongAdder();
    private final LongAdder bytes = new LongAdder();

    @Override
    public Integer call() throws Exception {
        requireUsage(port >= 0 && port <= Endpoint.PORT_MAX, "PORT must be 0 to " + Endpoint.PORT_MAX + ": " + port);
        requireUsage(workers >= 0 && workers <= WORKERS_MAX, "--workers must be 1 to " + WORKERS_MAX + ": " + workers);
        InetAddress host = InetAddress.getByAddress(any ? new byte[4] : new byte[] {127, 0, 0, 1});
        UringRuntime.Builder builder = UringRuntime.builder().enableAll();
        try (UringRuntime runtime = (workers == 0 ? builder : builder.multiThread(workers)).build()) {
            return runtime.blockOn(() -> serve(new InetSocketAddress(host, port), runtime.driver().name()));
        } catch (CancellationException e) {
            return Main.STATUS_INTERRUPTED; // before it began
        }
    }

    private void requireUsage(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private Integer serve(InetSocketAddress address, String driver) throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        var asked = new CountDownLatch(1);
        try (var _ = new Ending(asked::countDown)) {
            try (TcpServer server = TcpServer.start(address, TcpServer.Options.DEFAULT, this::echo)) {
                out.println("listening on " + Endpoint.Tcp.text(server.localAddress()) + " with " + driver);
                if (LiveLine.isTerminal()) {
                    try (var _ = new LiveLine(spec.commandLine().getErr(), () -> count(server))) {
                        asked.await();
                    }
                } else {
                    asked.await();
                }
            }
            out.println("stopped");
        }
        return 0; // asked to end; the process's own status tells by whom
    }

    private String count(TcpServer server) {
        return String.format(Locale.ROOT, "%d open, %d in all, %s echoed", server.connections(), connections.sum(),
                Progress.bytes(bytes.sum()));
    }

    /** A connection that fails ends alone, and needs no word: its client knows. */
    private void echo(TcpStream stream) throws IOException, InterruptedException {
        connections.increment();
        stream.noDelay(true);
        if (callbacks) {
            var loop = new Loop(stream, IoBuffer.allocate(Streams.PIECE_BYTES)); // whose end may find it in flight
            loop.receive();
            loop.ended.await();
            return;
        }
        try (IoBuffer buffer = IoBuffer.allocate(Streams.PIECE_BYTES)) {
            while (stream.read(buffer) > 0) {
                stream.write(buffer);
                bytes.add(buffer.length());
            }
        }
    }

    /** A receive and a send that follow one another, used again and again; the connection's task only waits for the end. */
    private final class Loop {
        private final BufferOp receive;
        private final BufferOp send;
        private final BiConsumer<BufResult, IOException> received = this::received;
        private final BiConsumer<BufResult, IOException> sent = this::sent;
        private final CountDownLatch ended = new CountDownLatch(1);

        Loop(TcpStream stream, IoBuffer buffer) {
            receive = new Receive(stream, buffer);
            send = new Send(stream, buffer).whole();
        }

        void receive() {
            receive.submit(received);
        }

        private void received(BufResult result, IOException error) {
            if (error != null || result.bytes() == 0) {
                ended.countDown();
            } else {
                send.submit(sent);
            }
        }

        private void sent(BufResult result, IOException error) {
            if (error != null) {
                ended.countDown();
            } else {
                bytes.add(result.bytes());
                receive();
            }
        }
    }
}
