package dev.uring.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests on sockets against the real kernel: each succeeds once and fails once. */
class SocketOpcodeTest {
    private static final int SOL_SOCKET = 1;
    private static final int SO_TYPE = 3;
    private static final int SO_RCVBUF = 8;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int SHUT_WR = 1;
    private static final MemorySegment NULL = MemorySegment.NULL;

    private final Arena arena = Arena.ofConfined();
    private final TestRing ring = TestRing.open();

    @AfterEach
    void close() {
        ring.close();
        arena.close();
    }

    @Test
    @Shows(success = {Opcode.SOCKET, Opcode.BIND, Opcode.LISTEN, Opcode.CONNECT, Opcode.ACCEPT},
            error = {Opcode.SOCKET, Opcode.BIND, Opcode.LISTEN, Opcode.CONNECT, Opcode.ACCEPT})
    void connection_is_made_by_requests_alone() {
        MemorySegment anyPort = Native.address(arena, 0);
        int listener = ring.run(sqe -> sqe.socket(Native.AF_INET, Native.SOCK_STREAM, 0)).value();
        ring.run(sqe -> sqe.bind(listener, anyPort, Native.SOCKADDR_IN_BYTES)).is(0);
        ring.run(sqe -> sqe.listen(listener, 16)).is(0);
        MemorySegment address = Native.address(arena, Native.port(listener));
        MemorySegment peer = arena.allocate(Native.SOCKADDR_IN_BYTES, 8);
        MemorySegment peerLength = arena.allocateFrom(ValueLayout.JAVA_INT, Native.SOCKADDR_IN_BYTES);
        long accept = ring.submit(sqe -> sqe.accept(listener, peer, peerLength, 0));
        int client = ring.run(sqe -> sqe.socket(Native.AF_INET, Native.SOCK_STREAM, 0)).value();
        ring.run(sqe -> sqe.connect(client, address, Native.SOCKADDR_IN_BYTES)).is(0);
        int server = ring.await(accept).value();
        assertThat(Native.port(peer)).isEqualTo(Native.port(client));
        Native.write(client, "hello");
        assertThat(Native.read(server)).isEqualTo("hello");

        ring.run(sqe -> sqe.socket(9999, Native.SOCK_STREAM, 0)).fails(Errno.EAFNOSUPPORT);
        ring.run(sqe -> sqe.bind(client, anyPort, Native.SOCKADDR_IN_BYTES)).fails(Errno.EINVAL);
        ring.run(sqe -> sqe.connect(client, address, Native.SOCKADDR_IN_BYTES)).fails(Errno.EISCONN);
        ring.run(sqe -> sqe.accept(client, NULL, NULL, 0)).fails(Errno.EINVAL);
        int datagrams = Native.bound(Native.SOCK_DGRAM);
        ring.run(sqe -> sqe.listen(datagrams, 16)).fails(Errno.EOPNOTSUPP);
        for (int fd : new int[] {listener, client, server, datagrams}) {
            Libc.close(fd);
        }
    }

    @Test
    @Shows(error = Opcode.CONNECT)
    void connect_without_a_listener_is_refused() {
        int gone = Native.listener();
        MemorySegment address = Native.address(arena, Native.port(gone));
        Libc.close(gone);
        int client = LibcSocket.socket(Native.AF_INET, Native.SOCK_STREAM, 0);
        ring.run(sqe -> sqe.connect(client, address, Native.SOCKADDR_IN_BYTES)).fails(Errno.ECONNREFUSED);
        Libc.close(client);
    }

    @Test
    @Shows(success = {Opcode.ACCEPT, Opcode.SOCKET})
    void accept_multishot_answers_connection_after_connection() {
        int listener = Native.listener();
        MemorySegment address = Native.address(arena, Native.port(listener));
        long accept = ring.submit(sqe -> sqe.acceptMultishot(listener, 0));
        Set<Integer> descriptors = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            int client = LibcSocket.socket(Native.AF_INET, Native.SOCK_STREAM, 0);
            assertThat(LibcSocket.connect(client, address, Native.SOCKADDR_IN_BYTES)).isZero();
            TestRing.Completion completion = ring.await(accept);
            assertThat(completion.has(CqeFlag.MORE)).isTrue();
            descriptors.add(completion.value());
            descriptors.add(client);
        }
        assertThat(descriptors).hasSize(6).allMatch(Native::isOpen);
        ring.run(sqe -> sqe.cancel(accept, 0)).is(0);
        TestRing.Completion last = ring.await(accept).fails(Errno.ECANCELED);
        assertThat(last.has(CqeFlag.MORE)).isFalse();
        descriptors.forEach(Libc::close);

