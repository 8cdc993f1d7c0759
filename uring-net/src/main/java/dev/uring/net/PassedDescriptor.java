package dev.uring.net;

import dev.uring.ffi.DescriptorCommand;
import dev.uring.ffi.Errno;
import dev.uring.ffi.FileMode;
import dev.uring.ffi.OpenFlag;
import dev.uring.ffi.SocketConstant;
import dev.uring.ffi.SocketOption;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.UringException;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.BiFunction;

/**
 * A descriptor that came over a Unix stream, of a kind that only the sender knows. Its receiver makes of it what it is, and
 * closes it otherwise. Operations that take any descriptor take it as it is: {@code new Read(passed, buffer, offset)}. For
 * any thread.
 */
public final class PassedDescriptor extends Descriptor {
    PassedDescriptor(int fd, UringRuntime runtime) {
        super(fd, runtime);
    }

    /**
     * Makes a TCP connection of it, and closes it.
     *
     * @throws IOException EINVAL: it is no such thing, and stays open
     */
    public TcpStream toTcpStream() throws IOException {
        requireSocket(SocketConstant.STREAM, false, false);
        return to(TcpStream::new);
    }

    /** Makes a Unix stream of it, as {@link #toTcpStream}. */
    public UnixStream toUnixStream() throws IOException {
        requireSocket(SocketConstant.STREAM, true, false);
        return to(UnixStream::new);
    }

    /** Makes a listener for TCP of it, as {@link #toTcpStream}. */
    public TcpListener toTcpListener() throws IOException {
        requireSocket(SocketConstant.STREAM, false, true);
        NativeAddress bound = localName();
        return to((fd, runtime) -> new TcpListener(fd, runtime, bound.decode()));
    }

    /** Makes a listener for Unix streams of it, as {@link #toTcpStream}. */
    public UnixListener toUnixListener() throws IOException {
        requireSocket(SocketConstant.STREAM, true, true);
        NativeAddress bound = localName();
        return to((fd, runtime) -> new UnixListener(fd, runtime, bound.decodeUnix()));
    }

    private NativeAddress localName() throws IOException {
        NativeAddress address = new NativeAddress();
        int result = (int) call(sys -> sys.getsockname(fd(), address.storage(), address.length()));
        if (result < 0) {
            throw SocketErrors.of("getsockname", "fd=" + fd(), -result);
        }
        return address;
    }

    /** Makes a UDP socket of it, as {@link #toTcpStream}. */
    public UdpSocket toUdpSocket() throws IOException {
        requireSocket(SocketConstant.DATAGRAM, false, false);
        return to(UdpSocket::new);
    }

    /** Makes a Unix socket for datagrams of it, as {@link #toTcpStream}. */
    public UnixDatagram toUnixDatagram() throws IOException {
        requireSocket(SocketConstant.DATAGRAM, true, false);
        return to(UnixDatagram::new);
    }

    /** Makes the end of a pipe of it to read from, as {@link #toTcpStream}; EINVAL also where it is open to write only. */
    public PipeReader toPipeReader() throws IOException {
        requirePipe(OpenFlag.WRITE_ONLY);
        return to(PipeReader::new);
    }

    /** Makes the end of a pipe of it to write to, as {@link #toTcpStream}; EINVAL also where it is open to read only. */
    public PipeWriter toPipeWriter() throws IOException {
        requirePipe(OpenFlag.READ_ONLY);
        return to(PipeWriter::new);
    }

    /**
     * Makes anything of it, and closes it: {@code made} gets a number of its own to take charge of, and the runtime.
     *
     * @throws IOException when there is no number for it; it stays open
     */
    public <D extends Descriptor> D to(BiFunction<Integer, UringRuntime, D> made) throws IOException {
        int copy = duplicate(this);
        if (copy < 0) {
            throw new UringException("fcntl", "fd=" + fd(), -copy);
        }
        D descriptor;
        try {
            descriptor = made.apply(copy, runtime());
        } catch (RuntimeException | Error e) {
            sys(runtime()).close(copy);
            throw e;
        }
        closeAsync();
        return descriptor;
    }

    private void requireSocket(int type, boolean isUnix, boolean listens) throws IOException {
        require(type == option(SocketOption.TYPE)
                && isUnix == (option(SocketOption.DOMAIN) == SocketConstant.FAMILY_UNIX)
                && option(SocketOption.ACCEPTS_CONNECTIONS) == (listens ? 1 : 0),
                (isUnix ? "Unix" : "Internet") + (listens ? " listener" : " socket") + " of that type: type=" + type);
    }

    /** Answers the value of an option, or -errno, which is that of no option. */
    private int option(int option) throws IOException {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment value = scope.allocate(ValueLayout.JAVA_INT);
            MemorySegment bytes = scope.allocateFrom(ValueLayout.JAVA_INT, Integer.BYTES);
            long result = call(sys -> sys.getsockopt(fd(), SocketOption.LEVEL_SOCKET, option, value, bytes));
            return result < 0 ? (int) result : value.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /** A ring answers EAGAIN for a pipe that does not block, instead of waiting; so whoever shares it sees it block, too. */
    private void requirePipe(int wrongAccess) throws IOException {
        int flags = (int) call(sys -> sys.fcntl(fd(), DescriptorCommand.GET_STATUS_FLAGS, 0));
        require(flags >= 0 && (flags & OpenFlag.ACCESS_MODE) != wrongAccess
                && call(sys -> FileType.of(sys, fd())) == FileMode.PIPE, "pipe's end of that direction");
        if ((flags & OpenFlag.NON_BLOCKING) != 0) {
            call(sys -> sys.fcntl(fd(), DescriptorCommand.SET_STATUS_FLAGS, flags & ~OpenFlag.NON_BLOCKING));
        }
    }

    private void require(boolean condition, String wanted) throws IOException {
        if (!condition) {
            throw new UringException("open", "fd=" + fd(), Errno.EINVAL, "it is no " + wanted);
        }
    }

    @Override
    public String toString() {
        return "PassedDescriptor[fd=" + fd() + (isOpen() ? "" : " closed") + "]";
    }
}
