package dev.uring.ffi;

/** Names the options of sockets and the levels that they belong to. */
public final class SocketOption {
    /** {@code SOL_SOCKET}. */
    public static final int LEVEL_SOCKET = 1;
    /** {@code SOL_TCP}. */
    public static final int LEVEL_TCP = 6;
    /** {@code SOL_UDP}. */
    public static final int LEVEL_UDP = 17;
    /** {@code SOL_IP}. */
    public static final int LEVEL_IP = 0;
    /** {@code SOL_IPV6}. */
    public static final int LEVEL_IPV6 = 41;
    /** {@code SO_REUSEADDR}. */
    public static final int REUSE_ADDRESS = 2;
    /** {@code SO_TYPE}. */
    public static final int TYPE = 3;
    /** {@code SO_ERROR}: reading takes the pending error and clears it. */
    public static final int ERROR = 4;
    /** {@code SO_DONTROUTE}. */
    public static final int DONT_ROUTE = 5;
    /** {@code SO_BROADCAST}. */
    public static final int BROADCAST = 6;
    /** {@code SO_SNDBUF}: the kernel doubles what is set. */
    public static final int SEND_BUFFER_BYTES = 7;
    /** {@code SO_RCVBUF}: the kernel doubles what is set. */
    public static final int RECEIVE_BUFFER_BYTES = 8;
    /** {@code SO_KEEPALIVE}. */
    public static final int KEEP_ALIVE = 9;
    /** {@code SO_OOBINLINE}. */
    public static final int OUT_OF_BAND_INLINE = 10;
    /** {@code SO_PRIORITY}. */
    public static final int PRIORITY = 12;
    /** {@code SO_LINGER}: a {@link Linger}. */
    public static final int LINGER = 13;
    /** {@code SO_REUSEPORT}. */
    public static final int REUSE_PORT = 15;
    /** {@code SO_PASSCRED}. */
    public static final int PASS_CREDENTIALS = 16;
    /** {@code SO_PEERCRED}: a {@link Credentials}. */
    public static final int PEER_CREDENTIALS = 17;
    /** {@code SO_RCVLOWAT}. */
    public static final int RECEIVE_LOW_WATER = 18;
    /** {@code SO_SNDLOWAT}. */
    public static final int SEND_LOW_WATER = 19;
    /** {@code SO_RCVTIMEO}. */
    public static final int RECEIVE_TIMEOUT = 20;
    /** {@code SO_SNDTIMEO}. */
    public static final int SEND_TIMEOUT = 21;
    /** {@code SO_BINDTODEVICE}. */
    public static final int BIND_TO_DEVICE = 25;
    /** {@code SO_TIMESTAMP}. */
    public static final int TIMESTAMP = 29;
    /** {@code SO_ACCEPTCONN}. */
    public static final int ACCEPTS_CONNECTIONS = 30;
    /** {@code SO_PEERSEC}. */
    public static final int PEER_SECURITY = 31;
    /** {@code SO_MARK}. */
    public static final int MARK = 36;
    /** {@code SO_PROTOCOL}. */
    public static final int PROTOCOL = 38;
    /** {@code SO_DOMAIN}. */
    public static final int DOMAIN = 39;
    /** {@code SO_RXQ_OVFL}. */
    public static final int RECEIVE_QUEUE_OVERFLOW = 40;
    /** {@code SO_BUSY_POLL}. */
    public static final int BUSY_POLL = 46;
    /** {@code SO_INCOMING_CPU}. */
    public static final int INCOMING_CPU = 49;
    /** {@code SO_ZEROCOPY}. */
    public static final int ZERO_COPY = 60;
    /** {@code TCP_NODELAY}. */
    public static final int TCP_NO_DELAY = 1;
    /** {@code TCP_MAXSEG}. */
    public static final int TCP_MAXIMUM_SEGMENT = 2;
    /** {@code TCP_CORK}. */
    public static final int TCP_CORK = 3;
    /** {@code TCP_KEEPIDLE}. */
    public static final int TCP_KEEP_IDLE = 4;
    /** {@code TCP_KEEPINTVL}. */
    public static final int TCP_KEEP_INTERVAL = 5;
    /** {@code TCP_KEEPCNT}. */
    public static final int TCP_KEEP_COUNT = 6;
    /** {@code TCP_SYNCNT}. */
    public static final int TCP_SYN_COUNT = 7;
    /** {@code TCP_LINGER2}. */
    public static final int TCP_LINGER2 = 8;
    /** {@code TCP_DEFER_ACCEPT}. */
    public static final int TCP_DEFER_ACCEPT = 9;
    /** {@code TCP_INFO}. */
    public static final int TCP_INFORMATION = 11;
    /** {@code TCP_QUICKACK}. */
    public static final int TCP_QUICK_ACK = 12;
    /** {@code TCP_CONGESTION}. */
    public static final int TCP_CONGESTION = 13;
    /** {@code TCP_USER_TIMEOUT}. */
    public static final int TCP_USER_TIMEOUT = 18;
    /** {@code TCP_FASTOPEN}. */
    public static final int TCP_FAST_OPEN = 23;
    /** {@code TCP_FASTOPEN_CONNECT}. */
    public static final int TCP_FAST_OPEN_CONNECT = 30;
    /** {@code TCP_NOTSENT_LOWAT}. */
    public static final int TCP_NOT_SENT_LOW_WATER = 25;
    /** {@code UDP_SEGMENT}. */
    public static final int UDP_SEGMENT = 103;
    /** {@code UDP_GRO}. */
    public static final int UDP_RECEIVE_OFFLOAD = 104;
    /** {@code IP_TOS}. */
    public static final int IP_TYPE_OF_SERVICE = 1;
    /** {@code IP_TTL}. */
    public static final int IP_TIME_TO_LIVE = 2;
    /** {@code IP_PKTINFO}. */
    public static final int IP_PACKET_INFORMATION = 8;
    /** {@code IP_MTU_DISCOVER}. */
    public static final int IP_MTU_DISCOVER = 10;
    /** {@code IP_RECVERR}. */
    public static final int IP_RECEIVE_ERROR = 11;
    /** {@code IP_RECVTOS}. */
    public static final int IP_RECEIVE_TYPE_OF_SERVICE = 13;
    /** {@code IP_TRANSPARENT}. */
    public static final int IP_TRANSPARENT = 19;
    /** {@code IP_FREEBIND}. */
    public static final int IP_FREE_BIND = 15;
    /** {@code IP_BIND_ADDRESS_NO_PORT}. */
    public static final int IP_BIND_NO_PORT = 24;
    /** {@code IP_MULTICAST_IF}. */
    public static final int IP_MULTICAST_INTERFACE = 32;
    /** {@code IP_MULTICAST_TTL}. */
    public static final int IP_MULTICAST_TIME_TO_LIVE = 33;
    /** {@code IP_MULTICAST_LOOP}. */
    public static final int IP_MULTICAST_LOOP = 34;
    /** {@code IP_ADD_MEMBERSHIP}. */
    public static final int IP_ADD_MEMBERSHIP = 35;
    /** {@code IP_DROP_MEMBERSHIP}. */
    public static final int IP_DROP_MEMBERSHIP = 36;
    /** {@code IPV6_UNICAST_HOPS}. */
    public static final int IPV6_UNICAST_HOPS = 16;
    /** {@code IPV6_MULTICAST_IF}. */
    public static final int IPV6_MULTICAST_INTERFACE = 17;
    /** {@code IPV6_MULTICAST_HOPS}. */
    public static final int IPV6_MULTICAST_HOPS = 18;
    /** {@code IPV6_MULTICAST_LOOP}. */
    public static final int IPV6_MULTICAST_LOOP = 19;
    /** {@code IPV6_JOIN_GROUP}. */
    public static final int IPV6_JOIN_GROUP = 20;
    /** {@code IPV6_LEAVE_GROUP}. */
    public static final int IPV6_LEAVE_GROUP = 21;
    /** {@code IPV6_V6ONLY}. */
    public static final int IPV6_ONLY = 26;
    /** {@code IPV6_RECVPKTINFO}. */
    public static final int IPV6_RECEIVE_PACKET_INFORMATION = 49;
    /** {@code IPV6_PKTINFO}. */
    public static final int IPV6_PACKET_INFORMATION = 50;
    /** {@code IPV6_RECVTCLASS}. */
    public static final int IPV6_RECEIVE_TRAFFIC_CLASS = 66;
    /** {@code IPV6_TCLASS}. */
    public static final int IPV6_TRAFFIC_CLASS = 67;

    private SocketOption() {
    }
}
