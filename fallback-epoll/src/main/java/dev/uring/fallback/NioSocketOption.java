package dev.uring.fallback;

import dev.uring.ffi.Errno;
import dev.uring.ffi.Linger;
import dev.uring.ffi.SocketOption;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.StandardSocketOptions;

/** Turns options of sockets, and their values, into those of java.nio and back. */
final class NioSocketOption {
    private NioSocketOption() {
    }

    /** Answers the option, or null when java.nio has none like it. */
    static java.net.SocketOption<?> of(int level, int option) {
        return switch (level) {
            case SocketOption.LEVEL_SOCKET -> switch (option) {
                case SocketOption.REUSE_ADDRESS -> StandardSocketOptions.SO_REUSEADDR;
                case SocketOption.REUSE_PORT -> StandardSocketOptions.SO_REUSEPORT;
                case SocketOption.SEND_BUFFER_BYTES -> StandardSocketOptions.SO_SNDBUF;
                case SocketOption.RECEIVE_BUFFER_BYTES -> StandardSocketOptions.SO_RCVBUF;
                case SocketOption.KEEP_ALIVE -> StandardSocketOptions.SO_KEEPALIVE;
                case SocketOption.BROADCAST -> StandardSocketOptions.SO_BROADCAST;
                case SocketOption.LINGER -> StandardSocketOptions.SO_LINGER;
                default -> null;
            };
            case SocketOption.LEVEL_TCP -> option == SocketOption.TCP_NO_DELAY ? StandardSocketOptions.TCP_NODELAY : null;
            default -> null;
        };
    }

    /** Decodes a value of setsockopt. */
    static Object decode(java.net.SocketOption<?> option, MemorySegment value, int valueBytes) {
        boolean isLinger = option == StandardSocketOptions.SO_LINGER;
        if (valueBytes < (isLinger ? Linger.SIZE : Integer.BYTES)) {
            throw new NioRefusal(Errno.EINVAL, "the value of an option is too short: option=" + option
                    + " valueBytes=" + valueBytes);
        }
        if (isLinger) {
            return Linger.enabled(value) == 0 ? -1 : Linger.seconds(value);
        }
        int number = value.get(ValueLayout.JAVA_INT, 0);
        return option.type() == Boolean.class ? (Object) (number != 0) : (Object) number;
    }

    /** Encodes a value for getsockopt, and answers its length. */
    static int encode(java.net.SocketOption<?> option, Object found, MemorySegment value) {
        if (option == StandardSocketOptions.SO_LINGER) {
            int seconds = (Integer) found;
            Linger.enabled(value, seconds < 0 ? 0 : 1);
            Linger.seconds(value, Math.max(seconds, 0));
            return (int) Linger.SIZE;
        }
        value.set(ValueLayout.JAVA_INT, 0, found instanceof Boolean on ? (on ? 1 : 0) : (Integer) found);
        return Integer.BYTES;
    }
}
