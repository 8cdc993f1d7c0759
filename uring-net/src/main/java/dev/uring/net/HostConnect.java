package dev.uring.net;

import dev.uring.runtime.Handle;
import dev.uring.runtime.Op;
import dev.uring.runtime.Tasks;
import dev.uring.runtime.Time;
import dev.uring.runtime.Timeout;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Connects to a host that may have several addresses (RFC 8305, happy eyeballs). The families take turns, IPv6 first; an
 * attempt is alone for a while, and when it has failed or taken that long the next address is tried besides. The first that
 * succeeds wins, and the others are cancelled and closed.
 *
 * <p>The calling thread waits and starts; callbacks on workers tell it what became of each attempt. A connection that
 * comes when there is a winner, or when nobody waits any more, is closed by the callback that it came to.
 */
final class HostConnect {
    /** In {@link #outcome}: the caller has given up. */
    private static final Object GIVEN_UP = new Object();
    private static final long NEVER = Long.MAX_VALUE;

    private final String host;
    private final ConnectOptions options;
    private final Handle runtime = Handle.current();
    private final Thread caller = Thread.currentThread();
    private final long deadlineNanos;
    private final List<Op<TcpStream>> attempts = new ArrayList<>();
    /** The winner, or GIVEN_UP; null before. Set once, by whoever comes first. */
    private final AtomicReference<Object> outcome = new AtomicReference<>();
    /** What attempts failed with, in that order. */
    private final Queue<IOException> failures = new ConcurrentLinkedQueue<>();

    private HostConnect(String host, ConnectOptions options) {
        this.host = host;
        this.options = options;
        deadlineNanos = options.timeout() == null ? NEVER : Time.nanoTime() + options.timeout().toNanos();
    }

    /** Looks the host up, and connects; see {@link TcpStream#connect(String, int, ConnectOptions)}. */
    static TcpStream connect(String host, int port, ConnectOptions options, Dns.Resolver resolver) throws IOException {
        Tasks.requireMayWait("connect");
        InetSocketAddress.createUnresolved(host, port); // refuses a port that is none, before anything is begun
        var connect = new HostConnect(host, options);
        List<InetSocketAddress> addresses = new ArrayList<>();
        for (InetAddress each : inTurns(Dns.lookup(host, resolver, options.timeout()))) {
            if (options.reaches(each)) {
                addresses.add(new InetSocketAddress(each, port));
            }
        }
        return switch (addresses.size()) {
            case 0 -> throw new NoRouteToHostException("connect failed: host=" + host
                    + " has no address of the family of this side's: " + options);
            case 1 -> TcpStream.connect(addresses.getFirst(), connect.rest()).await();
            default -> connect.race(addresses);
        };
    }

    /** Orders addresses so that the families take turns, IPv6 first; within each as they were. */
    static List<InetAddress> inTurns(List<InetAddress> found) {
        List<InetAddress> six = found.stream().filter(Inet6Address.class::isInstance).toList();
        List<InetAddress> four = found.stream().filter(each -> !(each instanceof Inet6Address)).toList();
        List<InetAddress> ordered = new ArrayList<>();
        for (int i = 0; i < Math.max(six.size(), four.size()); i++) {
            if (i < six.size()) {
                ordered.add(six.get(i));
            }
            if (i < four.size()) {
                ordered.add(four.get(i));
            }
        }
        return ordered;
    }

    /** The look-up has taken some of the time. */
    private ConnectOptions rest() throws SocketTimeoutException {
        if (deadlineNanos == NEVER) {
            return options;
        }
        long nanos = deadlineNanos - Time.nanoTime();
        if (nanos <= 0) {
            throw timedOut();
        }
        return options.withTimeout(Duration.ofNanos(nanos));
    }

    private TcpStream race(List<InetSocketAddress> addresses) throws IOException {
        try {
            return raceToEnd(addresses);
        } catch (RuntimeException | Error e) { // such as the end of the runtime, which refuses the next attempt
            closeLate();
            throw e;
        } finally {
            attempts.forEach(Op::abandon); // without effect on the winner, which was taken
        }
    }

    private TcpStream raceToEnd(List<InetSocketAddress> addresses) throws IOException {
        ConnectOptions each = options.withoutTimeout();
        long nextNanos = NEVER;
        int failed = 0;
        while (true) { // ends: each turn but for wake-ups sees an attempt started or ended, and there are so many
            boolean isDue = nextNanos == NEVER || failures.size() > failed || Time.nanoTime() - nextNanos >= 0;
            failed = failures.size();
            if (isDue && attempts.size() < addresses.size()) {
                start(addresses.get(attempts.size()), each);
                nextNanos = Time.nanoTime() + options.attemptDelay().toNanos();
            }
            waitFor(failed, attempts.size() < addresses.size() ? nextNanos : NEVER);
            if (outcome.get() instanceof TcpStream winner) {
                return winner;
            }
            if (failures.size() == addresses.size()) {
                throw allFailed();
            }
            throwIfOver();
        }
    }

    private void start(InetSocketAddress address, ConnectOptions each) {
        Op<TcpStream> attempt = TcpStream.connect(address, each);
        attempts.add(attempt);
        attempt.onComplete(this::ended);
    }

    /** One attempt has ended; on a worker. */
    private void ended(TcpStream stream, IOException failure) {
        if (failure != null) {
            failures.add(failure);
        } else if (!outcome.compareAndSet(null, stream)) {
            stream.closeAsync();
        }
        runtime.unpark(caller);
    }

    /** Waits until another attempt has ended, or a time has come. */
    private void waitFor(int failed, long nextNanos) {
        long untilNanos = deadlineNanos == NEVER || nextNanos == NEVER ? Math.min(deadlineNanos, nextNanos)
                : deadlineNanos - nextNanos < 0 ? deadlineNanos : nextNanos;
        Timeout timer = untilNanos == NEVER ? null : Timeout.until(untilNanos);
        if (timer != null) {
            timer.submit((_, _) -> runtime.unpark(caller));
        }
        runtime.park("connect host=" + host, () -> outcome.get() != null || failures.size() > failed
                || untilNanos != NEVER && Time.nanoTime() - untilNanos >= 0);
        if (timer != null) {
            timer.cancel();
        }
    }

    private void throwIfOver() throws IOException {
        if (caller.isInterrupted()) {
            throw giveUp(new InterruptedIOException("connect host=" + host + " was cancelled: the thread was interrupted"));
        }
        if (deadlineNanos != NEVER && Time.nanoTime() - deadlineNanos >= 0) {
            throw giveUp(timedOut());
        }
    }

    /** Nobody waits any more: a connection that has come in this very moment is closed. */
    private void closeLate() {
        if (!outcome.compareAndSet(null, GIVEN_UP) && outcome.get() instanceof TcpStream late) {
            late.closeAsync();
        }
    }

    private IOException giveUp(IOException reason) {
        closeLate();
        failures.forEach(reason::addSuppressed);
        return reason;
    }

    private SocketTimeoutException timedOut() {
        return new SocketTimeoutException("connect timed out: host=" + host + " timeout=" + options.timeout());
    }

    private IOException allFailed() {
        IOException first = failures.remove();
        if (first.getCause() instanceof UnsupportedOperationException missing) {
            throw missing; // an option, which callbacks are told of in this wrapping
        }
        failures.forEach(first::addSuppressed);
        return first;
    }
}
