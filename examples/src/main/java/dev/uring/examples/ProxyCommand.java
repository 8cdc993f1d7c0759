package dev.uring.examples;

import dev.uring.net.Copy;
import dev.uring.net.CopyOptions;
import dev.uring.net.CopyProgress;
import dev.uring.net.CopyResult;
import dev.uring.net.StreamSocket;
import dev.uring.net.TcpStream;
import dev.uring.runtime.RuntimeShutdownException;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Passes connections on to a target until the process is asked to end. */
@Command(
        name = "proxy",
        description = {
            "Passes on connections to LISTEN, each by one to TARGET, until Ctrl-C.",
            "Either is HOST:PORT, [IPV6]:PORT, PORT of 127.0.0.1, unix:PATH or unix:@NAME. The end that one side sends is "
                + "passed on, and so is a reset; a client whose target cannot be reached is reset."})
final class ProxyCommand implements Callable<Integer> {
    private static final int WORKERS_MAX = 1024;
    private static final long TOLD_NANOS = TimeUnit.SECONDS.toNanos(1);

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "LISTEN", converter = Endpoint.Converter.class,
            description = "where to listen; port 0 for any free one")
    private Endpoint listen;

    @Parameters(index = "1", paramLabel = "TARGET", converter = Endpoint.Converter.class,
            description = "where to connect to")
    private Endpoint target;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "0",
            description = "how many threads serve; without it, one for each processor")
    private int workers;

    @Option(names = "--splice", description = "move all bytes through pipes of the kernel, from the first on; without it, "
            + "those of connections that carry much")
    private boolean splice;

    @Option(names = "--quiet", description = "show no table of connections, which else a terminal has")
    private boolean quiet;

    private final ProxyTable table = new ProxyTable();
    private final AtomicLong complainedNanos = new AtomicLong(System.nanoTime() - TOLD_NANOS);
    private final AtomicInteger suppressed = new AtomicInteger();

    @Override
    public Integer call() throws Exception {
        if (workers < 0 || workers > WORKERS_MAX) {
            throw new ParameterException(spec.commandLine(), "--workers must be 1 to " + WORKERS_MAX + ": " + workers);
        }
        UringRuntime.Builder builder = UringRuntime.builder().enableAll();
        try (UringRuntime runtime = (workers == 0 ? builder : builder.multiThread(workers)).build()) {
            return runtime.blockOn(() -> serve(runtime.driver().name()));
        } catch (CancellationException e) {
            return Main.STATUS_INTERRUPTED; // before it began
        }
    }

    private Integer serve(String driver) throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        var asked = new CountDownLatch(1);
        try (var _ = new Ending(asked::countDown)) {
            try (Listening listening = listen.listen(this::pass)) {
                out.println("passing " + listening.address() + " on to " + target + " with " + driver);
                if (quiet || !LiveLine.isTerminal()) {
                    asked.await();
                } else {
                    try (var _ = new LiveLine(spec.commandLine().getErr(), table::lines)) {
                        asked.await();
                    }
                }
            }
            out.println("stopped: " + table.summary());
        }
        return 0; // asked to end; the process's own status tells by whom
    }

    private void pass(StreamSocket client) throws IOException {
        var progress = new CopyProgress();
        var row = new ProxyTable.Row(name(client), progress);
        boolean isClean = false;
        table.begin(row);
        try (StreamSocket other = connect(client)) {
            if (other != null) {
                CopyResult result = Copy.bidirectional(client, other, CopyOptions.DEFAULT.withProgress(progress)
                        .withSplice(splice ? CopyOptions.Splice.ALWAYS : CopyOptions.Splice.AUTO));
                isClean = result.isClean();
            }
        } catch (ClosedChannelException | CancellationException | RuntimeShutdownException e) {
            // The proxy stops.
        } finally {
            table.end(row, !isClean);
        }
    }

    /** Answers null where there is no connection to the target: the client is reset then, and not just closed. */
    private StreamSocket connect(StreamSocket client) throws IOException {
        try {
            return target.connect();
        } catch (ClosedChannelException | RuntimeShutdownException e) {
            throw e;
        } catch (IOException e) {
            complain(e);
            if (client instanceof TcpStream) {
                client.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
            return null;
        }
    }

    private void complain(IOException e) {
        long now = System.nanoTime();
        long last = complainedNanos.get();
        if (now - last >= TOLD_NANOS && complainedNanos.compareAndSet(last, now)) {
            int more = suppressed.getAndSet(0);
            spec.commandLine().getErr().println("uring proxy: " + e.getMessage()
                    + (more == 0 ? "" : " (and " + more + " more since the last one)"));
        } else {
            suppressed.incrementAndGet();
        }
    }

    private static String name(StreamSocket client) throws IOException {
        return client instanceof TcpStream tcp ? Endpoint.Tcp.text(tcp.remoteAddress()) : "unix " + client.fd();
    }
}
