package dev.uring.fallback;

import dev.uring.ffi.Errno;
import dev.uring.ffi.Linger;
import dev.uring.ffi.SocketOption;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Turns options of sockets, and their values, into those of java.nio and back. */
final class NioSocketOption {
    /** Options of channels by their names; null until one is asked for. Whoever finds none makes the same map. */
    private static volatile Map<String, java.net.SocketOption<?>> known;

    private NioSocketOption() {
    }

    /** Answers the option, or null when java.nio has none like it. */
    static java.net.SocketOption<?> of(int level, int option) throws IOException {
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
            case SocketOption.LEVEL_TCP -> switch (option) {
                case SocketOption.TCP_NO_DELAY -> StandardSocketOptions.TCP_NODELAY;
                case SocketOption.TCP_KEEP_IDLE -> ofTheJdk("TCP_KEEPIDLE");
                case SocketOption.TCP_KEEP_INTERVAL -> ofTheJdk("TCP_KEEPINTERVAL");
                case SocketOption.TCP_KEEP_COUNT -> ofTheJdk("TCP_KEEPCOUNT");
                case SocketOption.TCP_QUICK_ACK -> ofTheJdk("TCP_QUICKACK");
                default -> null;
            };
            // One option in java.nio, which knows the family of its channels.
            case SocketOption.LEVEL_IP -> option == SocketOption.IP_TYPE_OF_SERVICE ? StandardSocketOptions.IP_TOS : null;
            case SocketOption.LEVEL_IPV6 -> option == SocketOption.IPV6_TRAFFIC_CLASS ? StandardSocketOptions.IP_TOS : null;
            default -> null;
        };
    }

    /**
     * Answers the option that the JDK has beyond java.net, where the module jdk.net is there; null elsewhere. Found in a
     * channel, so that nothing here depends on the module.
     */
    private static java.net.SocketOption<?> ofTheJdk(String name) throws IOException {
        if (known == null) {
            try (SocketChannel sample = SocketChannel.open()) {
                known = sample.supportedOptions().stream()
                        .collect(Collectors.toUnmodifiableMap(java.net.SocketOption::name, Function.identity()));
            }
        }
        return known.get(name);
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

    /** Encodes a value for getsockopt as Linux does, which doubles the sizes of buffers, and answers its length. */
    static int encode(java.net.SocketOption<?> option, Object found, MemorySegment value) {
        if (option == StandardSocketOptions.SO_LINGER) {
            int seconds = (Integer) found;
            Linger.enabled(value, seconds < 0 ? 0 : 1);
            Linger.seconds(value, Math.max(seconds, 0));
            return (int) Linger.SIZE;
        }
        boolean isBufferSize = option == StandardSocketOptions.SO_SNDBUF || option == StandardSocketOptions.SO_RCVBUF;
        int number = found instanceof Boolean on ? (on ? 1 : 0) : (Integer) found;
        value.set(ValueLayout.JAVA_INT, 0, isBufferSize ? 2 * number : number);
        return Integer.BYTES;
    }
}
