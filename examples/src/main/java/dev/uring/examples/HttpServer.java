package dev.uring.examples;

import dev.uring.net.TcpServer;
import dev.uring.net.TcpStream;
import dev.uring.runtime.JoinSet;
import dev.uring.runtime.MissedTick;
import dev.uring.runtime.RuntimeShutdownException;
import dev.uring.runtime.Time;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Serves files over HTTP/1.1, each connection by a task of its own; watches over the time that clients take. */
final class HttpServer implements AutoCloseable {
    private static final Duration WATCH_PERIOD = Duration.ofMillis(200);
    /** How long requests in flight may take when it is stopped. */
    private static final Duration DRAIN_MAX = Duration.ofSeconds(2);

    private final HttpFiles files;
    private final PrintWriter err;
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    private final long beginNanos = System.nanoTime();
    private final JoinSet<Void> watcher = new JoinSet<>();
    private TcpServer server;
    private volatile boolean isStopping;

    private HttpServer(HttpFiles files, PrintWriter err) {
        this.files = files;
        this.err = err;
    }

    /** Begins to serve; called by a task. */
    static HttpServer start(InetSocketAddress address, HttpFiles files, PrintWriter err) throws IOException {
        var started = new HttpServer(files, err);
        started.server = TcpServer.start(address, TcpServer.Options.DEFAULT, started::serve);
        started.watcher.spawn(started::watch);
        return started;
    }

    InetSocketAddress localAddress() {
        return server.localAddress();
    }

    HttpFiles files() {
        return files;
    }

    boolean isStopping() {
        return isStopping;
    }

    /** Answers its own time. */
    long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beginNanos);
    }

    private void serve(TcpStream stream) throws InterruptedException {
        var connection = new HttpConnection(stream, this);
        connections.add(connection);
        try {
            connection.serve();
        } catch (SocketException | CancellationException | ClosedChannelException | RuntimeShutdownException e) {
            // The client has gone, or was left: it knows, and nobody else need to.
        } catch (IOException | RuntimeException e) {
            err.println("uring http: " + e.getMessage());
        } finally {
            connections.remove(connection);
        }
    }

    private Void watch() throws IOException {
        var ticks = Time.interval(WATCH_PERIOD, MissedTick.DELAY);
        while (true) {
            ticks.tick();
            long now = millis();
            connections.forEach(each -> each.requireInTime(now));
        }
    }

    /** Ends what is idle, waits for requests in flight, but not for long, and ends the rest. */
    @Override
    public void close() {
        isStopping = true;
        connections.forEach(HttpConnection::stop);
        server.shutdown(DRAIN_MAX);
        watcher.close();
    }
}
