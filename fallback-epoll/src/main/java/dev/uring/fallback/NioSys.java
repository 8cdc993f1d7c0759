package dev.uring.fallback;

import dev.uring.ffi.Errno;
import dev.uring.ffi.MessageFlag;
import dev.uring.ffi.SocketAddressCodec;
import dev.uring.ffi.SocketConstant;
import dev.uring.ffi.SocketOption;
import dev.uring.runtime.SocketMessage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * Plays the kernel on java.nio, with its own numbers, which mean nothing elsewhere. The numbers of errors, flags and
 * families are those of Linux on every host. What java.nio cannot do is refused in words, see {@link #failure()}. The
 * calls of sockets are here, those of files and paths above.
 *
 * <p>One for each runtime; for any thread. Needs no native access.
 */
final class NioSys extends NioFiles {
    private static final int TYPE_FLAGS = SocketConstant.CLOSE_ON_EXEC | SocketConstant.NON_BLOCKING;
    /** Flags without which a call would mean the same here. */
    private static final int HARMLESS = MessageFlag.DONT_WAIT | MessageFlag.NO_SIGNAL | MessageFlag.MORE
            | MessageFlag.WAIT_ALL | MessageFlag.CLOSE_ON_EXEC;

    /** A call of a socket, which has told already that the number stands for one. */
    private interface SocketCall {
        int on(NioSocket socket) throws IOException;
    }

    private int onSocket(int fd, SocketCall call) {
        try {
            return switch (opened(fd)) {
                case null -> -Errno.EBADF;
                case NioSocket socket -> call.on(socket);
                default -> -Errno.ENOTSOCK;
            };
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    @Override
    public int socket(int family, int type, int protocol) {
        int kind = type & ~TYPE_FLAGS;
        boolean isUnix = family == SocketConstant.FAMILY_UNIX;
        if (!isUnix && family != SocketConstant.FAMILY_INET && family != SocketConstant.FAMILY_INET6) {
            return -Errno.EAFNOSUPPORT;
        }
        if (kind != SocketConstant.STREAM && (kind != SocketConstant.DATAGRAM || isUnix)) {
            return failed(new NioRefusal(Errno.EOPNOTSUPP, "socket is there for TCP, UDP and Unix streams alone: family="
                    + family + " type=" + kind));
        }
        int usual = isUnix ? 0 : kind == SocketConstant.STREAM ? SocketConstant.PROTOCOL_TCP : SocketConstant.PROTOCOL_UDP;
        return protocol != 0 && protocol != usual ? -Errno.EPROTONOSUPPORT : add(new NioSocket(family, kind));
    }

    /** Two Unix streams, connected to one another. */
    @Override
    public int socketpair(int family, int type, int protocol, MemorySegment pair) {
        try {
            if (family != SocketConstant.FAMILY_UNIX || (type & ~TYPE_FLAGS) != SocketConstant.STREAM || protocol != 0) {
                throw new NioRefusal(Errno.EOPNOTSUPP, "socketpair is there for Unix streams alone: family=" + family
                        + " type=" + (type & ~TYPE_FLAGS));
            }
            NioSocket[] ends = NioSocket.pair();
            return hand(pair, new int[] {add(ends[0]), add(ends[1])});
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    @Override
    public int bind(int fd, MemorySegment address, int addressBytes) {
        return onSocket(fd, socket -> socket.bind(decode(address, addressBytes)));
    }

    @Override
    public int listen(int fd, int backlog) {
        return onSocket(fd, socket -> socket.listen(backlog));
    }

    @Override
    public int accept(int fd) {
        return onSocket(fd, socket -> {
            NioSocket accepted = socket.accept();
            return accepted == null ? -Errno.EAGAIN : add(accepted);
        });
    }

    @Override
    public int connect(int fd, MemorySegment address, int addressBytes) {
        return onSocket(fd, socket -> SocketAddressCodec.family(address) == SocketConstant.FAMILY_UNSPECIFIED
                ? socket.disconnect() : socket.connect(decode(address, addressBytes)));
    }

    private static SocketAddress decode(MemorySegment address, int addressBytes) {
        int family = SocketAddressCodec.family(address);
        if (family == SocketConstant.FAMILY_INET && addressBytes < SocketAddressCodec.INET_BYTES
                || family == SocketConstant.FAMILY_INET6 && addressBytes < SocketAddressCodec.INET6_BYTES) {
            throw new NioRefusal(Errno.EINVAL, "an address is too short: addressBytes=" + addressBytes);
        }
        return SocketAddressCodec.decode(address, addressBytes);
    }

    @Override
    public int send(int fd, MemorySegment buffer, int lengthBytes, int flags) {
        try {
            return switch (opened(fd)) {
                case null -> -Errno.EBADF;
                case NioSocket socket -> socket.write(bytes(buffer, checked("send", lengthBytes, flags)));
                default -> -Errno.ENOTSOCK;
            };
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    @Override
    public int receive(int fd, MemorySegment buffer, int lengthBytes, int flags) {
        try {
            return switch (opened(fd)) {
                case null -> -Errno.EBADF;
                case NioSocket socket -> socket.receive(bytes(buffer, checked("receive", lengthBytes, flags)));
                default -> -Errno.ENOTSOCK;
            };
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    /** Control data is Linux's alone. */
    @Override
    public int sendmsg(int fd, SocketMessage message, int flags) {
        return onSocket(fd, socket -> {
            checked("sendmsg", 0, flags);
            if (message.controlBytes() > 0) {
                throw new NioRefusal(Errno.EOPNOTSUPP, "java.nio sends no control data: bytes=" + message.controlBytes());
            }
            SocketAddress target = message.nameBytes() == 0 ? null : decode(message.name(), message.nameBytes());
            return socket.send(bytes(message.pieces()), target);
        });
    }

    @Override
    public int recvmsg(int fd, SocketMessage message, int flags) {
        return onSocket(fd, socket -> {
            checked("recvmsg", 0, flags);
            NioSocket.Received received = socket.receive(bytes(message.pieces()));
            if (received.bytes() >= 0) {
                message.controlBytes(0).flags(received.truncated() ? MessageFlag.TRUNCATED : 0);
                message.nameBytes(received.sender() == null || message.nameBytes() == 0 ? 0
                        : answer(received.sender(), socket.family(), message));
            }
            return received.bytes();
        });
    }

    private static int answer(SocketAddress sender, int family, SocketMessage message) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment nameBytes = scope.allocateFrom(ValueLayout.JAVA_INT, message.nameBytes());
            answer(sender, family, message.name(), nameBytes);
            return nameBytes.get(ValueLayout.JAVA_INT, 0);
        }
    }

    private static int checked(String call, int lengthBytes, int flags) {
        if ((flags & ~HARMLESS) != 0) {
            throw new NioRefusal(Errno.EOPNOTSUPP, call + " knows no such flags: flags=0x" + Integer.toHexString(flags));
        }
        return lengthBytes;
    }

    @Override
    public int shutdown(int fd, int how) {
        return onSocket(fd, socket -> socket.shutdown(how));
    }

    @Override
    public int getsockname(int fd, MemorySegment address, MemorySegment addressBytes) {
        return onSocket(fd, socket -> answer(socket.localAddress(), socket.family(), address, addressBytes));
    }

    @Override
    public int getpeername(int fd, MemorySegment address, MemorySegment addressBytes) {
        return onSocket(fd, socket -> {
            SocketAddress peer = socket.peerAddress();
            return peer == null ? -Errno.ENOTCONN : answer(peer, socket.family(), address, addressBytes);
        });
    }

    private static int answer(SocketAddress found, int family, MemorySegment address, MemorySegment addressBytes) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment whole = scope.allocate(SocketAddressCodec.SIZE, Long.BYTES);
            int bytes = found instanceof InetSocketAddress inet ? SocketAddressCodec.encode(whole, inet, family)
                    : SocketAddressCodec.encode(whole, found);
            return answer(whole, bytes, address, addressBytes);
        }
    }

    /** Hands out as much as there is room for, and says how much there was. */
    private static int answer(MemorySegment found, int bytes, MemorySegment into, MemorySegment intoBytes) {
        int room = intoBytes.get(ValueLayout.JAVA_INT, 0);
        MemorySegment.copy(found, 0, into, 0, Math.min(bytes, room));
        intoBytes.set(ValueLayout.JAVA_INT, 0, bytes);
        return 0;
    }

    @Override
    public int setsockopt(int fd, int level, int option, MemorySegment value, int valueBytes) {
        return onSocket(fd, socket -> {
            java.net.SocketOption<?> known = NioSocketOption.of(level, option);
            return known != null && socket.setOption(known, NioSocketOption.decode(known, value, valueBytes)) ? 0
                    : -Errno.ENOPROTOOPT;
        });
    }

    @Override
    public int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment valueBytes) {
        return onSocket(fd, socket -> {
            try (Arena scope = Arena.ofConfined()) {
                MemorySegment found = scope.allocate(Long.BYTES, Integer.BYTES);
                int bytes = option(socket, level, option, found);
                return bytes < 0 ? bytes : answer(found, bytes, value, valueBytes);
            }
        });
    }

    private static int option(NioSocket socket, int level, int option, MemorySegment found) throws IOException {
        if (level == SocketOption.LEVEL_SOCKET) {
            switch (option) {
                case SocketOption.ERROR -> { // java.nio throws an error where it is found, and keeps none
                    return number(0, found);
                }
                case SocketOption.TYPE -> {
                    return number(socket.type(), found);
                }
                case SocketOption.DOMAIN -> {
                    return number(socket.family(), found);
                }
                case SocketOption.ACCEPTS_CONNECTIONS -> {
                    return number(socket.isListening() ? 1 : 0, found);
                }
                default -> { }
            }
        }
        java.net.SocketOption<?> known = NioSocketOption.of(level, option);
        Object value = known == null ? null : socket.option(known);
        return value == null ? -Errno.ENOPROTOOPT : NioSocketOption.encode(known, value, found);
    }

    private static int number(int value, MemorySegment found) {
        found.set(ValueLayout.JAVA_INT, 0, value);
        return Integer.BYTES;
    }
}
