package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Arrays;

/**
 * Turns socket addresses of Java into those of the kernel and back. All begin with the family; 128 bytes
 * ({@code struct sockaddr_storage}) hold any of them.
 *
 * <pre>
 * struct sockaddr_in             struct sockaddr_in6              struct sockaddr_un
 * offset size name               offset size name                 offset size name
 *      0    2 sin_family              0    2 sin6_family               0    2 sun_family
 *      2    2 sin_port, big-endian    2    2 sin6_port, big-endian     2  108 sun_path
 *      4    4 sin_addr                4    4 sin6_flowinfo
 *      8    8 sin_zero                8   16 sin6_addr
 *                                    24    4 sin6_scope_id
 *          16 bytes in all                28 bytes in all                 110 bytes in all
 * </pre>
 *
 * <p>The name of a Unix socket is its bytes: none (unnamed), a path, or, beginning with a NUL, a name in the abstract
 * namespace, which counts every byte up to the length of the address and has no path in Java.
 */
public final class SocketAddressCodec {
    /** {@code sizeof(struct sockaddr_storage)}: room for an address of any family. */
    public static final long SIZE = 128;
    /** {@code sizeof(struct sockaddr_in)}. */
    public static final int INET_BYTES = 16;
    /** {@code sizeof(struct sockaddr_in6)}. */
    public static final int INET6_BYTES = 28;
    /** {@code sizeof(struct sockaddr_un)}. */
    public static final int UNIX_BYTES = 110;

    private static final int PORT = 2;
    private static final int INET_ADDRESS = 4;
    private static final int INET6_ADDRESS = 8;
    private static final int INET6_SCOPE = 24;
    private static final int UNIX_PATH = 2;
    /** {@code sizeof(sun_path)}; an abstract name may fill it, a path needs one byte for its NUL. */
    private static final int UNIX_PATH_BYTES = UNIX_BYTES - UNIX_PATH;
    private static final int MAPPED_PREFIX_BYTES = 12;
    /** Ports travel in network order. */
    private static final ValueLayout.OfShort NETWORK_SHORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

    private SocketAddressCodec() {
    }

    /** Reads the family: {@link SocketConstant#FAMILY_INET} and its like. */
    public static int family(MemorySegment storage) {
        return Short.toUnsignedInt(storage.get(JAVA_SHORT, 0));
    }

    /**
     * Encodes an address in its own family, and answers the length to pass along.
     *
     * @throws UnresolvedAddressException if the host name was never looked up
     */
    public static int encode(MemorySegment storage, SocketAddress address) {
        return switch (address) {
            case InetSocketAddress inet -> encode(storage, inet, familyOf(inet));
            case UnixDomainSocketAddress unix -> encodeUnix(storage, CString.bytes(unix.getPath().toString()));
            default -> throw new UnsupportedAddressTypeException();
        };
    }

    /**
     * Encodes an address for a socket of the given family: a socket of INET6 takes IPv4 addresses in their mapped form.
     *
     * @throws UnsupportedAddressTypeException if the address is IPv6 and the family is not
     */
    public static int encode(MemorySegment storage, InetSocketAddress address, int family) {
        InetAddress host = resolved(address);
        boolean inet6 = family == SocketConstant.FAMILY_INET6;
        if (!inet6 && !(host instanceof Inet4Address)) {
            throw new UnsupportedAddressTypeException();
        }
        int length = inet6 ? INET6_BYTES : INET_BYTES;
        storage.asSlice(0, length).fill((byte) 0);
        storage.set(JAVA_SHORT, 0, (short) family);
        storage.set(NETWORK_SHORT, PORT, (short) address.getPort());
        byte[] bytes = host.getAddress();
        if (!inet6) {
            MemorySegment.copy(bytes, 0, storage, JAVA_BYTE, INET_ADDRESS, bytes.length);
        } else if (host instanceof Inet6Address inet6Host) {
            MemorySegment.copy(bytes, 0, storage, JAVA_BYTE, INET6_ADDRESS, bytes.length);
            storage.set(JAVA_INT, INET6_SCOPE, inet6Host.getScopeId());
        } else {
            storage.set(JAVA_SHORT, INET6_ADDRESS + MAPPED_PREFIX_BYTES - 2, (short) -1); // ::ffff:a.b.c.d
            MemorySegment.copy(bytes, 0, storage, JAVA_BYTE, INET6_ADDRESS + MAPPED_PREFIX_BYTES, bytes.length);
        }
        return length;
    }

