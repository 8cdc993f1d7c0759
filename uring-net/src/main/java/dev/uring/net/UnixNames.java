package dev.uring.net;

import java.io.IOException;

/** Asks the kernel for the names of Unix sockets. */
final class UnixNames {
    private UnixNames() {
    }

    static UnixAddress local(NetSocket socket) throws IOException {
        NativeAddress address = new NativeAddress();
        socket.askFor("getsockname", sys -> sys.getsockname(socket.fd(), address.storage(), address.length()));
        return address.decodeUnix();
    }

    static UnixAddress peer(NetSocket socket) throws IOException {
        NativeAddress address = new NativeAddress();
        socket.askFor("getpeername", sys -> sys.getpeername(socket.fd(), address.storage(), address.length()));
        return address.decodeUnix();
    }
}
