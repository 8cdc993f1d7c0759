package dev.uring.fallback;

import dev.uring.ffi.CString;
import dev.uring.ffi.Errno;
import dev.uring.ffi.MessageFlag;
import dev.uring.ffi.PathFlag;
import dev.uring.ffi.PollFlag;
import dev.uring.ffi.SocketAddressCodec;
import dev.uring.ffi.SocketConstant;
import dev.uring.ffi.SocketOption;
import dev.uring.runtime.Sys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Plays the kernel on java.nio, with its own numbers, which mean nothing elsewhere. The numbers of errors, flags and
 * families are those of Linux on every host. What java.nio cannot do is refused in words, see {@link #failure()}.
 *
 * <p>One for each runtime; for any thread. Needs no native access.
 */
final class NioSys implements Sys {
    private static final int FIRST_NUMBERS = 64;
    private static final int TYPE_FLAGS = SocketConstant.CLOSE_ON_EXEC | SocketConstant.NON_BLOCKING;
    /** Flags without which a call would mean the same here. */
    private static final int HARMLESS = MessageFlag.DONT_WAIT | MessageFlag.NO_SIGNAL | MessageFlag.WAIT_ALL;

    /** Inside, the table changes: for the time of a few stores, so that nobody waits but on the processor. */
    private final AtomicBoolean busy = new AtomicBoolean();
    private final BitSet used = new BitSet();
    /** By number. Who has a number has it from the thread that stored here, so elements may be plain. */
    private volatile NioOpened[] table = new NioOpened[FIRST_NUMBERS];
    private final ThreadLocal<Exception> failure = new ThreadLocal<>();

    // ---- numbers ----

    /** Answers what a number stands for, or null. */
    NioOpened opened(int fd) {
        NioOpened[] all = table;
        return fd >= 0 && fd < all.length ? all[fd] : null;
    }

    /** Answers how many numbers are open. */
    int count() {
        enter();
        try {
            return used.cardinality();
        } finally {
            busy.set(false);
        }
    }

    private void enter() {
        while (!busy.compareAndSet(false, true)) { // ends: nobody stays
            Thread.onSpinWait();
        }
    }

    /** Gives the lowest free number. */
    private int add(NioOpened opened) {
        enter();
        try {
            int fd = used.nextClearBit(0);
            used.set(fd);
            if (fd == table.length) {
                table = Arrays.copyOf(table, 2 * fd);
            }
            table[fd] = opened;
            return fd;
        } finally {
            busy.set(false);
        }
    }

    private NioOpened remove(int fd) {
        enter();
        try {
            NioOpened removed = opened(fd);
            if (removed != null) {
                table[fd] = null;
                used.clear(fd);
            }
            return removed;
        } finally {
            busy.set(false);
        }
    }

    // ---- errors ----

    /** Keeps the exception where its number says too little; those numbers come from here alone. */
    private int failed(Exception thrown) {
        int errno = NioErrno.of(thrown);
        if (errno == Errno.EIO || errno == Errno.EINVAL || errno == Errno.EOPNOTSUPP) {
            failure.set(thrown);
        }
        return -errno;
    }

    @Override
    public Throwable failure() {
        Exception last = failure.get();
        failure.remove();
        return last;
    }

    // ---- bytes ----

    private static ByteBuffer bytes(MemorySegment buffer, int lengthBytes) {
        return buffer.asSlice(0, lengthBytes).asByteBuffer();
    }

    @Override
    public int read(int fd, MemorySegment buffer, int lengthBytes) {
        NioOpened opened = opened(fd);
        try {
            return opened == null ? -Errno.EBADF : opened.read(bytes(buffer, lengthBytes));
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    @Override
    public int write(int fd, MemorySegment buffer, int lengthBytes) {
        NioOpened opened = opened(fd);
        try {
            return opened == null ? -Errno.EBADF : opened.write(bytes(buffer, lengthBytes));
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    @Override
    public int pread(int fd, MemorySegment buffer, int lengthBytes, long offset) {
        NioOpened opened = opened(fd);
        try {
            return opened == null ? -Errno.EBADF : opened.pread(bytes(buffer, lengthBytes), checked(offset));
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    @Override
    public int pwrite(int fd, MemorySegment buffer, int lengthBytes, long offset, int flags) {
        NioOpened opened = opened(fd);
        try {
            return opened == null ? -Errno.EBADF : opened.pwrite(bytes(buffer, lengthBytes), checked(offset));
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    private static long checked(long offset) {
        if (offset < 0) {
            throw new NioRefusal(Errno.EINVAL, "a negative offset: offset=" + offset);
        }
        return offset;
    }

    @Override
    public int close(int fd) {
        NioOpened removed = remove(fd);
        try {
            if (removed == null) {
                return -Errno.EBADF;
            }
            removed.close();
            return 0;
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    @Override
    public int poll(int fd, int events) {
        NioOpened opened = opened(fd);
        try {
            return opened == null ? PollFlag.INVALID : opened.poll(events);
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    // ---- files and pipes ----

    @Override
    public int openat(int directory, MemorySegment path, int flags, int mode) {
        try {
            Path given = Path.of(CString.decode(path, 0));
            if (given.toString().isEmpty()) {
                return -Errno.ENOENT;
            }
            if (given.isAbsolute() || directory == PathFlag.CURRENT_DIRECTORY) {
                return add(NioFile.open(given, flags, mode));
            }
            return switch (opened(directory)) {
                case null -> -Errno.EBADF;
                case NioDirectory start -> add(NioFile.open(start.path().resolve(given), flags, mode));
                default -> -Errno.ENOTDIR;
            };
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    @Override
    public int fsync(int fd) {
        return sync(fd, true);
    }

    @Override
    public int fdatasync(int fd) {
        return sync(fd, false);
    }

    private int sync(int fd, boolean withMetadata) {
        NioOpened opened = opened(fd);
        try {
            return opened == null ? -Errno.EBADF : opened.sync(withMetadata);
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    /** pipe(2): the number to read from, and the one to write to. */
    int[] pipe() throws IOException {
        Pipe pipe = Pipe.open();
        return new int[] {add(new NioPipe(pipe.source())), add(new NioPipe(pipe.sink()))};
    }

    // ---- sockets ----

    /** A call of a socket, which has told already that the number stands for one. */
    private interface SocketCall {
        int on(NioSocket socket) throws IOException;
    }

    private int onSocket(int fd, SocketCall call) {
        try {
            return switch (opened(fd)) {
                case null -> -Errno.EBADF;
                case NioSocket socket -> call.on(socket);
                default -> -Errno.ENOTSOCK;
            };
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    @Override
    public int socket(int family, int type, int protocol) {
        int kind = type & ~TYPE_FLAGS;
        boolean isUnix = family == SocketConstant.FAMILY_UNIX;
        if (!isUnix && family != SocketConstant.FAMILY_INET && family != SocketConstant.FAMILY_INET6) {
            return -Errno.EAFNOSUPPORT;
        }
        if (kind != SocketConstant.STREAM && (kind != SocketConstant.DATAGRAM || isUnix)) {
            return failed(new NioRefusal(Errno.EOPNOTSUPP, "socket is there for TCP, UDP and Unix streams alone: family="
                    + family + " type=" + kind));
        }
        int usual = isUnix ? 0 : kind == SocketConstant.STREAM ? SocketConstant.PROTOCOL_TCP : SocketConstant.PROTOCOL_UDP;
        return protocol != 0 && protocol != usual ? -Errno.EPROTONOSUPPORT : add(new NioSocket(family, kind));
    }

    @Override
    public int bind(int fd, MemorySegment address, int addressBytes) {
        return onSocket(fd, socket -> socket.bind(decode(address, addressBytes)));
    }

    @Override
    public int listen(int fd, int backlog) {
        return onSocket(fd, socket -> socket.listen(backlog));
    }

    @Override
    public int accept(int fd) {
        return onSocket(fd, socket -> {
            NioSocket accepted = socket.accept();
            return accepted == null ? -Errno.EAGAIN : add(accepted);
        });
    }

    @Override
    public int connect(int fd, MemorySegment address, int addressBytes) {
        return onSocket(fd, socket -> SocketAddressCodec.family(address) == SocketConstant.FAMILY_UNSPECIFIED
                ? socket.disconnect() : socket.connect(decode(address, addressBytes)));
    }

    private static SocketAddress decode(MemorySegment address, int addressBytes) {
        int family = SocketAddressCodec.family(address);
        if (family == SocketConstant.FAMILY_INET && addressBytes < SocketAddressCodec.INET_BYTES
                || family == SocketConstant.FAMILY_INET6 && addressBytes < SocketAddressCodec.INET6_BYTES) {
            throw new NioRefusal(Errno.EINVAL, "an address is too short: addressBytes=" + addressBytes);
        }
        return SocketAddressCodec.decode(address, addressBytes);
    }

    @Override
    public int send(int fd, MemorySegment buffer, int lengthBytes, int flags) {
        try {
            return switch (opened(fd)) {
                case null -> -Errno.EBADF;
                case NioSocket socket -> socket.write(bytes(buffer, checked("send", lengthBytes, flags)));
                default -> -Errno.ENOTSOCK;
            };
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    @Override
    public int receive(int fd, MemorySegment buffer, int lengthBytes, int flags) {
        try {
            return switch (opened(fd)) {
                case null -> -Errno.EBADF;
                case NioSocket socket -> socket.receive(bytes(buffer, checked("receive", lengthBytes, flags)));
                default -> -Errno.ENOTSOCK;
            };
        } catch (IOException | RuntimeException e) {
            return failed(e);
        }
    }

    private static int checked(String call, int lengthBytes, int flags) {
        if ((flags & ~HARMLESS) != 0) {
            throw new NioRefusal(Errno.EOPNOTSUPP, call + " knows no such flags: flags=0x" + Integer.toHexString(flags));
        }
        return lengthBytes;
    }

    @Override
    public int shutdown(int fd, int how) {
        return onSocket(fd, socket -> socket.shutdown(how));
    }

    @Override
    public int getsockname(int fd, MemorySegment address, MemorySegment addressBytes) {
        return onSocket(fd, socket -> answer(socket.localAddress(), socket.family(), address, addressBytes));
    }

    @Override
    public int getpeername(int fd, MemorySegment address, MemorySegment addressBytes) {
        return onSocket(fd, socket -> {
            SocketAddress peer = socket.peerAddress();
            return peer == null ? -Errno.ENOTCONN : answer(peer, socket.family(), address, addressBytes);
        });
    }

    private static int answer(SocketAddress found, int family, MemorySegment address, MemorySegment addressBytes) {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment whole = scope.allocate(SocketAddressCodec.SIZE, Long.BYTES);
            int bytes = found instanceof InetSocketAddress inet ? SocketAddressCodec.encode(whole, inet, family)
                    : SocketAddressCodec.encode(whole, found);
            return answer(whole, bytes, address, addressBytes);
        }
    }

    /** Hands out as much as there is room for, and says how much there was. */
    private static int answer(MemorySegment found, int bytes, MemorySegment into, MemorySegment intoBytes) {
        int room = intoBytes.get(ValueLayout.JAVA_INT, 0);
        MemorySegment.copy(found, 0, into, 0, Math.min(bytes, room));
        intoBytes.set(ValueLayout.JAVA_INT, 0, bytes);
        return 0;
    }

    @Override
    public int setsockopt(int fd, int level, int option, MemorySegment value, int valueBytes) {
        java.net.SocketOption<?> known = NioSocketOption.of(level, option);
        return onSocket(fd, socket -> known != null
                && socket.setOption(known, NioSocketOption.decode(known, value, valueBytes)) ? 0 : -Errno.ENOPROTOOPT);
    }

    @Override
    public int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment valueBytes) {
        return onSocket(fd, socket -> {
            try (Arena scope = Arena.ofConfined()) {
                MemorySegment found = scope.allocate(Long.BYTES, Integer.BYTES);
                int bytes = option(socket, level, option, found);
                return bytes < 0 ? bytes : answer(found, bytes, value, valueBytes);
            }
        });
    }

    private static int option(NioSocket socket, int level, int option, MemorySegment found) throws IOException {
        if (level == SocketOption.LEVEL_SOCKET) {
            switch (option) {
                case SocketOption.ERROR -> { // java.nio throws an error where it is found, and keeps none
                    return number(0, found);
                }
                case SocketOption.TYPE -> {
                    return number(socket.type(), found);
                }
                case SocketOption.DOMAIN -> {
                    return number(socket.family(), found);
                }
                case SocketOption.ACCEPTS_CONNECTIONS -> {
                    return number(socket.isListening() ? 1 : 0, found);
                }
                default -> { }
            }
        }
        java.net.SocketOption<?> known = NioSocketOption.of(level, option);
        Object value = known == null ? null : socket.option(known);
        return value == null ? -Errno.ENOPROTOOPT : NioSocketOption.encode(known, value, found);
    }

    private static int number(int value, MemorySegment found) {
        found.set(ValueLayout.JAVA_INT, 0, value);
        return Integer.BYTES;
    }
}
