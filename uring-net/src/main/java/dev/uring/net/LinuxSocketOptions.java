package dev.uring.net;

import java.net.SocketOption;

/**
 * Options of sockets that Linux has and {@link java.net.StandardSocketOptions} does not, under the kernel's names. Those
 * and the standard ones are set and read alike, by {@link NetSocket#setOption} and {@link NetSocket#getOption}; so are the
 * options of the same meaning in {@code jdk.net.ExtendedSocketOptions}, which are known by their names, without that
 * module: TCP_KEEPIDLE, TCP_KEEPINTERVAL, TCP_KEEPCOUNT and TCP_QUICKACK.
 *
 * <p>On java.nio there are the standard ones, the keep-alive set and TCP_QUICKACK.
 */
public final class LinuxSocketOptions {
    /**
     * Seconds without traffic until the first keep-alive probe, 1 to 32767; Linux 2.4; tcp(7). Means something once
     * {@link java.net.StandardSocketOptions#SO_KEEPALIVE} is set.
     */
    public static final SocketOption<Integer> TCP_KEEPIDLE = integer("TCP_KEEPIDLE");
    /** Seconds between two keep-alive probes, 1 to 32767; Linux 2.4; tcp(7). */
    public static final SocketOption<Integer> TCP_KEEPINTVL = integer("TCP_KEEPINTVL");
    /** Keep-alive probes without an answer until the connection is given up, 1 to 127; Linux 2.4; tcp(7). */
    public static final SocketOption<Integer> TCP_KEEPCNT = integer("TCP_KEEPCNT");
    /**
     * Milliseconds that sent bytes may go without an answer until the connection ends with ETIMEDOUT, 0 or more; 0 is the
     * kernel's own limit, some 15 minutes; Linux 2.6.37; tcp(7).
     */
    public static final SocketOption<Integer> TCP_USER_TIMEOUT = integer("TCP_USER_TIMEOUT");
    /**
     * Of a listener: connections that may be open early at once, whose first bytes came with the SYN; 0 or more, 0 for
     * none. Linux 3.7; needs bit 2 of net.ipv4.tcp_fastopen; tcp(7).
     */
    public static final SocketOption<Integer> TCP_FASTOPEN = integer("TCP_FASTOPEN");
    /**
     * Whether the connect ends at once and the first bytes sent go with the SYN, where the peer's cookie is known; to be set
     * before the connect. A peer that refuses shows at the first send or receive then. Linux 4.11; tcp(7).
     */
    public static final SocketOption<Boolean> TCP_FASTOPEN_CONNECT = bool("TCP_FASTOPEN_CONNECT");
    /**
     * Of a listener: seconds that a connection may take until its first bytes, before which accept does not answer it; 0 or
     * more, 0 for off. The kernel rounds up to its own steps of 1, 3, 7, 15 ... seconds, and answers those. Linux 2.4;
     * tcp(7).
     */
    public static final SocketOption<Integer> TCP_DEFER_ACCEPT = integer("TCP_DEFER_ACCEPT");
    /**
     * Whether bytes received are acknowledged at once and not with the next bytes sent. The kernel changes it by itself
     * later on, so what is read may differ from what was set. Linux 2.4.4; tcp(7).
     */
    public static final SocketOption<Boolean> TCP_QUICKACK = bool("TCP_QUICKACK");
    /**
     * Bytes not sent yet, from which on a socket counts as full: a send waits though the buffer has room, so that bytes
     * which are queued late can still be chosen late. 0 or more, 0 for the kernel's own limit; Linux 3.12; tcp(7), and
     * net.ipv4.tcp_notsent_lowat.
     */
    public static final SocketOption<Integer> TCP_NOTSENT_LOWAT = integer("TCP_NOTSENT_LOWAT");
    /**
     * Whether small sends are gathered until a packet is full, for 200 milliseconds at most; switching it off sends what
     * there is. Linux 2.2; tcp(7).
     */
    public static final SocketOption<Boolean> TCP_CORK = bool("TCP_CORK");
    /**
     * The name of the congestion control algorithm, at most 15 bytes, one of
     * net.ipv4.tcp_available_congestion_control; without CAP_NET_ADMIN one of tcp_allowed_congestion_control. Linux 2.6.13;
     * tcp(7).
     */
    public static final SocketOption<String> TCP_CONGESTION = new Named<>("TCP_CONGESTION", String.class);
    /** A number on each packet, for routes and filters, any value; needs CAP_NET_ADMIN; Linux 2.6.25; socket(7). */
    public static final SocketOption<Integer> SO_MARK = integer("SO_MARK");
    /**
     * The interface that packets go out and come in by, at most 15 bytes; empty for any. Needs CAP_NET_RAW where the socket
     * has one already. Linux 2.0.30, to be read since 3.8; socket(7).
     */
    public static final SocketOption<String> SO_BINDTODEVICE = new Named<>("SO_BINDTODEVICE", String.class);
    /**
     * The processor that handles the socket's packets, 0 or more, -1 for unknown. Of listeners that share a port, the one
     * whose number the packet's processor has is preferred. Linux 3.19, to be set since 4.4; socket(7).
     */
    public static final SocketOption<Integer> SO_INCOMING_CPU = integer("SO_INCOMING_CPU");
    /**
     * Microseconds that a receive which waits asks the network device for packets instead of sleeping, 0 or more; more than
     * before needs CAP_NET_ADMIN. Linux 3.11; socket(7).
     */
    public static final SocketOption<Integer> SO_BUSY_POLL = integer("SO_BUSY_POLL");
    /**
     * Of an IPv6 socket: whether it keeps away from IPv4; to be set before the bind. The default is
     * net.ipv6.bindv6only. Linux 2.4.21; ipv6(7).
     */
    public static final SocketOption<Boolean> IPV6_V6ONLY = bool("IPV6_V6ONLY");

    private LinuxSocketOptions() {
    }

    private static SocketOption<Integer> integer(String name) {
        return new Named<>(name, Integer.class);
    }

    private static SocketOption<Boolean> bool(String name) {
        return new Named<>(name, Boolean.class);
    }

    /** An option is what it is called, and what type its values have. */
    private record Named<T>(String name, Class<T> type) implements SocketOption<T> {
        @Override
        public String toString() {
            return name;
        }
    }
}
