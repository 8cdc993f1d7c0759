package dev.uring.net;

import dev.uring.runtime.Handle;
import dev.uring.runtime.JoinHandle;
import dev.uring.runtime.LocalSet;
import dev.uring.runtime.MultiOp;
import dev.uring.runtime.Op;
import dev.uring.runtime.RuntimeShutdownException;
import dev.uring.runtime.Tasks;
import dev.uring.runtime.Time;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * Accepts connections and runs a task for each.
 *
 * {@snippet :
 * var server = TcpServer.start(new InetSocketAddress(7), TcpServer.Options.DEFAULT, stream -> {
 *     IoBuffer buffer = IoBuffer.allocate(4096);
 *     while (stream.read(buffer) > 0) {
 *         stream.write(buffer);
 *     }
 * });
 * }
 *
 * <p>Where workers carry tasks, a connection stays on one worker, as {@link Mode} says, so that its operations never change
 * threads; elsewhere the JDK places the tasks, and all else is the same.
 *
 * <p>What accepting fails with for a while, such as EMFILE, is logged once, and accepting goes on; see
 * {@link TcpListener#incoming}. For any thread.
 */
public final class TcpServer implements AutoCloseable {
    /** The server whose handler the calling task runs. */
    private static final ScopedValue<TcpServer> CURRENT = ScopedValue.newInstance();

    /** Where connections come in, and which worker has them. */
    public enum Mode {
        /**
         * Each worker has a listener of its own (SO_REUSEPORT) and the connections that the kernel deals to it: none is
         * handed over, but few may be dealt out unevenly. Another process of the same user can join in.
         */
        PER_WORKER,
        /** One listener, whose connections go each to the worker that has the fewest of this server's at that moment. */
        SHARED
    }

    /**
     * What a server is started with. Immutable; each method answers another one.
     *
     * @param mode where connections come in
     * @param bind how listeners are made
     */
    public record Options(Mode mode, BindOptions bind) {
        /** One listener, made with {@link BindOptions#DEFAULT}. */
        public static final Options DEFAULT = new Options(Mode.SHARED, BindOptions.DEFAULT);

        /** Checks that nothing is null. */
        public Options {
            Objects.requireNonNull(mode);
            Objects.requireNonNull(bind);
        }

        /** Says where connections come in. */
        public Options withMode(Mode mode) {
            return new Options(mode, bind);
        }

        /** Says how listeners are made. */
        public Options withBind(BindOptions bind) {
            return new Options(mode, bind);
        }
    }

    /** What is done with a connection. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Has the connection, until it returns or throws; then the stream is closed.
         *
         * @throws Exception goes to the runtime's handler of uncaught exceptions, unless it is how a connection ends: a
         *     SocketException and no subclass of it, EOFException, or, once the server stops, whatever its stop set off
         */
        void handle(TcpStream stream) throws Exception;
    }

    private final Handle runtime = Handle.current();
    private final Handler handler;
    private final List<TcpListener> listeners = new ArrayList<>();
    private final List<JoinHandle<Void>> acceptors = new ArrayList<>();
    /** One for each worker; empty where the JDK places tasks. */
    private final List<LocalSet> workers = new ArrayList<>();
    /** Connections of each worker; where the JDK places tasks, of one in name only. */
    private final AtomicIntegerArray load;
    private final Set<TcpStream> connections = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isFailureLogged = new AtomicBoolean();
    /** Threads that wait for something to end. */
    private final Queue<Thread> waiting = new ConcurrentLinkedQueue<>();
    /** No more is accepted. */
    private volatile boolean stopping;
    /** Connections are being closed. */
    private volatile boolean closing;

    private TcpServer(Handler handler) {
        this.handler = Objects.requireNonNull(handler);
        int count = runtime.workerCount();
        load = new AtomicIntegerArray(count);
        if (runtime.carriesTasks()) {
            for (int i = 0; i < count; i++) {
                workers.add(LocalSet.on(runtime, i));
            }
        }
    }

    /**
     * Listens, and begins to accept. Waits for the bind: a task parks, any other thread blocks.
     *
     * @param address resolved; port 0 for any free one
     * @throws java.net.BindException when the address cannot be had
     * @throws UnsupportedOperationException when the kernel or driver has not one of the options; with PER_WORKER and several
     *     workers that is SO_REUSEPORT too
     * @throws IllegalStateException when there is no runtime here, or in a callback on a worker
     */
    public static TcpServer start(InetSocketAddress address, Options options, Handler handler) throws IOException {
        Tasks.requireMayWait("start of a server");
        TcpServer server = new TcpServer(handler);
        int count = options.mode == Mode.SHARED ? 1 : server.load.length();
        BindOptions bind = count > 1 ? options.bind.withReusePort() : options.bind;
        try {
            InetSocketAddress wanted = address;
            for (int i = 0; i < count; i++) {
                TcpListener listener = TcpListener.bind(wanted, bind).await();
                server.listeners.add(listener);
                wanted = listener.localAddress();
            }
        } catch (IOException | RuntimeException | Error e) {
            server.listeners.forEach(TcpListener::closeAsync);
            throw e;
        }
        for (int i = 0; i < count; i++) {
            int worker = i;
            IntSupplier place = options.mode == Mode.SHARED ? server::leastLoaded : () -> worker;
            TcpListener listener = server.listeners.get(i);
            JoinHandle<Void> acceptor = server.spawn(worker, () -> server.acceptAll(listener, place));
            server.acceptors.add(acceptor);
            acceptor.toCompletableFuture().whenComplete((_, thrown) -> server.acceptorEnded(thrown));
        }
        return server;
    }

    /** Answers the address that it listens on, with the port that the kernel chose; also after the close. */
    public InetSocketAddress localAddress() {
        return listeners.getFirst().localAddress();
    }

    /** Answers how many connections are open, that is, have a handler that has not ended. */
    public int connections() {
        return connections.size();
    }

    // ---- accepting ----

    private <T> JoinHandle<T> spawn(int worker, Callable<T> task) {
        return workers.isEmpty() ? runtime.spawn(task) : workers.get(worker).spawn(task);
    }

    private int leastLoaded() {
        int least = 0;
        for (int i = 1; i < load.length(); i++) {
            if (load.get(i) < load.get(least)) {
                least = i;
            }
        }
        return least;
    }

    /** Started on its worker, so that the request for connections is of that worker's ring. */
    private Void acceptAll(TcpListener listener, IntSupplier place) throws IOException {
        try (MultiOp<TcpStream> incoming = listener.incoming()) {
            while (!stopping) {
                TcpStream stream;
                try {
                    stream = incoming.next();
                } catch (IOException e) {
                    if (incoming.isOver() || Thread.currentThread().isInterrupted()) {
                        throw e;
                    }
                    logOnce(e);
                    continue;
                }
                begin(stream, place.getAsInt());
            }
        }
        return null;
    }

    private void logOnce(IOException failure) {
        if (isFailureLogged.compareAndSet(false, true)) {
            try {
                System.getLogger("dev.uring").log(Level.WARNING, "a server goes on when it can: address=" + localAddress()
                        + " connections=" + connections(), failure);
            } catch (RuntimeException | Error e) { // a logger may need a descriptor itself, and there is none
                System.err.println("a server goes on when it can: " + failure + "; not logged: " + e);
            }
        }
    }

    /** An acceptor ends when the server stops or the runtime does; anything else is told. */
    private void acceptorEnded(Throwable thrown) {
        if (thrown != null && !stopping && !(thrown instanceof CancellationException)
                && !(thrown instanceof RuntimeShutdownException)) {
            runtime.uncaught(thrown);
        }
        tellWaiting();
    }

    // ---- connections ----

    private void begin(TcpStream stream, int worker) {
        connections.add(stream);
        load.incrementAndGet(worker);
        spawn(worker, () -> {
            handle(stream);
            return null;
        }).toCompletableFuture().whenComplete((_, thrown) -> ended(stream, worker, thrown));
    }

    private void handle(TcpStream stream) throws Exception {
        try (stream) {
            ScopedValue.where(CURRENT, this).call(() -> {
                handler.handle(stream);
                return null;
            });
        }
    }

    /** Called once, also when the task never began because the runtime ends, and then closes the stream itself. */
    private void ended(TcpStream stream, int worker, Throwable thrown) {
        if (stream.isOpen()) {
            stream.closeAsync();
        }
        load.decrementAndGet(worker);
        connections.remove(stream);
        tellWaiting();
        if (thrown != null && !isEnd(thrown)) {
            runtime.uncaught(thrown);
        }
    }

    private boolean isEnd(Throwable thrown) {
        return switch (thrown) {
            case CancellationException _ -> true;
            case RuntimeShutdownException _ -> true;
            case EOFException _ -> true;
            case ClosedChannelException _ -> closing;
            case SocketException _ -> thrown.getClass() == SocketException.class;
            default -> false;
        };
    }

    // ---- the end ----

    /**
     * Accepts no more and closes the connections: what their handlers wait for on them fails with
     * {@link java.nio.channels.AsynchronousCloseException}, what they begin later with
     * {@link java.nio.channels.ClosedChannelException}. Waits until all handlers have ended, deaf to interrupts; one that
     * waits for something else than its connection keeps it waiting. A second call waits too.
     *
     * @throws IllegalStateException in a callback on a worker, or in a handler of this server, which would wait for itself
     */
    @Override
    public void close() {
        requireOutside("close");
        stop();
        closing = true;
        connections.forEach(TcpStream::closeAsync);
        boolean interrupted = false;
        while (!connections.isEmpty()) {
            await(connections::isEmpty, null);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Accepts no more and waits until the connections have ended, but not longer than {@code limit} or an interrupt; then
     * closes as {@link #close} does. The runtime's timers must be enabled.
     *
     * @throws IllegalStateException as {@link #close} does
     */
    public void shutdown(Duration limit) {
        requireOutside("shutdown");
        stop();
        await(connections::isEmpty, limit);
        close();
    }

    private void requireOutside(String what) {
        Tasks.requireMayWait(what + " of a server");
        if (CURRENT.isBound() && CURRENT.get() == this) {
            throw new IllegalStateException("a server cannot be stopped by one of its handlers, which would wait for itself: "
                    + "call=" + what);
        }
    }

    /** Ends the accepting, and waits for it: then every connection is known, and those that nobody took are closed. */
    private void stop() {
        stopping = true;
        List<Op<Void>> closes = new ArrayList<>();
        listeners.forEach(listener -> closes.add(listener.closeAsync()));
        boolean interrupted = false;
        BooleanSupplier ended = () -> acceptors.stream().allMatch(JoinHandle::isFinished)
                && closes.stream().allMatch(Op::isDone);
        closes.forEach(close -> close.onComplete((_, _) -> tellWaiting()));
        while (!ended.getAsBoolean()) {
            await(ended, null);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for a condition of which {@link #tellWaiting} tells, for an interrupt, or until the limit, null for none. */
    private void await(BooleanSupplier until, Duration limit) {
        Thread caller = Thread.currentThread();
        JoinHandle<Void> timer = limit == null ? null : runtime.spawn(() -> Time.sleep(limit).await());
        waiting.add(caller);
        try {
            if (timer == null) {
                runtime.park(this, until);
            } else {
                timer.toCompletableFuture().whenComplete((_, _) -> tellWaiting());
                runtime.park(this, () -> until.getAsBoolean() || timer.isFinished());
                timer.abort();
            }
        } finally {
            waiting.remove(caller);
        }
    }

    private void tellWaiting() {
        waiting.forEach(runtime::unpark);
    }

    @Override
    public String toString() {
        return "TcpServer[" + localAddress() + " listeners=" + listeners.size() + " connections=" + connections()
                + " load=" + load + (closing ? " closing" : stopping ? " stopping" : "") + "]";
    }
}
