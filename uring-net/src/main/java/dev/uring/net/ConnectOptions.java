package dev.uring.net;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.time.Duration;

/**
 * How a connection is made: how long that may take, from which address, and the options that its socket has before.
 * Immutable; each method answers another one.
 */
public final class ConnectOptions {
    /** No limit but the kernel's, which is some two minutes; from any address; 250 milliseconds between two attempts. */
    public static final ConnectOptions DEFAULT =
            new ConnectOptions(null, null, Duration.ofMillis(250), OptionSettings.NONE);

    private static final Duration DELAY_MIN = Duration.ofMillis(10);

    private final Duration timeout;
    private final InetSocketAddress localAddress;
    private final Duration attemptDelay;
    private final OptionSettings settings;

    private ConnectOptions(Duration timeout, InetSocketAddress localAddress, Duration attemptDelay,
            OptionSettings settings) {
        this.timeout = timeout;
        this.localAddress = localAddress;
        this.attemptDelay = attemptDelay;
        this.settings = settings;
    }

    /**
     * Sets how long it may take, all attempts and the look-up of a name together; then it fails with
     * {@link java.net.SocketTimeoutException}. The runtime's timers must be enabled.
     *
     * @param timeout more than zero
     */
    public ConnectOptions withTimeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout must be more than zero: timeout=" + timeout);
        }
        return new ConnectOptions(timeout, localAddress, attemptDelay, settings);
    }

    /**
     * Sets this side's address. Of a host that is named, only addresses of its family are tried then.
     *
     * @param localAddress resolved; port 0 for any free one, the wildcard for any address of any family
     */
    public ConnectOptions withLocalAddress(InetSocketAddress localAddress) {
        if (localAddress.isUnresolved()) {
            throw new IllegalArgumentException("the local address must be resolved: localAddress=" + localAddress);
        }
        return new ConnectOptions(timeout, localAddress, attemptDelay, settings);
    }

    /**
     * Sets how long an attempt to reach a named host is alone, before its next address is tried besides (RFC 8305).
     *
     * @param attemptDelay at least 10 milliseconds
     */
    public ConnectOptions withAttemptDelay(Duration attemptDelay) {
        if (attemptDelay.compareTo(DELAY_MIN) < 0) {
            throw new IllegalArgumentException("attemptDelay must be at least 10 ms: attemptDelay=" + attemptDelay);
        }
        return new ConnectOptions(timeout, localAddress, attemptDelay, settings);
    }

    /**
     * Sets one option before the connect.
     *
     * @throws UnsupportedOperationException when the option is not known; one that the socket has not fails the connect so
     * @throws IllegalArgumentException when the value is out of range
     */
    public <T> ConnectOptions with(SocketOption<T> option, T value) {
        return new ConnectOptions(timeout, localAddress, attemptDelay, settings.with(option, value));
    }

    ConnectOptions withoutTimeout() {
        return new ConnectOptions(null, localAddress, attemptDelay, settings);
    }

    /** Answers the limit, or null. */
    Duration timeout() {
        return timeout;
    }

    /** Answers this side's address for a peer's, or null; a wildcard is of the peer's family. */
    InetSocketAddress localAddress(InetSocketAddress peer) {
        if (localAddress == null || !localAddress.getAddress().isAnyLocalAddress()) {
            return localAddress;
        }
        return new InetSocketAddress(wildcard(peer.getAddress()), localAddress.getPort());
    }

    private static InetAddress wildcard(InetAddress peer) {
        return InetAddress.ofLiteral(peer.getAddress().length == 4 ? "0.0.0.0" : "::");
    }

    /** Answers whether an address can be reached from this side's. */
    boolean reaches(InetAddress peer) {
        return localAddress == null || localAddress.getAddress().isAnyLocalAddress()
                || localAddress.getAddress().getClass() == peer.getClass();
    }

    Duration attemptDelay() {
        return attemptDelay;
    }

    OptionSettings settings() {
        return settings;
    }

    @Override
    public String toString() {
        return "ConnectOptions[timeout=" + timeout + " localAddress=" + localAddress + " attemptDelay=" + attemptDelay + " "
                + settings + "]";
    }
}
