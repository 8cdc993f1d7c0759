package dev.uring.net;

import dev.uring.ffi.SocketConstant;
import dev.uring.runtime.Op;
import dev.uring.runtime.Sys;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.time.Duration;

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
        return connect(address, ConnectOptions.DEFAULT);
    }

    /**
     * Connects to an address as {@link #connect(InetSocketAddress)} does, and as the options say.
     *
     * @return what answers the stream, or fails with {@link java.net.ConnectException},
     *     {@link java.net.NoRouteToHostException}, {@link java.net.SocketTimeoutException} at the limit,
     *     {@link java.net.BindException} when this side's address cannot be had, or UnsupportedOperationException when the
     *     kernel or driver has not one of the options
     * @throws IllegalStateException when there is no runtime here, or there is a limit and its timers are disabled
     * @throws java.nio.channels.UnresolvedAddressException if the host name was never looked up
     */
    public static Op<TcpStream> connect(InetSocketAddress address, ConnectOptions options) {
        NativeAddress nativeAddress = NativeAddress.of(address);
        UringRuntime runtime = currentRuntime("connect");
        Sys sys = sys(runtime);
        int fd = sys.socket(nativeAddress.family(), SocketConstant.STREAM | SocketConstant.CLOSE_ON_EXEC, 0);
        if (fd < 0) {
            return NoSocket.of("address=" + address, fd).submit();
        }
        NoSocket refused = set(sys, fd, address, options);
        if (refused != null) {
            sys.close(fd);
            return refused.submit();
        }
        TcpStream stream = new TcpStream(fd, runtime);
        stream.lingers(options.settings().linger());
        Connect connect = new Connect(stream, address, nativeAddress);
        try {
            connect.submit();
        } catch (RuntimeException | Error e) {
            stream.closeAsync(); // there is no room, or no thread to wait for it: nothing was submitted
            throw e;
        }
        return options.timeout() == null ? connect : limited(connect, options.timeout());
    }

    /** Sets options and this side's address; answers why it cannot, or null. */
    private static NoSocket set(Sys sys, int fd, InetSocketAddress address, ConnectOptions options) {
        OptionSettings.Refusal refusal = options.settings().apply(sys, fd);
        if (refusal != null) {
            return NoSocket.of("address=" + address, refusal);
        }
        InetSocketAddress local = options.localAddress(address);
        if (local == null) {
            return null;
        }
        NativeAddress wanted = NativeAddress.of(local);
        int result = sys.bind(fd, wanted.storage(), wanted.lengthBytes());
        return result < 0 ? NoSocket.of("address=" + address + " localAddress=" + local, result) : null;
    }

    private static Connect limited(Connect connect, Duration timeout) {
        try {
            connect.endAfter(timeout);
            return connect;
        } catch (RuntimeException | Error e) {
            connect.abandon();
            throw e;
        }
    }

    /** Connects to a host as {@link #connect(String, int, ConnectOptions)} does, with {@link ConnectOptions#DEFAULT}. */
    public static TcpStream connect(String host, int port) throws IOException {
        return connect(host, port, ConnectOptions.DEFAULT);
    }

    /**
     * Connects to a host, by whichever of its addresses answers first: looks it up as {@link Dns#lookup} does, tries the
     * addresses of both families in turn, IPv6 first, each a quarter of a second after the one before unless that has failed
     * earlier, and closes what the first to succeed leaves over (RFC 8305). Waits: a task parks, any other thread blocks.
     * The runtime's timers must be enabled for a host of several addresses.
     *
     * @param host a name, or a literal address, which costs neither thread nor look-up
     * @throws java.net.UnknownHostException when the host has no address
     * @throws java.net.SocketTimeoutException when that took longer than the options allow
     * @throws java.io.InterruptedIOException when the thread was interrupted; nothing is left open
     * @throws IOException what the first attempt to fail has failed with, when all have; the others are suppressed in it
     * @throws IllegalArgumentException when the port is not 0 to 65535
     * @throws IllegalStateException when there is no runtime here, or in a callback on a worker
     */
    public static TcpStream connect(String host, int port, ConnectOptions options) throws IOException {
        return HostConnect.connect(host, port, options, InetAddress::getAllByName);
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
    boolean canSendZeroCopy() {
        return true;
    }

    @Override
    public String toString() {
        return "TcpStream[fd=" + fd() + (isOpen() ? "" : " closed") + "]";
    }
}
