package dev.uring.fallback;

import dev.uring.ffi.Errno;
import dev.uring.ffi.FileMode;
import dev.uring.ffi.PollFlag;
import dev.uring.ffi.SocketConstant;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A socket. java.nio has a class of channels for each use, so a socket of streams is but a note of what was asked for
 * until it connects or listens; then the channel is made, and only then does an address turn out to be taken. A connect
 * that fails takes its channel along, and leaves the note.
 */
final class NioSocket extends NioSelectable {
    private static final int BACKLOG_MAX = 1 << 16;
    private static final int DATAGRAM_BYTES_MAX = 1 << 16;

    private final int family;
    private final int type;
    /** What was set before there was a channel, and what connections inherit. */
    private final Map<SocketOption<?>, Object> options = new LinkedHashMap<>();
    private SocketAddress bound;
    private SelectableChannel channel;
    /** The channel cannot tell this from a close. */
    private boolean isOutputShut;
    /** The channel tells this for ever, the kernel once. */
    private boolean isReset;
    /** Where datagrams arrive whose length is asked for; null before the first. */
    private ByteBuffer datagram;

    NioSocket(int family, int type) {
        this.family = family;
        this.type = type;
        if (type == SocketConstant.STREAM && family != SocketConstant.FAMILY_UNIX) {
            options.put(StandardSocketOptions.SO_REUSEADDR, false); // java.nio sets it for listeners
        }
    }

