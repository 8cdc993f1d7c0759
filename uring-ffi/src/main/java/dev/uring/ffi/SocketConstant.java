package dev.uring.ffi;

/** Names the families, types and protocols of sockets, and the directions of shutdown. */
public final class SocketConstant {
    /** {@code AF_UNSPEC}. */
    public static final int FAMILY_UNSPECIFIED = 0;
    /** {@code AF_UNIX}. */
    public static final int FAMILY_UNIX = 1;
    /** {@code AF_INET}. */
    public static final int FAMILY_INET = 2;
    /** {@code AF_INET6}. */
    public static final int FAMILY_INET6 = 10;
    /** {@code SOCK_STREAM}. */
    public static final int STREAM = 1;
    /** {@code SOCK_DGRAM}. */
    public static final int DATAGRAM = 2;
    /** {@code SOCK_RAW}. */
    public static final int RAW = 3;
    /** {@code SOCK_SEQPACKET}. */
    public static final int SEQUENCED_PACKET = 5;
    /** {@code SOCK_CLOEXEC}: a flag beside the type, and of accept4. */
    public static final int CLOSE_ON_EXEC = 0x80000;
    /** {@code SOCK_NONBLOCK}: a flag beside the type, and of accept4. */
    public static final int NON_BLOCKING = 2048;
    /** {@code IPPROTO_IP}. */
    public static final int PROTOCOL_IP = 0;
    /** {@code IPPROTO_ICMP}. */
    public static final int PROTOCOL_ICMP = 1;
    /** {@code IPPROTO_TCP}. */
    public static final int PROTOCOL_TCP = 6;
    /** {@code IPPROTO_UDP}. */
    public static final int PROTOCOL_UDP = 17;
    /** {@code IPPROTO_IPV6}. */
    public static final int PROTOCOL_IPV6 = 41;
    /** {@code IPPROTO_MPTCP}. */
    public static final int PROTOCOL_MPTCP = 262;
    /** {@code SHUT_RD}. */
    public static final int SHUTDOWN_READ = 0;
    /** {@code SHUT_WR}. */
    public static final int SHUTDOWN_WRITE = 1;
    /** {@code SHUT_RDWR}. */
    public static final int SHUTDOWN_BOTH = 2;

    private SocketConstant() {
    }
}
