package dev.uring.fallback;

import dev.uring.ffi.CString;
import dev.uring.ffi.Errno;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.SocketAddressCodec;
import dev.uring.ffi.SocketConstant;
import dev.uring.ffi.SocketOption;
import dev.uring.runtime.Ground;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** Descriptors of java.nio. */
final class NioGround implements Ground {
    private static final int WINDOW_BYTES = 8192;
    private static final int SEND_BYTES = 1 << 17;
    private static final int MISSING = 1 << 20;

    private final NioSys sys = new NioSys();

    /** Answers the host, for the driver. */
    NioSys sys() {
        return sys;
    }

    @Override
    public int[] pipe() {
        try {
            return sys.pipe();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int[] connection() {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment address = scope.allocate(SocketAddressCodec.SIZE, Long.BYTES);
            MemorySegment length = scope.allocateFrom(ValueLayout.JAVA_INT, (int) SocketAddressCodec.SIZE);
            int listener = socket();
            bufferBytes(scope, listener, SocketOption.RECEIVE_BUFFER_BYTES, WINDOW_BYTES);
            int bytes = SocketAddressCodec.encode(address, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            require("bind", sys.bind(listener, address, bytes));
            require("listen", sys.listen(listener, 1));
            require("getsockname", sys.getsockname(listener, address, length));
            int sender = socket();
            bufferBytes(scope, sender, SocketOption.SEND_BUFFER_BYTES, SEND_BYTES);
            int begun = sys.connect(sender, address, length.get(ValueLayout.JAVA_INT, 0));
            int receiver = untilDone(() -> sys.accept(listener));
            if (begun < 0) {
                untilDone(() -> sys.connect(sender, address, length.get(ValueLayout.JAVA_INT, 0)));
            }
            require("close", sys.close(listener));
            return new int[] {receiver, sender};
        }
    }

    private static int untilDone(java.util.function.IntSupplier call) {
        int result = call.getAsInt();
        while (result == -Errno.EAGAIN || result == -Errno.EALREADY) { // the other side is here, too
            Thread.onSpinWait();
            result = call.getAsInt();
        }
        return require("accept or connect", result);
    }

    private int socket() {
        return require("socket", sys.socket(SocketConstant.FAMILY_INET, SocketConstant.STREAM, 0));
    }

    private void bufferBytes(Arena scope, int fd, int option, int bytes) {
        require("setsockopt", sys.setsockopt(fd, SocketOption.LEVEL_SOCKET, option,
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

    private int open(Path path, int flags) {
        try (Arena scope = Arena.ofConfined()) {
            return require("openat", sys.openat(PathFlag.CURRENT_DIRECTORY, CString.encode(scope, path.toString()), flags, 0));
        }
    }

    @Override
    public int missing() {
        return MISSING;
    }

    @Override
    public int read(int fd, byte[] into) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment memory = scope.allocate(into.length);
            int result = sys.read(fd, memory, into.length);
            if (result > 0) {
                MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, 0, into, 0, result);
            }
            return result;
        }
    }

    @Override
    public int write(int fd, byte[] bytes, int from) {
        int length = bytes.length - from;
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment memory = scope.allocate(Math.max(length, 1));
            MemorySegment.copy(bytes, from, memory, ValueLayout.JAVA_BYTE, 0, length);
            return sys.write(fd, memory, length);
        }
    }

    @Override
    public Object identity(int fd) {
        return sys.opened(fd);
    }

    @Override
    public int pipeBytes() {
        return 65536;
    }

    @Override
    public void close() {
        if (sys.count() != 0) {
            throw new AssertionError("the host still has open numbers: count=" + sys.count());
        }
    }

    @Override
    public String toString() {
        return "java.nio";
    }
}
