package dev.uring.runtime;

import dev.uring.ffi.DescriptorCommand;
import dev.uring.ffi.Errno;
import dev.uring.ffi.Libc;
import dev.uring.ffi.LibcFile;
import dev.uring.ffi.LibcSocket;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.PollFlag;
import dev.uring.ffi.SocketAddressCodec;
import dev.uring.ffi.SocketConstant;
import dev.uring.ffi.SocketOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Descriptors of the kernel. */
public final class LibcGround implements Ground {
    private static final int PIPE_BUF = 4096;
    private static final int WINDOW_BYTES = 8192;
    private static final int SEND_BYTES = 1 << 17;
    private static final int MISSING = 1 << 20;

    private final boolean nonBlocking;

    /**
     * Says how pipes are opened.
     *
     * @param nonBlocking whether with O_NONBLOCK
     */
    public LibcGround(boolean nonBlocking) {
        this.nonBlocking = nonBlocking;
    }

    @Override
    public int[] pipe() {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment pair = scope.allocate(ValueLayout.JAVA_INT, 2);
            int result = Libc.pipe2(pair, OpenFlag.CLOSE_ON_EXEC | (nonBlocking ? OpenFlag.NON_BLOCKING : 0));
            if (result < 0) {
                throw new IllegalStateException("pipe2 failed: errno=" + -result);
            }
            return new int[] {pair.getAtIndex(ValueLayout.JAVA_INT, 0), pair.getAtIndex(ValueLayout.JAVA_INT, 1)};
        }
    }

    /** TCP, since sockets of the unix family copy. The receiver's window is small, so that what is sent later waits. */
    @Override
    public int[] connection() {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment address = scope.allocate(SocketAddressCodec.SIZE, Long.BYTES);
            MemorySegment length = scope.allocateFrom(ValueLayout.JAVA_INT, (int) SocketAddressCodec.SIZE);
            int listener = socket();
            bufferBytes(scope, listener, SocketOption.RECEIVE_BUFFER_BYTES, WINDOW_BYTES);
            int bytes = SocketAddressCodec.encode(address, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            require("bind", LibcSocket.bind(listener, address, bytes));
            require("listen", LibcSocket.listen(listener, 1));
            require("getsockname", LibcSocket.getsockname(listener, address, length));
            int sender = socket();
            bufferBytes(scope, sender, SocketOption.SEND_BUFFER_BYTES, SEND_BYTES);
            require("connect", LibcSocket.connect(sender, address, length.get(ValueLayout.JAVA_INT, 0)));
            int receiver = require("accept4", LibcSocket.accept4(listener, MemorySegment.NULL, MemorySegment.NULL,
                    SocketConstant.CLOSE_ON_EXEC));
            Libc.close(listener);
            for (int fd : new int[] {receiver, sender}) {
                require("fcntl", Libc.fcntl(fd, DescriptorCommand.SET_STATUS_FLAGS,
                        nonBlocking ? OpenFlag.NON_BLOCKING : 0));
            }
            return new int[] {receiver, sender};
        }
    }

    private static int socket() {
        return require("socket", LibcSocket.socket(SocketConstant.FAMILY_INET,
                SocketConstant.STREAM | SocketConstant.CLOSE_ON_EXEC, 0));
    }

    private static void bufferBytes(Arena scope, int fd, int option, int bytes) {
        require("setsockopt", LibcSocket.setsockopt(fd, SocketOption.LEVEL_SOCKET, option,
                scope.allocateFrom(ValueLayout.JAVA_INT, bytes), Integer.BYTES));
    }

    private static int require(String call, int result) {
        if (result < 0) {
            throw new IllegalStateException(call + " failed: errno=" + Errno.describe(-result));
        }
        return result;
    }

    @Override
    public int file(byte[] content) {
        try {
            Path path = Files.createTempFile("uring-contract", null);
            try {
                Files.write(path, content);
                return open(path, OpenFlag.READ_WRITE);
            } finally {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int directory() {
        return open(Path.of("/"), OpenFlag.READ_ONLY | OpenFlag.DIRECTORY);
    }

    private static int open(Path path, int flags) {
        try (Arena scope = Arena.ofConfined()) {
            int fd = LibcFile.openat(PathFlag.CURRENT_DIRECTORY, scope.allocateFrom(path.toString()),
                    flags | OpenFlag.CLOSE_ON_EXEC, 0);
            if (fd < 0) {
                throw new IllegalStateException("openat failed: path=" + path + " errno=" + -fd);
            }
            return fd;
        }
    }

    @Override
    public int missing() {
        return MISSING;
    }

    @Override
    public int read(int fd, byte[] into) {
        if (LibcSys.INSTANCE.poll(fd, PollFlag.READABLE) == 0) {
            return -Errno.EAGAIN;
        }
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment memory = scope.allocate(into.length);
            int result = LibcSys.INSTANCE.read(fd, memory, into.length);
            if (result > 0) {
                MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, 0, into, 0, result);
            }
            return result;
        }
    }

    @Override
    public int write(int fd, byte[] bytes, int from) {
        if (LibcSys.INSTANCE.poll(fd, PollFlag.WRITABLE) == 0) {
            return -Errno.EAGAIN;
        }
        int length = Math.min(bytes.length - from, PIPE_BUF);
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment memory = scope.allocate(Math.max(length, 1));
            MemorySegment.copy(bytes, from, memory, ValueLayout.JAVA_BYTE, 0, length);
            return LibcSys.INSTANCE.write(fd, memory, length);
        }
    }

    /** The kernel's name of a pipe carries its inode, that of a nameless file its random path. */
    @Override
    public Object identity(int fd) {
        try {
            return List.of(Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd)).toString(),
                    Files.readString(Path.of("/proc/self/fdinfo/" + fd)).lines().filter(line -> line.startsWith("flags"))
                            .toList());
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int pipeBytes() {
        return 65536;
    }

    @Override
    public void close() {
        // Whoever wrapped a number closes it.
    }

    @Override
    public String toString() {
        return nonBlocking ? "non-blocking pipes" : "blocking pipes";
    }
}
