package dev.uring.ffi;

import static dev.uring.ffi.Linkage.C_INT;
import static dev.uring.ffi.Linkage.C_LONG;
import static dev.uring.ffi.Linkage.C_POINTER;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Calls the C library for sockets: one method per function.
 *
 * <p>Results and threads are as in {@link Libc}. Addresses are encoded by {@link SocketAddressCodec}, messages by
 * {@link MessageHeader} and {@link ControlMessage}, constants are in {@link SocketConstant}, {@link SocketOption} and
 * {@link MessageFlag}.
 */
public final class LibcSocket {
    private LibcSocket() {
    }

    // int socket(int domain, int type, int protocol)
    private static final MethodHandle SOCKET = Linkage.intFunction("socket", C_INT, C_INT, C_INT);

    /** Makes a socket; the type may carry the flags {@code NON_BLOCKING} and {@code CLOSE_ON_EXEC}. */
    public static int socket(int family, int type, int protocol) {
        try {
            return (int) SOCKET.invokeExact(family, type, protocol);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int socketpair(int domain, int type, int protocol, int sv[2])
    private static final MethodHandle SOCKETPAIR = Linkage.intFunction("socketpair", C_INT, C_INT, C_INT, C_POINTER);

    /** Makes two connected sockets; their descriptors are the two ints of {@code pair}. */
    public static int socketpair(int family, int type, int protocol, MemorySegment pair) {
        try {
            return (int) SOCKETPAIR.invokeExact(family, type, protocol, pair);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen)
    private static final MethodHandle BIND = Linkage.intFunction("bind", C_INT, C_POINTER, C_INT);

    /** Binds a socket to a local address. */
    public static int bind(int fd, MemorySegment address, int addressBytes) {
        try {
            return (int) BIND.invokeExact(fd, address, addressBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int listen(int sockfd, int backlog)
    private static final MethodHandle LISTEN = Linkage.intFunction("listen", C_INT, C_INT);

    /** Begins to listen; the kernel caps the backlog at {@code net.core.somaxconn}. */
    public static int listen(int fd, int backlog) {
        try {
            return (int) LISTEN.invokeExact(fd, backlog);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int accept4(int sockfd, struct sockaddr *addr, socklen_t *addrlen, int flags)
    private static final MethodHandle ACCEPT4 = Linkage.intFunction("accept4", C_INT, C_POINTER, C_POINTER, C_INT);

    /** Accepts a connection: its descriptor; address and size may both be NULL. */
    public static int accept4(int fd, MemorySegment address, MemorySegment addressBytes, int flags) {
        try {
            return (int) ACCEPT4.invokeExact(fd, address, addressBytes, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen)
    private static final MethodHandle CONNECT = Linkage.intFunction("connect", C_INT, C_POINTER, C_INT);

    /** Connects; a non-blocking socket answers -EINPROGRESS and becomes writable when it is decided. */
    public static int connect(int fd, MemorySegment address, int addressBytes) {
        try {
            return (int) CONNECT.invokeExact(fd, address, addressBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int shutdown(int sockfd, int how)
    private static final MethodHandle SHUTDOWN = Linkage.intFunction("shutdown", C_INT, C_INT);

    /** Shuts down one or both directions. */
    public static int shutdown(int fd, int how) {
        try {
            return (int) SHUTDOWN.invokeExact(fd, how);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t send(int sockfd, const void *buf, size_t len, int flags)
    private static final MethodHandle SEND = Linkage.longFunction("send", C_INT, C_POINTER, C_LONG, C_INT);

    /** Sends on a connected socket: the count of bytes, which may be short. */
    public static long send(int fd, MemorySegment buffer, long lengthBytes, int flags) {
        try {
            return (long) SEND.invokeExact(fd, buffer, lengthBytes, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t recv(int sockfd, void *buf, size_t len, int flags)
    private static final MethodHandle RECV = Linkage.longFunction("recv", C_INT, C_POINTER, C_LONG, C_INT);

    /** Receives from a connected socket: the count of bytes, 0 when the peer has finished. */
    public static long recv(int fd, MemorySegment buffer, long lengthBytes, int flags) {
        try {
            return (long) RECV.invokeExact(fd, buffer, lengthBytes, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t sendto(int sockfd, const void *buf, size_t len, int flags, const struct sockaddr *dest_addr,
    //     socklen_t addrlen)
    private static final MethodHandle SENDTO =
            Linkage.longFunction("sendto", C_INT, C_POINTER, C_LONG, C_INT, C_POINTER, C_INT);

    /** Sends a datagram to an address. */
    public static long sendto(int fd, MemorySegment buffer, long lengthBytes, int flags, MemorySegment address,
                              int addressBytes) {
        try {
            return (long) SENDTO.invokeExact(fd, buffer, lengthBytes, flags, address, addressBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t recvfrom(int sockfd, void *buf, size_t len, int flags, struct sockaddr *src_addr, socklen_t *addrlen)
    private static final MethodHandle RECVFROM =
            Linkage.longFunction("recvfrom", C_INT, C_POINTER, C_LONG, C_INT, C_POINTER, C_POINTER);

    /** Receives a datagram and the address of its sender. */
    public static long recvfrom(int fd, MemorySegment buffer, long lengthBytes, int flags, MemorySegment address,
                                MemorySegment addressBytes) {
        try {
            return (long) RECVFROM.invokeExact(fd, buffer, lengthBytes, flags, address, addressBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t sendmsg(int sockfd, const struct msghdr *msg, int flags)
    private static final MethodHandle SENDMSG = Linkage.longFunction("sendmsg", C_INT, C_POINTER, C_INT);

    /** Sends what a {@link MessageHeader} describes. */
    public static long sendmsg(int fd, MemorySegment message, int flags) {
        try {
            return (long) SENDMSG.invokeExact(fd, message, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // ssize_t recvmsg(int sockfd, struct msghdr *msg, int flags)
    private static final MethodHandle RECVMSG = Linkage.longFunction("recvmsg", C_INT, C_POINTER, C_INT);

    /** Receives into what a {@link MessageHeader} describes. */
    public static long recvmsg(int fd, MemorySegment message, int flags) {
        try {
            return (long) RECVMSG.invokeExact(fd, message, flags);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen)
    private static final MethodHandle GETSOCKNAME = Linkage.intFunction("getsockname", C_INT, C_POINTER, C_POINTER);

    /** Asks for the local address; the int at {@code addressBytes} is capacity before, size after. */
    public static int getsockname(int fd, MemorySegment address, MemorySegment addressBytes) {
        try {
            return (int) GETSOCKNAME.invokeExact(fd, address, addressBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int getpeername(int sockfd, struct sockaddr *addr, socklen_t *addrlen)
    private static final MethodHandle GETPEERNAME = Linkage.intFunction("getpeername", C_INT, C_POINTER, C_POINTER);

    /** Asks for the address of the peer; the int at {@code addressBytes} is capacity before, size after. */
    public static int getpeername(int fd, MemorySegment address, MemorySegment addressBytes) {
        try {
            return (int) GETPEERNAME.invokeExact(fd, address, addressBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen)
    private static final MethodHandle GETSOCKOPT =
            Linkage.intFunction("getsockopt", C_INT, C_INT, C_INT, C_POINTER, C_POINTER);

    /** Asks for an option; the int at {@code valueBytes} is capacity before, size after. */
    public static int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment valueBytes) {
        try {
            return (int) GETSOCKOPT.invokeExact(fd, level, option, value, valueBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }

    // int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen)
    private static final MethodHandle SETSOCKOPT =
            Linkage.intFunction("setsockopt", C_INT, C_INT, C_INT, C_POINTER, C_INT);

    /** Sets an option. */
    public static int setsockopt(int fd, int level, int option, MemorySegment value, int valueBytes) {
        try {
            return (int) SETSOCKOPT.invokeExact(fd, level, option, value, valueBytes);
        } catch (Throwable t) {
            throw Linkage.unexpected(t);
        }
    }
}
