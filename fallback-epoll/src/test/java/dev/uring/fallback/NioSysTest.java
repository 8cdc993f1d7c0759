package dev.uring.fallback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.uring.ffi.CString;
import dev.uring.ffi.Errno;
import dev.uring.ffi.Linger;
import dev.uring.ffi.MessageFlag;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.PollFlag;
import dev.uring.ffi.SocketAddressCodec;
import dev.uring.ffi.SocketConstant;
import dev.uring.ffi.SocketOption;
import dev.uring.runtime.LeakCheck;
import dev.uring.runtime.SocketMessage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel that java.nio plays answers: results, numbers, errors. */
@Timeout(60)
@ExtendWith(LeakCheck.class)
class NioSysTest {
    private static final int RW = OpenFlag.READ_WRITE;

    private final NioSys sys = new NioSys();
    private final Arena memory = Arena.ofAuto();
    @TempDir
    private Path folder;

    @AfterEach
    void every_number_is_closed() {
        for (int fd = 0; sys.count() > 0; fd++) {
            sys.close(fd);
        }
    }

    // ---- numbers ----

    @Test
    void numbers_are_the_lowest_that_are_free() throws IOException {
        assertThat(sys.pipe()).containsExactly(0, 1);
        assertThat(sys.pipe()).containsExactly(2, 3);
        assertThat(sys.close(1)).isZero();
        assertThat(sys.close(2)).isZero();
        assertThat(stream(SocketConstant.FAMILY_INET)).isEqualTo(1);
        assertThat(open("x", RW | OpenFlag.CREATE)).isEqualTo(2);
        assertThat(stream(SocketConstant.FAMILY_INET)).isEqualTo(4);
        for (int fd = 5; fd < 200; fd++) {
            assertThat(stream(SocketConstant.FAMILY_INET)).isEqualTo(fd);
        }
        assertThat(sys.count()).isEqualTo(200);
    }

    @Test
    void closed_number_and_one_never_given_are_EBADF() throws IOException {
        int fd = sys.pipe()[0];
        assertThat(sys.close(fd)).isZero();
        for (int each : new int[] {fd, 77, 1 << 20, -1, Integer.MIN_VALUE}) {
            errno(Errno.EBADF, sys.close(each));
            errno(Errno.EBADF, sys.read(each, memory.allocate(1), 1));
            errno(Errno.EBADF, sys.send(each, memory.allocate(1), 1, 0));
            errno(Errno.EBADF, sys.listen(each, 1));
            errno(Errno.EBADF, sys.fsync(each));
            assertThat(sys.poll(each, PollFlag.READABLE)).isEqualTo(PollFlag.INVALID);
        }
    }

    // ---- messages and pairs ----

    private SocketMessage message(int bytes) {
        return new SocketMessage(memory.allocate(SocketAddressCodec.SIZE, 8), memory.allocate(64, 8))
                .piece(memory.allocate(Math.max(bytes, 1)), bytes);
    }

    private int[] pair(MemorySegment pair) {
        return pair.toArray(ValueLayout.JAVA_INT);
    }

