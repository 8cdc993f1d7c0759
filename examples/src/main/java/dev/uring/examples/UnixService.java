package dev.uring.examples;

import dev.uring.net.UnixAddress;
import dev.uring.net.UnixListener;
import dev.uring.net.UnixStream;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.Tasks;
import dev.uring.runtime.Time;
import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;

/** Takes connections of a Unix socket, each for a task of its own; takes the socket's name away at the end. */
final class UnixService implements Listening {
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration STEP = Duration.ofMillis(5);

    private final UnixListener listener;
    private final UnixAddress address;
    private final Endpoint.Handler handler;
    private final Set<UnixStream> connections = ConcurrentHashMap.newKeySet();
    private final JoinHandle<Void> acceptor;

    @SuppressWarnings("this-escape")
    UnixService(UnixListener listener, UnixAddress address, Endpoint.Handler handler) {
        this.listener = listener;
        this.address = address;
        this.handler = handler;
        acceptor = Tasks.spawn(this::accept);
    }

    private Void accept() throws IOException {
        while (listener.isOpen()) {
            try {
                UnixStream stream = listener.accept().await();
                connections.add(stream);
                Tasks.spawn(() -> handle(stream));
            } catch (ClosedChannelException | CancellationException e) {
                // It is closed: the loop ends.
            } catch (SocketException e) { // too many are open: some of them will end
                Time.sleep(PAUSE).await();
            }
        }
        return null;
    }

    private Void handle(UnixStream stream) throws Exception {
        try (stream) {
            handler.handle(stream);
        } finally {
            connections.remove(stream);
        }
        return null;
    }

    @Override
    public String address() {
        return new Endpoint.Unix(address).toString();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        while (!acceptor.isFinished() || !connections.isEmpty()) {
            connections.forEach(UnixStream::closeAsync);
            Time.sleep(STEP).await();
        }
        if (!address.isAbstract()) {
            Files.deleteIfExists(address.path());
        }
    }
}
