package dev.uring.net;

import dev.uring.ffi.Errno;
import dev.uring.ffi.SocketConstant;
import dev.uring.ffi.SocketOption;
import dev.uring.runtime.Sys;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.StandardSocketOptions;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an option is to the kernel: where it belongs, its number there, and how its value looks.
 *
 * @param option under the name that users know; null where that belongs to jdk.net
 * @param inet6 the same for IPv6, which is set besides and read instead; null for none
 */
record KernelOption(java.net.SocketOption<?> option, Place place, Place inet6, OptionCodec codec) {
    private static final OptionCodec FLAG = new OptionCodec.Flag();
    private static final OptionCodec COUNT = number(0, Integer.MAX_VALUE);
    private static final OptionCodec NAME = new OptionCodec.Name();
    /** The kernel keeps twice as much, half of it for itself (socket(7)). */
    private static final OptionCodec BUFFER_BYTES = new OptionCodec.Number(0, Integer.MAX_VALUE, 2);

    private static final Map<String, KernelOption> BY_NAME = table();

    /** A level and a number. */
    record Place(int level, int name) {
    }

    private static Map<String, KernelOption> table() {
        Map<String, KernelOption> table = new LinkedHashMap<>();
        put(table, StandardSocketOptions.SO_REUSEADDR, socket(SocketOption.REUSE_ADDRESS), FLAG);
        put(table, StandardSocketOptions.SO_REUSEPORT, socket(SocketOption.REUSE_PORT), FLAG);
        put(table, StandardSocketOptions.SO_SNDBUF, socket(SocketOption.SEND_BUFFER_BYTES), BUFFER_BYTES);
        put(table, StandardSocketOptions.SO_RCVBUF, socket(SocketOption.RECEIVE_BUFFER_BYTES), BUFFER_BYTES);
        put(table, StandardSocketOptions.SO_KEEPALIVE, socket(SocketOption.KEEP_ALIVE), FLAG);
        put(table, StandardSocketOptions.SO_BROADCAST, socket(SocketOption.BROADCAST), FLAG);
        put(table, StandardSocketOptions.SO_LINGER, socket(SocketOption.LINGER), new OptionCodec.Seconds());
        put(table, LinuxSocketOptions.SO_MARK, socket(SocketOption.MARK), number(Integer.MIN_VALUE, Integer.MAX_VALUE));
        put(table, LinuxSocketOptions.SO_BINDTODEVICE, socket(SocketOption.BIND_TO_DEVICE), NAME);
        put(table, LinuxSocketOptions.SO_INCOMING_CPU, socket(SocketOption.INCOMING_CPU), number(-1, Integer.MAX_VALUE));
        put(table, LinuxSocketOptions.SO_BUSY_POLL, socket(SocketOption.BUSY_POLL), COUNT);
        put(table, StandardSocketOptions.TCP_NODELAY, tcp(SocketOption.TCP_NO_DELAY), FLAG);
        put(table, LinuxSocketOptions.TCP_CORK, tcp(SocketOption.TCP_CORK), FLAG);
        put(table, LinuxSocketOptions.TCP_KEEPIDLE, tcp(SocketOption.TCP_KEEP_IDLE), number(1, 32767));
        put(table, LinuxSocketOptions.TCP_KEEPINTVL, tcp(SocketOption.TCP_KEEP_INTERVAL), number(1, 32767));
        put(table, LinuxSocketOptions.TCP_KEEPCNT, tcp(SocketOption.TCP_KEEP_COUNT), number(1, 127));
        table.put("TCP_KEEPINTERVAL", alias(tcp(SocketOption.TCP_KEEP_INTERVAL), number(1, 32767)));
        table.put("TCP_KEEPCOUNT", alias(tcp(SocketOption.TCP_KEEP_COUNT), number(1, 127)));
        put(table, LinuxSocketOptions.TCP_USER_TIMEOUT, tcp(SocketOption.TCP_USER_TIMEOUT), COUNT);
        put(table, LinuxSocketOptions.TCP_FASTOPEN, tcp(SocketOption.TCP_FAST_OPEN), COUNT);
        put(table, LinuxSocketOptions.TCP_FASTOPEN_CONNECT, tcp(SocketOption.TCP_FAST_OPEN_CONNECT), FLAG);
        put(table, LinuxSocketOptions.TCP_DEFER_ACCEPT, tcp(SocketOption.TCP_DEFER_ACCEPT), COUNT);
        put(table, LinuxSocketOptions.TCP_QUICKACK, tcp(SocketOption.TCP_QUICK_ACK), FLAG);
        put(table, LinuxSocketOptions.TCP_NOTSENT_LOWAT, tcp(SocketOption.TCP_NOT_SENT_LOW_WATER), COUNT);
        put(table, LinuxSocketOptions.TCP_CONGESTION, tcp(SocketOption.TCP_CONGESTION), NAME);
        table.put(StandardSocketOptions.IP_TOS.name(), new KernelOption(StandardSocketOptions.IP_TOS,
                new Place(SocketOption.LEVEL_IP, SocketOption.IP_TYPE_OF_SERVICE),
                new Place(SocketOption.LEVEL_IPV6, SocketOption.IPV6_TRAFFIC_CLASS), number(0, 255)));
        put(table, LinuxSocketOptions.IPV6_V6ONLY, new Place(SocketOption.LEVEL_IPV6, SocketOption.IPV6_ONLY), FLAG);
        return Collections.unmodifiableMap(table);
    }

