package dev.uring.bench;

import dev.uring.net.Receive;
import dev.uring.net.Send;
import dev.uring.net.TcpListener;
import dev.uring.net.TcpStream;
import dev.uring.runtime.BufResult;
import dev.uring.runtime.BufferOp;
import dev.uring.runtime.Carriers;
import dev.uring.runtime.IoBuffer;
import dev.uring.runtime.UringRuntime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** An echo server on the runtime, with one worker; the driver is that of the property {@code uring.driver}. */
final class EchoUring {
    private static final int BUFFER_BYTES = 16384;

    private EchoUring() {
    }

    /** Starts one with a task for each connection, written as anybody would write it, and answers its port. */
    static int startTasks() throws Exception {
        UringRuntime runtime = runtime();
        return start(runtime, stream -> runtime.handle().execute(() -> serve(stream)));
    }

    /** Starts one that is told by callbacks and uses its operations again and again, and answers its port. */
    static int startCallbacks() throws Exception {
        return start(runtime(), stream -> new Connection(stream).receive());
    }

    private static UringRuntime runtime() throws IOException {
        UringRuntime runtime = UringRuntime.builder().multiThread(1).enableAll().carriers(Carriers.ON).build();
        System.out.println(runtime + " " + runtime.driver());
        return runtime;
    }

    private static int start(UringRuntime runtime, Consumer<TcpStream> server) throws Exception {
        TcpListener listener = runtime.blockOn(() ->
                TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).await());
        runtime.handle().execute(() -> accept(listener, server));
        return listener.localAddress().getPort();
    }

    private static void accept(TcpListener listener, Consumer<TcpStream> server) {
        try {
            while (true) {
                TcpStream stream = listener.accept().await();
                stream.noDelay(true);
                server.accept(stream);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void serve(TcpStream stream) {
        try (stream) {
            IoBuffer buffer = IoBuffer.allocate(BUFFER_BYTES);
            while (stream.receive(buffer).await().bytes() > 0) {
                requireWhole(stream.send(buffer).await());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** There is always room for the one message of a connection. */
    private static void requireWhole(BufResult sent) {
        if (sent.bytes() != sent.buffer().length()) {
            throw new IllegalStateException(
                    "sent in part: bytes=" + sent.bytes() + " lengthBytes=" + sent.buffer().length());
        }
    }

    private static final class Connection {
        private final TcpStream stream;
        private final BufferOp receive;
        private final BufferOp send;
        private final BiConsumer<BufResult, IOException> received = this::received;
        private final BiConsumer<BufResult, IOException> sent = this::sent;

        Connection(TcpStream stream) {
            this.stream = stream;
            IoBuffer buffer = IoBuffer.allocate(BUFFER_BYTES);
            receive = new Receive(stream, buffer);
            send = new Send(stream, buffer);
        }

        void receive() {
            receive.submit(received);
        }

        private void received(BufResult result, IOException error) {
            requireNoError(error);
            if (result.bytes() == 0) {
                stream.closeAsync();
            } else {
                send.submit(sent);
            }
        }

        private void sent(BufResult result, IOException error) {
            requireNoError(error);
            requireWhole(result);
            receive();
        }

        private static void requireNoError(IOException error) {
            if (error != null) {
                throw new UncheckedIOException(error);
            }
        }
    }
}