    /** Encodes the name of a Unix socket from its bytes, and answers the length to pass along. */
    public static int encodeUnix(MemorySegment storage, byte[] name) {
        boolean isPath = name.length > 0 && name[0] != 0;
        int pathBytes = isPath ? name.length + 1 : name.length;
        if (pathBytes > UNIX_PATH_BYTES) {
            throw new IllegalArgumentException("the name of a Unix socket is too long: bytes=" + name.length
                    + " bytesMax=" + (isPath ? UNIX_PATH_BYTES - 1 : UNIX_PATH_BYTES));
        }
        storage.set(JAVA_SHORT, 0, (short) SocketConstant.FAMILY_UNIX);
        MemorySegment.copy(name, 0, storage, JAVA_BYTE, UNIX_PATH, name.length);
        if (isPath) {
            storage.set(JAVA_BYTE, UNIX_PATH + name.length, (byte) 0);
        }
        return UNIX_PATH + pathBytes;
    }

    /**
     * Decodes what the kernel answered with this length. A mapped IPv4 address becomes an {@code Inet4Address}, an
     * unnamed Unix socket an empty path.
     *
     * @throws UnsupportedAddressTypeException if the family is another one, or the Unix name is abstract; then
     *         {@link #unixName} tells it
     */
    public static SocketAddress decode(MemorySegment storage, int length) {
        if (length < PORT) {
            return UnixDomainSocketAddress.of(""); // an unnamed Unix peer may have no address at all
        }
        int family = family(storage);
        if (family == SocketConstant.FAMILY_INET && length >= INET_BYTES) {
            return decodeInet(storage, INET_ADDRESS, 4, 0);
        }
        if (family == SocketConstant.FAMILY_INET6 && length >= INET6_BYTES) {
            return decodeInet(storage, INET6_ADDRESS, 16, storage.get(JAVA_INT, INET6_SCOPE));
        }
        if (family != SocketConstant.FAMILY_UNIX) {
            throw new UnsupportedAddressTypeException();
        }
        byte[] name = unixName(storage, length);
        if (name.length > 0 && name[0] == 0) {
            throw new UnsupportedAddressTypeException();
        }
        return UnixDomainSocketAddress.of(CString.decode(storage, UNIX_PATH, name.length));
    }

    /** Decodes the name of a Unix socket: its bytes, without the NUL that closes a path. */
    public static byte[] unixName(MemorySegment storage, int length) {
        int nameBytes = Math.clamp((long) length - UNIX_PATH, 0, UNIX_PATH_BYTES);
        byte[] name = storage.asSlice(UNIX_PATH, nameBytes).toArray(JAVA_BYTE);
        if (nameBytes == 0 || name[0] == 0) {
            return name;
        }
        int end = 0;
        while (end < nameBytes && name[end] != 0) {
            end++;
        }
        return Arrays.copyOf(name, end);
    }

    private static SocketAddress decodeInet(MemorySegment storage, long offset, int bytes, int scope) {
        byte[] address = storage.asSlice(offset, bytes).toArray(JAVA_BYTE);
        int port = Short.toUnsignedInt(storage.get(NETWORK_SHORT, PORT));
        try {
            InetAddress host = scope == 0
                    ? InetAddress.getByAddress(address)
                    : Inet6Address.getByAddress(null, address, scope);
            return new InetSocketAddress(host, port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e); // only for a length that is not 4 or 16
        }
    }

    private static int familyOf(InetSocketAddress address) {
        return resolved(address) instanceof Inet4Address ? SocketConstant.FAMILY_INET : SocketConstant.FAMILY_INET6;
    }

    private static InetAddress resolved(InetSocketAddress address) {
        if (address.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        return address.getAddress();
    }
}