    @Test
    void pairs_of_streams_and_pipes_are_connected() {
        MemorySegment numbers = memory.allocate(ValueLayout.JAVA_INT, 2);
        assertThat(sys.socketpair(SocketConstant.FAMILY_UNIX, SocketConstant.STREAM | SocketConstant.CLOSE_ON_EXEC, 0,
                numbers)).isZero();
        int[] streams = pair(numbers);
        SocketMessage hello = message(5);
        MemorySegment.copy(text("hello"), 0, hello.pieces()[0], 0, 5);
        assertThat(sys.recvmsg(streams[1], message(8), 0)).isEqualTo(-Errno.EAGAIN);
        assertThat(sys.sendmsg(streams[0], hello, MessageFlag.NO_SIGNAL)).isEqualTo(5);
        SocketMessage received = message(8).nameBytes(128).controlBytes(64).flags(-1);
        assertThat(sys.recvmsg(streams[1], received, 0)).isEqualTo(5);
        assertThat(string(received.pieces()[0], 5)).isEqualTo("hello");
        assertThat(received.nameBytes()).isZero();
        assertThat(received.controlBytes()).isZero();
        assertThat(received.flags()).isZero();
        errno(Errno.EOPNOTSUPP, sys.sendmsg(streams[0], message(5).controlBytes(24), 0));
        errno(Errno.EOPNOTSUPP, sys.recvmsg(streams[0], message(5), MessageFlag.PEEK));
        errno(Errno.EOPNOTSUPP, sys.socketpair(SocketConstant.FAMILY_UNIX, SocketConstant.DATAGRAM, 0, numbers));
        assertThat(sys.pipe2(numbers, OpenFlag.CLOSE_ON_EXEC)).isZero();
        assertThat(write(pair(numbers)[1], "ab")).isEqualTo(2);
        assertThat(read(pair(numbers)[0], 2)).isEqualTo("ab");
        errno(Errno.EINVAL, sys.pipe2(numbers, OpenFlag.APPEND));
        errno(Errno.EOPNOTSUPP, sys.fcntl(streams[0], 3, 0));
        errno(Errno.EBADF, sys.fcntl(999, 3, 0));
        errno(Errno.EBADF, sys.sendmsg(999, hello, 0));
        errno(Errno.ENOTSOCK, sys.recvmsg(pair(numbers)[0], hello, 0));
    }

    // ---- files ----

    @Test
    void file_is_written_and_read_at_offsets_and_at_its_position() throws IOException {
        int fd = open("file", RW | OpenFlag.CREATE);
        assertThat(write(fd, "hello world")).isEqualTo(11);
        assertThat(read(fd, 5)).isEmpty();
        assertThat(sys.pwrite(fd, text("W"), 1, 6, 0)).isEqualTo(1);
        MemorySegment into = memory.allocate(8);
        assertThat(sys.pread(fd, into, 5, 6)).isEqualTo(5);
        assertThat(string(into, 5)).isEqualTo("World");
        assertThat(sys.pread(fd, into, 5, 100)).isZero();
        assertThat(sys.pread(fd, into, 0, 0)).isZero();
        errno(Errno.EINVAL, sys.pread(fd, into, 1, -2));
        assertThat(sys.fsync(fd)).isZero();
        assertThat(sys.fdatasync(fd)).isZero();
        assertThat(sys.poll(fd, PollFlag.READABLE | PollFlag.WRITABLE))
                .isEqualTo(PollFlag.READABLE | PollFlag.WRITABLE);
        errno(Errno.ENOTSOCK, sys.send(fd, into, 1, 0));
        errno(Errno.ENOTSOCK, sys.accept(fd));
        sys.close(fd);

        int again = open("file", OpenFlag.READ_ONLY);
        assertThat(read(again, 5)).isEqualTo("hello");
        assertThat(read(again, 50)).isEqualTo(" World");
        errno(Errno.EBADF, write(again, "x"));
        int written = open("file", OpenFlag.WRITE_ONLY | OpenFlag.TRUNCATE);
        errno(Errno.EBADF, sys.read(written, into, 1));
        assertThat(Files.size(folder.resolve("file"))).isZero();
    }

    @Test
    void file_that_appends_is_written_at_its_end_alone() throws IOException {
        for (int access : new int[] {OpenFlag.WRITE_ONLY, RW}) {
            Path path = folder.resolve("log");
            Files.writeString(path, "ab");
            int fd = open("log", access | OpenFlag.APPEND);
            assertThat(write(fd, "c")).isEqualTo(1);
            Files.writeString(path, "abcd"); // somebody else
            assertThat(write(fd, "e")).isEqualTo(1);
            assertThat(sys.pwrite(fd, text("f"), 1, 0, 0)).isEqualTo(1);
            assertThat(path).hasContent("abcdef");
            int emptied = open("log", access | OpenFlag.APPEND | OpenFlag.TRUNCATE);
            assertThat(write(emptied, "g")).isEqualTo(1);
            assertThat(path).hasContent("g");
        }
    }

