package dev.uring.ffi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls each function of {@link LibcSocket} for real: what it answers when it works, and one error by name. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class LibcSocketTest {
    private static final int BAD_FD = LibcTest.BAD_FD;
    private static final int NON_BLOCKING_STREAM =
            SocketConstant.STREAM | SocketConstant.NON_BLOCKING | SocketConstant.CLOSE_ON_EXEC;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment address = arena.allocate(SocketAddressCodec.SIZE, 8);
    private final MemorySegment addressBytes = arena.allocate(JAVA_INT);

    @AfterEach
    void free() {
        arena.close();
    }

    @Test
    void tcp_connection_carries_bytes_both_ways() {
        int listener = tcp();
        int port = bind(listener);
        assertThat(LibcSocket.listen(listener, 16)).isZero();
        assertThat(LibcSocket.accept4(listener, MemorySegment.NULL, MemorySegment.NULL, 0)).isEqualTo(-Errno.EAGAIN);

        int client = tcp();
        int length = SocketAddressCodec.encode(address, loopback(port));
        assertThat(LibcSocket.connect(client, address, length)).isIn(0, -Errno.EINPROGRESS);
        await(listener, PollFlag.READABLE);
        capacity();
        int server = ok(LibcSocket.accept4(listener, address, addressBytes,
                SocketConstant.NON_BLOCKING | SocketConstant.CLOSE_ON_EXEC));
        InetSocketAddress peer = (InetSocketAddress) SocketAddressCodec.decode(address, addressBytes.get(JAVA_INT, 0));
        assertThat(peer.getAddress().isLoopbackAddress()).isTrue();

        await(client, PollFlag.WRITABLE);
        assertThat(option(client, SocketOption.LEVEL_SOCKET, SocketOption.ERROR)).isZero();
        assertThat(LibcSocket.send(client, text("hello"), 5, MessageFlag.NO_SIGNAL)).isEqualTo(5);
        await(server, PollFlag.READABLE);
        MemorySegment buffer = arena.allocate(16);
        assertThat(LibcSocket.recv(server, buffer, 16, MessageFlag.PEEK)).isEqualTo(5);
        assertThat(LibcSocket.recv(server, buffer, 16, 0)).isEqualTo(5);
        assertThat(text(buffer, 5)).isEqualTo("hello");
        assertThat(LibcSocket.recv(server, buffer, 16, 0)).isEqualTo(-Errno.EAGAIN);

        capacity();
        assertThat(LibcSocket.getpeername(client, address, addressBytes)).isZero();
        assertThat(SocketAddressCodec.decode(address, addressBytes.get(JAVA_INT, 0))).isEqualTo(loopback(port));
        capacity();
        assertThat(LibcSocket.getsockname(client, address, addressBytes)).isZero();
        assertThat(SocketAddressCodec.decode(address, addressBytes.get(JAVA_INT, 0))).isEqualTo(peer);

        assertThat(LibcSocket.shutdown(client, SocketConstant.SHUTDOWN_WRITE)).isZero();
        await(server, PollFlag.READABLE);
        assertThat(LibcSocket.recv(server, buffer, 16, 0)).isZero();
        assertThat(LibcSocket.send(client, buffer, 1, MessageFlag.NO_SIGNAL)).isEqualTo(-Errno.EPIPE);
        close(server);
        close(client);
        close(listener);
    }

    @Test
    void a_refused_connection_is_told_by_name() {
        int holder = tcp();
        int port = bind(holder); // bound but not listening: nobody else can take the port
        int client = tcp();
        int length = SocketAddressCodec.encode(address, loopback(port));
        int result = LibcSocket.connect(client, address, length);
        if (result == -Errno.EINPROGRESS) {
            await(client, PollFlag.WRITABLE);
            result = -option(client, SocketOption.LEVEL_SOCKET, SocketOption.ERROR);
        }
        assertThat(result).isEqualTo(-Errno.ECONNREFUSED);
        assertThat(LibcSocket.bind(client, address, length)).isEqualTo(-Errno.EADDRINUSE);
        close(client);
        close(holder);
    }

    @Test
    void a_reset_connection_is_told_by_name() {
        int[] pair = tcpPair();
        MemorySegment linger = arena.allocate(Linger.SIZE, 4);
        Linger.enabled(linger, 1);
        assertThat(LibcSocket.setsockopt(pair[0], SocketOption.LEVEL_SOCKET, SocketOption.LINGER, linger,
                (int) Linger.SIZE)).isZero();
        close(pair[0]);
        await(pair[1], PollFlag.READABLE);
        assertThat(LibcSocket.recv(pair[1], arena.allocate(1), 1, 0)).isEqualTo(-Errno.ECONNRESET);
        close(pair[1]);
    }

    @Test
    void options_answer_what_was_set() {
        int fd = tcp();
        for (int[] option : new int[][] {
                {SocketOption.LEVEL_SOCKET, SocketOption.REUSE_ADDRESS},
                {SocketOption.LEVEL_SOCKET, SocketOption.REUSE_PORT},
                {SocketOption.LEVEL_SOCKET, SocketOption.KEEP_ALIVE},
                {SocketOption.LEVEL_TCP, SocketOption.TCP_NO_DELAY}}) {
            assertThat(option(fd, option[0], option[1])).isZero();
            set(fd, option[0], option[1], 1);
            assertThat(option(fd, option[0], option[1])).isEqualTo(1);
        }
        set(fd, SocketOption.LEVEL_TCP, SocketOption.TCP_KEEP_IDLE, 77);
        assertThat(option(fd, SocketOption.LEVEL_TCP, SocketOption.TCP_KEEP_IDLE)).isEqualTo(77);
        set(fd, SocketOption.LEVEL_IP, SocketOption.IP_TIME_TO_LIVE, 33);
        assertThat(option(fd, SocketOption.LEVEL_IP, SocketOption.IP_TIME_TO_LIVE)).isEqualTo(33);
        set(fd, SocketOption.LEVEL_SOCKET, SocketOption.RECEIVE_BUFFER_BYTES, 8192);
        assertThat(option(fd, SocketOption.LEVEL_SOCKET, SocketOption.RECEIVE_BUFFER_BYTES)).isEqualTo(16384);
        assertThat(option(fd, SocketOption.LEVEL_SOCKET, SocketOption.TYPE)).isEqualTo(SocketConstant.STREAM);
        MemorySegment value = arena.allocate(JAVA_INT);
        assertThat(LibcSocket.setsockopt(fd, SocketOption.LEVEL_SOCKET, 9999, value, 4))
                .isEqualTo(-Errno.ENOPROTOOPT);
        addressBytes.set(JAVA_INT, 0, 4);
        assertThat(LibcSocket.getsockopt(fd, SocketOption.LEVEL_SOCKET, 9999, value, addressBytes))
                .isEqualTo(-Errno.ENOPROTOOPT);
        close(fd);
    }

    @Test
    void datagrams_tell_who_sent_them() {
        int receiver = socket(SocketConstant.FAMILY_INET, SocketConstant.DATAGRAM);
        int sender = socket(SocketConstant.FAMILY_INET, SocketConstant.DATAGRAM);
        int senderPort = bind(sender);
        int port = bind(receiver);
        int length = SocketAddressCodec.encode(address, loopback(port));
        assertThat(LibcSocket.sendto(sender, text("datagram"), 8, 0, address, length)).isEqualTo(8);
        MemorySegment buffer = arena.allocate(4);
        capacity();
        assertThat(LibcSocket.recvfrom(receiver, buffer, 4, MessageFlag.TRUNCATED, address, addressBytes)).isEqualTo(8);
        assertThat(text(buffer, 4)).isEqualTo("data");
        assertThat(SocketAddressCodec.decode(address, addressBytes.get(JAVA_INT, 0))).isEqualTo(loopback(senderPort));
        assertThat(LibcSocket.recvfrom(receiver, buffer, 4, MessageFlag.DONT_WAIT, MemorySegment.NULL,
                MemorySegment.NULL)).isEqualTo(-Errno.EAGAIN);
        assertThat(LibcSocket.sendto(sender, buffer, 4, 0, MemorySegment.NULL, 0)).isEqualTo(-Errno.EDESTADDRREQ);
        close(receiver);
        close(sender);
    }

    @Test
    void a_socket_of_inet6_reaches_an_ipv4_address_in_its_mapped_form() {
        int receiver = socket(SocketConstant.FAMILY_INET, SocketConstant.DATAGRAM);
        int port = bind(receiver);
        int sender = LibcSocket.socket(SocketConstant.FAMILY_INET6, SocketConstant.DATAGRAM, 0);
        Assumptions.assumeTrue(sender != -Errno.EAFNOSUPPORT, "the host has no IPv6");
        int length = SocketAddressCodec.encode(address, loopback(port), SocketConstant.FAMILY_INET6);
        assertThat(LibcSocket.connect(sender, address, length)).isZero();
        assertThat(LibcSocket.send(sender, text("x"), 1, 0)).isEqualTo(1);
        assertThat(LibcSocket.recv(receiver, arena.allocate(1), 1, 0)).isEqualTo(1);
        capacity();
        assertThat(LibcSocket.getpeername(sender, address, addressBytes)).isZero();
        assertThat(SocketAddressCodec.decode(address, addressBytes.get(JAVA_INT, 0))).isEqualTo(loopback(port));
        close(sender);
        close(receiver);
    }

    @Test
    void unix_sockets_pass_descriptors_and_credentials() {
        int[] pair = unixPair();
        set(pair[1], SocketOption.LEVEL_SOCKET, SocketOption.PASS_CREDENTIALS, 1);
        MemorySegment pipe = arena.allocate(8, 4);
        ok(Libc.pipe2(pipe, 0));

        MemorySegment control = arena.allocate(
                ControlMessage.space(4) + ControlMessage.space(Credentials.SIZE), 8);
        long second = ControlMessage.put(control, 0, SocketOption.LEVEL_SOCKET, ControlMessage.RIGHTS, 4);
        ControlMessage.data(control, 0).set(JAVA_INT, 0, pipe.getAtIndex(JAVA_INT, 1));
        long end = ControlMessage.put(control, second, SocketOption.LEVEL_SOCKET, ControlMessage.CREDENTIALS,
                Credentials.SIZE);
        assertThat(end).isEqualTo(control.byteSize());
        MemorySegment sent = ControlMessage.data(control, second);
        Credentials.process(sent, LibcProcess.getpid());
        Credentials.user(sent, LibcProcess.getuid());
        Credentials.group(sent, LibcProcess.getgid());
        MemorySegment vectors = arena.allocate(IoVector.SIZE, 8);
        IoVector.set(vectors, 0, text("take"));
        MemorySegment message = arena.allocate(MessageHeader.SIZE, 8);
        MessageHeader.vectors(message, vectors, 1);
        MessageHeader.control(message, control, end);
        assertThat(LibcSocket.sendmsg(pair[0], message, MessageFlag.NO_SIGNAL)).isEqualTo(4);

        control.fill((byte) 0);
        MemorySegment buffer = arena.allocate(16);
        IoVector.set(vectors, 0, buffer);
        MessageHeader.control(message, control, control.byteSize());
        assertThat(LibcSocket.recvmsg(pair[1], message, MessageFlag.CLOSE_ON_EXEC)).isEqualTo(4);
        assertThat(MessageHeader.flags(message) & MessageFlag.CONTROL_TRUNCATED).isZero();
        long received = MessageHeader.controlBytes(message);
        int descriptor = -1;
        int process = -1;
        long offset = 0;
        while (ControlMessage.isPresent(control, offset, received)) { // ends: each step goes on by 16 bytes or more
            assertThat(ControlMessage.level(control, offset)).isEqualTo(SocketOption.LEVEL_SOCKET);
            MemorySegment data = ControlMessage.data(control, offset);
            if (ControlMessage.type(control, offset) == ControlMessage.RIGHTS) {
                descriptor = data.get(JAVA_INT, 0);
            } else {
                assertThat(ControlMessage.type(control, offset)).isEqualTo(ControlMessage.CREDENTIALS);
                process = Credentials.process(data);
            }
            offset = ControlMessage.next(control, offset);
        }
        assertThat(process).isEqualTo(LibcProcess.getpid());
        assertThat(descriptor).isGreaterThan(2).isNotEqualTo(pipe.getAtIndex(JAVA_INT, 1));
        assertThat(Libc.write(descriptor, text("x"), 1)).isEqualTo(1);
        assertThat(Libc.read(pipe.getAtIndex(JAVA_INT, 0), buffer, 16)).isEqualTo(1);

        assertThat(LibcSocket.sendmsg(BAD_FD, message, 0)).isEqualTo(-Errno.EBADF);
        assertThat(LibcSocket.recvmsg(pair[1], message, MessageFlag.DONT_WAIT)).isEqualTo(-Errno.EAGAIN);
        close(descriptor);
        close(pipe.getAtIndex(JAVA_INT, 0));
        close(pipe.getAtIndex(JAVA_INT, 1));
        close(pair[0]);
        close(pair[1]);
    }

    @Test
    void unix_sockets_listen_on_paths_and_abstract_names(@TempDir Path directory) {
        byte[] path = directory.resolve("socket").toString().getBytes(US_ASCII);
        byte[] abstractName = ("\0uring-" + LibcProcess.getpid() + "-" + System.nanoTime()).getBytes(US_ASCII);
        for (byte[] name : new byte[][] {path, abstractName}) {
            int listener = socket(SocketConstant.FAMILY_UNIX, NON_BLOCKING_STREAM);
            int length = SocketAddressCodec.encodeUnix(address, name);
            assertThat(LibcSocket.bind(listener, address, length)).isZero();
            assertThat(LibcSocket.listen(listener, 4)).isZero();
            int client = socket(SocketConstant.FAMILY_UNIX, NON_BLOCKING_STREAM);
            assertThat(LibcSocket.connect(client, address, length)).isZero();
            capacity();
            assertThat(LibcSocket.getpeername(client, address, addressBytes)).isZero();
            assertThat(SocketAddressCodec.unixName(address, addressBytes.get(JAVA_INT, 0))).isEqualTo(name);
            capacity();
            int server = ok(LibcSocket.accept4(listener, address, addressBytes, 0));
            assertThat(SocketAddressCodec.unixName(address, addressBytes.get(JAVA_INT, 0))).isEmpty();

            MemorySegment credentials = arena.allocate(Credentials.SIZE, 4);
            addressBytes.set(JAVA_INT, 0, (int) Credentials.SIZE);
            assertThat(LibcSocket.getsockopt(server, SocketOption.LEVEL_SOCKET, SocketOption.PEER_CREDENTIALS,
                    credentials, addressBytes)).isZero();
            assertThat(Credentials.process(credentials)).isEqualTo(LibcProcess.getpid());
            assertThat(Credentials.user(credentials)).isEqualTo(LibcProcess.geteuid());
            close(server);
            close(client);
            close(listener);
        }
    }

    @Test
    void errors_are_told_by_name() {
        assertThat(LibcSocket.socket(9999, SocketConstant.STREAM, 0)).isEqualTo(-Errno.EAFNOSUPPORT);
        assertThat(LibcSocket.socketpair(SocketConstant.FAMILY_INET, SocketConstant.STREAM, 0, address))
                .isEqualTo(-Errno.EOPNOTSUPP);
        assertThat(LibcSocket.listen(BAD_FD, 1)).isEqualTo(-Errno.EBADF);
        assertThat(LibcSocket.send(BAD_FD, address, 1, 0)).isEqualTo(-Errno.EBADF);
        assertThat(LibcSocket.recv(0, address, 1, 0)).isIn((long) -Errno.ENOTSOCK, (long) -Errno.EBADF);
        int fd = tcp();
        assertThat(LibcSocket.shutdown(fd, SocketConstant.SHUTDOWN_BOTH)).isEqualTo(-Errno.ENOTCONN);
        capacity();
        assertThat(LibcSocket.getpeername(fd, address, addressBytes)).isEqualTo(-Errno.ENOTCONN);
        assertThat(LibcSocket.getsockname(BAD_FD, address, addressBytes)).isEqualTo(-Errno.EBADF);
        close(fd);
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    private static int tcp() {
        return socket(SocketConstant.FAMILY_INET, NON_BLOCKING_STREAM);
    }

    private static int socket(int family, int type) {
        return ok(LibcSocket.socket(family, type, 0));
    }

    private int[] unixPair() {
        MemorySegment pair = arena.allocate(8, 4);
        ok(LibcSocket.socketpair(SocketConstant.FAMILY_UNIX, SocketConstant.STREAM, 0, pair));
        return pair.toArray(JAVA_INT);
    }

    private int[] tcpPair() {
        int listener = tcp();
        int port = bind(listener);
        ok(LibcSocket.listen(listener, 1));
        int client = tcp();
        LibcSocket.connect(client, address, SocketAddressCodec.encode(address, loopback(port)));
        await(listener, PollFlag.READABLE);
        int server = ok(LibcSocket.accept4(listener, MemorySegment.NULL, MemorySegment.NULL, 0));
        await(client, PollFlag.WRITABLE);
        close(listener);
        return new int[] {client, server};
    }

    /** Binds to a free port of the loopback address, and answers the port. */
    private int bind(int fd) {
        ok(LibcSocket.bind(fd, address, SocketAddressCodec.encode(address, loopback(0))));
        capacity();
        ok(LibcSocket.getsockname(fd, address, addressBytes));
        return ((InetSocketAddress) SocketAddressCodec.decode(address, addressBytes.get(JAVA_INT, 0))).getPort();
    }

    private void capacity() {
        addressBytes.set(JAVA_INT, 0, (int) SocketAddressCodec.SIZE);
    }

    private void set(int fd, int level, int option, int value) {
        MemorySegment memory = arena.allocateFrom(JAVA_INT, value);
        ok(LibcSocket.setsockopt(fd, level, option, memory, 4));
    }

    private int option(int fd, int level, int option) {
        MemorySegment value = arena.allocate(JAVA_INT);
        MemorySegment valueBytes = arena.allocateFrom(JAVA_INT, 4);
        ok(LibcSocket.getsockopt(fd, level, option, value, valueBytes));
        return value.get(JAVA_INT, 0);
    }

    private void await(int fd, int event) {
        MemorySegment descriptor = arena.allocate(PollDescriptor.SIZE, 8);
        PollDescriptor.fd(descriptor, 0, fd);
        PollDescriptor.events(descriptor, 0, event);
        assertThat(Libc.poll(descriptor, 1, 10_000)).as("poll").isEqualTo(1);
    }

    private MemorySegment text(String text) {
        return arena.allocateFrom(JAVA_BYTE, text.getBytes(US_ASCII));
    }

    private static String text(MemorySegment segment, long bytes) {
        return new String(segment.asSlice(0, bytes).toArray(JAVA_BYTE), US_ASCII);
    }

    private static int ok(int result) {
        assertThat(result).as(() -> Errno.describe(-result)).isNotNegative();
        return result;
    }

    private static void close(int fd) {
        ok(Libc.close(fd));
    }
}