    private static void put(Map<String, KernelOption> table, java.net.SocketOption<?> option, Place place,
            OptionCodec codec) {
        table.put(option.name(), new KernelOption(option, place, null, codec));
    }

    private static KernelOption alias(Place place, OptionCodec codec) {
        return new KernelOption(null, place, null, codec);
    }

    private static Place socket(int name) {
        return new Place(SocketOption.LEVEL_SOCKET, name);
    }

    private static Place tcp(int name) {
        return new Place(SocketOption.LEVEL_TCP, name);
    }

    private static OptionCodec number(int min, int max) {
        return new OptionCodec.Number(min, max, 1);
    }

    /**
     * Finds an option by its name.
     *
     * @throws UnsupportedOperationException when there is none such
     */
    static KernelOption of(java.net.SocketOption<?> option) {
        KernelOption known = BY_NAME.get(option.name());
        if (known == null || !known.codec.type().equals(option.type())) {
            throw new UnsupportedOperationException("option=" + option.name() + " type=" + option.type().getName()
                    + " is not known here; see LinuxSocketOptions");
        }
        return known;
    }

    /** Answers all of them, and some twice. */
    static Collection<KernelOption> all() {
        return BY_NAME.values();
    }

    /** Answers whether an error number says that a socket, kernel or host has no such option. */
    static boolean isMissing(int errno) {
        return errno == Errno.ENOPROTOOPT || errno == Errno.EOPNOTSUPP;
    }

    /** Makes room for a value of any option. */
    static MemorySegment room(Arena scope) {
        return scope.allocate(OptionCodec.ROOM_BYTES, Integer.BYTES);
    }

    /** Sets the option to what {@link OptionCodec#encode} has left in the room; at least 0, or -errno. */
    int set(Sys sys, int fd, MemorySegment room, int bytes) {
        int result = sys.setsockopt(fd, place.level, place.name, room, bytes);
        return result >= 0 && inet6 != null && isInet6(sys, fd)
                ? sys.setsockopt(fd, inet6.level, inet6.name, room, bytes) : result;
    }

    /** Reads the option into the room; its length in bytes, or -errno. */
    int get(Sys sys, int fd, MemorySegment room) {
        Place here = inet6 != null && isInet6(sys, fd) ? inet6 : place;
        return get(sys, fd, here.level, here.name, room);
    }

    private static boolean isInet6(Sys sys, int fd) {
        return number(sys, fd, SocketOption.DOMAIN) == SocketConstant.FAMILY_INET6;
    }

    /** Reads an int of the level of sockets, or answers -errno. */
    static int number(Sys sys, int fd, int name) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment room = room(scope);
            int result = get(sys, fd, SocketOption.LEVEL_SOCKET, name, room);
            return result < 0 ? result : room.get(ValueLayout.JAVA_INT, 0);
        }
    }

    private static int get(Sys sys, int fd, int level, int name, MemorySegment room) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment bytes = scope.allocateFrom(ValueLayout.JAVA_INT, OptionCodec.ROOM_BYTES);
            int result = sys.getsockopt(fd, level, name, room, bytes);
            return result < 0 ? result : bytes.get(ValueLayout.JAVA_INT, 0);
        }
    }
}
