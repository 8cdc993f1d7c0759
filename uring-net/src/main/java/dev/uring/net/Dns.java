package dev.uring.net;

import dev.uring.runtime.Handle;
import dev.uring.runtime.JoinHandle;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** Finds the addresses of hosts. */
public final class Dns {
    /** A call that may block. */
    interface Resolver {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    private Dns() {
    }

    /**
     * Answers the addresses of a host, as {@link InetAddress#getAllByName} finds and orders them. A literal address, of IPv4
     * in decimal or of IPv6 in brackets or without, is answered at once; a name is looked up on a thread for blocking jobs,
     * while the caller waits. The look-up itself cannot be cancelled, and goes on when the caller is interrupted.
     *
     * @return at least one
     * @throws UnknownHostException when there is none
     * @throws InterruptedIOException when the thread is interrupted
     * @throws IllegalStateException when there is no runtime here, or in a callback on a worker
     */
    public static List<InetAddress> lookup(String host) throws IOException {
        return lookup(host, InetAddress::getAllByName, null);
    }

    /** As {@link #lookup(String)}, with a limit or null. */
    static List<InetAddress> lookup(String host, Resolver resolver, Duration limit) throws IOException {
        InetAddress literal = literal(host);
        if (literal != null) {
            return List.of(literal);
        }
        JoinHandle<InetAddress[]> job = Handle.current().spawnBlocking(() -> resolver.resolve(host));
        try {
            return List.of(limit == null ? job.await() : job.await(limit));
        } catch (ExecutionException | CancellationException e) {
            throw e.getCause() instanceof IOException reason ? reason
                    : new IOException("lookup failed: host=" + host, e);
        } catch (TimeoutException e) {
            job.abort(); // without effect once it has begun
            throw new SocketTimeoutException("lookup timed out: host=" + host + " limit=" + limit);
        } catch (InterruptedException e) {
            job.abort();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("lookup was cancelled: the thread was interrupted: host=" + host);
        }
    }

    /** Answers the address that a host's name is, or null for a real name. */
    private static InetAddress literal(String host) {
        try {
            return host.isEmpty() || !isAddressLike(host) ? null : InetAddress.ofLiteral(host);
        } catch (IllegalArgumentException e) {
            return null; // such as 1-2-3-4.example
        }
    }

    private static boolean isAddressLike(String host) {
        char first = host.charAt(0);
        return first >= '0' && first <= '9' || host.indexOf(':') >= 0;
    }
}
