package dev.uring.net;

import dev.uring.ffi.SocketAddressCodec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.UnsupportedAddressTypeException;

/**
 * A socket address in native memory, with its size, as the kernel reads and writes them. Reachable memory lives: whoever
 * holds this holds it.
 */
final class NativeAddress {
    private final MemorySegment storage;
    private final MemorySegment lengthBytes;

    /** Makes room for an address of any family. */
    NativeAddress() {
        Arena scope = Arena.ofAuto();
        storage = scope.allocate(SocketAddressCodec.SIZE, Long.BYTES);
        lengthBytes = scope.allocate(ValueLayout.JAVA_INT);
        clear();
    }

    /**
     * Encodes an address.
     *
     * @throws java.nio.channels.UnresolvedAddressException if the host name was never looked up
     */
    static NativeAddress of(InetSocketAddress address) {
        NativeAddress encoded = new NativeAddress();
        encoded.lengthBytes.set(ValueLayout.JAVA_INT, 0, SocketAddressCodec.encode(encoded.storage, address));
        return encoded;
    }

    /**
     * Encodes an address for a socket of the given family, see {@link SocketAddressCodec#encode}.
     *
     * @throws UnsupportedAddressTypeException if the address is IPv6 and the family is not
     */
    static NativeAddress of(InetSocketAddress address, int family) {
        NativeAddress encoded = new NativeAddress();
        encoded.lengthBytes(SocketAddressCodec.encode(encoded.storage, address, family));
        return encoded;
    }

    /** Encodes no address: AF_UNSPEC, which connect(2) takes for an end of the connection. */
    static NativeAddress unspecified() {
        NativeAddress encoded = new NativeAddress();
        encoded.lengthBytes(SocketAddressCodec.INET_BYTES);
        return encoded;
    }

    /** Encodes the name of a Unix socket. */
    static NativeAddress of(UnixAddress address) {
        NativeAddress encoded = new NativeAddress();
        encoded.lengthBytes.set(ValueLayout.JAVA_INT, 0, SocketAddressCodec.encodeUnix(encoded.storage, address.bytes()));
        return encoded;
    }

    /** Answers the address as one of the Internet. */
    static InetSocketAddress requireInet(SocketAddress address) {
        return switch (address) {
            case InetSocketAddress inet -> inet;
            default -> throw new UnsupportedAddressTypeException();
        };
    }

    /** Makes all of the room available to a call that writes an address. */
    void clear() {
        lengthBytes.set(ValueLayout.JAVA_INT, 0, (int) SocketAddressCodec.SIZE);
    }

    MemorySegment storage() {
        return storage;
    }

    /** Answers where the size stands, an int: the room before a call that writes an address, the size afterwards. */
    MemorySegment length() {
        return lengthBytes;
    }

    int lengthBytes() {
        return lengthBytes.get(ValueLayout.JAVA_INT, 0);
    }

    void lengthBytes(int bytes) {
        lengthBytes.set(ValueLayout.JAVA_INT, 0, bytes);
    }

    int family() {
        return SocketAddressCodec.family(storage);
    }

    UnixAddress decodeUnix() {
        return decodeUnix(storage, lengthBytes());
    }

    /** Decodes what the kernel wrote elsewhere, with its size. */
    static UnixAddress decodeUnix(MemorySegment storage, int lengthBytes) {
        return new UnixAddress(SocketAddressCodec.unixName(storage, lengthBytes));
    }

    InetSocketAddress decode() {
        return decode(storage, lengthBytes());
    }

    /** Decodes what the kernel wrote elsewhere, with its size. */
    static InetSocketAddress decode(MemorySegment storage, int lengthBytes) {
        return (InetSocketAddress) SocketAddressCodec.decode(storage, lengthBytes);
    }
}