    @Test
    void created_file_has_the_permissions_asked_for() throws IOException {
        open("private", OpenFlag.WRITE_ONLY | OpenFlag.CREATE, 0600);
        open("read-only", OpenFlag.READ_ONLY | OpenFlag.CREATE | OpenFlag.EXCLUSIVE, 0400);
        assertThat(Files.getPosixFilePermissions(folder.resolve("private"))).hasToString("[OWNER_READ, OWNER_WRITE]");
        assertThat(Files.getPosixFilePermissions(folder.resolve("read-only"))).hasToString("[OWNER_READ]");
    }

    @Test
    void errors_of_open_are_those_of_the_kernel() throws IOException {
        Files.writeString(folder.resolve("file"), "x");
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("file"));
        Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"));
        errno(Errno.ENOENT, open("none", RW));
        errno(Errno.ENOENT, open("none", OpenFlag.READ_ONLY | OpenFlag.DIRECTORY));
        errno(Errno.ENOENT, open("none/file", RW | OpenFlag.CREATE));
        errno(Errno.ENOENT, sys.openat(PathFlag.CURRENT_DIRECTORY, CString.encode(memory, ""), RW, 0));
        errno(Errno.EEXIST, open("file", RW | OpenFlag.CREATE | OpenFlag.EXCLUSIVE));
        errno(Errno.EEXIST, open("file", OpenFlag.READ_ONLY | OpenFlag.CREATE | OpenFlag.EXCLUSIVE));
        errno(Errno.EEXIST, open("", RW | OpenFlag.CREATE | OpenFlag.EXCLUSIVE));
        errno(Errno.ENOTDIR, open("file/below", RW));
        errno(Errno.ENOTDIR, open("file", OpenFlag.READ_ONLY | OpenFlag.DIRECTORY));
        errno(Errno.EISDIR, open("", RW));
        errno(Errno.ELOOP, open("loop", RW));
        errno(Errno.ELOOP, open("link", RW | OpenFlag.NO_FOLLOW));
        errno(Errno.ENAMETOOLONG, open("x".repeat(300), RW | OpenFlag.CREATE));
        errno(Errno.EINVAL, open("file", OpenFlag.ACCESS_MODE));
        // Also root may not: the kernel's own settings are read-only.
        errno(Errno.EACCES, openAbsolute("/proc/sys/kernel/ostype", OpenFlag.WRITE_ONLY));
        assertThat(sys.count()).isZero();
        assertThat(open("link", RW)).isZero();
    }

    @Test
    void directory_is_where_relative_paths_begin_and_cannot_be_read() throws IOException {
        int directory = open("", OpenFlag.READ_ONLY | OpenFlag.DIRECTORY);
        int fd = sys.openat(directory, CString.encode(memory, "inside"), RW | OpenFlag.CREATE, 0600);
        assertThat(folder.resolve("inside")).exists();
        errno(Errno.ENOTDIR, sys.openat(fd, CString.encode(memory, "inside"), RW, 0));
        errno(Errno.EBADF, sys.openat(99, CString.encode(memory, "inside"), RW, 0));
        errno(Errno.EISDIR, sys.read(directory, memory.allocate(1), 1));
        errno(Errno.EISDIR, sys.pread(directory, memory.allocate(1), 1, 0));
        errno(Errno.EBADF, write(directory, "x"));
        assertThat(sys.fsync(directory)).isZero();
    }

    @Test
    void full_device_is_ENOSPC() {
        errno(Errno.ENOSPC, write(openAbsolute("/dev/full", RW), "x"));
    }

    @Test
    void directory_that_is_not_empty_is_ENOTEMPTY() throws IOException {
        Files.createFile(folder.resolve("file"));
        try {
            Files.delete(folder);
        } catch (DirectoryNotEmptyException e) {
            assertThat(NioErrno.of(e)).isEqualTo(Errno.ENOTEMPTY);
            return;
        }
        throw new AssertionError("the directory was removed");
    }

    @Test
    void error_that_has_no_number_is_EIO_with_the_exception_once() {
        int fd = openAbsolute("/proc/self/mem", OpenFlag.READ_ONLY);
        errno(Errno.EIO, sys.pread(fd, memory.allocate(1), 1, 0)); // nothing is mapped there
        assertThat(sys.failure()).isInstanceOf(IOException.class);
        assertThat(sys.failure()).isNull();
    }

    @Test
    void what_java_nio_cannot_do_is_refused_in_words() {
        errno(Errno.EINVAL, open("x", RW | OpenFlag.CREATE | OpenFlag.DIRECT));
        assertThat(sys.failure()).hasMessageContaining("O_DIRECT").hasMessageContaining("host=");
        errno(Errno.EOPNOTSUPP, sys.socket(SocketConstant.FAMILY_UNIX, SocketConstant.DATAGRAM, 0));
        assertThat(sys.failure()).hasMessageContaining("socket").hasMessageContaining("driver=nio");
        int fd = stream(SocketConstant.FAMILY_INET);
        errno(Errno.EOPNOTSUPP, sys.receive(fd, memory.allocate(1), 1, MessageFlag.PEEK));
        assertThat(sys.failure()).hasMessageContaining("receive").hasMessageContaining("flags=0x2");
        errno(Errno.EOPNOTSUPP, sys.send(fd, memory.allocate(1), 1, MessageFlag.OUT_OF_BAND));
        errno(Errno.EAFNOSUPPORT, sys.socket(99, SocketConstant.STREAM, 0));
        errno(Errno.EPROTONOSUPPORT, sys.socket(SocketConstant.FAMILY_INET, SocketConstant.STREAM,
                SocketConstant.PROTOCOL_UDP));
        errno(Errno.ENOPROTOOPT, setOption(fd, SocketOption.LEVEL_SOCKET, SocketOption.MARK, 1));
        errno(Errno.ENOPROTOOPT, setOption(fd, 999, 1, 1));
    }

    // ---- pipes ----

    @Test
    void pipe_never_blocks_and_tells_its_end() throws IOException {
        int[] pipe = sys.pipe();
        errno(Errno.EAGAIN, sys.read(pipe[0], memory.allocate(1), 1));
        assertThat(sys.read(pipe[0], memory.allocate(1), 0)).isZero();
        assertThat(sys.poll(pipe[0], PollFlag.READABLE)).isZero();
        assertThat(sys.poll(pipe[1], PollFlag.WRITABLE)).isEqualTo(PollFlag.WRITABLE);
        assertThat(write(pipe[1], "abc")).isEqualTo(3);
        assertThat(sys.poll(pipe[0], PollFlag.READABLE | PollFlag.WRITABLE)).isEqualTo(PollFlag.READABLE);
        assertThat(read(pipe[0], 10)).isEqualTo("abc");
        errno(Errno.EBADF, write(pipe[0], "x"));
        errno(Errno.EBADF, sys.read(pipe[1], memory.allocate(1), 1));
        errno(Errno.ESPIPE, sys.pread(pipe[0], memory.allocate(1), 1, 0));
        errno(Errno.EINVAL, sys.fsync(pipe[0]));
        MemorySegment much = memory.allocate(1 << 20);
        assertThat(sys.write(pipe[1], much, 1 << 20)).isBetween(1, (1 << 20) - 1);
        errno(Errno.EAGAIN, sys.write(pipe[1], much, 1 << 20));
        int[] other = sys.pipe();
        sys.close(other[1]);
        assertThat(sys.read(other[0], memory.allocate(1), 1)).isZero();
        sys.close(pipe[0]);
        errno(Errno.EPIPE, write(pipe[1], "x"));
    }

    // ---- sockets ----

    @Test
    void streams_connect_and_carry_bytes() throws IOException {
        carry(SocketConstant.FAMILY_INET, new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
        carry(SocketConstant.FAMILY_UNIX, UnixDomainSocketAddress.of(folder.resolve("socket")));
        if (Files.exists(Path.of("/proc/net/if_inet6"))) {
            carry(SocketConstant.FAMILY_INET6, new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
        }
    }

    private void carry(int family, SocketAddress address) {
        int listener = listener(family, address);
        errno(Errno.EAGAIN, sys.accept(listener));
        assertThat(sys.poll(listener, PollFlag.READABLE)).isZero();
        SocketAddress at = localAddress(listener);
        int client = stream(family);
        assertThat(sys.poll(client, PollFlag.READABLE | PollFlag.WRITABLE))
                .isEqualTo(PollFlag.WRITABLE | PollFlag.HANG_UP);
        errno(Errno.ENOTCONN, sys.receive(client, memory.allocate(1), 1, 0));
        errno(Errno.ENOTCONN, peerAddress(client, new SocketAddress[1]));
        assertThat(connect(client, at)).isZero();
        errno(Errno.EISCONN, begin(client, at));
        int server = await(() -> sys.accept(listener));
        assertThat(at).isEqualTo(localAddress(server));
        SocketAddress[] peer = new SocketAddress[1];
        assertThat(peerAddress(client, peer)).isZero();
        assertThat(peer[0]).isEqualTo(at);
        errno(Errno.EAGAIN, sys.receive(server, memory.allocate(1), 1, MessageFlag.DONT_WAIT));
        assertThat(sys.send(client, text("ping"), 4, MessageFlag.NO_SIGNAL)).isEqualTo(4);
        MemorySegment into = memory.allocate(16);
        assertThat(await(() -> sys.receive(server, into, 16, 0))).isEqualTo(4);
        assertThat(string(into, 4)).isEqualTo("ping");
        assertThat(sys.shutdown(client, SocketConstant.SHUTDOWN_WRITE)).isZero();
        errno(Errno.EPIPE, sys.send(client, text("x"), 1, 0));
        assertThat(await(() -> sys.receive(server, into, 16, 0))).isZero();
        assertThat(write(server, "pong")).isEqualTo(4);
        assertThat(await(() -> sys.read(client, into, 16))).isEqualTo(4);
        errno(Errno.EINVAL, sys.shutdown(client, 3));
        errno(Errno.EINVAL, sys.accept(client));
        errno(Errno.EINVAL, sys.listen(client, 1));
        for (int fd : new int[] {listener, client, server}) {
            assertThat(sys.close(fd)).isZero();
        }
    }

    @Test
    void datagrams_travel_whole() throws IOException {
        int left = datagrams();
        int right = datagrams();
        errno(Errno.EDESTADDRREQ, write(left, "x"));
        assertThat(bind(right, loopback(0))).isZero();
        errno(Errno.EAGAIN, sys.receive(right, memory.allocate(1), 1, 0));
        assertThat(begin(left, localAddress(right))).isZero();
        assertThat(sys.send(left, text("whole"), 5, 0)).isEqualTo(5);
        MemorySegment into = memory.allocate(16);
        assertThat(await(() -> sys.receive(right, into, 16, 0))).isEqualTo(5);
        errno(Errno.EADDRINUSE, bind(datagrams(), localAddress(right)));
        errno(Errno.EOPNOTSUPP, sys.listen(left, 1));
        errno(Errno.EOPNOTSUPP, sys.accept(left));
        errno(Errno.EOPNOTSUPP, sys.send(left, text(""), 0, 0));
        assertThat(begin(left, localAddress(left))).as("another peer").isZero();
    }

    @Test
    void refused_connection_is_ECONNREFUSED_and_may_be_tried_again() throws IOException {
        int listener = listener(SocketConstant.FAMILY_INET, loopback(0));
        SocketAddress at = localAddress(listener);
        sys.close(listener);
        int client = stream(SocketConstant.FAMILY_INET);
        errno(Errno.ECONNREFUSED, connect(client, at));
        errno(Errno.ECONNREFUSED, connect(client, at));
        listener(SocketConstant.FAMILY_INET, at);
        assertThat(connect(client, at)).isZero();

        SocketAddress path = UnixDomainSocketAddress.of(folder.resolve("socket"));
        int unix = stream(SocketConstant.FAMILY_UNIX);
        errno(Errno.ENOENT, connect(unix, path));
        sys.close(listener(SocketConstant.FAMILY_UNIX, path));
        errno(Errno.ECONNREFUSED, connect(unix, path));
        errno(Errno.EAFNOSUPPORT, connect(unix, at));
    }

    @Test
    void connect_in_progress_is_EALREADY() throws IOException {
        int listener = listener(SocketConstant.FAMILY_INET, loopback(0));
        SocketAddress at = localAddress(listener);
        int pending = 0;
        for (int i = 0; i < 20 && pending == 0; i++) { // the queue has few places, and after them nobody answers
            int client = stream(SocketConstant.FAMILY_INET);
            pending = begin(client, at) == -Errno.EINPROGRESS && begin(client, at) == -Errno.EALREADY ? client : 0;
        }
        errno(Errno.EALREADY, begin(pending, at));
        int connecting = pending;
        errno(Errno.EAGAIN, sys.receive(connecting, memory.allocate(1), 1, 0));
        errno(Errno.EAGAIN, write(connecting, "x"));
        assertThat(sys.poll(connecting, PollFlag.WRITABLE)).isZero();
    }

    @Test
    void reset_connection_is_ECONNRESET() throws IOException {
        int listener = listener(SocketConstant.FAMILY_INET, loopback(0));
        int client = stream(SocketConstant.FAMILY_INET);
        assertThat(connect(client, localAddress(listener))).isZero();
        int server = await(() -> sys.accept(listener));
        MemorySegment linger = memory.allocate(Linger.SIZE, Integer.BYTES);
        Linger.enabled(linger, 1);
        assertThat(sys.setsockopt(client, SocketOption.LEVEL_SOCKET, SocketOption.LINGER, linger, (int) Linger.SIZE))
                .isZero();
        sys.close(client);
        errno(Errno.ECONNRESET, await(() -> sys.receive(server, memory.allocate(1), 1, 0)));
        assertThat(sys.receive(server, memory.allocate(1), 1, 0)).as("told once").isZero();
        errno(Errno.EPIPE, await(() -> write(server, "x")));
    }

    @Test
    void address_that_is_taken_or_foreign_shows_when_the_socket_listens_or_connects() throws IOException {
        int first = listener(SocketConstant.FAMILY_INET, loopback(0));
        int second = stream(SocketConstant.FAMILY_INET);
        assertThat(bind(second, localAddress(first))).isZero();
        errno(Errno.EINVAL, bind(second, localAddress(first)));
        errno(Errno.EADDRINUSE, sys.listen(second, 1));
        int foreign = stream(SocketConstant.FAMILY_INET);
        assertThat(bind(foreign, new InetSocketAddress(InetAddress.getByName("192.0.2.1"), 0))).isZero();
        errno(Errno.EADDRNOTAVAIL, sys.listen(foreign, 1));
        errno(Errno.EADDRNOTAVAIL, connect(foreign, localAddress(first)));
        sys.close(first);
        assertThat(sys.listen(second, 1)).isZero();
        assertThat(sys.listen(second, 5)).isZero();
    }

    @Test
    void options_are_kept_until_there_is_a_channel_and_inherited() throws IOException {
        int listener = stream(SocketConstant.FAMILY_INET);
        assertThat(option(listener, SocketOption.LEVEL_SOCKET, SocketOption.REUSE_ADDRESS)).isZero();
        assertThat(option(listener(SocketConstant.FAMILY_INET, loopback(0)), SocketOption.LEVEL_SOCKET,
                SocketOption.REUSE_ADDRESS)).as("what java.nio sets unasked").isZero();
        setOption(listener, SocketOption.LEVEL_SOCKET, SocketOption.REUSE_ADDRESS, 1);
        setOption(listener, SocketOption.LEVEL_TCP, SocketOption.TCP_NO_DELAY, 1);
        setOption(listener, SocketOption.LEVEL_SOCKET, SocketOption.KEEP_ALIVE, 1);
        setOption(listener, SocketOption.LEVEL_SOCKET, SocketOption.RECEIVE_BUFFER_BYTES, 20_000);
        int before = option(listener, SocketOption.LEVEL_SOCKET, SocketOption.RECEIVE_BUFFER_BYTES);
        assertThat(before).isGreaterThanOrEqualTo(20_000);
        bind(listener, loopback(0));
        assertThat(option(listener, SocketOption.LEVEL_SOCKET, SocketOption.ACCEPTS_CONNECTIONS)).isZero();
        assertThat(sys.listen(listener, 5)).isZero();
        assertThat(option(listener, SocketOption.LEVEL_SOCKET, SocketOption.ACCEPTS_CONNECTIONS)).isOne();
        assertThat(option(listener, SocketOption.LEVEL_SOCKET, SocketOption.REUSE_ADDRESS)).isOne();
        int client = stream(SocketConstant.FAMILY_INET);
        assertThat(connect(client, localAddress(listener))).isZero();
        int server = await(() -> sys.accept(listener));
        assertThat(option(server, SocketOption.LEVEL_TCP, SocketOption.TCP_NO_DELAY)).isOne();
        assertThat(option(server, SocketOption.LEVEL_SOCKET, SocketOption.KEEP_ALIVE)).isOne();
        assertThat(option(server, SocketOption.LEVEL_SOCKET, SocketOption.RECEIVE_BUFFER_BYTES)).isEqualTo(before);
        assertThat(option(client, SocketOption.LEVEL_TCP, SocketOption.TCP_NO_DELAY)).isZero();
        assertThat(option(client, SocketOption.LEVEL_SOCKET, SocketOption.ERROR)).isZero();
        assertThat(option(client, SocketOption.LEVEL_SOCKET, SocketOption.TYPE)).isEqualTo(SocketConstant.STREAM);
        errno(Errno.EINVAL, sys.setsockopt(client, SocketOption.LEVEL_SOCKET, SocketOption.KEEP_ALIVE,
                memory.allocate(4), 3));
    }

    @Test
    void options_of_the_jdk_are_known_and_sizes_are_told_as_linux_tells_them() throws IOException {
        int stream = stream(SocketConstant.FAMILY_INET6);
        assertThat(connect(stream, localAddress(listener(SocketConstant.FAMILY_INET6,
                new InetSocketAddress("::1", 0))))).isZero();
        int[] numbers = {SocketOption.TCP_KEEP_IDLE, SocketOption.TCP_KEEP_INTERVAL, SocketOption.TCP_KEEP_COUNT};
        for (int number : numbers) {
            setOption(stream, SocketOption.LEVEL_TCP, number, 9);
            assertThat(option(stream, SocketOption.LEVEL_TCP, number)).isEqualTo(9);
        }
        setOption(stream, SocketOption.LEVEL_IPV6, SocketOption.IPV6_TRAFFIC_CLASS, 0x10);
        assertThat(option(stream, SocketOption.LEVEL_IP, SocketOption.IP_TYPE_OF_SERVICE)).isEqualTo(0x10);
        setOption(stream, SocketOption.LEVEL_SOCKET, SocketOption.SEND_BUFFER_BYTES, 40_000);
        assertThat(option(stream, SocketOption.LEVEL_SOCKET, SocketOption.SEND_BUFFER_BYTES)).isEqualTo(80_000);
        errno(Errno.ENOPROTOOPT, sys.setsockopt(stream, SocketOption.LEVEL_TCP, SocketOption.TCP_CORK,
                memory.allocate(4), 4));
    }

    // ---- helpers ----

    private static void errno(int errno, int result) {
        assertThat(result < 0 ? Errno.describe(-result) : "result=" + result).isEqualTo(Errno.describe(errno));
    }

    private int open(String name, int flags) {
        return open(name, flags, 0600);
    }

    private int open(String name, int flags, int mode) {
        return sys.openat(PathFlag.CURRENT_DIRECTORY, CString.encode(memory, folder.resolve(name).toString()), flags, mode);
    }

    private int openAbsolute(String path, int flags) {
        return sys.openat(PathFlag.CURRENT_DIRECTORY, CString.encode(memory, path), flags, 0);
    }

    private MemorySegment text(String text) {
        return CString.encode(memory, text);
    }

    private static String string(MemorySegment bytes, int count) {
        return new String(bytes.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.US_ASCII);
    }

    private int write(int fd, String text) {
        return sys.write(fd, text(text), text.length());
    }

    private String read(int fd, int count) {
        MemorySegment into = memory.allocate(count);
        int result = sys.read(fd, into, count);
        assertThat(result).isNotNegative();
        return string(into, result);
    }

    private int stream(int family) {
        return sys.socket(family, SocketConstant.STREAM | SocketConstant.CLOSE_ON_EXEC, 0);
    }

    private int datagrams() {
        return sys.socket(SocketConstant.FAMILY_INET, SocketConstant.DATAGRAM, 0);
    }

    private static SocketAddress loopback(int port) throws IOException {
        return new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port);
    }

    private int listener(int family, SocketAddress address) {
        int fd = stream(family);
        assertThat(bind(fd, address)).isZero();
        assertThat(sys.listen(fd, 1)).isZero();
        return fd;
    }

    private int bind(int fd, SocketAddress address) {
        MemorySegment encoded = memory.allocate(SocketAddressCodec.SIZE, Long.BYTES);
        return sys.bind(fd, encoded, SocketAddressCodec.encode(encoded, address));
    }

    /** One call of connect. */
    private int begin(int fd, SocketAddress address) {
        MemorySegment encoded = memory.allocate(SocketAddressCodec.SIZE, Long.BYTES);
        return sys.connect(fd, encoded, SocketAddressCodec.encode(encoded, address));
    }

    private int connect(int fd, SocketAddress address) {
        int result = begin(fd, address);
        return result == -Errno.EINPROGRESS ? await(() -> begin(fd, address)) : result;
    }

    private static int await(IntSupplier call) {
        int result = call.getAsInt();
        while (result == -Errno.EAGAIN || result == -Errno.EALREADY) {
            Thread.onSpinWait();
            result = call.getAsInt();
        }
        return result;
    }

    private SocketAddress localAddress(int fd) {
        MemorySegment encoded = memory.allocate(SocketAddressCodec.SIZE, Long.BYTES);
        MemorySegment bytes = memory.allocateFrom(ValueLayout.JAVA_INT, (int) SocketAddressCodec.SIZE);
        assertThat(sys.getsockname(fd, encoded, bytes)).isZero();
        return SocketAddressCodec.decode(encoded, bytes.get(ValueLayout.JAVA_INT, 0));
    }

    private int peerAddress(int fd, SocketAddress[] found) {
        MemorySegment encoded = memory.allocate(SocketAddressCodec.SIZE, Long.BYTES);
        MemorySegment bytes = memory.allocateFrom(ValueLayout.JAVA_INT, (int) SocketAddressCodec.SIZE);
        int result = sys.getpeername(fd, encoded, bytes);
        found[0] = result < 0 ? null : SocketAddressCodec.decode(encoded, bytes.get(ValueLayout.JAVA_INT, 0));
        return result;
    }

    private int setOption(int fd, int level, int option, int value) {
        return sys.setsockopt(fd, level, option, memory.allocateFrom(ValueLayout.JAVA_INT, value), Integer.BYTES);
    }

    private int option(int fd, int level, int option) {
        MemorySegment value = memory.allocate(ValueLayout.JAVA_INT);
        assertThat(sys.getsockopt(fd, level, option, value, memory.allocateFrom(ValueLayout.JAVA_INT, Integer.BYTES)))
                .isZero();
        return value.get(ValueLayout.JAVA_INT, 0);
    }
}
