package dev.uring.bench;

import dev.uring.net.TcpListener;
import dev.uring.net.TcpStream;
import dev.uring.runtime.Carriers;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * An HTTP/1.1 server on the runtime that says hello to every request: one worker, a task per connection, which
 * answers all requests of a piece with one send.
 */
final class HelloUring {
    private static final int BUFFER_BYTES = 8192;
    private static final byte[] ANSWER = HelloServer.ANSWER.getBytes(StandardCharsets.US_ASCII);
    /** How many answers a send has at most. */
    private static final int ANSWERS_MAX = 64;

    private HelloUring() {
    }

    /** Starts it on a port of 127.0.0.1. */
    static void start(int port) throws Exception {
        UringRuntime runtime = UringRuntime.builder().multiThread(1).enableAll().carriers(Carriers.ON).build();
        System.out.println(runtime + " " + runtime.driver());
        TcpListener listener = runtime.blockOn(() ->
                TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)).await());
        runtime.handle().execute(() -> accept(runtime, listener));
    }

    private static void accept(UringRuntime runtime, TcpListener listener) {
        try {
            while (true) {
                TcpStream stream = listener.accept().await();
                stream.noDelay(true);
                runtime.handle().execute(() -> serve(stream));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void serve(TcpStream stream) {
        try (stream; IoBuffer requests = IoBuffer.allocate(BUFFER_BYTES);
                IoBuffer answers = IoBuffer.copyOf(HelloServer.ANSWER.repeat(ANSWERS_MAX)
                        .getBytes(StandardCharsets.US_ASCII))) {
            var counter = new HelloRequests();
            while (!counter.isDone() && stream.receive(requests).await().bytes() > 0) {
                answer(stream, answers, counter.take(requests.segment(), requests.length()));
            }
        } catch (IOException e) {
            System.err.println("connection failed: " + e.getMessage()); // such as the reset by a load that has ended
        }
    }

    private static void answer(TcpStream stream, IoBuffer answers, int count) throws IOException {
        for (int left = count; left > 0; left -= ANSWERS_MAX) {
            stream.sendAll(answers.length(Math.min(left, ANSWERS_MAX) * ANSWER.length)).await();
        }
    }
}
