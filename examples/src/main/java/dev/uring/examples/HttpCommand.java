package dev.uring.examples;

import dev.uring.runtime.UringRuntime;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Serves the files of a directory until the process is asked to end. */
@Command(
        name = "http",
        description = {
            "Serves the files of a directory over HTTP/1.1, until Ctrl-C.",
            "GET and HEAD, ranges, conditions on the date, keep-alive and pipelining. A directory is served by its "
                + "index.html. Nothing outside of ROOT is served, whatever links lead there."})
final class HttpCommand implements Callable<Integer> {
    private static final int PORT_MAX = 65_535;
    private static final int WORKERS_MAX = 1024;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "ROOT", description = "the directory to serve")
    private Path root;

    @Option(names = "--port", paramLabel = "N", defaultValue = "8080",
            description = "where to listen; 0 for any free port (default: ${DEFAULT-VALUE})")
    private int port;

    @Option(names = "--host", paramLabel = "ADDRESS", defaultValue = "127.0.0.1",
            description = "the address to listen on; 0.0.0.0 for all of IPv4, :: for all (default: ${DEFAULT-VALUE})")
    private String host;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "0",
            description = "how many threads serve; without it, one for each processor")
    private int workers;

    @Override
    public Integer call() throws Exception {
        requireUsage(port >= 0 && port <= PORT_MAX, "--port must be 0 to " + PORT_MAX + ": " + port);
        requireUsage(workers >= 0 && workers <= WORKERS_MAX, "--workers must be 1 to " + WORKERS_MAX + ": " + workers);
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new UnknownHostException("no address is known: host=" + host);
        }
        UringRuntime.Builder builder = UringRuntime.builder().enableAll();
        try (UringRuntime runtime = (workers == 0 ? builder : builder.multiThread(workers)).build()) {
            runtime.blockOn(() -> {
                serve(address, runtime.driver().name());
                return null;
            });
        } catch (CancellationException e) {
            return Main.STATUS_INTERRUPTED; // before it began
        }
        return 0; // asked to end; the process's own status tells by whom
    }

    private void requireUsage(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private void serve(InetSocketAddress address, String driver) throws Exception {
        PrintWriter out = spec.commandLine().getOut();
        var asked = new CountDownLatch(1);
        try (var _ = new Ending(asked::countDown)) {
            try (HttpFiles files = HttpFiles.open(root);
                    HttpServer server = HttpServer.start(address, files, spec.commandLine().getErr())) {
                out.println("serving " + files.realRoot() + " at http://" + authority(server.localAddress()) + "/ with "
                        + driver);
                if (files.weakness() != null) {
                    spec.commandLine().getErr().println("uring http: " + files.weakness());
                }
                asked.await();
            }
            out.println("stopped");
        }
    }

    private static String authority(InetSocketAddress bound) {
        return bound.getAddress().isAnyLocalAddress() ? "localhost:" + bound.getPort() : Endpoint.Tcp.text(bound);
    }
}