        assertThat(ring.registry().sparseFiles(4)).isZero();
        long direct = ring.submit(sqe -> sqe.acceptMultishotDirect(listener, 0));
        ring.run(sqe -> sqe.socketDirect(Native.AF_INET, Native.SOCK_STREAM, 0, 3)).is(0);
        ring.run(sqe -> sqe.connect(3, address, Native.SOCKADDR_IN_BYTES).flags(SqeFlag.FIXED_FILE)).is(0);
        ring.await(direct).is(0);
        ring.run(sqe -> sqe.send(3, Native.text(arena, "x"), 1, 0).flags(SqeFlag.FIXED_FILE)).is(1);
        MemorySegment buffer = arena.allocate(8);
        ring.run(sqe -> sqe.recv(0, buffer, 8, 0).flags(SqeFlag.FIXED_FILE)).is(1);
        Libc.close(listener);
    }

    @Test
    @Shows(success = {Opcode.SEND, Opcode.RECV}, error = {Opcode.SEND, Opcode.RECV})
    void bytes_sent_are_received_until_the_peer_is_gone() {
        try (Native.Pair pair = Native.socketPair()) {
            MemorySegment buffer = arena.allocate(16);
            long recv = ring.submit(sqe -> sqe.recv(pair.second(), buffer, 16, 0));
            assertThat(ring.hasResult(recv)).as("nothing was sent yet").isFalse();
            ring.run(sqe -> sqe.send(pair.first(), Native.text(arena, "hello"), 5, 0)).is(5);
            ring.await(recv).is(5);
            assertThat(Native.text(buffer, 5)).isEqualTo("hello");
            ring.run(sqe -> sqe.recv(pair.second(), buffer, 16, MSG_DONTWAIT)).fails(Errno.EAGAIN);
            Libc.close(pair.second());
            ring.run(sqe -> sqe.send(pair.first(), buffer, 5, 0)).fails(Errno.EPIPE);
            ring.run(sqe -> sqe.recv(pair.first(), buffer, 5, 0)).is(0);
        }
    }

    @Test
    @Shows(success = {Opcode.SEND, Opcode.RECVMSG}, error = Opcode.SEND)
    void datagrams_carry_an_address() {
        int from = Native.bound(Native.SOCK_DGRAM);
        int to = Native.bound(Native.SOCK_DGRAM);
        MemorySegment address = Native.address(arena, Native.port(to));
        MemorySegment text = Native.text(arena, "datagram");
        ring.run(sqe -> sqe.sendto(from, text, 8, 0, address, Native.SOCKADDR_IN_BYTES)).is(8);
        MemorySegment peer = arena.allocate(Native.SOCKADDR_IN_BYTES, 8);
        MemorySegment buffer = arena.allocate(16);
        MemorySegment message = Native.message(arena, peer, buffer);
        ring.run(sqe -> sqe.recvmsg(to, message, 0)).is(8);
        assertThat(Native.text(buffer, 8)).isEqualTo("datagram");
        assertThat(Native.port(peer)).isEqualTo(Native.port(from));
        ring.run(sqe -> sqe.send(from, text, 8, 0)).fails(Errno.EDESTADDRREQ);
        Libc.close(from);
        Libc.close(to);
    }

    @Test
    @Shows(success = {Opcode.SENDMSG, Opcode.RECVMSG}, error = {Opcode.SENDMSG, Opcode.RECVMSG})
    void messages_gather_and_scatter_pieces() {
        try (Native.Pair pair = Native.socketPair()) {
            MemorySegment out = Native.message(arena, NULL, Native.text(arena, "abc"), Native.text(arena, "defg"));
            MemorySegment first = arena.allocate(5);
            MemorySegment second = arena.allocate(5);
            MemorySegment in = Native.message(arena, NULL, first, second);
            ring.run(sqe -> sqe.sendmsg(pair.first(), out, 0)).is(7);
            ring.run(sqe -> sqe.recvmsg(pair.second(), in, 0)).is(7);
            assertThat(Native.text(first, 5) + "|" + Native.text(second, 2)).isEqualTo("abcde|fg");
            ring.run(sqe -> sqe.recvmsg(pair.second(), in, MSG_DONTWAIT)).fails(Errno.EAGAIN);
        }
        try (Native.Pair pipe = Native.pipe()) {
            MemorySegment out = Native.message(arena, NULL, Native.text(arena, "abc"));
            ring.run(sqe -> sqe.sendmsg(pipe.second(), out, 0)).fails(Errno.ENOTSOCK);
        }
    }

    @Test
    @Shows(success = {Opcode.RECVMSG, Opcode.SEND}, error = Opcode.RECVMSG)
    void recvmsg_multishot_puts_a_header_before_each_datagram() throws SystemCallException {
        int from = Native.bound(Native.SOCK_DGRAM);
        int to = Native.bound(Native.SOCK_DGRAM);
        MemorySegment address = Native.address(arena, Native.port(to));
        MemorySegment message = Native.message(arena, arena.allocate(Native.SOCKADDR_IN_BYTES, 8));
        MemorySegment memory = arena.allocate(2 * 256, 256);
        try (BufferRing buffers = BufferRing.register(ring.ring(), 1, 2, 0)) {
            buffers.add(memory.asSlice(0, 256), 256, 0);
            buffers.add(memory.asSlice(256, 256), 256, 1);
            buffers.publish();
            long recv = ring.submit(sqe -> sqe.recvmsgMultishot(to, message, 0, 1));
            for (String text : new String[] {"one", "second"}) {
                ring.run(sqe -> sqe.sendto(from, Native.text(arena, text), text.length(), 0, address,
                        Native.SOCKADDR_IN_BYTES)).is(text.length());
                TestRing.Completion completion = ring.await(recv);
                completion.is(ReceiveMessageOut.SIZE + Native.SOCKADDR_IN_BYTES + text.length());
                MemorySegment out = memory.asSlice(completion.bufferId() * 256L, 256);
                assertThat(ReceiveMessageOut.payloadLength(out)).isEqualTo(text.length());
                assertThat(ReceiveMessageOut.nameLength(out)).isEqualTo(Native.SOCKADDR_IN_BYTES);
                assertThat(Native.port(out.asSlice(ReceiveMessageOut.SIZE))).isEqualTo(Native.port(from));
                assertThat(Native.text(out.asSlice(ReceiveMessageOut.SIZE + Native.SOCKADDR_IN_BYTES), text.length()))
                        .isEqualTo(text);
            }
            ring.run(sqe -> sqe.sendto(from, Native.text(arena, "x"), 1, 0, address, Native.SOCKADDR_IN_BYTES)).is(1);
            TestRing.Completion last = ring.await(recv).fails(Errno.ENOBUFS);
            assertThat(last.has(CqeFlag.MORE)).isFalse();
        }
        Libc.close(from);
        Libc.close(to);
    }

    @Test
    @Shows(success = {Opcode.SEND, Opcode.RECV})
    void bundle_sends_several_provided_buffers_at_once() throws SystemCallException {
        ThisKernel.assumeHas(Capability.BUNDLES);
        try (Native.Pair pair = Native.socketPair(); BufferRing buffers = BufferRing.register(ring.ring(), 1, 4, 0)) {
            buffers.add(Native.text(arena, "abc"), 3, 0);
            buffers.add(Native.text(arena, "defg"), 4, 1);
            buffers.publish();
            ring.run(sqe -> sqe.sendBundle(pair.first(), 0, 0, 1)).is(7);
            MemorySegment buffer = arena.allocate(16);
            ring.run(sqe -> sqe.recv(pair.second(), buffer, 16, 0)).is(7);
            assertThat(Native.text(buffer, 7)).isEqualTo("abcdefg");
        }
    }

    @Test
    @Shows(success = Opcode.SHUTDOWN, error = Opcode.SHUTDOWN)
    void shutdown_ends_the_stream_and_needs_a_connection() {
        try (Native.Pair pair = Native.socketPair()) {
            ring.run(sqe -> sqe.shutdown(pair.first(), SHUT_WR)).is(0);
            assertThat(Native.read(pair.second())).as("the end").isEmpty();
        }
        int unconnected = LibcSocket.socket(Native.AF_INET, Native.SOCK_STREAM, 0);
        ring.run(sqe -> sqe.shutdown(unconnected, SHUT_WR)).fails(Errno.ENOTCONN);
        Libc.close(unconnected);
    }

    @Test
    @Shows(success = {Opcode.SEND_ZC, Opcode.SENDMSG_ZC}, error = {Opcode.SEND_ZC, Opcode.SENDMSG_ZC})
    void zero_copy_sends_complete_twice_whether_they_succeed_or_not() {
        MemorySegment text = Native.text(arena, "without copying");
        MemorySegment message = Native.message(arena, NULL, text);
        try (Native.Pair pair = Native.tcpPair()) {
            long send = ring.submit(sqe -> sqe.sendZeroCopy(pair.first(), text, 15, 0, RequestFlag.SEND_ZC_REPORT_USAGE));
            sentWithNotification(send);
            assertThat(Native.read(pair.second())).isEqualTo("without copying");
            sentWithNotification(ring.submit(sqe -> sqe.sendmsgZeroCopy(pair.first(), message, 0)));
            assertThat(Native.read(pair.second())).isEqualTo("without copying");
            MemorySegment registered = arena.allocate(4096, 4096);
            assertThat(ring.registry().buffers(registered)).isZero();
            sentWithNotification(
                    ring.submit(sqe -> sqe.sendZeroCopyFixed(pair.first(), registered, 15, 0, 0, 0)));
            assertThat(Native.read(pair.second())).hasSize(15);
            MemorySegment inside = Native.message(arena, NULL, registered.asSlice(8, 15));
            sentWithNotification(ring.submit(sqe -> sqe.sendmsgZeroCopyFixed(pair.first(), inside, 0, 0)));
            assertThat(Native.read(pair.second())).hasSize(15);
        }
        try (Native.Pair unix = Native.socketPair()) {
            long refused = ring.submit(sqe -> sqe.sendZeroCopy(unix.first(), text, 15, 0, 0));
            assertThat(ring.await(refused).fails(Errno.EOPNOTSUPP).has(CqeFlag.MORE)).isTrue();
            assertThat(ring.await(refused).has(CqeFlag.NOTIF)).isTrue();
            refused = ring.submit(sqe -> sqe.sendmsgZeroCopy(unix.first(), message, 0));
            assertThat(ring.await(refused).fails(Errno.EOPNOTSUPP).has(CqeFlag.MORE)).isTrue();
            assertThat(ring.await(refused).has(CqeFlag.NOTIF)).isTrue();
        }
    }

    private void sentWithNotification(long send) {
        assertThat(ring.await(send).is(15).has(CqeFlag.MORE)).isTrue();
        TestRing.Completion notification = ring.await(send);
        assertThat(notification.has(CqeFlag.NOTIF)).isTrue();
        assertThat(notification.has(CqeFlag.MORE)).isFalse();
    }

    /** Success needs a network card that splits headers from data, see {@link OpcodeTest#WITHOUT_SUCCESS}. */
    @Test
    @Shows(error = Opcode.RECV_ZC)
    void recv_zero_copy_needs_a_registered_hardware_queue() {
        try (Native.Pair pair = Native.tcpPair()) {
            ring.run(sqe -> sqe.recvZeroCopy(pair.first(), 0, 0)).fails(Errno.EINVAL);
        }
    }

    @Test
    @Shows(success = Opcode.URING_CMD, error = Opcode.URING_CMD)
    void socket_commands_ask_and_set_what_a_file_has_not() {
        try (Native.Pair pair = Native.tcpPair()) {
            Native.write(pair.first(), "seven b");
            MemorySegment buffer = arena.allocate(1);
            assertThat(LibcSocket.recv(pair.second(), buffer, 1, 2)).as("MSG_PEEK waits for the bytes").isEqualTo(1);
            ring.run(sqe -> sqe.uringCmdSiocinq(pair.second())).is(7);
            ring.run(sqe -> sqe.uringCmdSiocoutq(pair.second())).is(0);
            MemorySegment value = arena.allocate(4, 4);
            ring.run(sqe -> sqe.uringCmdGetsockopt(pair.first(), SOL_SOCKET, SO_TYPE, value, 4)).is(4);
            assertThat(value.get(ValueLayout.JAVA_INT, 0)).isEqualTo(Native.SOCK_STREAM);
            value.set(ValueLayout.JAVA_INT, 0, 10_000);
            ring.run(sqe -> sqe.uringCmdSetsockopt(pair.first(), SOL_SOCKET, SO_RCVBUF, value, 4)).is(0);
            ring.run(sqe -> sqe.uringCmdGetsockopt(pair.first(), SOL_SOCKET, SO_RCVBUF, value, 4)).is(4);
            assertThat(value.get(ValueLayout.JAVA_INT, 0)).as("the kernel doubles it, socket(7)").isEqualTo(20_000);
            ring.run(sqe -> sqe.uringCmd(pair.first(), 12345)).fails(Errno.EOPNOTSUPP);
        }
        try (Native.Pair pipe = Native.pipe()) {
            ring.run(sqe -> sqe.uringCmdSiocinq(pipe.first())).fails(Errno.EOPNOTSUPP);
        }
    }
}
