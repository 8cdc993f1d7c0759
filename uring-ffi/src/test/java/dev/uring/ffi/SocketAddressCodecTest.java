package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketAddressCodecTest {
    private final MemorySegment storage = Arena.ofAuto().allocate(SocketAddressCodec.SIZE, 8);

    SocketAddressCodecTest() {
        storage.fill((byte) 0x55); // what an earlier use may have left
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "127.0.0.1", "255.254.253.252", "::", "::1", "2001:db8::ff", "fe80::1%7"})
    void internet_addresses_round_trip(String host) {
        for (int port : new int[] {0, 1, 80, 32768, 65535}) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(host), port);
            int length = SocketAddressCodec.encode(storage, address);
            assertThat(SocketAddressCodec.decode(storage, length)).isEqualTo(address);
        }
    }

    @Test
    void scope_of_a_link_local_address_is_kept() {
        int length = SocketAddressCodec.encode(storage, new InetSocketAddress(InetAddress.ofLiteral("fe80::1%7"), 1));
        InetSocketAddress decoded = (InetSocketAddress) SocketAddressCodec.decode(storage, length);
        assertThat(((Inet6Address) decoded.getAddress()).getScopeId()).isEqualTo(7);
    }

    @Test
    void ipv4_in_an_inet6_socket_is_mapped_and_comes_back_as_ipv4() {
        InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("10.1.2.3"), 443);
        int length = SocketAddressCodec.encode(storage, address, SocketConstant.FAMILY_INET6);
        assertThat(length).isEqualTo(SocketAddressCodec.INET6_BYTES);
        assertThat(SocketAddressCodec.family(storage)).isEqualTo(SocketConstant.FAMILY_INET6);
        assertThat(SocketAddressCodec.decode(storage, length)).isEqualTo(address)
                .extracting(decoded -> ((InetSocketAddress) decoded).getAddress()).isInstanceOf(Inet4Address.class);
    }

    @Test
    void ipv6_does_not_fit_an_inet_socket() {
        InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("::1"), 443);
        assertThatThrownBy(() -> SocketAddressCodec.encode(storage, address, SocketConstant.FAMILY_INET))
                .isInstanceOf(UnsupportedAddressTypeException.class);
    }

    @Test
    void unresolved_and_foreign_addresses_are_refused() {
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved("host.invalid", 1);
        assertThatThrownBy(() -> SocketAddressCodec.encode(storage, unresolved))
                .isInstanceOf(UnresolvedAddressException.class);
        SocketAddress foreign = new SocketAddress() {
            private static final long serialVersionUID = 1;
        };
        assertThatThrownBy(() -> SocketAddressCodec.encode(storage, foreign))
                .isInstanceOf(UnsupportedAddressTypeException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/run/a.socket", "relative"})
    void unix_paths_round_trip(String path) {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
        int length = SocketAddressCodec.encode(storage, address);
        assertThat(length).isEqualTo(path.isEmpty() ? 2 : 2 + path.length() + 1);
        assertThat(SocketAddressCodec.decode(storage, length)).isEqualTo(address);
    }

    @Test
    void abstract_names_keep_every_byte() {
        byte[] name = {0, 'a', 0, 'b', 0};
        int length = SocketAddressCodec.encodeUnix(storage, name);
        assertThat(length).isEqualTo(7);
        assertThat(SocketAddressCodec.unixName(storage, length)).isEqualTo(name);
        assertThatThrownBy(() -> SocketAddressCodec.decode(storage, length))
                .isInstanceOf(UnsupportedAddressTypeException.class);
    }

    @Test
    void longest_unix_names_fit_and_longer_ones_are_refused() {
        byte[] path = filled(107);
        int length = SocketAddressCodec.encodeUnix(storage, path);
        assertThat(SocketAddressCodec.unixName(storage, length)).isEqualTo(path);
        byte[] longAbstract = new byte[108];
        assertThat(SocketAddressCodec.encodeUnix(storage, longAbstract)).isEqualTo(SocketAddressCodec.UNIX_BYTES);
        assertThatThrownBy(() -> SocketAddressCodec.encodeUnix(storage, filled(108)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the name of a Unix socket is too long: bytes=108 bytesMax=107");
    }

    @Test
    void path_that_fills_the_struct_needs_no_nul() {
        SocketAddressCodec.encodeUnix(storage, new byte[108]);
        storage.asSlice(2, 108).fill((byte) 'y'); // the kernel's answer counts a NUL outside
        assertThat(SocketAddressCodec.unixName(storage, 111)).hasSize(108);
    }

    @Test
    void no_address_at_all_is_an_unnamed_peer() {
        assertThat(SocketAddressCodec.decode(storage, 0)).isEqualTo(UnixDomainSocketAddress.of(""));
    }

    @Test
    void an_unknown_family_is_refused() {
        storage.set(JAVA_SHORT, 0, (short) 999);
        assertThatThrownBy(() -> SocketAddressCodec.decode(storage, 28))
                .isInstanceOf(UnsupportedAddressTypeException.class);
    }

    private static byte[] filled(int length) {
        byte[] name = new byte[length];
        Arrays.fill(name, (byte) 'x');
        return name;
    }
}
