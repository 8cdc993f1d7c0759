package dev.uring.net;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * The clients of {@link CrowdTest}, in a JVM of their own because of the descriptors, of which a JVM allows itself as
 * many as the hard limit does. Each line "port count" that is read is one crowd; it is answered by "ok", or what went
 * wrong.
 */
final class CrowdMain {
    private static final int MESSAGE_BYTES = 100;
    /** Connections are spread over so many addresses of the loopback, so that no port is short. */
    private static final int ADDRESSES = 16;
    /** After so many connects the last must be answered: fewer than the backlog wait to be accepted. */
    private static final int CONNECTS_AHEAD = 500;

    private final List<SocketChannel> all = new ArrayList<>();

    private CrowdMain() {
    }

    public static void main(String[] arguments) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            System.out.println(new CrowdMain().answer(Integer.parseInt(words[0]), Integer.parseInt(words[1])));
        }
    }

    private String answer(int port, int count) {
        try {
            open(port, count);
            use();
            end();
            return "ok";
        } catch (IOException e) {
            return "failed after " + all.size() + " connects: " + e;
        } finally {
            closeAll();
        }
    }

    private void open(int port, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open();
            all.add(channel);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.connect(new InetSocketAddress("127.0.0." + (1 + i % ADDRESSES), port));
            if (i % CONNECTS_AHEAD == CONNECTS_AHEAD - 1) {
                say(i);
                hear(i);
            }
        }
    }

    /** All have something on the way before the first is read. */
    private void use() throws IOException {
        for (int i = 0; i < all.size(); i++) {
            say(i);
        }
        for (int i = 0; i < all.size(); i++) {
            hear(i);
        }
    }

    private void say(int index) throws IOException {
        ByteBuffer message = ByteBuffer.wrap(message(index));
        while (message.hasRemaining()) {
            all.get(index).write(message);
        }
    }

    private void hear(int index) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(MESSAGE_BYTES);
        while (answer.hasRemaining()) {
            if (all.get(index).read(answer) < 0) {
                throw new IOException("connection " + index + " ended after bytes=" + answer.position());
            }
        }
        if (!Arrays.equals(answer.array(), message(index))) {
            throw new IOException("connection " + index + " got what is not its own");
        }
    }

    private static byte[] message(int index) {
        byte[] bytes = new byte[MESSAGE_BYTES];
        new Random(index).nextBytes(bytes);
        return bytes;
    }

    /** The server ends each after us, so that its addresses are free at once. */
    private void end() throws IOException {
        for (SocketChannel each : all) {
            each.shutdownOutput();
        }
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).read(ByteBuffer.allocate(1)) >= 0) {
                throw new IOException("connection " + i + " got more than it sent");
            }
        }
    }

    private void closeAll() {
        for (SocketChannel each : all) {
            try {
                each.close();
            } catch (IOException e) {
                throw new AssertionError("a socket cannot be closed", e);
            }
        }
    }
}
