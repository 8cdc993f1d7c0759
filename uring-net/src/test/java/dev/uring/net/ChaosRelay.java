package dev.uring.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/**
 * A bad network: stands between clients and a server, with threads and sockets of the JDK alone, and passes bytes on late
 * and in pieces, as chance has it; or resets the connections, or lets them stall, after so many bytes. What it does follows
 * from a seed, though not when.
 */
final class ChaosRelay implements AutoCloseable {
    private static final int NEVER = -1;

    /**
     * How bad.
     *
     * @param pieceBytesMax what it passes on at once, at most
     * @param delayOneIn how rarely it sleeps a millisecond or two between pieces; 0 for never
     * @param resetAfterBytes after how many bytes of one direction it resets both sides; NEVER
     * @param stallAfterBytes after how many bytes of one direction it passes no more of it on; NEVER
     */
    record Weather(int pieceBytesMax, int delayOneIn, int resetAfterBytes, int stallAfterBytes) {
        static final Weather ROUGH = new Weather(5000, 20, NEVER, NEVER);

        Weather resettingAfter(int bytes) {
            return new Weather(pieceBytesMax, delayOneIn, bytes, stallAfterBytes);
        }

        Weather stallingAfter(int bytes) {
            return new Weather(pieceBytesMax, delayOneIn, resetAfterBytes, bytes);
        }
    }

    private final ServerSocket listener;
    private final InetSocketAddress server;
    private final Weather weather;
    private final Random seeds;
    private final CountDownLatch closed = new CountDownLatch(1);
    /** Guarded by this. */
    private final List<Socket> sockets = new ArrayList<>();
    /** Guarded by this. */
    private final List<Thread> threads = new ArrayList<>();

    ChaosRelay(InetSocketAddress server, Weather weather, long seed) throws IOException {
        this.server = server;
        this.weather = weather;
        seeds = new Random(seed);
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::acceptAll);
    }

    /** Answers where clients connect to. */
    InetSocketAddress address() {
        return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
    }

    private void acceptAll() {
        try {
            while (true) {
                Socket client = keep(listener.accept());
                Socket behind = keep(new Socket(server.getAddress(), server.getPort()));
                client.setTcpNoDelay(true);
                behind.setTcpNoDelay(true);
                long seed = seeds.nextLong();
                start(() -> pass(client, behind, new Random(seed)));
                start(() -> pass(behind, client, new Random(seed + 1)));
            }
        } catch (IOException e) {
            // closed, by the end of the test
        }
    }

    private void pass(Socket from, Socket to, Random chance) {
        byte[] piece = new byte[weather.pieceBytesMax];
        int passed = 0;
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            while (true) {
                if (weather.stallAfterBytes != NEVER && passed >= weather.stallAfterBytes) {
                    closed.await();
                    return;
                }
                int count = in.read(piece, 0, 1 + chance.nextInt(piece.length));
                if (count < 0) {
                    to.shutdownOutput();
                    return;
                }
                if (weather.delayOneIn > 0 && chance.nextInt(weather.delayOneIn) == 0) {
                    Thread.sleep(1 + chance.nextInt(2));
                }
                out.write(piece, 0, count);
                passed += count;
                if (weather.resetAfterBytes != NEVER && passed >= weather.resetAfterBytes) {
                    reset(from);
                    reset(to);
                    return;
                }
            }
        } catch (IOException e) {
            // one side is gone, perhaps by our own hand; then the other is to notice it, too
            reset(from);
            reset(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void reset(Socket socket) {
        try (socket) {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // closed already
        }
    }

    private synchronized Socket keep(Socket socket) {
        sockets.add(socket);
        return socket;
    }

    private synchronized void start(Runnable body) {
        threads.add(Thread.ofPlatform().name("chaos").daemon().start(body));
    }

    /** Ends all connections, and waits for its threads. */
    @Override
    public void close() throws IOException, InterruptedException {
        listener.close();
        closed.countDown();
        List<Thread> running;
        do {
            synchronized (this) {
                running = List.copyOf(threads);
                threads.clear();
                for (Socket each : sockets) {
                    each.close();
                }
            }
            for (Thread each : running) {
                each.join();
            }
        } while (!running.isEmpty());
    }
}
