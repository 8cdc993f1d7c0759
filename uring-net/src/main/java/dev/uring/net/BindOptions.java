package dev.uring.net;

import java.net.SocketOption;
import java.net.StandardSocketOptions;

/**
 * How a listener is made: how many connections may wait, and the options that its socket has before it is bound, most of
 * which its connections inherit. Immutable; each method answers another one.
 *
 * {@snippet :
 * var options = BindOptions.DEFAULT.withBacklog(4096).withReusePort().with(LinuxSocketOptions.TCP_DEFER_ACCEPT, 1);
 * }
 */
public final class BindOptions {
    /** Room for 1024 connections that wait, and no option but SO_REUSEADDR, which is always set. */
    public static final BindOptions DEFAULT = new BindOptions(1024, OptionSettings.NONE);

    private final int backlog;
    private final OptionSettings settings;

    private BindOptions(int backlog, OptionSettings settings) {
        this.backlog = backlog;
        this.settings = settings;
    }

    /**
     * Sets how many connections may wait to be accepted; the peers of further ones try again, for seconds.
     *
     * @param backlog at least 1; the kernel caps it at net.core.somaxconn
     */
    public BindOptions withBacklog(int backlog) {
        if (backlog < 1) {
            throw new IllegalArgumentException("backlog must be at least 1: backlog=" + backlog);
        }
        return new BindOptions(backlog, settings);
    }

    /**
     * Lets other listeners of the same user have the same address, if they ask for it too (SO_REUSEPORT): the kernel deals
     * connections out among them. Whoever is first to listen without it keeps the address for itself.
     */
    public BindOptions withReusePort() {
        return with(StandardSocketOptions.SO_REUSEPORT, true);
    }

    /** Says whether a listener on an IPv6 address keeps away from IPv4; see {@link LinuxSocketOptions#IPV6_V6ONLY}. */
    public BindOptions withV6Only(boolean on) {
        return with(LinuxSocketOptions.IPV6_V6ONLY, on);
    }

    /**
     * Sets one option before the bind.
     *
     * @throws UnsupportedOperationException when the option is not known; one that the socket has not fails the bind so
     * @throws IllegalArgumentException when the value is out of range
     */
    public <T> BindOptions with(SocketOption<T> option, T value) {
        return new BindOptions(backlog, settings.with(option, value));
    }

    int backlog() {
        return backlog;
    }

    OptionSettings settings() {
        return settings;
    }

    @Override
    public String toString() {
        return "BindOptions[backlog=" + backlog + " " + settings + "]";
    }
}
