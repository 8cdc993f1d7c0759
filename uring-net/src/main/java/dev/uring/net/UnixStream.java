package dev.uring.net;

import dev.uring.ffi.Credentials;
import dev.uring.ffi.SocketConstant;
import dev.uring.ffi.SocketOption;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.Descriptor;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.Op;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.SocketAddress;
import java.util.List;

/** A connection between two Unix sockets, which carries descriptors besides bytes. */
public final class UnixStream extends StreamSocket {
    UnixStream(int fd, UringRuntime runtime) {
        super(fd, runtime);
    }

    /**
     * Connects to a listener. Needs a current runtime.
     *
     * @param address a {@link UnixAddress} or {@link java.net.UnixDomainSocketAddress}
     * @return what answers the stream, or fails with {@link java.net.ConnectException} or another
     *     {@link java.net.SocketException}: ENOENT where nothing has the path
     * @throws IllegalStateException when there is no runtime here
     * @throws java.nio.channels.UnsupportedAddressTypeException for an address of another kind
     */
    public static Op<UnixStream> connect(SocketAddress address) {
        UnixAddress unix = UnixAddress.from(address);
        NativeAddress nativeAddress = NativeAddress.of(unix);
        UringRuntime runtime = currentRuntime("connect");
        int fd = sys(runtime).socket(SocketConstant.FAMILY_UNIX, SocketConstant.STREAM | SocketConstant.CLOSE_ON_EXEC, 0);
        if (fd < 0) {
            return new ConnectUnix(null, fd, unix, nativeAddress).submit();
        }
        UnixStream stream = new UnixStream(fd, runtime);
        try {
            return new ConnectUnix(stream, fd, unix, nativeAddress).submit();
        } catch (RuntimeException | Error e) {
            stream.closeAsync(); // there is no room, or no thread to wait for it: nothing was submitted
            throw e;
        }
    }

    /** Makes two streams that are connected to one another. Needs a current runtime. */
    public static Op<SocketPair<UnixStream>> pair() {
        return OpenPair.streams().submit();
    }

    /**
     * Answers this side's address, which is unnamed unless the stream was accepted.
     *
     * @throws java.nio.channels.ClosedChannelException after the close
     */
    public UnixAddress localAddress() throws IOException {
        return UnixNames.local(this);
    }

    /**
     * Answers the peer's address, which is unnamed unless the stream was connected.
     *
     * @throws java.net.SocketException ENOTCONN: the connection is gone
     * @throws java.nio.channels.ClosedChannelException after the close
     */
    public UnixAddress remoteAddress() throws IOException {
        return UnixNames.peer(this);
    }

    /**
     * Answers who is at the other end.
     *
     * @throws java.net.SocketException ENOPROTOOPT: the driver nio cannot tell
     * @throws java.nio.channels.ClosedChannelException after the close
     */
    public PeerCredentials peerCredentials() throws IOException {
        try (Arena scope = Arena.ofConfined()) {
            MemorySegment found = scope.allocate(Credentials.SIZE, Integer.BYTES);
            MemorySegment bytes = scope.allocateFrom(ValueLayout.JAVA_INT, (int) Credentials.SIZE);
            require("getsockopt", call(sys -> sys.getsockopt(fd(), SocketOption.LEVEL_SOCKET,
                    SocketOption.PEER_CREDENTIALS, found, bytes)));
            return new PeerCredentials(Credentials.process(found), Credentials.user(found), Credentials.group(found));
        }
    }

    /**
     * Sends all of the buffer's bytes, and with the first of them descriptors: the peer gets numbers of its own for what
     * they stand for (SCM_RIGHTS of unix(7)). They are copied before the call returns, so that their owner may close them at
     * once, whatever becomes of the send. On Linux alone; the driver nio refuses it.
     *
     * @param buffer at least one byte long
     * @param descriptors at least one, at most 253, of the same runtime
     * @throws java.nio.channels.ClosedChannelException when one of the descriptors is closed; nothing was sent
     * @throws IOException when there is no number for a copy; nothing was sent
     */
    public BufferOp sendDescriptors(IoBuffer buffer, List<? extends Descriptor> descriptors) throws IOException {
        if (descriptors.isEmpty() || descriptors.size() > ReceivedDescriptors.MAX) {
            throw new IllegalArgumentException("descriptors must be 1 to " + ReceivedDescriptors.MAX + ": descriptors="
                    + descriptors.size());
        }
        if (buffer.length() == 0) {
            throw new IllegalArgumentException("descriptors travel with a byte at least: lengthBytes=0");
        }
        int[] copies = copies(descriptors);
        SendDescriptors send = new SendDescriptors(this, buffer, copies);
        try {
            send.submit((_, _) -> closeAll(copies, copies.length));
        } catch (RuntimeException | Error e) {
            closeAll(copies, copies.length);
            throw e;
        }
        return send;
    }

    /** Copies each, or none. */
    private int[] copies(List<? extends Descriptor> descriptors) throws IOException {
        int[] copies = new int[descriptors.size()];
        int made = 0;
        try {
            for (Descriptor each : descriptors) {
                if (each.runtime() != runtime()) {
                    throw new IllegalArgumentException("descriptors must be of the stream's runtime: " + each);
                }
                int copy = duplicate(each);
                require("fcntl", copy);
                copies[made++] = copy;
            }
            return copies;
        } finally {
            if (made < copies.length) {
                closeAll(copies, made);
            }
        }
    }

    /** What was copied is open elsewhere, or on its way: the close of a copy has nothing to tell. */
    private void closeAll(int[] copies, int count) {
        for (int i = 0; i < count; i++) {
            sys(runtime()).close(copies[i]);
        }
    }

    /**
     * Receives bytes as {@link #receive(IoBuffer)} does, and the descriptors that came with them, at most 253. They are
     * closed on exec. Any other receive throws descriptors away.
     */
    public Op<ReceivedDescriptors> receiveDescriptors(IoBuffer buffer) {
        return receiveDescriptors(buffer, ReceivedDescriptors.MAX);
    }

    /**
     * Receives as {@link #receiveDescriptors(IoBuffer)} does.
     *
     * @param descriptorsMax 1 to 253: what comes beyond is closed by the kernel
     */
    public Op<ReceivedDescriptors> receiveDescriptors(IoBuffer buffer, int descriptorsMax) {
        return new ReceiveDescriptors(this, buffer, descriptorsMax).submit();
    }

    @Override
    boolean canSendZeroCopy() {
        return false;
    }

    @Override
    public String toString() {
        return "UnixStream[fd=" + fd() + (isOpen() ? "" : " closed") + "]";
    }
}
