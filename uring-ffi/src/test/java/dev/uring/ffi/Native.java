package dev.uring.ffi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What tests need of C: a few structs, pipes, sockets and memory, and a look at the process itself. */
final class Native {
    static final int AT_FDCWD = -100;
    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int SOCK_STREAM = 1;
    static final int SOCK_DGRAM = 2;
    static final int SOCKADDR_IN_BYTES = 16;
    private static final int MSGHDR_BYTES = 56;
    private static final int LOOPBACK = 0x7f00_0001;
    private static final ValueLayout.OfShort BIG_SHORT = ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BIG_INT = ValueLayout.JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);

    private Native() {
    }

    /** Two descriptors, such as the ends of a pipe; closing closes what is still open. */
    record Pair(int first, int second) implements AutoCloseable {
        @Override
        public void close() {
            Libc.close(first);
            Libc.close(second);
        }
    }

    /** Makes a pipe: the first descriptor reads what is written to the second. */
    static Pair pipe() {
        return pipe(0);
    }

    static Pair pipe(int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pair = arena.allocate(8, 4);
            assertThat(Libc.pipe2(pair, flags)).isZero();
            return new Pair(pair.get(ValueLayout.JAVA_INT, 0), pair.get(ValueLayout.JAVA_INT, 4));
        }
    }

    /** Makes two connected stream sockets of the family AF_UNIX. */
    static Pair socketPair() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment pair = arena.allocate(8, 4);
            assertThat(LibcSocket.socketpair(AF_UNIX, SOCK_STREAM, 0, pair)).isZero();
            return new Pair(pair.get(ValueLayout.JAVA_INT, 0), pair.get(ValueLayout.JAVA_INT, 4));
        }
    }

    /** Makes two TCP sockets, connected over the loopback. */
    static Pair tcpPair() {
        try (Arena arena = Arena.ofConfined()) {
            int listener = listener();
            MemorySegment address = address(arena, port(listener));
            int client = LibcSocket.socket(AF_INET, SOCK_STREAM, 0);
            assertThat(LibcSocket.connect(client, address, SOCKADDR_IN_BYTES)).isZero();
            int server = LibcSocket.accept4(listener, MemorySegment.NULL, MemorySegment.NULL, 0);
            assertThat(server).isPositive();
            Libc.close(listener);
            return new Pair(client, server);
        }
    }

    /** Makes a TCP socket that listens on some port of the loopback. */
    static int listener() {
        int fd = bound(SOCK_STREAM);
        assertThat(LibcSocket.listen(fd, 16)).isZero();
        return fd;
    }

    /** Makes a socket bound to some port of the loopback. */
    static int bound(int type) {
        try (Arena arena = Arena.ofConfined()) {
            int fd = LibcSocket.socket(AF_INET, type, 0);
            assertThat(fd).isPositive();
            assertThat(LibcSocket.bind(fd, address(arena, 0), SOCKADDR_IN_BYTES)).isZero();
            return fd;
        }
    }

    static int port(int socket) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SOCKADDR_IN_BYTES, 8);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, SOCKADDR_IN_BYTES);
            assertThat(LibcSocket.getsockname(socket, address, length)).isZero();
            return port(address);
        }
    }

    static int port(MemorySegment address) {
        return Short.toUnsignedInt(address.get(BIG_SHORT, 2));
    }

    /** {@code struct sockaddr_in}: sin_family, sin_port, sin_addr, padding. */
    static MemorySegment address(Arena arena, int port) {
        MemorySegment address = arena.allocate(SOCKADDR_IN_BYTES, 8);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_INET);
        address.set(BIG_SHORT, 2, (short) port);
        address.set(BIG_INT, 4, LOOPBACK);
        return address;
    }

    /** {@code struct iovec[]}: iov_base, iov_len. */
    static MemorySegment vectors(Arena arena, MemorySegment... pieces) {
        MemorySegment vectors = arena.allocate(16L * pieces.length, 8);
        for (int i = 0; i < pieces.length; i++) {
            vectors.set(ValueLayout.JAVA_LONG, 16L * i, pieces[i].address());
            vectors.set(ValueLayout.JAVA_LONG, 16L * i + 8, pieces[i].byteSize());
        }
        return vectors;
    }

    /** {@code struct msghdr}: msg_name 0, msg_namelen 8, msg_iov 16, msg_iovlen 24, no control data. */
    static MemorySegment message(Arena arena, MemorySegment name, MemorySegment... pieces) {
        MemorySegment message = arena.allocate(MSGHDR_BYTES, 8);
        message.set(ValueLayout.ADDRESS, 0, name);
        message.set(ValueLayout.JAVA_INT, 8, (int) name.byteSize());
        message.set(ValueLayout.ADDRESS, 16, vectors(arena, pieces));
        message.set(ValueLayout.JAVA_LONG, 24, pieces.length);
        return message;
    }

    static MemorySegment text(Arena arena, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
    }

    static String text(MemorySegment memory, long lengthBytes) {
        return new String(memory.asSlice(0, lengthBytes).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    static MemorySegment path(Arena arena, Path path) {
        return CString.encode(arena, path.toString());
    }

    /** Writes to a descriptor by the system call. */
    static void write(int fd, String text) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = text(arena, text);
            assertThat(Libc.write(fd, bytes, bytes.byteSize())).isEqualTo(bytes.byteSize());
        }
    }

    /** Reads up to 4096 bytes from a descriptor by the system call. */
    static String read(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(4096);
            long count = Libc.read(fd, buffer, buffer.byteSize());
            assertThat(count).isNotNegative();
            return text(buffer, count);
        }
    }

    static int open(Path path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            int fd = LibcFile.open(path(arena, path), flags, 0644);
            assertThat(fd).as("open %s", path).isPositive();
            return fd;
        }
    }

    static boolean isOpen(int fd) {
        return Libc.fcntl(fd, 1 /* F_GETFD */, 0) >= 0;
    }

    /** Counts this process's descriptors; the listing's own is always among them. */
    static long descriptors() {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Counts this process's mappings whose line contains {@code part}. */
    static long mappings(String part) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains(part)).count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Reads a line of /proc/self/status such as {@code RssAnon}, in kilobytes. */
    static long statusKilobytes(String name) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            String line = lines.filter(each -> each.startsWith(name + ":")).findFirst().orElseThrow();
            return Long.parseLong(line.replaceAll("\\D", ""));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
