package dev.uring.net;

import dev.uring.ffi.SocketConstant;
import dev.uring.runtime.Op;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;

/** A TCP connection. */
public final class TcpStream extends StreamSocket {
    TcpStream(int fd, UringRuntime runtime) {
        super(fd, runtime);
    }

    /**
     * Connects to an address. Needs a current runtime.
     *
     * @param address resolved
     * @return what answers the stream, or fails with {@link java.net.ConnectException} or
     *     {@link java.net.NoRouteToHostException}
     * @throws IllegalStateException when there is no runtime here
     * @throws java.nio.channels.UnresolvedAddressException if the host name was never looked up
     */
    public static Op<TcpStream> connect(InetSocketAddress address) {
        NativeAddress nativeAddress = NativeAddress.of(address);
        UringRuntime runtime = currentRuntime("connect");
        int fd = sys(runtime).socket(nativeAddress.family(), SocketConstant.STREAM | SocketConstant.CLOSE_ON_EXEC, 0);
        if (fd < 0) {
            return new NoSocket(address, fd).submit();
        }
        TcpStream stream = new TcpStream(fd, runtime);
        try {
            return new Connect(stream, address, nativeAddress).submit();
        } catch (RuntimeException | Error e) {
            stream.closeAsync(); // there is no room, or no thread to wait for it: nothing was submitted
            throw e;
        }
    }

    /**
     * Answers this side's address.
     *
     * @throws java.nio.channels.ClosedChannelException after the close
     */
    public InetSocketAddress localAddress() throws IOException {
        NativeAddress address = new NativeAddress();
        require("getsockname", call(sys -> sys.getsockname(fd(), address.storage(), address.length())));
        return address.decode();
    }

    /**
     * Answers the peer's address.
     *
     * @throws java.net.SocketException ENOTCONN: the connection is gone
     * @throws java.nio.channels.ClosedChannelException after the close
     */
    public InetSocketAddress remoteAddress() throws IOException {
        NativeAddress address = new NativeAddress();
        require("getpeername", call(sys -> sys.getpeername(fd(), address.storage(), address.length())));
        return address.decode();
    }

    /** Sets TCP_NODELAY: whether small sends go out at once instead of being gathered. Off at first. */
    public void noDelay(boolean on) throws IOException {
        setOption(StandardSocketOptions.TCP_NODELAY, on);
    }

    /** Answers whether TCP_NODELAY is set. */
    public boolean noDelay() throws IOException {
        return getOption(StandardSocketOptions.TCP_NODELAY);
    }

    @Override
    public String toString() {
        return "TcpStream[fd=" + fd() + (isOpen() ? "" : " closed") + "]";
    }
}
