package dev.uring.runtime;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Holds the other ends of connections until its input ends: a process of its own has numbers of its own. */
final class IdlePeers {
    private IdlePeers() {
    }

    /** Takes a port of this host and a count. */
    public static void main(String[] arguments) throws IOException {
        var server = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
        List<SocketChannel> all = new ArrayList<>();
        for (int i = Integer.parseInt(arguments[1]); i > 0; i--) {
            all.add(SocketChannel.open(server));
        }
        System.out.println("connected " + all.size());
        while (System.in.read() >= 0) {
            // until the end
        }
    }
}
