package dev.uring.net;

import dev.uring.ffi.CString;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The address of a Unix socket: a path, a name in Linux's abstract namespace, which no file system knows and which is free
 * again with its socket, or none (unix(7)). Immutable.
 *
 * <p>Wherever one is asked for, a {@link UnixDomainSocketAddress} will do.
 */
public final class UnixAddress extends SocketAddress {
    private static final long serialVersionUID = 1;
    private static final int PATH_BYTES_MAX = 107;

    /** As in {@code sun_path}, without the NUL behind a path; an abstract name begins with one. */
    private final byte[] bytes;

    UnixAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * Answers the address of a path.
     *
     * @throws IllegalArgumentException for an empty path, and one of more than 107 bytes
     */
    public static UnixAddress of(Path path) {
        byte[] bytes = CString.bytes(path.toString());
        if (bytes.length == 0 || bytes.length > PATH_BYTES_MAX) {
            throw new IllegalArgumentException("the path of a Unix socket must have 1 to " + PATH_BYTES_MAX
                    + " bytes: bytes=" + bytes.length + " path=" + path);
        }
        return new UnixAddress(bytes);
    }

    /** Answers an abstract address of the name's UTF-8 bytes; see {@link #ofAbstract(byte[])}. */
    public static UnixAddress ofAbstract(String name) {
        return ofAbstract(name.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Answers an abstract address. On Linux alone; the driver nio refuses it.
     *
     * @param name without the NUL that it begins with in C, at most 107 bytes, of any values
     */
    public static UnixAddress ofAbstract(byte[] name) {
        if (name.length > PATH_BYTES_MAX) {
            throw new IllegalArgumentException("an abstract name must have at most " + PATH_BYTES_MAX + " bytes: bytes="
                    + name.length);
        }
        byte[] bytes = new byte[name.length + 1];
        System.arraycopy(name, 0, bytes, 1, name.length);
        return new UnixAddress(bytes);
    }

    /** Answers the address of a socket without a name; a bind to it has Linux choose an abstract one. */
    public static UnixAddress unnamed() {
        return new UnixAddress(new byte[0]);
    }

    /**
     * Answers the same address as a UnixAddress.
     *
     * @throws UnsupportedAddressTypeException unless it is one already, or a {@link UnixDomainSocketAddress}
     */
    public static UnixAddress from(SocketAddress address) {
        return switch (address) {
            case UnixAddress unix -> unix;
            case UnixDomainSocketAddress unix -> unix.getPath().toString().isEmpty() ? unnamed() : of(unix.getPath());
            default -> throw new UnsupportedAddressTypeException();
        };
    }

    /** Answers whether the name is abstract. */
    public boolean isAbstract() {
        return bytes.length > 0 && bytes[0] == 0;
    }

    /** Answers whether there is no name. */
    public boolean isUnnamed() {
        return bytes.length == 0;
    }

    /** Answers the path, or null where there is none. */
    public Path path() {
        return isAbstract() || isUnnamed() ? null : Path.of(CString.decode(MemorySegment.ofArray(bytes), 0, bytes.length));
    }

    /** Answers the abstract name, or null where there is none. */
    public byte[] abstractName() {
        return isAbstract() ? Arrays.copyOfRange(bytes, 1, bytes.length) : null;
    }

    byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UnixAddress address && Arrays.equals(bytes, address.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Answers the path; an abstract name after an @, in hexadecimal if it is no plain text. */
    @Override
    public String toString() {
        if (isUnnamed()) {
            return "unnamed";
        }
        if (!isAbstract()) {
            return path().toString();
        }
        byte[] name = abstractName();
        for (byte each : name) {
            if (each < ' ' || each == 127) {
                return "@0x" + HexFormat.of().formatHex(name);
            }
        }
        return "@" + new String(name, StandardCharsets.US_ASCII);
    }
}