    /** Answers two Unix streams that are connected, by way of a listener whose name is gone when they have met. */
    static NioSocket[] pair() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(null); // a name of java.nio's choice, in the folder for temporary files
            Path name = ((UnixDomainSocketAddress) listener.getLocalAddress()).getPath();
            SocketChannel first = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                try {
                    first.connect(listener.getLocalAddress()); // ends: the listener has room for one
                } finally {
                    Files.delete(name);
                }
                return new NioSocket[] {connected(first), connected(listener.accept())};
            } catch (IOException | RuntimeException e) {
                first.close();
                throw e;
            }
        }
    }

    private static NioSocket connected(SocketChannel stream) throws IOException {
        NioSocket socket = new NioSocket(SocketConstant.FAMILY_UNIX, SocketConstant.STREAM);
        socket.channel = socket.prepared(stream);
        return socket;
    }

    int family() {
        return family;
    }

    int type() {
        return type;
    }

    @Override
    int fileType() {
        return FileMode.SOCKET;
    }

    // ---- channels ----

    @Override
    SelectableChannel channel() throws IOException {
        return isDatagram() ? datagrams() : channel;
    }

    @Override
    int pollUnconnected(int events) {
        return events & PollFlag.WRITABLE | PollFlag.HANG_UP;
    }

    private boolean isDatagram() {
        return type == SocketConstant.DATAGRAM;
    }

    private DatagramChannel datagrams() throws IOException {
        if (channel == null) {
            channel = prepared(DatagramChannel.open(protocolFamily()));
        }
        return (DatagramChannel) channel;
    }

    private SocketChannel stream() throws IOException {
        return prepared(SocketChannel.open(protocolFamily()));
    }

    /** Answers the stream that stands or is being connected, or null. */
    private SocketChannel connection() {
        return channel instanceof SocketChannel stream ? stream : null;
    }

    private ProtocolFamily protocolFamily() {
        return switch (family) {
            case SocketConstant.FAMILY_INET -> StandardProtocolFamily.INET;
            case SocketConstant.FAMILY_INET6 -> StandardProtocolFamily.INET6;
            default -> StandardProtocolFamily.UNIX;
        };
    }

    private <C extends SelectableChannel & NetworkChannel> C prepared(C made) throws IOException {
        try {
            made.configureBlocking(false);
            for (Map.Entry<SocketOption<?>, Object> each : options.entrySet()) {
                set(made, each.getKey(), each.getValue());
            }
        } catch (IOException | RuntimeException e) {
            made.close();
            throw e;
        }
        return made;
    }

    @SuppressWarnings("unchecked")
    private static void set(NetworkChannel channel, SocketOption<?> option, Object value) throws IOException {
        if (channel.supportedOptions().contains(option)) {
            channel.setOption((SocketOption<Object>) option, value);
        }
    }

    // ---- connecting ----

    int bind(SocketAddress address) throws IOException {
        requireFamily(address);
        enter();
        try {
            if (bound != null || channel != null && !isDatagram()) {
                throw new NioRefusal(Errno.EINVAL, "bind of a socket that has an address: address=" + bound);
            }
            if (isDatagram()) {
                datagrams().bind(address);
            }
            bound = address;
            return 0;
        } finally {
            leave();
        }
    }

    private void requireFamily(SocketAddress address) {
        if (address instanceof UnixDomainSocketAddress != (family == SocketConstant.FAMILY_UNIX)) {
            throw new NioRefusal(Errno.EAFNOSUPPORT, "an address of another family: address=" + address);
        }
    }

    int listen(int backlog) throws IOException {
        enter();
        try {
            if (isDatagram()) {
                throw new NioRefusal(Errno.EOPNOTSUPP, "listen of a socket for datagrams");
            }
            if (channel instanceof ServerSocketChannel) {
                return 0; // the length of the queue stays
            }
            if (channel != null || bound == null && family == SocketConstant.FAMILY_UNIX) {
                throw new NioRefusal(Errno.EINVAL, "listen needs an address and no connection");
            }
            ServerSocketChannel listener = prepared(ServerSocketChannel.open(protocolFamily()));
            try {
                listener.bind(bound, backlog < 0 ? BACKLOG_MAX : Math.max(backlog, 1));
            } catch (IOException | RuntimeException e) {
                listener.close();
                throw e;
            }
            channel = listener;
            return 0;
        } finally {
            leave();
        }
    }

    /** Answers the next connection, or null when there is none yet. */
    NioSocket accept() throws IOException {
        enter();
        try {
            if (isDatagram()) {
                throw new NioRefusal(Errno.EOPNOTSUPP, "accept of a socket for datagrams");
            }
            if (!(channel instanceof ServerSocketChannel listener)) {
                throw new NioRefusal(Errno.EINVAL, "accept of a socket that does not listen");
            }
            SocketChannel accepted = listener.accept();
            if (accepted == null) {
                return null;
            }
            NioSocket socket = new NioSocket(family, type);
            socket.options.putAll(options);
            socket.options.remove(StandardSocketOptions.SO_REUSEADDR); // bound with it, or without
            socket.options.remove(StandardSocketOptions.SO_REUSEPORT);
            socket.channel = socket.prepared(accepted);
            return socket;
        } finally {
            leave();
        }
    }

    int connect(SocketAddress address) throws IOException {
        requireFamily(address);
        enter();
        try {
            if (isDatagram()) {
                datagrams().disconnect().connect(address);
                return 0;
            }
            if (channel == null) {
                return connectFirst(address);
            }
            return connection() != null && connection().isConnectionPending() ? connectFurther(connection())
                    : -Errno.EISCONN;
        } finally {
            leave();
        }
    }

    private int connectFirst(SocketAddress address) throws IOException {
        SocketChannel stream = stream();
        try {
            if (bound != null) {
                stream.bind(bound);
            }
            boolean connected = stream.connect(address);
            channel = stream;
            return connected ? 0 : -Errno.EINPROGRESS;
        } catch (IOException | RuntimeException e) {
            stream.close();
            throw e;
        }
    }

    private int connectFurther(SocketChannel stream) throws IOException {
        try {
            return stream.finishConnect() ? 0 : -Errno.EALREADY;
        } catch (IOException e) { // the channel has closed itself
            channel = null;
            throw e;
        }
    }

    int disconnect() throws IOException {
        if (!isDatagram()) {
            throw new NioRefusal(Errno.EOPNOTSUPP, "connect cannot end the connection of a stream");
        }
        enter();
        try {
            datagrams().disconnect();
            return 0;
        } finally {
            leave();
        }
    }

    // ---- moving bytes ----

    @Override
    int read(ByteBuffer into) throws IOException {
        return into.hasRemaining() ? receive(into) : 0;
    }

    int receive(ByteBuffer into) throws IOException {
        enter();
        try {
            if (isDatagram()) {
                int start = into.position();
                // Nothing, and a datagram of nothing, are one for DatagramChannel.read.
                return datagrams().receive(into) == null ? -Errno.EAGAIN : into.position() - start;
            }
            SocketChannel stream = connection();
            if (stream == null) {
                return -Errno.ENOTCONN;
            }
            if (stream.isConnectionPending()) {
                return -Errno.EAGAIN;
            }
            return isReset ? 0 : receiveStream(stream, into);
        } finally {
            leave();
        }
    }

    private int receiveStream(SocketChannel stream, ByteBuffer into) throws IOException {
        try {
            int bytes = stream.read(into);
            return bytes == 0 && into.hasRemaining() ? -Errno.EAGAIN : Math.max(bytes, 0);
        } catch (IOException e) {
            isReset = NioErrno.of(e) == Errno.ECONNRESET;
            throw e;
        }
    }

    @Override
    int write(ByteBuffer from) throws IOException {
        enter();
        try {
            return isDatagram() ? sendDatagram(from) : sendStream(from);
        } finally {
            leave();
        }
    }

    private int sendDatagram(ByteBuffer from) throws IOException {
        if (!datagrams().isConnected()) {
            return -Errno.EDESTADDRREQ;
        }
        if (!from.hasRemaining()) {
            throw new NioRefusal(Errno.EOPNOTSUPP, "an empty datagram cannot be sent");
        }
        int bytes = datagrams().write(from);
        return bytes == 0 ? -Errno.EAGAIN : bytes;
    }

    private int sendStream(ByteBuffer from) throws IOException {
        SocketChannel stream = connection();
        if (stream == null) {
            return family == SocketConstant.FAMILY_UNIX ? -Errno.ENOTCONN : -Errno.EPIPE;
        }
        if (stream.isConnectionPending()) {
            return -Errno.EAGAIN;
        }
        if (isOutputShut) {
            return -Errno.EPIPE;
        }
        int bytes = stream.write(from);
        return bytes == 0 && from.hasRemaining() ? -Errno.EAGAIN : bytes;
    }

    // ---- moving messages ----

    /**
     * What a call of recvmsg found.
     *
     * @param bytes of it that there was room for, or -errno
     * @param sender null for a stream
     */
    record Received(int bytes, SocketAddress sender, boolean truncated) {
    }

    int send(ByteBuffer[] pieces, SocketAddress target) throws IOException {
        enter();
        try {
            if (isDatagram()) {
                ByteBuffer whole = pieces.length == 1 ? pieces[0] : gathered(pieces);
                return target == null ? sendDatagram(whole) : sendDatagram(whole, target);
            }
            SocketChannel stream = connection();
            if (stream == null || stream.isConnectionPending() || isOutputShut) {
                return sendStream(ByteBuffer.allocate(0));
            }
            boolean asksForMore = remaining(pieces) > 0;
            long bytes = stream.write(pieces);
            return bytes == 0 && asksForMore ? -Errno.EAGAIN : (int) bytes;
        } finally {
            leave();
        }
    }

    private int sendDatagram(ByteBuffer whole, SocketAddress target) throws IOException {
        requireFamily(target);
        boolean isEmpty = !whole.hasRemaining();
        int bytes = datagrams().send(whole, target);
        return bytes == 0 && !isEmpty ? -Errno.EAGAIN : bytes;
    }

    private static ByteBuffer gathered(ByteBuffer[] pieces) {
        ByteBuffer whole = ByteBuffer.allocate((int) remaining(pieces));
        for (ByteBuffer piece : pieces) {
            whole.put(piece);
        }
        return whole.flip();
    }

    private static long remaining(ByteBuffer[] pieces) {
        long bytes = 0;
        for (ByteBuffer piece : pieces) {
            bytes += piece.remaining();
        }
        return bytes;
    }

    Received receive(ByteBuffer[] pieces) throws IOException {
        enter();
        try {
            if (isDatagram()) {
                return receiveDatagram(pieces);
            }
            SocketChannel stream = connection();
            if (stream == null || stream.isConnectionPending() || isReset) {
                return new Received(stream == null ? -Errno.ENOTCONN : isReset ? 0 : -Errno.EAGAIN, null, false);
            }
            return new Received(receiveStream(stream, pieces), null, false);
        } finally {
            leave();
        }
    }

    private int receiveStream(SocketChannel stream, ByteBuffer[] pieces) throws IOException {
        try {
            boolean asksForMore = remaining(pieces) > 0;
            long bytes = stream.read(pieces);
            return bytes == 0 && asksForMore ? -Errno.EAGAIN : (int) Math.max(bytes, 0);
        } catch (IOException e) {
            isReset = NioErrno.of(e) == Errno.ECONNRESET;
            throw e;
        }
    }

    /** By way of memory that any datagram fits in, since a channel does not tell that it has dropped the rest of one. */
    private Received receiveDatagram(ByteBuffer[] pieces) throws IOException {
        if (datagram == null) {
            datagram = ByteBuffer.allocateDirect(DATAGRAM_BYTES_MAX);
        }
        SocketAddress sender = datagrams().receive(datagram.clear());
        if (sender == null) {
            return new Received(-Errno.EAGAIN, null, false);
        }
        datagram.flip();
        int bytes = 0;
        for (ByteBuffer piece : pieces) {
            int part = Math.min(piece.remaining(), datagram.remaining());
            piece.put(datagram.slice(datagram.position(), part));
            datagram.position(datagram.position() + part);
            bytes += part;
        }
        return new Received(bytes, sender, datagram.hasRemaining());
    }

    int shutdown(int how) throws IOException {
        if (how < SocketConstant.SHUTDOWN_READ || how > SocketConstant.SHUTDOWN_BOTH) {
            throw new NioRefusal(Errno.EINVAL, "shutdown of neither side: how=" + how);
        }
        enter();
        try {
            SocketChannel stream = connection();
            if (stream == null || !stream.isConnected()) {
                if (stream == null && channel != null) {
                    throw new NioRefusal(Errno.EOPNOTSUPP, "shutdown of a socket that is no stream");
                }
                return -Errno.ENOTCONN;
            }
            if (how != SocketConstant.SHUTDOWN_WRITE) {
                stream.shutdownInput();
            }
            if (how != SocketConstant.SHUTDOWN_READ) {
                stream.shutdownOutput();
                isOutputShut = true;
            }
            return 0;
        } finally {
            leave();
        }
    }

    // ---- names and options ----

    SocketAddress localAddress() throws IOException {
        enter();
        try {
            SocketAddress local = channel instanceof NetworkChannel made ? made.getLocalAddress() : bound;
            return local == null ? noAddress() : local;
        } finally {
            leave();
        }
    }

    private SocketAddress noAddress() throws IOException {
        return switch (family) {
            case SocketConstant.FAMILY_INET -> new InetSocketAddress(InetAddress.getByAddress(new byte[4]), 0);
            case SocketConstant.FAMILY_INET6 -> new InetSocketAddress(InetAddress.getByAddress(new byte[16]), 0);
            default -> UnixDomainSocketAddress.of("");
        };
    }

    /** Answers the other side, or null when there is none. */
    SocketAddress peerAddress() throws IOException {
        enter();
        try {
            return channel instanceof DatagramChannel datagrams ? datagrams.getRemoteAddress()
                    : connection() != null && connection().isConnected() ? connection().getRemoteAddress() : null;
        } catch (ClosedChannelException e) {
            return null;
        } finally {
            leave();
        }
    }

    boolean isListening() {
        enter();
        try {
            return channel instanceof ServerSocketChannel;
        } finally {
            leave();
        }
    }

    /** Sets an option; answers false when this kind of socket has none such. */
    boolean setOption(SocketOption<?> option, Object value) throws IOException {
        enter();
        try {
            NetworkChannel sample = sample();
            try {
                if (!sample.supportedOptions().contains(option)
                        && !(channel instanceof ServerSocketChannel)) {
                    return false;
                }
                set(sample, option, value);
            } finally {
                giveBack(sample);
            }
            options.put(option, value);
            return true;
        } finally {
            leave();
        }
    }

    /** Reads an option; answers null when this kind of socket has none such. */
    Object option(SocketOption<?> option) throws IOException {
        enter();
        try {
            NetworkChannel sample = sample();
            try {
                return sample.supportedOptions().contains(option) ? sample.getOption(option) : options.get(option);
            } finally {
                giveBack(sample);
            }
        } finally {
            leave();
        }
    }

    /** Answers the channel, or one like that which would be made. */
    private NetworkChannel sample() throws IOException {
        SelectableChannel present = channel();
        return present == null ? stream() : (NetworkChannel) present;
    }

    private void giveBack(NetworkChannel sample) throws IOException {
        if (sample != channel) {
            sample.close();
        }
    }

    @Override
    void close() throws IOException {
        enter();
        try {
            if (channel != null) {
                channel.close();
            }
        } finally {
            leave();
        }
    }
}
